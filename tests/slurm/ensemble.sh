. "$(dirname "$0")/lib.sh"
# Members trained by the tasks of an array, one of which is stopped and queued again, and a screen that waits for
# them: the bits of one job with --ensemble.
small_job
training=("${small[@]:0:6}")
"$DKO" train data.csv -o whole.h5 -q --ensemble 3 "${training[@]}"
on 2 "$DKO" screen data.csv --model whole.h5 -o here.h5 -q
site "DKO_LAUNCHER='srun --mpi=pmix $(held_at rename 3 saved.member1 gate)'"
submit --array=0-2 --ntasks=1 "$jobs/ensemble.sbatch" train data.csv model.h5 "${training[@]}" --json model.json \
  --checkpoint=saved
array=$job
submit --ntasks=2 --dependency=afterok:"$array" "$jobs/ensemble.sbatch" screen data.csv model.h5 screen.h5
screen=$job
until_file gate.0 60
scancel --batch --signal=USR1 "${array}_1"
for ((t = 0; t < 900; ++t)); do
  ! grep -q "run 2" ./dko-ensemble-*.log || break
  sleep 0.2
done
touch gate
until_state "$screen" COMPLETED 240
same_result screen.h5 here.h5
for member in 0 1 2; do
  expect 0 "SLURM ${array}_$member" "$DKO" info model.h5.member$member
  [ -s model.json.member$member ] || fail "member $member has no JSON of its own"
done
grep -q "run 2" ./dko-ensemble-*.log || fail "no task was queued again"
site
# Members that are there are not made again, nor a screen that is.
submit --array=0-2 --ntasks=1 "$jobs/ensemble.sbatch" train data.csv model.h5 "${training[@]}"
until_state "$job" COMPLETED 60
# Members that are missing are no ensemble.
rm model.h5 model.h5.member0
submit --ntasks=1 "$jobs/ensemble.sbatch" screen data.csv model.h5 other.h5
until_state "$job" FAILED 60
absent other.h5
