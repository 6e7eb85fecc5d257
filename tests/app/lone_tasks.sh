. "$(dirname "$0")/lib.sh"
# srun without a PMI starts tasks that cannot see each other: each would do the whole job.
make_data
expect 2 'srun --mpi=pmix' env SLURM_STEP_NUM_TASKS=4 "$DKO" run data.csv -o x.h5
absent x.h5
SLURM_STEP_NUM_TASKS=1 "$DKO" run data.csv -o x.h5 -q "${short[@]}"
