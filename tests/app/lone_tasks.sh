. "$(dirname "$0")/lib.sh"
# Processes that a launcher starts and that cannot see each other would each do the whole job: one error for all of
# them, and nothing written.
make_data

# lone WORDS VARIABLE=VALUE... : two processes that a launcher of this kind counts, the second in the variables "R".
lone() {
  local words=$1 rank code
  shift
  for rank in 0 1; do
    code=0
    env "${@/%=R/=$rank}" "$DKO" run data.csv -o x.h5 >said$rank.txt 2>&1 </dev/null || code=$?
    [ $code = 2 ] || { cat said$rank.txt; fail "exit code $code instead of 2: $*"; }
  done
  grep -qE -- "$words" said0.txt || { cat said0.txt; fail "did not say '$words'"; }
  [ "$(grep -c '^dko:' said0.txt)" = 1 ] || { cat said0.txt; fail "more than one message"; }
  ! grep '^dko:' said1.txt || fail "a second process spoke"
  absent x.h5
}
# Each launcher counts two, and MPI, which none of them serves here, sees one.
lone 'srun started 2 processes .*--mpi=pmi' SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=R
lone 'started 2 processes \(MV2_COMM_WORLD_SIZE=2\), and each is alone' MV2_COMM_WORLD_SIZE=2 MV2_COMM_WORLD_RANK=R
case $("$DKO" --version) in
  *"Open MPI"*)
    mpi="Open MPI v" other=mpirun.mpich
    lone 'PMI launcher .* started 2 processes \(PMI_SIZE=2\), and each is alone: .*Open MPI v.*mpirun' PMI_SIZE=2 PMI_RANK=R ;;
  *)
    mpi=MPICH other=mpirun.openmpi
    lone "Open MPI's mpirun started 2 processes .*MPICH.*mpirun.mpich" OMPI_COMM_WORLD_SIZE=2 OMPI_COMM_WORLD_RANK=R ;;
esac

SLURM_STEP_NUM_TASKS=1 "$DKO" run data.csv -o x.h5 -q "${short[@]}"
# Ranks under mpirun in a batch job have the count of mpirun's daemons.
SLURM_STEP_NUM_TASKS=1 on 2 "$DKO" run data.csv -o y.h5 -q "${short[@]}"
[ "$("$DKO" info y.h5 | awk '/^ranks/ {print $2}')" = 2 ] || fail "two ranks are not two"

# A launcher of another MPI, where there is one.
command -v $other >/dev/null || { echo "no $other here: a launcher of another MPI was not tried"; exit 0; }
code=0
timeout 60 $other -n 2 "$DKO" run data.csv -o z.h5 >said.txt 2>&1 </dev/null || code=$?
[ $code != 0 ] || { cat said.txt; fail "a launcher of another MPI is taken"; }
[ "$(grep -c '^dko: error: .*started 2 processes' said.txt)" = 1 ] || { cat said.txt; fail "not one message"; }
grep -q "dko runs with $mpi" said.txt || { cat said.txt; fail "dko's own MPI is not named"; }
absent z.h5
