#!/usr/bin/env bash
# cluster.sh start|stop|env FOLDER: a SLURM cluster of its own on this machine, for tests, all it writes in FOLDER. Each of
# its nodes cn1, cn2, … is a slurmd in namespaces of its own, with its own host name and shared memory, so that MPI sees
# as many hosts. Needs root. Exit code 77: it cannot be here, and why.
#
#   DKO_NODES (4), DKO_NODE_CPUS (2), DKO_CLUSTER_PORT (the first of enough free ones; node K takes the K-th after it)
set -euo pipefail

command=${1:?start, stop or env}
folder=$(realpath -m "${2:?a folder}")
nodes=${DKO_NODES:-4}
cpus=${DKO_NODE_CPUS:-2}
port=${DKO_CLUSTER_PORT:-}
export SLURM_CONF=$folder/slurm.conf

cannot() {
  echo "SKIPPED: $*"
  exit 77
}

require() {
  [ "$(id -u)" = 0 ] || cannot "a test cluster needs root"
  local program
  for program in slurmctld slurmd sbatch munged unshare; do
    command -v $program >/dev/null || cannot "there is no $program: scripts/install-deps.sh --slurm"
  done
  unshare --uts --mount --propagation private true 2>/dev/null || cannot "this machine gives no namespaces"
}

is_free() {
  ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# The first of as many free ports in a row as the cluster needs, below those that systems give to whoever asks.
free_ports() {
  local first at
  for ((first = 26817; first < 32000; first += nodes + 1)); do
    for ((at = first; at <= first + nodes; ++at)); do is_free "$at" || continue 2; done
    echo "$first"
    return
  done
  return 1
}

# Accounts of time, limits on memory and the like are left out: what is tested is how jobs start, stop and go on. A job
# that is queued again waits until its credentials have expired, which takes 5 s at least.
configure() {
  cat <<CONF
ClusterName=dko-test
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
AuthInfo=socket=$folder/munge/socket,cred_expire=5
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
TmpFS=$folder/tmp-%n
SlurmctldPidFile=$folder/controller.pid
SlurmdPidFile=$folder/%n.pid
SlurmctldLogFile=$folder/controller.log
SlurmdLogFile=$folder/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
MpiDefault=none
JobRequeue=1
ReturnToService=1
KillWait=5
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
SlurmdTimeout=30
PropagateResourceLimits=NONE
CONF
  local node
  for ((node = 1; node <= nodes; ++node)); do
    echo "NodeName=cn$node NodeAddr=127.0.0.1 Port=$((port + node)) CPUs=$cpus RealMemory=4000"
  done
  echo "PartitionName=test Nodes=ALL Default=YES DefaultTime=10:00 MaxTime=1-0 State=UP"
}

# A node's processes see its name, and find the others by theirs.
start_node() {
  mkdir -p "$folder/spool-$1" "$folder/tmp-$1"
  unshare --uts --mount --propagation private bash -ec "
    hostname $1
    mount --bind '$folder/hosts' /etc/hosts
    mount -t tmpfs tmpfs /dev/shm
    exec slurmd -N $1" </dev/null
}

nodes_are_idle() {
  [ "$(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l)" = "$nodes" ]
}

start() {
  rm -f "$folder/up"
  require
  stop
  rm -rf "$folder"
  mkdir -p "$folder/state" "$folder/munge"
  chmod 755 "$folder" "$folder/munge"
  # Another cluster that starts at this moment has its ports when this one looks for its own.
  exec 9>>"${TMPDIR:-/tmp}/dko-test-cluster.lock"
  flock -w 60 9 || cannot "another cluster is starting for a minute"
  [ -n "$port" ] || port=$(free_ports) || cannot "there are no $((nodes + 1)) free ports in a row"
  configure >"$SLURM_CONF"
  echo "CgroupAutomount=no" >"$folder/cgroup.conf"
  local node
  { cat /etc/hosts; for ((node = 1; node <= nodes; ++node)); do echo "127.0.0.1 cn$node"; done; } >"$folder/hosts"
  (umask 077; head -c 1024 /dev/urandom >"$folder/munge/key")
  munged --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munge.pid" \
    --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" </dev/null 9>&-
  slurmctld </dev/null 9>&-
  for ((node = 1; node <= nodes; ++node)); do start_node cn$node 9>&-; done
  local tries
  for ((tries = 0; tries < 180; ++tries)); do
    if nodes_are_idle; then
      exec 9>&-
      touch "$folder/up"
      sinfo
      return
    fi
    sleep 0.5
  done
  tail -n 20 "$folder"/*.log >&2
  stop
  echo "FAILED: the nodes did not come up, and this machine has all that they need" >&2
  exit 1
}

# The nodes first, of which slurmstepd's children go with their jobs.
stop() {
  [ -d "$folder" ] || return 0
  rm -f "$folder/up"
  local jobs pid file tries
  jobs=$(timeout 10 squeue -h -o %A 2>/dev/null | sort -u || true)
  if [ -n "$jobs" ]; then
    timeout 10 scancel $jobs || true
    for ((tries = 0; tries < 40; ++tries)); do
      [ -n "$(timeout 10 squeue -h 2>/dev/null)" ] || break
      sleep 0.5
    done
  fi
  for file in "$folder"/cn*.pid "$folder"/controller.pid "$folder"/munge.pid; do
    pid=$(cat "$file" 2>/dev/null) || continue
    kill "$pid" 2>/dev/null || continue
    for ((tries = 0; tries < 100; ++tries)); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
  done
}

case $command in
  start) start ;;
  stop) stop ;;
  env) echo "export SLURM_CONF='$SLURM_CONF'" ;;
  *) echo "usage: cluster.sh start|stop|env FOLDER" >&2; exit 2 ;;
esac
