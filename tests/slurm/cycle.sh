. "$(dirname "$0")/lib.sh"
# A job that is told to save, while it trains and again while it screens, queues itself again and ends with the bits of
# one that was left alone; by either launcher.
small_job
on 2 "$DKO" run data.csv -o here.h5 -q "${small[@]}"
for launcher in "srun --mpi=pmix" mpirun; do
  site "DKO_LAUNCHER='$launcher $(held_in_training screen.h5 gate)'"
  rm -f screen.h5
  submit --nodes=2 --ntasks-per-node=1 "$jobs/screen.sbatch" data.csv screen.h5 "${small[@]}"
  until_file gate.0 60
  # Each run reads the site's file.
  site "DKO_LAUNCHER='$launcher $(held_in_pairs screen.h5 gate2)'"
  scancel --batch --signal=USR1 "$job"
  until_log "run 2" 180
  until_file gate2.0 120
  until_file gate2.1 60
  scancel --batch --signal=USR1 "$job"
  until_log "run 3" 180
  touch gate2
  until_state "$job" COMPLETED 120
  [ "$(runs_of "$job")" = 3 ] || { cat "dko-screen-$job.log"; fail "not three runs"; }
  for words in "SIGUSR1: dko saves and stops" "stopped, all saved, and queued again" "scored already"; do
    grep -q "$words" "dko-screen-$job.log" || { cat "dko-screen-$job.log"; fail "the log does not say '$words'"; }
  done
  same_result screen.h5 here.h5
  expect 0 "SLURM $job .*restarted 2 times" "$DKO" info screen.h5
  ls screen.h5.* 2>/dev/null && fail "files were left behind"
  cp "dko-screen-$job.log" "${launcher%% *}.log"
done
