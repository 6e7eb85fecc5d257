. "$(dirname "$0")/lib.sh"
"$DKO" simulate --genes 12 --cells 150 --seed 5 --absent 0.3 --truth-effects -o data.csv -q
"$DKO" train data.csv --mapping sparse -o model.h5 -q
evaluate=("$DKO" evaluate data.csv --model model.h5 -q)
"${evaluate[@]}" --truth-effects data.truth_effects.csv --json effects.json >effects.txt
! grep -q '"base"' effects.json || fail "the JSON states a base that nothing depends on"
expect 2 '--base is for --truth, --real-knockout and --perturbed' "${evaluate[@]}" --truth-effects data.truth_effects.csv --base observed
expect 2 '--bootstrap is for --truth and --prediction' "${evaluate[@]}" --truth-effects data.truth_effects.csv --bootstrap 100
grep -q 'who changes when a gene is lost: the mapping finds' effects.txt || fail "no verdict"
expect 2 'truth-effects needs predicted profiles' "$DKO" evaluate data.csv --truth-effects data.truth_effects.csv
cp data.csv table.csv
expect 3 'no column gene_lost' "${evaluate[@]}" --truth-effects table.csv
head -1 data.truth_effects.csv >none.csv
echo gene0,gene1,0 >>none.csv
expect 0 'cannot be judged, none of these pairs' "${evaluate[@]}" --truth-effects none.csv

# The figures again, from what dko explain says of each loss.
have sklearn || skip "$python has not scikit-learn: the figures were not computed again"
for gene in $(seq 0 11); do
  "$DKO" explain model.h5 data.csv --knockout "gene$gene" --base fitted -o "lost$gene.csv" -q >/dev/null 2>said.txt ||
    grep -q 'no cell expresses' said.txt || fail "dko explain does not explain the loss of gene$gene"
done
"$python" - <<'END' || fail "the figures are not those of dko explain and scikit-learn"
import csv
import json
import os

from sklearn.metrics import average_precision_score

found = json.load(open("effects.json"))["truth_effects"][0]
changes = {}
for lost in range(12):
    if not os.path.exists(f"lost{lost}.csv"):
        continue
    for row in csv.DictReader(open(f"lost{lost}.csv")):
        share = float(row["renormalised"])
        changes[f"gene{lost}", row["gene"]] = float(row["network_change"]) / share if share > 0 else 0
truth = {(row["gene_lost"], row["gene"]): float(row["relative_change"])
         for row in csv.DictReader(open("data.truth_effects.csv"))}
pairs = sorted(truth)
effects = [abs(truth[pair]) > 0.1 for pair in pairs]
sizes = [abs(changes.get(pair, 0)) for pair in pairs]
assert (found["pairs"], found["effects"]) == (len(pairs), sum(effects)), found
assert 0 < sum(effects) < len(pairs)
again = average_precision_score(effects, sizes)
assert abs(again - found["mapping"]["auprc"]) < 1e-6, (again, found)
assert again > 1.3 * sum(effects) / len(pairs), again
END
