# What the job scripts share: a shell reads it on the first node of a job. What is particular to the cluster is in
# DKO_SITE, by default the user's own file, or else the site.conf beside this one. dko is the program that the site's file
# names, the one that was installed with these scripts, or that in PATH. dko/places.py (dko-submit) looks likewise.

set -euo pipefail

own_site=${XDG_CONFIG_HOME:-${HOME:-}/.config}/dko/site.conf
[ -f "$own_site" ] || own_site=$DKO_JOBS/site.conf
DKO_SITE=${DKO_SITE:-$own_site}
. "$DKO_SITE"
case $DKO_JOBS in
  */share/dko/jobs) installed_dko=${DKO_JOBS%/share/dko/jobs}/bin/dko ;;
  *) installed_dko=none ;;
esac
[ -x "$installed_dko" ] || installed_dko=dko
DKO=${DKO:-$installed_dko}

# usage COUNT LEAST WORDS: ends the job if it was given COUNT arguments, fewer than LEAST.
usage() {
  [ "$1" -ge "$2" ] || { echo "usage: sbatch $3" >&2; exit 2; }
}

# Where this run of the job is, what it runs with, and how its ranks lie on the nodes.
describe_run() {
  echo "== $(date -u +%FT%TZ) job ${SLURM_JOB_ID:-none} (${SLURM_JOB_NAME:-no name}), run $((${SLURM_RESTART_COUNT:-0} + 1))"
  if [ -n "${DKO_MODULES:-}" ]; then module load $DKO_MODULES; fi
  "$DKO" --version
  echo "launcher: $DKO_LAUNCHER; site: $DKO_SITE"
  if [ -z "${SLURM_NTASKS:-}" ]; then echo "no number of tasks was asked for, such as by --ntasks-per-node"; fi
  echo "nodes: ${SLURM_JOB_NODELIST:-$(hostname)}, tasks: ${SLURM_NTASKS:-?}; ranks on each:"
  $DKO_LAUNCHER hostname | sort | uniq -c || echo "the launcher does not tell where ranks lie"
  env | grep -E '^(DKO|SBATCH|SLURM_(JOB|CLUSTER|NTASKS|ARRAY|CPUS|MEM|RESTART)|OMPI|PMIX|UCX)_?' | sort
}

# get_done OUT ARGUMENTS...: runs dko with the arguments on all tasks until OUT is done: if it was stopped, with its
# state saved, or a process died of a signal, the job is queued again and goes on, as it does when a node is lost.
# What cannot be done ends the job, with dko's exit code, and so do DKO_TRIES runs in a row that got no further.
get_done() {
  local out=$1 code=0 files=() resume=(--resume) known='' here='' asked=''
  shift
  if [ -e "$out.runs" ]; then known=$(<"$out.runs"); fi
  find_files "$@"
  give_up_if_stuck "$out" "$@"
  passing_signals "$@" "${resume[@]}" || code=$?
  # MPICH's mpirun ends with 0 when it has passed a signal on, whatever its ranks end with.
  if [ $code = 0 ] && [ ! -e "$out" ]; then code=5; fi
  note_owner $code
  if [ $code = 138 ] && [ "$("$DKO" info --progress "$out" "${files[@]}")" = "nothing yet" ]; then
    echo "dko was told to save while there was nothing to save yet: SBATCH_TIMELIMIT must be long enough for reading" >&2
  elif [ $code = 5 ] || [ $code -gt 128 ]; then queue_again $code; fi
  if [ $code != 0 ]; then echo "dko ended with code $code: this job is not queued again" >&2; fi
  end_with $code "$out"
}

# note_owner CODE: what there is was asked for by this job, once it got further than what it found. With get_done's variables.
note_owner() {
  if [ "$1" = 5 ] || [ "$("$DKO" info --progress "$out" "${files[@]}")" != "$here" ]; then
    printf '%s\n' "$(head -n 1 "$out.runs")" "$asked" >"$out.runs"
  fi
}

# end_with CODE OUT: this job will not go on. What --force was to replace comes back if there is nothing in its place; what
# was asked for stays known, for whoever goes on with what is left.
end_with() {
  if [ -e "$2.replaced" ]; then
    if [ -e "$2" ]; then rm -f "$2.replaced"; else mv "$2.replaced" "$2"; fi
  fi
  if [ "$1" = 0 ] || [ "$("$DKO" info --progress "$2" "${files[@]}")" = "nothing yet" ]; then rm -f "$2.runs"; fi
  exit "$1"
}

