. "$(dirname "$0")/lib.sh"
make_data
"$DKO" run data.csv --order 2 --score impact,network -o full.h5 --save-model model.h5 -q "${short[@]}"
# By default both scores of single knockouts, and of all pairs only the impact.
"$DKO" screen data.csv --model model.h5 --order 2 -o default.h5 -q
expect 0 'single_scores +impact, network, share$' "$DKO" info default.h5
expect 0 'double_scores +impact, interaction, share$' "$DKO" info default.h5
"$DKO" screen data.csv --model model.h5 --order 2 --sample 50 -o sample.h5 -q
expect 0 'list_scores +impact, network, interaction, network-interaction, share$' "$DKO" info sample.h5
"$DKO" screen data.csv --model model.h5 --score network -o network.h5 -q
expect 0 'single_scores +network, share$' "$DKO" info network.h5

# What is stored does not depend on what else is.
"$DKO" export full.h5 --single full.csv --score network,impact
head -n 1 full.csv | grep -qx 'gene_id,cell_id,network,k_pred' || fail "columns are not in the order asked for"
"$DKO" export network.h5 --single network.csv
same <(cut -d, -f1-3 full.csv) network.csv
"$DKO" export default.h5 --single default.csv
same <(cut -d, -f1,2,4 full.csv) default.csv

# Interactions: of the exported scores, the pair's less those of its singles.
"$DKO" export full.h5 --double d.csv --score impact,network,interaction,network-interaction
awk -F, 'NR == FNR {network[$1, $2] = $3; impact[$1, $2] = $4; next}
         FNR > 1 {e = $4 - impact[$1, $3] - impact[$2, $3] - $6; f = $5 - network[$1, $3] - network[$2, $3] - $7
                  if (e * e > 1e-12 || f * f > 1e-12) exit 1}' full.csv d.csv || fail "an interaction is not what is left"
# The sampled pairs have the same ones, from the list.
"$DKO" export sample.h5 --list l.csv --score interaction
awk -F, 'NR == FNR {of[$1, $2, $3] = $6; next}
         FNR > 1 {if (!(($1, $2, $3) in of) || ($4 - of[$1, $2, $3]) ^ 2 > 1e-12) exit 1}' d.csv l.csv ||
  fail "a sampled pair has another interaction"
lines l.csv 51

# The share stands beside single knockouts, and of a pair it is their sum.
"$DKO" export full.h5 --single share.csv --score share
head -n 1 share.csv | grep -qx 'gene_id,cell_id,share' || fail "no column of shares"
awk -F, 'NR > 1 {sum[$2] += $3} END {for (cell in sum) if ((sum[cell] - 1) ^ 2 > 1e-10) exit 1}' share.csv || fail "the shares of a cell are not 1 together"
"$DKO" export network.h5 --single network_share.csv --score share
same share.csv network_share.csv
"$DKO" export full.h5 --double share_d.csv --score share
awk -F, 'FNR == 1 {next} NR == FNR {share[$1, $2] = $3; next}
         ($4 - share[$1, $3] - share[$2, $3]) ^ 2 > 1e-14 {exit 1}' share.csv share_d.csv || fail "the share of a pair is not a sum"
expect 0 'with the highest share$' "$DKO" top full.h5 --of single --score share -n 3
head -n 4 share.csv | cut -d, -f1,2 >events.csv
"$DKO" screen data.csv --model model.h5 --events events.csv -o listed.h5 -q
expect 2 'no share of its listed knockouts: it is that of the single' "$DKO" export listed.h5 --list x.csv --score share
expect 2 'stored beside the scores of single knockouts without asking' "$DKO" run data.csv --score impact,share -o x.h5

# top ranks by any of them; interactions by their size, with their sign.
expect 0 'with the highest network$' "$DKO" top full.h5 --of single --score network -n 3
"$DKO" top full.h5 --score network-interaction -n 1 --json top.json >top.txt
! grep -q 'single knockouts' top.txt || fail "single knockouts have no interaction"
largest=$(awk -F, 'NR > 1 {s = $7 < 0 ? -$7 : $7; if (s > most) {most = s; value = $7}} END {printf "%.6f", value}' d.csv)
grep -q -- "$largest" top.txt || fail "the largest interaction, $largest, is not on top"
grep -q '"network-interaction"' top.json || fail "no interaction in the JSON"

# What a screen has not, it says so.
expect 2 'no network-interaction of its double knockouts: interactions are of two genes' "$DKO" export default.h5 --double x.csv --score network-interaction
expect 2 'no interaction of its single knockouts' "$DKO" export full.h5 --single x.csv --score interaction
# Asked of both at once, singles have what they can have.
"$DKO" export full.h5 --single both_s.csv --double both_d.csv --score impact,interaction
head -n 1 both_s.csv | grep -qx 'gene_id,cell_id,k_pred' || fail "singles have an interaction"
head -n 1 both_d.csv | grep -qx 'gene1_id,gene2_id,cell_id,k_pred,interaction' || fail "pairs have no interaction"
expect 2 'no impact of its single knockouts: it was made without' "$DKO" top network.h5 --of single --score impact
expect 2 'has no network-interaction scores' "$DKO" top default.h5 --score network-interaction
expect 2 "knows impact, impact-sd, network, network-sd, interaction, network-interaction, share, shift, shift-sd, shift-interaction, approach and approach-sd, not 'k_pred'" "$DKO" top full.h5 --score k_pred
expect 2 'names impact twice' "$DKO" run data.csv --score impact,impact -o x.h5
expect 2 'interactions follow from the scores of pairs and singles' "$DKO" run data.csv --score interaction -o x.h5
# One mapping has no standard deviations.
expect 0 'members +1$' "$DKO" info full.h5
expect 2 'no impact-sd of its single knockouts: it was made with one mapping' "$DKO" top full.h5 --lower-bound 1
expect 2 'no network-sd of its double knockouts: it was made with one mapping' "$DKO" top full.h5 --of double --score network --lower-bound 0
expect 2 'no impact-sd of its single knockouts' "$DKO" export full.h5 --single x.csv --score impact,impact-sd
expect 2 'stored beside it whenever there are several' "$DKO" run data.csv --score impact,impact-sd -o x.h5
expect 2 'give exactly one score to rank by' "$DKO" top full.h5 --score impact,network
expect 2 '--score is for --single' "$DKO" export full.h5 --recorder r.csv --score impact
absent x.csv x.h5 r.csv
