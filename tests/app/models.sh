. "$(dirname "$0")/lib.sh"
make_data
"$DKO" train data.csv -o model.h5 -q "${short[@]}"
# A model of other genes, of as many or of fewer.
sed 's/^gene7,/Trem2,/' data.csv >renamed.csv
expect 3 'renamed.csv: lacks 1 of the 30 genes of model.h5: gene7' "$DKO" screen renamed.csv --model model.h5 -o x.h5
head -n 20 data.csv >fewer.csv
expect 3 'fewer.csv: lacks 11 of the 30 genes of model.h5: gene19' "$DKO" screen fewer.csv --model model.h5 -o x.h5
# Files that are no model.
sed 1d data.csv >text.h5
expect 3 'is not an HDF5 file' "$DKO" screen data.csv --model text.h5 -o x.h5
expect 3 'no such file' "$DKO" screen data.csv --model missing.h5 -o x.h5
"$DKO" screen data.csv --model model.h5 -o screen.h5 -q
expect 3 'not a dko model' "$DKO" screen data.csv --model screen.h5 -o x.h5
expect 3 'not a dko screen' "$DKO" top model.h5
expect 3 'not a dko prediction' "$DKO" export model.h5 --true t.csv
# A model cut short.
head -c 4000 model.h5 >cut.h5
expect 3 'cut.h5' "$DKO" screen data.csv --model cut.h5 -o x.h5
absent x.h5 t.csv
# Same seed, same model; another seed, another model; a hidden layer of another width.
"$DKO" train data.csv -o again.h5 -q "${short[@]}"
"$DKO" train data.csv -o other.h5 -q "${short[@]}" --seed 2
"$DKO" train data.csv -o narrow.h5 -q "${short[@]}" --hidden 5
sum() { "$DKO" info "$1" | grep model_checksum; }
[ "$(sum model.h5)" = "$(sum again.h5)" ] || fail "the same seed gave another model"
[ "$(sum model.h5)" != "$(sum other.h5)" ] || fail "another seed gave the same model"
expect 0 'parameters +335' "$DKO" info narrow.h5
