. "$(dirname "$0")/lib.sh"
# Cells that express nothing, one gene or two: warned of, and numbered as in the file all the same.
"$DKO" simulate --genes 12 --cells 40 --no-names -o data.csv -q
awk -F, 'BEGIN {OFS = ","} {$3 = 0; $5 = NR == 4 ? 1 : 0; $7 = (NR == 2 || NR == 9) ? 0.5 : 0; print}' data.csv >special.csv
"$DKO" run special.csv --order 2 -o x.h5 "${short[@]}" 2>log.txt
grep -q 'warning.*1 cell expresses no gene, left out: cell2' log.txt || { cat log.txt; fail "no word of the empty cell"; }
grep -q 'warning.*1 cell expresses a single gene, no knockouts there: cell4' log.txt || { cat log.txt; fail "no word of the cell of one gene"; }
"$DKO" export x.h5 --single s.csv --double d.csv
[ -z "$(awk -F, 'NR > 1 && ($2 == 2 || $2 == 4)' s.csv)" ] || fail "a knockout that leaves nothing was scored"
[ "$(awk -F, '$2 == 6' s.csv | wc -l)" = 2 ] || fail "the cell of two genes has not two single knockouts"
[ -z "$(awk -F, 'NR > 1 && $3 == 6' d.csv)" ] || fail "a pair that leaves nothing was scored"
! grep -qi nan s.csv d.csv || fail "NaN in the scores"
# Nothing at all to knock out.
printf '4\n' >cell.txt
expect 3 'nothing to knock out' "$DKO" run special.csv -o y.h5 --knockout-cells cell.txt "${short[@]}"
absent y.h5
