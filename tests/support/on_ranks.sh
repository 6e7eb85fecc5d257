#!/usr/bin/env bash
# on_ranks.sh PROGRAM: runs a program of parallel tests without MPI and on 1 to 4 ranks with it, all of them, and says on how
# many ranks it failed. DKO_RANKS chooses others; 0 is without MPI. Cases with the tag [alone] are of one process, whatever
# the ranks: they run without MPI.
set -uo pipefail
failed=()
for ranks in ${DKO_RANKS:-0 1 2 3 4}; do
  launch=()
  cases=()
  # Open MPI keeps memory until the process ends, which the leak check must not mind.
  [ "$ranks" = 0 ] || { launch=(env ASAN_OPTIONS=detect_leaks=0 mpirun -n "$ranks"); cases=('~[alone]'); }
  echo "== ${1##*/} on $ranks ranks" | sed 's/on 0 ranks/without MPI/'
  "${launch[@]}" "$1" "${cases[@]}" || failed+=("$ranks")
done
[ ${#failed[@]} = 0 ] && exit
echo "FAILED: ${1##*/} on these numbers of ranks (0: without MPI): ${failed[*]}"
exit 1
