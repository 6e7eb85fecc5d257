. "$(dirname "$0")/lib.sh"
"$DKO" simulate --genes 30 --cells 60 --seed 3 --absent 0.35 --truth-single all --truth-double 400 -o data.csv -q
on 2 "$DKO" run data.csv --order 2 --score impact,network -o screen.h5 --save-model model.h5 -q "${short[@]}"
"$DKO" predict data.csv -o prediction.h5 -q "${short[@]}"
awk -F, 'BEGIN {print "gene,log2fc_KO_vs_WT,mwu_p"} NR > 1 {print $1 "," (NR % 7) - 3.5 "," (NR % 2 ? 0.01 : 0.4)}' data.csv >real.csv
truth=(--truth data.truth_single.csv --truth data.truth_double.csv)
all=("${truth[@]}" --prediction prediction.h5 --real-knockout real.csv --gene gene7 --bootstrap 100)

"$DKO" evaluate data.csv --model model.h5 "${all[@]}" --json model.json >model.txt 2>log.txt
for words in 'own share' 'ridge per gene' 'mean share × n' 'cells lacking it anyway' 'network-interaction' '^verdict'; do
  grep -q "$words" model.txt || fail "the report has no '$words'"
done
! grep -qiwE 'nan|inf' model.txt || fail "a number that is none is in the report"
# The report does not depend on the ranks.
"$DKO" evaluate data.csv --screen screen.h5 "${truth[@]}" --bootstrap 100 >screen.txt 2>log.txt
on 2 "$DKO" evaluate data.csv --screen screen.h5 "${truth[@]}" --bootstrap 100 -q >screen2.txt
on 3 "$DKO" evaluate data.csv --model model.h5 "${all[@]}" -q >model3.txt
same screen.txt screen2.txt
same model.txt model3.txt
# A screen of the same events has the scores of its model, to the bit, and with them all figures and intervals. All pairs
# are scored in single precision: to rounding the same scores, but near ties of them have another order, and the figures
# of few cells are others. Theirs are computed again below.
awk -F, 'NR == 1 {print "gene1_id,gene2_id,cell_id"} NR > 1 {print $1 "," $2 "," $3}' data.truth_double.csv >truth_events.csv
"$DKO" screen data.csv --model model.h5 --order 1 --events truth_events.csv -o events.h5 -q
"$DKO" evaluate data.csv --screen events.h5 "${truth[@]}" --bootstrap 100 -q >events.txt
for report in model events; do sed '/^profiles of/,$d; /^verdict/,$d' $report.txt >${report}_scores.txt; done
[ -s model_scores.txt ] || fail "the report has no scores"
same model_scores.txt events_scores.txt
"$DKO" export events.h5 --list events.csv --score impact,network
"$DKO" export screen.h5 --double pairs.csv --score impact,network
awk -F, 'NR == FNR {of[$1, $2, $3] = $0; next} {print of[$1, $2, $3]}' pairs.csv events.csv >pairs_of_events.csv
near events.csv pairs_of_events.csv 1e-6
# A sample of pairs is found among the listed ones.
"$DKO" screen data.csv --model model.h5 --order 2 --sample 3000 -o sample.h5 -q
expect 0 'that the screen did not score' "$DKO" evaluate data.csv --screen sample.h5 --truth data.truth_double.csv --bootstrap 0

# Unknown genes and cells are told and left out.
sed '2,4s/^[0-9]*,/Actb,/; 5s/,[0-9]*,/,cell999,/' data.truth_single.csv >odd.csv
expect 0 "left out: 3 of genes that these data do not have, such as 'Actb'" "$DKO" evaluate data.csv --screen screen.h5 --truth odd.csv --bootstrap 0
grep -q "left out: 1 in cells that these data do not have, such as 'cell999'" said.txt || fail "the unknown cell is not told"
printf 'gene,cell,K_true_vs_original\nActb,0,0.1\n' >unknown.csv
expect 3 "unknown.csv: none of its knockouts fits these data: 1 with unknown genes \(such as 'Actb'\)" "$DKO" evaluate data.csv --screen screen.h5 --truth unknown.csv

# Nothing to judge by: a truth that does not vary, without effects, and of a single knockout.
awk -F, 'NR == 1 {print} NR > 1 {print $1 "," $2 ",0.1,0"}' data.truth_single.csv >flat.csv
expect 0 'cannot be judged' "$DKO" evaluate data.csv --screen screen.h5 --truth flat.csv --bootstrap 100 --json flat.json
grep -q 'none of them has one' said.txt || fail "it is not said that there are no effects"
grep -q '–' said.txt || fail "a figure that does not exist has a value"
! grep -qiw 'nan' said.txt flat.json || fail "NaN in the report"
head -n 2 data.truth_single.csv >lone.csv
expect 0 '1 event' "$DKO" evaluate data.csv --screen screen.h5 --truth lone.csv --bootstrap 100
! grep -qiw 'nan' said.txt || fail "NaN in the report"

