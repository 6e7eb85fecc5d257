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

# A full disk while scores are written: code 4, the name never appears.
if mkdir -p full && mount -t tmpfs -o size=64k tmpfs full 2>/dev/null; then
  trap 'umount full' EXIT
  expect 4 'free in full' "$DKO" run data.csv -o full/out.h5 --order 2 "${short[@]}"
  expect 4 'is the disk full|cannot' "$DKO" simulate --genes 200 --cells 200 -o full/x.csv
  absent full/out.h5 full/x.csv
fi
