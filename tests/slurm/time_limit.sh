. "$(dirname "$0")/lib.sh"
# A real time limit, of a minute, before which SLURM tells the job to save; it needs more than one.
small_job
site SBATCH_TIMELIMIT=1 SBATCH_SIGNAL=B:USR1@20
submit --nodes=2 --ntasks-per-node=1 "$jobs/train.sbatch" data.csv model.h5 "${endless[@]}"
until_log "SIGUSR1: dko saves and stops" 90
until_log "run 2" 180
grep -q "stopped, all saved, and queued again" "dko-train-$job.log" || { cat "dko-train-$job.log"; fail "not queued again"; }
! grep -q "DUE TO TIME LIMIT" "dko-train-$job.log" || fail "the limit was reached"
until_log "resuming" 60
scancel "$job"
until_state "$job" CANCELLED 60
