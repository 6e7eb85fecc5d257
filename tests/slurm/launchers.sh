. "$(dirname "$0")/lib.sh"
# The main job on two nodes, by either launcher: the same bits as here, and a result that names the job.
make_data
on 4 "$DKO" run data.csv -o here.h5 -q --order 2 "${short[@]}"
for launcher in "srun --mpi=pmix" mpirun; do
  site "DKO_LAUNCHER='$launcher'"
  rm -f screen.h5
  submit --nodes=2 --ntasks-per-node=2 "$jobs/screen.sbatch" data.csv screen.h5 --order 2 "${short[@]}"
  until_state "$job" COMPLETED 60
  same_result screen.h5 here.h5
  for words in "^dko [0-9]" "launcher: $launcher" "2 cn1" "2 cn2" "Open MPI|Open RTE" "SLURM_NTASKS=4"; do
    grep -qE "$words" "dko-screen-$job.log" || { cat "dko-screen-$job.log"; fail "the log does not say '$words'"; }
  done
  expect 0 "job +SLURM $job .*cn\[1-2\]" "$DKO" info screen.h5
  [ ! -e screen.h5.runs ] || fail "the count of runs was left behind"
done
# What cannot be done is told, and no job is queued again for it.
submit "$jobs/screen.sbatch" data.csv
until_state "$job" FAILED 30
until_log "usage: sbatch screen.sbatch INPUT SCREEN" 5
