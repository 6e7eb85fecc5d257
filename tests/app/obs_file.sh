. "$(dirname "$0")/lib.sh"
make_data
# Columns of text input, in another order of the cells: the same cells as by name.
head -n 1 data.csv | tr ',' '\n' | tail -n +2 | awk '{print $1 "," (NR % 2 ? "A" : "B") "," NR}' | sort -r >rows.txt
{ echo 'cell,type,depth'; cat rows.txt; } >obs.csv
"$DKO" train data.csv --where type=A --where 'depth>10' --obs-file obs.csv -o where.h5 -q "${short[@]}"
awk -F, '$2 == "A" && $3 > 10 {print $1}' rows.txt >cells.txt
"$DKO" train data.csv --cells cells.txt -o cells.h5 -q "${short[@]}"
model_checksum() { "$DKO" info "$1" | grep -E '^model_checksum'; }
[ -n "$(model_checksum where.h5)" ] || fail "dko info does not tell the model's checksum"
[ "$(model_checksum where.h5)" = "$(model_checksum cells.h5)" ] || fail "other cells by --obs-file than by name"

train=("$DKO" train data.csv -o model.h5)
expect 3 'give a table of them by --obs-file' "${train[@]}" --where type=A
expect 2 '--obs-file is for --where' "${train[@]}" --obs-file obs.csv
expect 3 'obs.csv: --where .type=C.: no cell has the value' "${train[@]}" --where type=C --obs-file obs.csv
sed 's/^cell3,/cell333,/' obs.csv >unknown.csv
expect 3 'unknown.csv: has 1 cell that data.csv does not have: cell333' "${train[@]}" --where type=A --obs-file unknown.csv
grep -v '^cell3,' obs.csv >lacking.csv
expect 3 'lacking.csv: lacks 1 cell of data.csv: cell3' "${train[@]}" --where type=A --obs-file lacking.csv
"$DKO" simulate --genes 30 --cells 60 -o data.h5ad -q
expect 2 'is for files without columns' "$DKO" train data.h5ad --where a=b --obs-file obs.csv -o model.h5
absent model.h5
