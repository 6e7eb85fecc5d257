. "$(dirname "$0")/lib.sh"
# The job script does the main job, here with mpirun for want of a scheduler.
bash -n "$DKO_SOURCE/jobs/screen.sbatch"
make_data
ASAN_OPTIONS=detect_leaks=0 SLURM_NTASKS=2 DKO="$DKO" DKO_LAUNCHER='mpirun -n 2' \
  bash "$DKO_SOURCE/jobs/screen.sbatch" data.csv screen.h5 --order 2 "${short[@]}" >log.txt 2>&1 || { cat log.txt; fail "the job script failed"; }
grep -q 'dko 0' log.txt || { cat log.txt; fail "the log does not name the version"; }
expect 0 'ranks +2' "$DKO" info screen.h5
# So does the one that measures.
bash -n "$DKO_SOURCE/jobs/bench.sbatch"
ASAN_OPTIONS=detect_leaks=0 SLURM_NTASKS=2 DKO="$DKO" DKO_LAUNCHER='mpirun -n 2' DKO_BENCH_GENES='20 30' \
  bash "$DKO_SOURCE/jobs/bench.sbatch" bench.h5 --size 0.005 --repeats 1 >log.txt 2>&1 || { cat log.txt; fail "the bench script failed"; }
grep -q '16,384' log.txt || { cat log.txt; fail "no table of shards"; }
grep -q '^sparse' log.txt || { cat log.txt; fail "no table of kernels"; }
grep -q '^MPI-IO' log.txt || { cat log.txt; fail "no table of writes"; }
