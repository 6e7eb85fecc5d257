. "$(dirname "$0")/lib.sh"
# What the sparse mapping and ensembles reach on the shared data.
shared_data grn_truth_100g
shared_data trem2_microglia
shared_data dko_published
need numpy
at_most() { awk -v x="$1" -v y="$2" 'BEGIN {exit !(x <= y)}' || fail "$3: $1 is more than $2"; }
at_least() { awk -v x="$1" -v y="$2" 'BEGIN {exit !(x >= y)}' || fail "$3: $1 is less than $2"; }
figure() { "$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["mapping"][sys.argv[2]])' "$@"; }

# Knockouts against their truth: noise-free, and in counts, where the original's mapping has about 0.70 and 0.64.
folder=$DKO_SHARED_DATA/grn_truth_100g
judge() {
  on 2 "$DKO" run "$folder/$1" --mapping sparse -o s.h5 -q --force
  "$DKO" evaluate "$folder/$1" --screen s.h5 --truth "$folder/truth_single_KO.csv" --bootstrap 0 -q >report.txt
  impact=$(awk '$1 == "impact" {print $2; exit}' report.txt)
  auprc=$(awk '$1 == "network" {auprc = $NF} END {print auprc}' report.txt)
  echo "$1: Spearman of impact with the truth $impact, AUPRC of network $auprc"
}
judge Ptrain.csv
at_least "$impact" 0.95 "impact"
at_least "$auprc" 0.985 "AUPRC of network"
judge counts_umi.csv
at_least "$impact" 0.83 "impact in counts"
at_least "$auprc" 0.88 "AUPRC of network in counts"

# The seed alone does not change how many factors the state has.
for seed in 1 2 3; do
  "$DKO" train "$folder/counts_umi.csv" --mapping sparse --seed $seed -o f.h5 -q --force --json f.json
  "$python" -c 'import json; print(json.load(open("f.json"))["training"]["factors"])'
done | sort -u >factors.txt
[ "$(wc -l <factors.txt)" = 1 ] || fail "factors differ by the seed: $(tr '\n' ' ' <factors.txt)"

# Held-out profiles: the authors' own test cells, and microglia, where the original's mapping has 0.238 and 0.48.
"$python" - "$DKO_SHARED_DATA/dko_published" >cells.txt <<'PYTHON'
import sys, numpy
data = numpy.loadtxt(sys.argv[1] + "/Ptrain.csv", delimiter=",").T
held_out = numpy.loadtxt(sys.argv[1] + "/mapping_true.csv", delimiter=",")
profiles = data / data.sum(axis=1, keepdims=True)
for row in held_out:
    print(abs(profiles - row).sum(axis=1).argmin())
PYTHON
published=$DKO_SHARED_DATA/dko_published/Ptrain.csv
on 2 "$DKO" predict "$published" --held-out cells.txt --mapping sparse -o p.h5 -q --json sparse.json
at_most "$(figure sparse.json bray_curtis)" 0.0915 "Bray-Curtis of the published cells"
at_least "$(figure sparse.json spearman_all)" 0.941 "Spearman of the published cells"
at_least "$(figure sparse.json spearman_within_gene)" 0.765 "Spearman within genes of the published cells"
on 2 "$DKO" predict "$published" --held-out cells.txt --ensemble 4 -o e.h5 -q --json ensemble.json
at_most "$(figure ensemble.json bray_curtis)" 0.1025 "Bray-Curtis of four averaged mappings"
microglia=$DKO_SHARED_DATA/trem2_microglia/trem2_WT_500g.csv
on 2 "$DKO" predict "$microglia" --mapping sparse -o m.h5 -q --json microglia.json
at_most "$(figure microglia.json bray_curtis)" 0.233 "Bray-Curtis of microglia"
at_least "$(figure microglia.json spearman_within_gene)" 0.54 "Spearman within genes of microglia"
echo "published: sparse $(figure sparse.json bray_curtis) $(figure sparse.json spearman_all) $(figure sparse.json spearman_within_gene), ensemble $(figure ensemble.json bray_curtis); microglia $(figure microglia.json bray_curtis) $(figure microglia.json spearman_within_gene)"
