. "$(dirname "$0")/lib.sh"
# dko simulate --truth-...: the tables, the same on any number of ranks, and solved rightly.
small=(--genes 24 --cells 20 --seed 4)
"$DKO" simulate "${small[@]}" --truth-single all --truth-double 60 --edges net.csv --levels l.csv --umi 500 -o one.csv -q --json one.json
for ranks in 2 3; do
  on $ranks "$DKO" simulate "${small[@]}" --truth-single all --truth-double 60 --umi 500 -o many.csv -q --force
  same one.csv many.csv
  same one.truth_single.csv many.truth_single.csv
  same one.truth_double.csv many.truth_double.csv
done
head -n 1 one.truth_single.csv | grep -qx 'gene,cell,K_true_vs_original,K_true_vs_renormalised' || fail "other columns"
lines one.truth_double.csv 61
grep -q '"double": 60' one.json || fail "the summary does not count the pairs"
# Every expressed gene of every cell, by the levels, not by the counts.
events=$(awk -F, 'NR > 1 {for (k = 2; k <= NF; ++k) n += $k > 0} END {print n}' l.csv)
lines one.truth_single.csv $((events + 1))
! cmp -s one.csv l.csv || fail "counts are the levels"
awk -F, 'NR > 1 {for (k = 2; k <= NF; ++k) if ($k != int($k)) exit 1}' one.csv || fail "counts are not whole numbers"

# A sample is of all, a list is the list; the values are the same.
"$DKO" simulate "${small[@]}" --truth-single 30 -o sample.csv -q
[ "$(sort one.truth_single.csv sample.truth_single.csv | uniq -d | wc -l)" = 31 ] || fail "the sample is not of all knockouts"
head -n 6 one.truth_double.csv | tail -n 5 | cut -d, -f1-3 | sed '1i gene1_id,gene2_id,cell_id' >list.csv
"$DKO" simulate "${small[@]}" --truth-double list.csv -o list_of.csv -q
same <(head -n 6 one.truth_double.csv) list_of.truth_double.csv
# The singles of a pair are those of the table of singles.
awk -F, 'NR == FNR {k[$1, $2] = $3 "," $4; next} FNR > 1 && (k[$1, $3] != $6 "," $7 || k[$2, $3] != $8 "," $9) {exit 1}' \
  one.truth_single.csv one.truth_double.csv || fail "a pair has other singles than the table of singles"
# A freed target is another truth than a lost one.
"$DKO" simulate "${small[@]}" --truth-single all --lost-repressor frees -o freed.csv -q
! cmp -s freed.truth_single.csv one.truth_single.csv || fail "--lost-repressor changed nothing"

expect 2 'must be vanishes or frees' "$DKO" simulate -o x.csv --lost-repressor gone
expect 2 'at least one' "$DKO" simulate -o x.csv --truth-single 0
expect 2 '9,999,999 single knockouts were requested' "$DKO" simulate "${small[@]}" -o x.csv --truth-single 9999999
expect 2 '9,999,999 double knockouts were requested, but these genes' "$DKO" simulate "${small[@]}" -o x.csv --truth-double 9999999
# More than these cells have is known once they are there: nothing is replaced then.
cp one.csv kept.csv
cp one.truth_single.csv kept.truth_single.csv
expect 2 '5,520 double knockouts were requested, but there are only [1-4],[0-9]{3}$' "$DKO" simulate --genes 24 --cells 20 --seed 5 \
  --truth-single all --truth-double 5520 -o kept.csv --force
same one.csv kept.csv
same one.truth_single.csv kept.truth_single.csv
absent kept.truth_double.csv
expect 3 'lists knockouts of 2 genes, but 1 gene was requested' "$DKO" simulate "${small[@]}" -o x.csv --truth-single list.csv
cat list.csv <(tail -n 1 list.csv) >twice.csv
expect 3 'knockout 6 of the list is a duplicate' "$DKO" simulate "${small[@]}" -o x.csv --truth-double twice.csv
expect 2 'umi-spread is for --umi' "$DKO" simulate -o x.csv --umi-spread 1
expect 2 'exponent is for --network scale-free' "$DKO" simulate -o x.csv --exponent 2.5
expect 0 '9 cells express nothing' "$DKO" simulate --genes 2 --cells 9 --mean-degree 0.5 --absent 0.99 --truth-single all -o silent.csv
grep -q 'there is no knockout to solve: no cell expresses enough genes' said.txt || fail 'an empty truth is not told'
expect 3 'no such file' "$DKO" simulate "${small[@]}" -o x.csv --truth-single nowhere.csv
expect 2 'are the same file' "$DKO" simulate "${small[@]}" -o x.csv --truth-single all --edges x.truth_single.csv
expect 2 '--levels writes the levels behind' "$DKO" simulate "${small[@]}" -o x.csv --levels y.csv
expect 2 '--umi must be' "$DKO" simulate "${small[@]}" -o x.csv --umi -3
absent x.csv x.truth_single.csv x.truth_double.csv y.csv

have anndata h5py numpy scipy || skip "$python has not anndata and SciPy: the truth was not solved again"
"$DKO" simulate "${small[@]}" --umi 500 -o one.h5ad -q
"$DKO" simulate "${small[@]}" --lost-repressor frees --truth-single all --truth-double 60 -o solved.csv -q
expect 0 'simulated expression' "$DKO" info one.h5ad
"$python" "$(dirname "$0")/solve_truth.py"
