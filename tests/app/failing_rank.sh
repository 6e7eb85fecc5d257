. "$(dirname "$0")/lib.sh"
# One rank fails on its own, in the middle of the screen: the job ends in seconds, with a message that
# names the rank and with the code of the failure.
"$DKO" simulate --genes 900 --cells 60 --seed 3 -o data.csv -q
"$DKO" train data.csv -o model.h5 --steps 5 --batch 10 -q
# A file size limit for rank 1 alone stands for its quota; Open MPI's own files in shared memory are below it.
cat >rank.sh <<'R'
#!/bin/bash
[ "${OMPI_COMM_WORLD_RANK:-$PMI_RANK}" != 1 ] || ulimit -f 40000
trap '' XFSZ
exec "$@"
R
chmod +x rank.sh
start=$SECONDS
expect 4 'dko: error: rank 1: .*double/impact.*writing failed' \
  env ASAN_OPTIONS=detect_leaks=0 timeout 120 mpirun -n 2 ./rank.sh "$DKO" screen data.csv --model model.h5 --order 2 -o out.h5
[ "$(grep -c 'dko: error' said.txt)" = 1 ] || { cat said.txt; fail "more than one message"; }
[ $((SECONDS - start)) -lt 60 ] || fail "the job did not end in seconds"
[ ! -e out.h5 ] || fail "an incomplete screen has its final name"
# A rank alone ends in good order, with the same code.
sed -i 's/!= 1 /!= 0 /' rank.sh
expect 4 'dko: error: .*alone.h5.* be written' \
  env ASAN_OPTIONS=detect_leaks=0 timeout 120 mpirun -n 1 ./rank.sh "$DKO" screen data.csv --model model.h5 --order 2 -o alone.h5
absent alone.h5

# Likewise where something that is not its own has the name of the file in which all ranks are to save their selection,
# which rank 0 makes.
mkdir -p kept.h5.partial.state-selection.partial/full
hold write 7 kept.h5.partial  # the last of the single knockouts
start 2 "${held[@]}" "$DKO" screen data.csv --model model.h5 --order 2 --keep top:100 -o kept.h5
until_held 0 1
kill -USR1 "$(rank_of_job 1)"
let_go
ended 60 2
grep -q 'dko: error: .*state-selection.partial exists' said.txt || { cat said.txt; fail "does not say what is in the way"; }
[ "$(grep -c 'dko: error' said.txt)" = 1 ] || { cat said.txt; fail "more than one message"; }
[ ! -e kept.h5 ] || fail "an incomplete screen has its final name"
