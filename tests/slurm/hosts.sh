. "$(dirname "$0")/lib.sh"
# Ranks over several hosts, as many on each or not: the parallel tests (node-shared arrays, HDF5, the sharded trainer, …),
# and the main job in either form of training, with the bits of one host.
make_data
for form in data sharded; do on 4 "$DKO" run data.csv -o $form.h5 -q --order 2 --parallel $form "${short[@]}"; done
# layout NODES TASKS [OPTION]
layout() {
  local program
  for program in $DKO_PARALLEL_TESTS; do
    expect 0 "All tests passed" timeout 250 srun --mpi=pmix --nodes="$1" --ntasks="$2" "${@:3}" "$program" '~[alone]'
  done
}
layout 2 3
layout 4 4
for uneven in "--nodes=2 --distribution=plane=3" "--nodes=4" "--nodes=2"; do
  for form in data sharded; do
    rm -f over.h5
    expect 0 "" timeout 100 srun --mpi=pmix --ntasks=4 --overcommit $uneven bash -c \
      'echo "on $(hostname)"; exec "$@"' bash "$DKO" run data.csv -o over.h5 --order 2 --parallel $form "${short[@]}"
    cp said.txt "hosts-$form.txt"
    job=none
    same_result over.h5 $form.h5
  done
done
