. "$(dirname "$0")/lib.sh"
# Switching genes on and knocking them down: screens, lists, explain, what files and tables say, and truth by dko simulate.
make_data
"$DKO" train data.csv -o dko.h5 -q "${short[@]}"
"$DKO" train data.csv -o sparse.h5 --mapping sparse -q
scores() { "$DKO" export "$1" --names --single "$2.single.csv" --double "$2.double.csv" --score impact,network,share --force; }
all=(--order 2 --score impact,network)

for model in dko sparse; do
  # The same on any number of ranks; every gene that a cell lacks, and no other.
  "$DKO" screen data.csv --model $model.h5 --activate all "${all[@]}" -o on.h5 -q --force
  scores on.h5 on
  for ranks in 2 3; do
    on $ranks "$DKO" screen data.csv --model $model.h5 --activate all "${all[@]}" -o n.h5 -q --force
    scores n.h5 n
    same on.single.csv n.single.csv
    same on.double.csv n.double.csv
  done
  awk -F, 'NR == FNR {if (FNR > 1) for (k = 2; k <= NF; ++k) n += $k == 0; next} FNR > 1 {++m} END {exit n != m}' \
    data.csv on.single.csv || fail "$model: not every gene that a cell lacks"
  awk -F, 'NR > 1 && !($1 ~ /^\+/ && $3 >= $5 - 1e-6 && $3 <= 1 && $5 > 0) {exit 1}' on.single.csv ||
    fail "$model: a share above the impact, or a gene without its sign"
  # As exported they are lists of events, with the same scores.
  cut -d, -f1-4 on.single.csv >expected.csv
  "$DKO" screen data.csv --model $model.h5 --events on.single.csv -o listed.h5 -q --force
  "$DKO" export listed.h5 --names --list again.csv --score impact,network --force
  same expected.csv again.csv
  "$DKO" export listed.h5 --list numbers.csv --force
  on 2 "$DKO" screen data.csv --model $model.h5 --events numbers.csv -o renumbered.h5 -q --force
  "$DKO" export renumbered.h5 --names --list again.csv --score impact,network --force
  same expected.csv again.csv
  { head -n 1 on.double.csv; tail -n +2 on.double.csv | awk 'NR % 50 == 1'; } >some.csv
  on 2 "$DKO" screen data.csv --model $model.h5 --events some.csv -o listed.h5 -q --force
  "$DKO" export listed.h5 --names --list again.csv --score impact,network --force
  cut -d, -f1-5 some.csv >expected.csv
  same expected.csv again.csv
  # Kept pairs and sums are of the same scores.
  on 2 "$DKO" screen data.csv --model $model.h5 --activate all "${all[@]}" --keep summary -o kept.h5 -q --force
  "$DKO" summarize on.h5 --pair-table whole.csv -n 1 --force >/dev/null
  "$DKO" summarize kept.h5 --pair-table kept.csv -n 1 --force >/dev/null
  near whole.csv kept.csv 1e-6
  # A knockdown to 0 is a knockout; pairs of a knockdown are what they are one by one; it does less.
  "$DKO" screen data.csv --model $model.h5 "${all[@]}" -o out.h5 -q --force
  "$DKO" screen data.csv --model $model.h5 "${all[@]}" --knockdown 0 -o none.h5 -q --force
  on 2 "$DKO" screen data.csv --model $model.h5 "${all[@]}" --knockdown 0.3 -o down.h5 -q --force
  for file in out none down; do scores $file.h5 $file; done
  same out.single.csv none.single.csv
  same out.double.csv none.double.csv
  { head -n 1 down.double.csv; tail -n +2 down.double.csv | awk 'NR % 20 == 1'; } >some.csv
  "$DKO" screen data.csv --model $model.h5 --events some.csv --knockdown 0.3 -o listed.h5 -q --force
  "$DKO" export listed.h5 --names --list again.csv --score impact,network --force
  cut -d, -f1-5 some.csv >expected.csv
  near expected.csv again.csv 1e-6
  paste -d, out.single.csv down.single.csv | awk -F, 'NR > 1 {a += $3; b += $8} END {exit !(b > 0.5 * a && b < a)}' ||
    fail "$model: a knockdown does not do less than a knockout"
done

