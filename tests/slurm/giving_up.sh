. "$(dirname "$0")/lib.sh"
# A job that cannot be done is not queued for ever: neither one whose input is wrong, nor one that is stopped again and
# again before it gets any further, nor one that was cancelled.
site DKO_TRIES=2
echo "gene,a" >bad.csv
echo "x,NaN" >>bad.csv
submit --ntasks=2 "$jobs/train.sbatch" bad.csv model.h5
until_state "$job" FAILED 60
until_log "dko ended with code 3: this job is not queued again" 5
[ "$(runs_of "$job")" = 1 ] || fail "it was queued again"

# As if it were always told to stop before anything is done.
cat >stops.sh <<END
#!/bin/bash
[ "\$1" = train ] || exec "$DKO" "\$@"
exit 5
END
chmod +x stops.sh
site DKO_TRIES=2 "DKO=$PWD/stops.sh"
small_job
submit --ntasks=2 "$jobs/train.sbatch" data.csv model.h5
until_state "$job" FAILED 120
[ "$(runs_of "$job")" = 3 ] || { cat "dko-train-$job.log"; fail "not three runs"; }
until_log "2 runs in a row got no further: this job is not queued again" 5

# One rank is killed, as by lack of memory: the others do not wait for it, and the job goes on.
site "DKO_LAUNCHER='srun --mpi=pmix --wait=2 $(held_in_training killed.h5 gate)'"
submit --ntasks=2 "$jobs/train.sbatch" data.csv killed.h5 "${small[@]:0:6}"
until_file gate.0 60
pkill -KILL -n -f "^$DKO train data.csv -o killed.h5"
until_log "run 2" 90
touch gate
grep -q "a process died (code 137), and queued again" "dko-train-$job.log" || { cat "dko-train-$job.log"; fail "not said"; }
until_state "$job" COMPLETED 120
grep -q "resuming after" "dko-train-$job.log" || { cat "dko-train-$job.log"; fail "it began anew"; }

site
submit --ntasks=2 "$jobs/train.sbatch" data.csv model.h5 "${endless[@]}" --checkpoint-every 0.2
until_file model.h5.checkpoint 60
scancel "$job"
until_state "$job" CANCELLED 60
sleep 2
[ "$(state_of "$job")" = CANCELLED ] || fail "a cancelled job was queued again"
[ "$(runs_of "$job")" = 1 ] || fail "a cancelled job ran again"
[ -s model.h5.checkpoint ] || fail "the state of the cancelled job is gone"

# A sparse fit that is told to save is queued again, and goes on where it stopped.
"$DKO" simulate --genes 900 --cells 900 --seed 3 -o large.csv -q
submit --ntasks=1 "$jobs/train.sbatch" large.csv fit.h5 --mapping sparse
until_log "fitting" 60
scancel --batch --signal=USR1 "$job"
until_log "run 2" 90
until_state "$job" COMPLETED 300
grep -q "resuming after" "dko-train-$job.log" || { cat "dko-train-$job.log"; fail "it began anew"; }
