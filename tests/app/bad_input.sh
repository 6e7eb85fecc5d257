. "$(dirname "$0")/lib.sh"
# Every unusable input: exit code 3, its place, and nothing left under the output's name.
refused() { # refused WORDS CONTENT
  printf '%b' "$2" >bad.csv
  expect 3 "$1" "$DKO" run bad.csv -o out.h5 "${short[@]}"
  grep -q 'bad.csv' said.txt || { cat said.txt; fail "the message does not name the file"; }
  absent out.h5
}
refused 'line 3: has 2 fields' 'gene,a,b\nx,1,2\ny,3\n'
refused "line 2, cell b \(column 3\): 'abc' is not a number" 'gene,a,b\nx,1,abc\ny,3,4\n'
refused 'line 2.*NaN' '1,2\n3,nan\n'
refused 'line 1.*infinite' '1,inf\n3,4\n'
refused 'line 2.*negative' '1,2\n3,-4\n'
refused 'line 2.*a value is missing' '1,2\n3,\n'
refused 'is empty' ''
refused 'has 1 gene' '1,2,3\n'
refused 'no cell expresses' '0,0\n0,0\n'
refused 'NUL|no format' '1,2\n3\0,4\n'
refused 'corrupt or truncated' '\x1f\x8b\x08\x00\x00\x00'
expect 3 'there is no such file' "$DKO" run missing.csv -o out.h5
expect 3 'is a directory without a MatrixMarket file' "$DKO" run . -o out.h5
make_data piped.csv
expect 3 'not a regular file' "$DKO" run <(cat piped.csv) -o out.h5
absent out.h5

# Too few cells for a batch, before any training.
"$DKO" simulate --genes 10 --cells 12 -o few.csv -q
expect 3 'a batch takes 20 distinct cells and only 10 are left' "$DKO" run few.csv -o out.h5
expect 3 'too few cells to validate' "$DKO" train few.csv -o m.h5 --batch 5 --validation 0.01
absent out.h5 m.h5

# Lists that do not fit the data.
make_data
printf 'gene3\nGapdh\n' >genes.txt
expect 3 'genes.txt: no gene named Gapdh \(line 2\)' "$DKO" run data.csv -o out.h5 --knockout-genes genes.txt
printf '0\n60\n' >cells.txt
expect 3 'cells.txt: no cell named 60 \(line 2\): cell 60 does not exist' "$DKO" run data.csv -o out.h5 --knockout-cells cells.txt
expect 3 'pairs was requested' "$DKO" run data.csv -o out.h5 --order 2 --sample 1000000000
expect 3 'missing.csv: there is no such file' "$DKO" run data.csv -o out.h5 --events missing.csv
expect 3 'cells.txt: no cell .*line 2' "$DKO" predict data.csv -o out.h5 --held-out cells.txt
absent out.h5

# The same on several ranks: one message, the same code, no rank left behind.
printf '1,2\n3,nan\n' >bad.csv
expect 3 'NaN' env ASAN_OPTIONS=detect_leaks=0 timeout 60 mpirun -n 3 "$DKO" run bad.csv -o out.h5
[ "$(grep -c 'dko: error' said.txt)" = 1 ] || { cat said.txt; fail "three ranks gave more than one message"; }
absent out.h5