# A default screen has no network of its pairs: that is why, and it is said.
"$DKO" screen data.csv --model model.h5 --order 2 -o default.h5 -q
expect 0 'network is not stored in this screen' "$DKO" evaluate data.csv --screen default.h5 --truth data.truth_double.csv
# A table that counts from 1 fits in part: a warning.
awk -F, 'BEGIN {OFS = ","} NR > 1 {++$1} {print}' data.truth_single.csv >from1.csv
expect 0 'warning: from1.csv: .* do not fit the data' "$DKO" evaluate data.csv --screen screen.h5 --truth from1.csv --bootstrap 0
# Few cells, few genes: figures without a verdict.
awk -F, 'NR == 1 || $2 < 5' data.truth_single.csv >few.csv
expect 0 'no verdict without intervals' "$DKO" evaluate data.csv --screen screen.h5 --truth few.csv
expect 0 'cannot be judged with only 5 other genes' "$DKO" evaluate data.csv --model model.h5 --real-knockout real.csv --gene gene7 --null 5

# An assemblage that never varies, and a gene of a single cell: figures that do not exist, and no NaN.
"$DKO" simulate --genes 12 --cells 30 --absent 0 --truth-single all -o same.csv -q
{ head -n 1 same.csv; sed -n 2,12p same.csv; awk -F, 'BEGIN {OFS = ","} END {for (k = 2; k <= NF; ++k) $k = k == 9 ? 0.5 : 0; print}' same.csv; } >lone_gene.csv
"$DKO" run lone_gene.csv -o lone_gene.h5 --save-model lone_gene_model.h5 -q "${short[@]}"
"$DKO" predict lone_gene.csv -o lone_gene_prediction.h5 -q "${short[@]}"
awk -F, 'BEGIN {print "gene,log2fc"} NR > 1 {print $1 "," NR % 5 - 2.5}' lone_gene.csv >lone_real.csv
expect 0 '^verdict' "$DKO" evaluate lone_gene.csv --model lone_gene_model.h5 --truth same.truth_single.csv --prediction lone_gene_prediction.h5 --real-knockout lone_real.csv --gene gene3 --json lone_gene.json
! grep -qiwE 'nan|inf' said.txt lone_gene.json || fail "NaN in the report of data that do not vary"
grep -q 'cannot be judged' said.txt || fail "data that do not vary were judged"

expect 2 'nothing to evaluate against' "$DKO" evaluate data.csv --screen screen.h5
expect 2 'give --screen or --model' "$DKO" evaluate data.csv --truth lone.csv
expect 2 'mutually exclusive' "$DKO" evaluate data.csv --truth lone.csv --screen screen.h5 --model model.h5
expect 2 'bootstrap must be between 100' "$DKO" evaluate data.csv --screen screen.h5 --truth lone.csv --bootstrap 7
expect 2 '--null is for --real-knockout' "$DKO" evaluate data.csv --screen screen.h5 --truth lone.csv --null 7
expect 2 'go together' "$DKO" evaluate data.csv --model model.h5 --real-knockout real.csv
expect 2 'needs predicted profiles' "$DKO" evaluate data.csv --real-knockout real.csv --gene gene7
expect 3 'gene: no gene named Trem2' "$DKO" evaluate data.csv --model model.h5 --real-knockout real.csv --gene Trem2
make_data other.csv
"$DKO" simulate --genes 30 --cells 60 --seed 5 -o other.csv -q --force
expect 3 'is a screen of other data' "$DKO" evaluate other.csv --screen screen.h5 --truth lone.csv
expect 3 'other profiles in the input' "$DKO" evaluate other.csv --prediction prediction.h5
"$DKO" simulate --genes 20 --cells 60 -o fewer.csv -q
expect 3 'lacks 10 of the 30 genes of model.h5' "$DKO" evaluate fewer.csv --model model.h5 --truth lone.csv

have h5py pandas scipy sklearn || skip "$python has not pandas, SciPy and scikit-learn: the figures were not computed again"
"$DKO" export screen.h5 --single s.csv --score impact,network
"$DKO" export screen.h5 --double d.csv --score impact,network,interaction,network-interaction
"$DKO" evaluate data.csv --screen screen.h5 "${truth[@]}" --bootstrap 100 --json screen.json -q >/dev/null
"$python" "$(dirname "$0")/evaluate_again.py"
