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
# Without DKO_SITE the user's own file counts.
mkdir -p settings/dko
mv site.conf settings/dko
expect 0 "site: $PWD/settings/dko/site.conf" env -u DKO_SITE XDG_CONFIG_HOME="$PWD/settings" \
  bash "$DKO_JOBS/train.sbatch" data.csv own.h5 "${short[@]}"
