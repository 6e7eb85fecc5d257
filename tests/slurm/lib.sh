# What the tests on a SLURM cluster share, beside app/lib.sh. The cluster is that of cluster.sh in DKO_CLUSTER.
. "$(dirname "${BASH_SOURCE[0]}")/../app/lib.sh"
eval "$(bash "$(dirname "${BASH_SOURCE[0]}")/cluster.sh" env "$DKO_CLUSTER")"
timeout 60 sinfo >/dev/null 2>&1 || { [ ! -e "$DKO_CLUSTER/up" ] || fail "the cluster in $DKO_CLUSTER came up and does not answer"
  skip "no SLURM cluster runs in $DKO_CLUSTER; scripts/install-deps.sh --slurm, as root"; }
jobs=$DKO_SOURCE/jobs

# Hosts that share the cores of one machine must not poll for messages (support/sleeping_yield.cpp).
export OMPI_MCA_mpi_yield_when_idle=1 LD_PRELOAD=$DKO_SLEEPING_YIELD

# site [LINE...]: the site's file of this test, as users make theirs from the one in jobs/; later lines count.
site() {
  export DKO_SITE=$PWD/site.conf
  { cat "$jobs/site.conf"; printf '%s\n' "DKO=$DKO" SBATCH_TIMELIMIT=10 "$@"; } >"$DKO_SITE"
}

# submit ARGUMENT OF SBATCH...: as the site's file says; $job is its number.
submit() {
  job=$(set -a && . "$DKO_SITE" && set +a && sbatch --parsable "$@") || fail "could not submit $*"
}

state_of() { squeue -h -a -t all -j "$1" -o %T 2>/dev/null | sort -u | sed -n 1p; }

# until_state JOB STATE SECONDS: an extended regular expression. A job that has ended is in no other state again.
until_state() {
  local tries state
  for ((tries = 0; tries < 5 * $3; ++tries)); do
    state=$(state_of "$1")
    [[ ! $state =~ ^($2)$ ]] || return 0
    [[ ! $state =~ ^(COMPLETED|FAILED|TIMEOUT|CANCELLED|NODE_FAIL)$ ]] || break
    sleep 0.2
  done
  scontrol show job "$1" >&2 || true
  tail -n 60 ./*-"$1".log >&2 || true
  fail "job $1 is $state, not $2, after $((tries / 5)) s"
}

# until_file FILE SECONDS: has content, by a job.
until_file() {
  local tries
  for ((tries = 0; tries < 10 * $2; ++tries)); do
    [ ! -s "$1" ] || return 0
    sleep 0.1
  done
  tail -n 60 ./*-"$job".log >&2 || true
  fail "there is no $1 after $2 s"
}

# until_log WORDS SECONDS: the log of $job says so.
until_log() {
  local tries
  for ((tries = 0; tries < 10 * $2; ++tries)); do
    ! grep -qE -- "$1" ./*-"$job".log 2>/dev/null || return 0
    sleep 0.1
  done
  tail -n 60 ./*-"$job".log >&2 || true
  fail "the log of job $job does not say '$1' after $2 s"
}

# runs_of JOB: how often it was started, by its log.
runs_of() { grep -c "^== .* job $1 " ./*-"$1".log; }

# same_result FILE EXPECTED: all numbers, to the bit.
same_result() {
  PYTHONPATH=$DKO_SOURCE/scripts "$python" "$DKO_SOURCE/tests/app/same_numbers.py" "$1" "$2" ||
    { tail -n 60 ./*-"$job".log >&2; fail "$1 and $2 differ"; }
}

# held_at KIND AT FILE GATE: put before the program, each rank waits before its AT-th operation of KIND
# (support/file_faults.cpp) on FILE, until a signal reaches it or the file GATE is there; GATE.0 then tells that rank 0
# does. In a later run of the job, too.
held_at() {
  rm -f "$4" "$4".*
  echo "env LD_PRELOAD=$DKO_FAULTS DKO_FAULT=WAIT DKO_FAULT_GATE=$PWD/$4 DKO_FAULT_KINDS=$1 DKO_FAULT_AT=$2 DKO_FAULT_PATH=$PWD/$3\$"
}
# The third checkpoint of a training, and the second block of pairs of a screen; its writes take a while, so that ranks
# that a signal has freed do not do all the rest before they hear of each other.
held_in_training() { held_at rename 3 "$1.checkpoint" "$2"; }
held_in_pairs() { echo "$(held_at write 12 "$1.partial" "$2") DKO_FAULT_DELAY=100"; }

# Of several blocks, and soon done.
small_job() {
  "$DKO" simulate --genes 150 --cells 800 --seed 3 -o data.csv -q
  small=(--steps 300 --batch 10 --checkpoint-every 0 --order 2 --score impact,network)
}
