. "$(dirname "$0")/lib.sh"
make_data
# What exists is kept unless --force is given, and then only replaced by something whole.
echo precious >out.h5
expect 2 'out.h5 exists.*--force' "$DKO" run data.csv -o out.h5 "${short[@]}"
grep -q precious out.h5 || fail "the existing file was touched"
expect 3 'batch takes' "$DKO" run data.csv -o out.h5 --batch 500 --force
grep -q precious out.h5 || fail "a failing run replaced the existing file"
"$DKO" run data.csv -o out.h5 --force -q "${short[@]}"
expect 0 'single_knockouts' "$DKO" info out.h5
expect 2 'exists' "$DKO" simulate -o data.csv
echo '{}' >summary.json
expect 2 'summary.json exists' "$DKO" run data.csv -o other.h5 --json summary.json "${short[@]}"
absent other.h5

# Places that cannot be written to: code 4, before the input is even read.
expect 4 'there is no directory' "$DKO" run missing.csv -o no/such/out.h5
expect 4 'there is no directory' "$DKO" train data.csv -o no/such/model.h5
expect 4 'cannot write' "$DKO" run data.csv -o /proc/out.h5
expect 4 'there is no directory' "$DKO" run data.csv -o data.csv/out.h5
expect 2 'is a directory' "$DKO" run data.csv -o .
expect 4 'there is no directory' "$DKO" export out.h5 --single no/such/s.csv

# The same file twice, or an output that is an input.
expect 2 '--out and --json are the same file' "$DKO" train data.csv -o m.h5 --json m.h5
expect 2 'INPUT and --out are the same file' "$DKO" run data.csv -o ./data.csv --force
expect 2 '--out and --save-model are the same file' "$DKO" run data.csv -o r.h5 --save-model r.h5
expect 2 'FILE and --single are the same file' "$DKO" export out.h5 --single out.h5 --force
expect 2 '--out and --edges are the same file' "$DKO" simulate -o s.csv --edges s.csv
absent m.h5 r.h5 s.csv
# An export writes all of its files or none.
echo precious >d.csv
expect 2 'd.csv exists' "$DKO" export out.h5 --single s.csv --recorder d.csv
expect 3 'no such file' "$DKO" export out.h5 --single s.csv --ptest p.csv --input missing.csv
absent s.csv p.csv
# What another job is writing is left alone, and a reader is told of a file that is not there yet.
echo theirs >busy.h5.partial
expect 2 'another job is writing it' "$DKO" run data.csv -o busy.h5 "${short[@]}"
grep -q theirs busy.h5.partial || fail "another job's partial file was touched"

# A quota that is met while writing (a limit on file size stands for it): code 4, the name never appears.
expect 4 'writing failed' bash -c "trap '' XFSZ; ulimit -f 8; exec \"\$0\" \"\$@\"" \
  "$DKO" simulate --genes 200 --cells 200 -o big.csv
expect 4 'writing failed|cannot be' bash -c "trap '' XFSZ; ulimit -f 8; exec \"\$0\" \"\$@\"" \
  "$DKO" run data.csv --order 2 -o big.h5 "${short[@]}"
absent big.csv big.h5
# A table that cannot be printed is not a success.
expect 4 'standard output' bash -c '"$0" top out.h5 >/dev/full' "$DKO"

# Too little space is noticed before computing, where a small file system can be had.
mkdir full
if mount -t tmpfs -o size=64k tmpfs full 2>/dev/null; then
  trap 'umount full' EXIT
  expect 4 'need .* are free in full' "$DKO" run data.csv -o full/out.h5 --order 2 "${short[@]}"
  absent full/out.h5
else
  echo "part SKIPPED: no small file system can be mounted here"
fi
