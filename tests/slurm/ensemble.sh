. "$(dirname "$0")/lib.sh"
# Members trained by the tasks of an array, one of which is stopped and queued again, and a screen that waits for
# them: the bits of one job with --ensemble.
slow_job
training=(--steps 15000 --batch 10 --checkpoint-every 0.2)
"$DKO" train data.csv -o whole.h5 -q --ensemble 3 "${training[@]}"
on 2 "$DKO" screen data.csv --model whole.h5 -o here.h5 -q
site
submit --array=0-2 --ntasks=1 "$jobs/ensemble.sbatch" train data.csv model.h5 "${training[@]}"
array=$job
submit --ntasks=2 --dependency=afterok:"$array" "$jobs/ensemble.sbatch" screen data.csv model.h5 screen.h5
screen=$job
until_file model.h5.member1.checkpoint 60
scancel --batch --signal=USR1 "${array}_1"
until_state "$screen" COMPLETED 240
same_result screen.h5 here.h5
for member in 0 1 2; do expect 0 "SLURM ${array}_$member" "$DKO" info model.h5.member$member; done
grep -q "run 2" ./dko-ensemble-*.log || fail "no task was queued again"
# Members that are there are not made again, nor a screen that is.
submit --array=0-2 --ntasks=1 "$jobs/ensemble.sbatch" train data.csv model.h5 "${training[@]}"
until_state "$job" COMPLETED 60
# Members that are missing are no ensemble.
rm model.h5 model.h5.member0
submit --ntasks=1 "$jobs/ensemble.sbatch" screen data.csv model.h5 other.h5
until_state "$job" FAILED 60
absent other.h5
