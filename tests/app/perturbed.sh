. "$(dirname "$0")/lib.sh"
make_data
"$DKO" run data.csv --order 2 -o screen.h5 -q "${short[@]}"
"$DKO" export screen.h5 --single s.csv
"$DKO" export screen.h5 --input data.csv --ptest p.csv --ztest z.csv --recorder r.csv -q
events=$(($(wc -l <s.csv) - 1))
lines p.csv 30
[ "$(head -n 1 p.csv | tr ',' '\n' | wc -l)" = "$events" ] || fail "Ptest has not a column per event"
cut -d, -f1,2 s.csv >expected.csv
same expected.csv r.csv
# In every column of Ztest, one gene less than the cell expresses.
awk -F, 'NR > 1 {for (k = 2; k <= NF; ++k) n[k - 2] += $k > 0} END {for (k = 0; k < 60; ++k) print n[k]}' data.csv >expressed.txt
awk -F, '{for (k = 1; k <= NF; ++k) n[k] += $k} END {for (k = 1; k <= NF; ++k) print n[k]}' z.csv >left.txt
awk -F, 'NR == FNR {n[FNR - 1] = $1; next} FNR > 1 {print n[$2] - 1}' expressed.txt s.csv >should.txt
same should.txt left.txt
# The recorder goes back in as a list of events.
"$DKO" run data.csv --events r.csv -o again.h5 -q "${short[@]}"
"$DKO" export again.h5 --list l.csv
same s.csv l.csv
# Doubles too; absurd sizes and other data are refused.
"$DKO" export screen.h5 --of double --recorder r2.csv
[ "$(head -n 1 r2.csv)" = gene1_id,gene2_id,cell_id ] || fail "other columns in the recorder of doubles"
expect 2 'would take about .* --max-gigabytes allows' \
  "$DKO" export screen.h5 --input data.csv --of double --ptest big.csv --max-gigabytes 0.001
"$DKO" simulate --genes 30 --cells 60 --seed 4 -o other.csv -q
expect 3 'is a screen of other data than those of --input' "$DKO" export screen.h5 --input other.csv --ptest big.csv
absent big.csv