# A sample is of genes that are switched on: none is lost.
"$DKO" screen data.csv --model sparse.h5 --activate all --order 2 --sample 30 -o sample.h5 --force 2>sample.log
! grep -E 'to knock out|the loss of' sample.log || fail "a sample of activations is told as losses"

# One gene on and one off, listed and explained.
added=$(sed -n '2s/,.*//p' on.single.csv)
cell=$(sed -n 2p on.single.csv | cut -d, -f2)
lost=$(awk -F, -v cell="$cell" '$2 == cell {print $1; exit}' out.single.csv)
printf 'gene1_name,gene2_name,cell_name\n%s,-%s,%s\n' "$added" "$lost" "$cell" >both.csv
"$DKO" screen data.csv --model sparse.h5 --events both.csv -o both.h5 -q
"$DKO" export both.h5 --names --list both.again.csv --score impact,network
grep -q "^$added,-$lost,$cell," both.again.csv || fail "the signs of a list are gone"
expect 0 "^activation of ${added#+} and loss of $lost, in $cell" "$DKO" explain sparse.h5 data.csv --activate "${added#+}" \
  --knockout "$lost" --cell "$cell" --json explained.json -o explained.csv
listed=$(tail -n 1 both.again.csv | cut -d, -f4)
explained=$(grep -m 1 -o '"impact": [0-9.e-]*' explained.json | sed -n '1s/.* //p')
awk -v a="$listed" -v b="$explained" 'BEGIN {exit !(a > 0 && (a - b) ^ 2 < 1e-12)}' || fail "explain gives $explained, the list $listed"
head -n 1 explained.csv | grep -q '^gene,knocked_out,activated,cells,' || fail "explain does not tell what is switched on"
awk -F, 'NR > 1 {sum += $6; n += $3} END {exit !(n == 1 && (sum - 1) ^ 2 < 1e-8)}' explained.csv || fail "profiles do not sum to one"
expect 0 '^knockdown of .* to 0.5, mean' "$DKO" explain sparse.h5 data.csv --knockout "$lost" --knockdown 0.5

# What tables and files say.
expect 0 '^ *1 +\+gene' "$DKO" top on.h5 --of single -n 1
grep -q 'switched on' said.txt || fail "top does not say what the events are"
expect 0 '^ *1 +\+gene' "$DKO" summarize on.h5
expect 0 '^ *1 +\+gene[0-9]+ +-gene' "$DKO" top both.h5
expect 0 'knockdown: lost genes keep 0.3' "$DKO" top down.h5 -n 1
expect 0 '^events +genes switched on$' "$DKO" info on.h5
expect 0 '^knockdown +0.3$' "$DKO" info down.h5
expect 0 '' "$DKO" info --verify on.h5
expect 0 'knockouts' "$DKO" estimate data.csv --activate all --order 2 --mapping sparse --nodes 1 --ranks-per-node 2
# Refused rather than told wrongly.
expect 2 'are of knockouts: .*--single, --double and --list have its events' "$DKO" export down.h5 --recorder x.csv
expect 2 '--table cannot tell' "$DKO" export both.h5 --table x.h5
expect 2 'a list that switches genes on' "$DKO" summarize both.h5
expect 2 '--activate switches genes on, --knockdown' "$DKO" screen data.csv --model sparse.h5 --activate all --knockdown 0.2 -o x.h5
expect 2 '--activate switches genes on, --events' "$DKO" screen data.csv --model sparse.h5 --activate all --events both.csv -o x.h5
expect 2 'knockdown' "$DKO" screen data.csv --model sparse.h5 --knockdown 1 -o x.h5
expect 3 'has genes to switch on, and --knockdown' "$DKO" screen data.csv --model sparse.h5 --events both.csv --knockdown 0.2 -o x.h5
expect 2 'give the genes to lose' "$DKO" explain sparse.h5 data.csv
expect 2 'can be one of them' "$DKO" explain sparse.h5 data.csv --knockout gene1 --activate gene1
expect 3 'expresses .* already' "$DKO" explain sparse.h5 data.csv --activate "$lost" --cell "$cell"
printf 'gene_name,cell_name\n+%s,%s\n' "$lost" "$cell" >bad.csv
expect 3 'bad.csv, line 2: .*expresses gene .* already' "$DKO" screen data.csv --model sparse.h5 --events bad.csv -o x.h5
printf 'gene_name,cell_name\n-%s,%s\n' "${added#+}" "$cell" >bad.csv
expect 3 'bad.csv, line 2: .*does not express' "$DKO" screen data.csv --model sparse.h5 --events bad.csv -o x.h5
# What other programs write for "not found" is no sign; truth is of whole losses, and of the events of the screen.
printf 'gene_index,cell_index\n-1,0\n' >bad.csv
expect 3 'no gene.* -1' "$DKO" screen data.csv --model sparse.h5 --events bad.csv -o x.h5
{ echo gene_name,cell_name,K_true_vs_original; tail -n +2 out.single.csv | cut -d, -f1-3; } >truth_lost.csv
expect 2 'leaves lost genes a part of their presence, and a truth is of knockouts or activations: give' "$DKO" evaluate data.csv --screen down.h5 --truth truth_lost.csv
expect 3 'the truth table lists knockouts of 1 gene, but the screen contains none' "$DKO" evaluate data.csv --screen on.h5 --truth truth_lost.csv
# Genes that are switched on are no losses in the log, and q-values are of losses.
expect 0 'no q-values of shifts: they are of the loss' "$DKO" screen data.csv --model sparse.h5 --activate all \
  --from 'gene:gene1<=0' --toward 'gene:gene1>0' -o x.h5
