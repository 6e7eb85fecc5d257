. "$(dirname "$0")/lib.sh"
# Every command explains itself, with an example.
expect 0 'Usage: dko COMMAND' "$DKO" --help
commands=$(sed -n '/^Commands:/,/^$/p' said.txt | awk 'NF > 1 {print $1}')
[ "$(echo "$commands" | wc -l)" -ge 8 ] || fail "the help text lists too few commands: $commands"
for command in $commands; do
  expect 0 "Usage: dko $command" "$DKO" "$command" --help
  grep -q '^Example:' said.txt || fail "$command --help has no example"
  grep -qE "^  (mpirun -n [0-9]+ )?dko $command " said.txt || fail "the example of $command --help is of another command"
done
expect 0 '^dko [0-9]+\.[0-9]+\.[0-9]+ \([^)]+\), [^,]*(MPI|MPICH)[^,]*, HDF5 [0-9.]+$' "$DKO" --version
# Several ranks say it once.
[ "$(on 2 "$DKO" --version | wc -l)" = 1 ] || fail "two ranks print the version twice"