# Of the arguments those that name files which would else be beside OUT; into the caller's `files`.
find_files() {
  local word
  for word in "$@"; do
    case ${files[*]: -1} in --checkpoint | --save-model) files+=("$word") ;; esac
    case $word in --checkpoint | --save-model | --checkpoint=* | --save-model=*) files+=("$word") ;; esac
  done
}

# Of the arguments those that say what is computed, as a line.
what_is_asked() {
  local word before=''
  for word in "$@"; do
    case $before in --time-limit | --json | --memory | --checkpoint-every | --parallel) before='' && continue ;; esac
    before=$word
    case $word in
      --force | -f | --quiet | -q | --verbose | -v) ;;
      --time-limit | --json | --memory | --checkpoint-every | --parallel) ;;
      --time-limit=* | --json=* | --memory=* | --checkpoint-every=* | --parallel=*) ;;
      *) printf '%q ' "$word" ;;
    esac
  done
  echo
}

# OUT.runs keeps how far this run found the job, after the number of runs that found it there, and in a second line what was
# asked for of what is there. Takes what get_done takes, and its variables. What is done already, by this job or another,
# is not done again without --force. With it, the first run puts OUT aside: what a later one finds there is this job's; and
# what a job left that was asked for something else is started over.
give_up_if_stuck() {
  local runs=$1.runs owner before='' count=0
  asked=$(what_is_asked "${@:2}")
  owner=$(sed -n 2p <<<"$known")  # none: of an older script, or nobody knows
  if [[ " $* " == *" --force "* || " $* " == *" -f "* ]]; then
    if [ -e "$1" ] && { [ "${SLURM_RESTART_COUNT:-0}" = 0 ] || [ ! -e "$runs" ]; }; then
      echo "$1 is $1.replaced until this job has another"
      mv -f "$1" "$1.replaced"
    fi
    if [ -n "$owner" ] && [ "$owner" != "$asked" ]; then
      echo "what another job left of $1 is started over"
      resume=()
    fi
  fi
  here=$("$DKO" info --progress "$1" "${files[@]}")
  if [ "$here" = done ]; then
    echo "$1 is there: nothing is left to do"
    end_with 0 "$1"
  fi
  if [ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] && [ -e "$runs" ]; then read -r count before <"$runs"; fi
  [ "$here" = "$before" ] || count=0
  echo "so far: $here"
  if [ "$count" -ge "$DKO_TRIES" ]; then
    echo "$count runs in a row got no further: this job is not queued again" >&2
    end_with 1 "$1"
  fi
  printf '%s\n' "$((count + 1)) $here" "$owner" >"$runs"
}

# Starts dko and waits for it; SIGUSR1, which announces the time limit, is for it and not for this shell alone.
passing_signals() {
  local child code
  $DKO_LAUNCHER "$DKO" "$@" &
  child=$!
  trap 'echo "== $(date -u +%FT%TZ) SIGUSR1: dko saves and stops"; kill -USR1 $child' USR1
  # A signal ends a wait, but not what is waited for.
  while :; do
    code=0
    wait $child || code=$?
    kill -0 $child 2>/dev/null || break
  done
  trap - USR1
  return $code
}

# queue_again CODE: only a job that is still wanted; one that was cancelled is stopped in the same way.
queue_again() {
  local state how="stopped, all saved" id=${SLURM_JOB_ID:-none}
  # The id of one task of an array, the last, is that of the array as well.
  if [ -n "${SLURM_ARRAY_JOB_ID:-}" ]; then id=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID; fi
  if [ "$1" != 5 ]; then how="a process died (code $1)"; fi
  state=$(scontrol -o show job "$id" 2>/dev/null | grep -oP -m 1 ' JobState=\K\w+') || true
  if [ "$state" != RUNNING ]; then
    echo "$how, but the job is ${state:-no SLURM job}" >&2
  else
    echo "== $(date -u +%FT%TZ) $how, and queued again"  # before it is: SLURM ends this shell then
    if scontrol requeue "$id"; then exit 0; fi
    echo "$how, but it could not be queued again: submit the same once more" >&2
  fi
}