rm x.h5
absent x.h5 x.csv x.h5ad

# A resumed job is the same job.
"$DKO" screen data.csv --model sparse.h5 --knockdown 0.3 -o again.h5 -q
mv again.h5 again.h5.partial
for other in '' '--knockdown 0.2'; do
  # shellcheck disable=SC2086
  expect 3 "different screen \(--knockdown was '0.3' and is" on 2 "$DKO" screen data.csv --model sparse.h5 $other -o again.h5 --resume
done
expect 3 "different screen \(.*--activate was 'none' and is 'given'|the genes or cells" \
  "$DKO" screen data.csv --model sparse.h5 --activate all -o again.h5 --resume
expect 0 '' on 2 "$DKO" screen data.csv --model sparse.h5 --knockdown 0.3 -o again.h5 --resume

# Python says the same.
if have h5py pandas; then
  export PYTHONPATH=$DKO_SOURCE/scripts
  preload dko
  again - <<'PYTHON' || fail "Python reads something else"
import pandas as pd
import dko

screen = dko.open_screen("on.h5")
assert screen.activates
table = screen.singles()
told = pd.read_csv("on.single.csv")
assert list(table["gene"]) == list(told["gene_name"]) and list(table["cell"]) == list(told["cell_name"])
assert abs(table["share"] - told["share"]).max() < 1e-6
assert screen.gene_summary()["gene"].str.startswith("+").all()
assert len(screen.pair_summary(top=5)) == 5
assert dko.open_screen("down.h5").presence == 0.3
listed = dko.open_screen("both.h5").listed()
assert listed["gene1"][0].startswith("+") and listed["gene2"][0].startswith("-")
try:
    dko.open_screen("both.h5").pair_summary()
except dko.UsageError:
    pass
else:
    raise SystemExit("not refused")
PYTHON
fi
if have h5py pandas scipy; then
  again "$DKO_SOURCE/tests/app/explain_kinds_test.py" "$DKO" || fail "Python explains something else than dko explain"
fi

# The report shows lists that switch genes on as they are.
printf 'gene_name,cell_name\n%s,%s\n' "$added" "$cell" >one_added.csv
for order in 1 2; do
  "$DKO" screen data.csv --model sparse.h5 --events one_added.csv --order $order -o one_added.h5 -q --force
  "$DKO" screen data.csv --model sparse.h5 --events both.csv --order $order -o both_and_all.h5 -q --force
  for file in both both_and_all one_added; do
    if have h5py pandas matplotlib scipy; then
      again "$DKO_SOURCE/scripts/report.py" $file.h5 -o page.html --force || fail "no report of $file"
      grep -qF "<td class=\"text\">$added</td>" page.html || fail "$file: the report does not show $added"
    fi
  done
done

