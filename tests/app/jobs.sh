. "$(dirname "$0")/lib.sh"
# What the job scripts do apart from SLURM, here with mpirun for want of a scheduler: tests/slurm has the rest.
make_data
export DKO_JOBS=$DKO_SOURCE/jobs DKO_SITE=$PWD/site.conf ASAN_OPTIONS=detect_leaks=0
{ cat "$DKO_JOBS/site.conf"; printf '%s\n' "DKO=$DKO" "DKO_LAUNCHER='mpirun -n 2'"; } >site.conf

expect 0 'dko 0' bash "$DKO_JOBS/screen.sbatch" data.csv screen.h5 --order 2 "${short[@]}"
expect 0 'ranks +2' "$DKO" info screen.h5
expect 0 'dko 0' bash "$DKO_JOBS/train.sbatch" data.csv model.h5 "${short[@]}"
expect 0 'scored in' bash "$DKO_JOBS/screen.sbatch" data.csv by_model.h5 --model model.h5 --order 2
expect 0 'model.h5' "$DKO" info by_model.h5
expect 0 'scored in' bash "$DKO_JOBS/screen.sbatch" data.csv by_short.h5 -m model.h5
# What was asked for wrongly ends with the code of dko, or a usage line.
expect 2 'ended with code 2' bash "$DKO_JOBS/train.sbatch" data.csv other.h5 --no-such-option
expect 2 'usage: sbatch train.sbatch INPUT MODEL' bash "$DKO_JOBS/train.sbatch" data.csv
expect 2 'usage: sbatch --array' bash "$DKO_JOBS/ensemble.sbatch" train
expect 2 'by an array' bash "$DKO_JOBS/ensemble.sbatch" train data.csv other.h5
absent other.h5
# A copy of the script without what it needs beside it.
mkdir alone
cp "$DKO_JOBS/scaling.sbatch" alone
expect 2 "there is no job.sh in $PWD/alone: submit the script where it lies" env DKO_JOBS="$PWD/alone" bash alone/scaling.sbatch result.json
# Without a scheduler nobody starts a job again that was stopped.
expect 5 'all saved, but the job is no SLURM job' bash "$DKO_JOBS/train.sbatch" data.csv other.h5 "${endless[@]}" --time-limit 0:00:02
[ -s other.h5.checkpoint ] || fail "the state is not there"
# A job that is refused leaves it whose what is there is.
cp other.h5.runs runs.txt
expect 4 'started over' bash "$DKO_JOBS/train.sbatch" data.csv other.h5 "${short[@]}" --seed 9 --force --json nowhere/x.json
[ "$(sed -n 2p other.h5.runs)" = "$(sed -n 2p runs.txt)" ] || { cat other.h5.runs; fail "the state has another owner"; }
[ -s other.h5.checkpoint ] || fail "the state is gone though nothing took its place"
# With --force what a job left that was asked for something else is started over, and what is the same goes on.
expect 3 'seed' bash "$DKO_JOBS/train.sbatch" data.csv other.h5 "${endless[@]}" --seed 9
expect 5 'so far: .*step' bash "$DKO_JOBS/train.sbatch" data.csv other.h5 --force "${endless[@]}" --time-limit 0:00:03
! grep -q 'started over' said.txt || fail "what was the same was started over"
expect 0 'what another job left of other.h5 is started over' bash "$DKO_JOBS/train.sbatch" data.csv other.h5 "${short[@]}" --seed 9 --force
expect 0 '^seed +9$' "$DKO" info other.h5
absent other.h5.runs other.h5.replaced
rm other.h5
# With --force a result that is there is put aside until there is another, however often the job is queued again: SLURM is
# played by a scontrol that notes what it is asked to requeue.
mkdir bin
printf '%s\n' '#!/bin/sh' '[ "$1" = requeue ] && echo "$2" >>requeued.txt' 'echo " JobState=RUNNING "' >bin/scontrol
chmod +x bin/scontrol
cp model.h5 before.h5
for force in --force -f; do
  expect 5 'all saved, but the job is no SLURM job' bash "$DKO_JOBS/train.sbatch" data.csv model.h5 "${endless[@]}" \
    --time-limit 0:00:02 $force
  same model.h5 before.h5
  absent model.h5.replaced
  rm -f model.h5.checkpoint model.h5.runs
done
again_by_slurm() { expect "$1" "$2" env PATH="$PWD/bin:$PATH" SLURM_JOB_ID=7 "${@:3}" "${endless[@]}" --time-limit 0:00:02; }
again_by_slurm 0 'and queued again' bash "$DKO_JOBS/train.sbatch" data.csv model.h5 --force
grep -q 'model.h5 is model.h5.replaced until' said.txt || fail "does not say where the result is"
absent model.h5
same model.h5.replaced before.h5
again_by_slurm 0 'so far: .*step' SLURM_RESTART_COUNT=1 bash "$DKO_JOBS/train.sbatch" data.csv model.h5 --force
absent model.h5
again_by_slurm 0 'and queued again' SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=2 \
  bash "$DKO_JOBS/ensemble.sbatch" train data.csv of_three.h5
[ "$(tail -n 1 requeued.txt)" = 7_2 ] || fail "not the task alone is requeued: $(cat requeued.txt)"
[ "$(cat of_three.h5.members)" = 3 ] || fail "the number of members is not there"
rm -f model.h5.checkpoint model.h5.runs
expect 0 'written' bash "$DKO_JOBS/train.sbatch" data.csv model.h5 --force "${short[@]}"
absent model.h5.replaced
[ -s model.h5 ] || fail "no model"
# What another run of the job has finished is done.
cp model.h5 done.h5
echo '1 step 3' >model.h5.runs
expect 0 'nothing is left to do' env SLURM_RESTART_COUNT=1 bash "$DKO_JOBS/train.sbatch" data.csv model.h5 --force "${short[@]}"
expect 0 'nothing is left to do' bash "$DKO_JOBS/train.sbatch" data.csv model.h5 "${short[@]}"
same model.h5 done.h5
absent model.h5.runs

# An ensemble is joined again when its members are newer, and of as many as there are now.
for k in 0 1 2; do
  SLURM_ARRAY_TASK_ID=$k SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=2 \
    bash "$DKO_JOBS/ensemble.sbatch" train data.csv many.h5 "${short[@]}" >train.txt 2>&1 || { cat train.txt; fail "member $k"; }
done
expect 0 'scored in' bash "$DKO_JOBS/ensemble.sbatch" screen data.csv many.h5 many_screen.h5
expect 0 '^members +3$' "$DKO" info many_screen.h5
for k in 0 1; do
  SLURM_ARRAY_TASK_ID=$k SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=1 \
    bash "$DKO_JOBS/ensemble.sbatch" train data.csv many.h5 "${short[@]}" --seed 5 --force >train.txt 2>&1 ||
    { cat train.txt; fail "member $k"; }
done
expect 0 'scored in' bash "$DKO_JOBS/ensemble.sbatch" screen data.csv many.h5 many_screen.h5 --force
expect 0 '^members +2$' "$DKO" info many_screen.h5
expect 0 '^seed +5$' "$DKO" info many.h5

# Without DKO_SITE the user's own file counts.
mkdir -p settings/dko
mv site.conf settings/dko
expect 0 "site: $PWD/settings/dko/site.conf" env -u DKO_SITE XDG_CONFIG_HOME="$PWD/settings" \
  bash "$DKO_JOBS/train.sbatch" data.csv own.h5 "${short[@]}"
