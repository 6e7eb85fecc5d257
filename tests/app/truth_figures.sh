. "$(dirname "$0")/lib.sh"
# What scores are worth on a network with known truth, with the original's mapping: five seeds.
shared_data grn_truth_100g
folder=$DKO_SHARED_DATA/grn_truth_100g
for seed in 1 2 3 4 5; do
  on 2 "$DKO" run "$folder/Ptrain.csv" --seed $seed -o s.h5 -q --force
  "$DKO" evaluate "$folder/Ptrain.csv" --screen s.h5 --truth "$folder/truth_single_KO.csv" --bootstrap 0 -q >report.txt
  awk '$1 == "impact" {print $2; exit}' report.txt >>impact.txt
  awk '$1 == "network" {auprc = $NF} END {print auprc}' report.txt >>auprc.txt
done
echo "Spearman of impact with the truth:" $(cat impact.txt) "; AUPRC of network:" $(cat auprc.txt)
median() { sort -n "$1" | sed -n 3p; }
between() { awk -v x="$1" -v low="$2" -v high="$3" 'BEGIN {exit !(x >= low && x <= high)}' || fail "$4: $1 is not between $2 and $3"; }
# Seeds 1 to 8 gave 0.65 to 0.76 and 0.68 to 0.83.
between "$(median impact.txt)" 0.70 0.78 "impact"
between "$(median auprc.txt)" 0.73 0.83 "AUPRC of network"
grep -q '37,597 events' report.txt || fail "not all events"
[ "$(awk '$1 == "own" {print $3; exit}' report.txt)" = 0.728 ] || fail "the own share is not at 0.728"
grep -q '^  10.2 % of the events have an effect' report.txt || fail "another base rate"
# The pairs and their interactions, and counts: what has dropped out is told.
on 2 "$DKO" run "$folder/counts_umi.csv" --order 2 --score impact,network -o counts.h5 -q
expect 0 'left out: 3,606 of a gene that its cell does not express' "$DKO" evaluate "$folder/counts_umi.csv" --screen counts.h5 \
  --truth "$folder/truth_single_KO.csv" --truth "$folder/truth_double_KO.csv" --bootstrap 100
grep -q 'ranking by interaction in all that changes: interaction beats' said.txt || fail "no sign of interactions in counts"