# Truth: every gene in every cell that lacks it, on any number of ranks; a sample and a list are of these.
small=(--genes 24 --cells 20 --seed 4)
"$DKO" simulate "${small[@]}" --truth-activate all -o one.csv -q
on 2 "$DKO" simulate "${small[@]}" --truth-activate all -o two.csv -q
same one.truth_activate.csv two.truth_activate.csv
lines one.truth_activate.csv $((1 + $(awk -F, 'NR > 1 {for (k = 2; k <= NF; ++k) n += $k == 0} END {print n}' one.csv)))
"$DKO" simulate "${small[@]}" --truth-activate 15 -o sample.csv -q
[ "$(sort one.truth_activate.csv sample.truth_activate.csv | uniq -d | wc -l)" = 16 ] || fail "the sample is not of these"
{ echo gene_id,cell_id; sed -n 2,6p one.truth_activate.csv | cut -d, -f1-2; } >truth.csv
"$DKO" simulate "${small[@]}" --truth-activate truth.csv -o list_of.csv -q
same <(head -n 6 one.truth_activate.csv) list_of.truth_activate.csv
expect 3 'switches genes on, but knockouts' "$DKO" simulate "${small[@]}" --truth-single truth.csv -o x.csv
# evaluate compares with it the scores of a screen, of a list, or of a model, on any number of ranks.
"$DKO" simulate --genes 24 --cells 300 --seed 4 -o learned.csv -q  # of few cells no effect is certain enough to be kept
"$DKO" train learned.csv -o one.h5 --mapping sparse -q
"$DKO" screen one.csv --model one.h5 --activate all --order 2 --score impact,network -o one_on.h5 -q
told() { "$DKO" evaluate one.csv "$@" --bootstrap 100 -q; }
told --screen one_on.h5 --truth one.truth_activate.csv --json activations.json >told.txt
grep -q '^single activations against one.truth_activate.csv' told.txt || fail "the truth is not said to be of activations"
! grep -qiE 'knockout|lost|loss' told.txt || fail "the report of activations has words of losses"
told --model one.h5 --truth one.truth_activate.csv >model.txt
same told.txt model.txt
on 3 "$DKO" evaluate one.csv --model one.h5 --truth one.truth_activate.csv --bootstrap 100 -q >model3.txt
same told.txt model3.txt
"$DKO" export one_on.h5 --single one_on.csv --score impact,network
"$DKO" screen one.csv --model one.h5 --events one_on.csv -o one_list.h5 -q
told --screen one_list.h5 --truth one.truth_activate.csv >list.txt
same told.txt list.txt
if have pandas scipy sklearn; then
  "$python" "$DKO_SOURCE/tests/app/activation_truth_test.py" || fail "the figures of activations are others"
fi
# Pairs and their interactions: a truth that is what the model says is found exactly.
"$DKO" export one_on.h5 --double one_pairs.csv --score impact
awk -F, 'NR == FNR {if (FNR > 1) of[$1, $2] = $3; next}
  FNR == 1 {print "gene1,gene2,cell,K_true_vs_original,K_single1,K_single2"; next}
  {printf "%s,%s,%s,%.9f,%.9f,%.9f\n", $1, $2, $3, $4, of[$1, $3], of[$2, $3]}' one_on.csv one_pairs.csv >pairs_truth.csv
"$DKO" evaluate one.csv --screen one_on.h5 --truth pairs_truth.csv --bootstrap 0 -q >pairs.txt
awk '/^impact / && $2 >= 0.9999 {++a} /^interaction / && $2 > 0.95 {++b} END {exit !(a == 1 && b == 1)}' pairs.txt ||
  fail "pairs of activations are not compared with their own scores"
grep -q -- '-product of shares where expressed' pairs.txt || fail "interactions of activations have another baseline"
"$DKO" screen one.csv --model one.h5 --activate all --order 2 --keep top:3 -o one_kept.h5 -q
expect 0 '^impact  *1\.000' "$DKO" evaluate one.csv --screen one_kept.h5 --truth pairs_truth.csv --bootstrap 0
grep -q 'that the screen did not score' said.txt || fail "pairs that were not kept are not told"
{ head -n 1 truth_lost.csv; tail -n +2 on.single.csv | cut -d, -f1-3; } >truth_added.csv
expect 3 'lists activations of 1 gene, but the screen contains none' "$DKO" evaluate data.csv --screen out.h5 --truth truth_added.csv
{ cat truth_lost.csv; tail -n +2 on.single.csv | cut -d, -f1-3; } >both_truth.csv
expect 3 'both_truth.csv, line .*beside others that are lost: give each a table' "$DKO" evaluate data.csv --model sparse.h5 --truth both_truth.csv
