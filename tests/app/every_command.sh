. "$(dirname "$0")/lib.sh"
# Every command once, in each of its forms, on small data and on two ranks where it shares work: for the sanitizers, which
# watch all that goes on here. What the results are is tested elsewhere.
make_data
few=(--steps 6 --batch 10 -q)
"$DKO" simulate --genes 30 --cells 60 --seed 3 --truth-single 30 --truth-double 30 --umi 500 --edges net.csv --levels levels.csv -o truth.csv -q
printf 'gene1_id,gene2_id,cell_id\n%s\n' "$(awk -F, 'NR > 1 && NR < 6 {print $1 "," $2 "," $3}' truth.truth_double.csv)" >events.csv
awk -F, 'BEGIN {print "gene,log2fc_KO_vs_WT,mwu_p"} NR > 1 {print $1 "," (NR % 7) - 3.5 "," (NR % 2 ? 0.01 : 0.4)}' data.csv >real.csv

for mapping in dko sparse; do
  form=(--mapping $mapping -q)
  [ $mapping = sparse ] || form=("${few[@]}")
  on 2 "$DKO" train data.csv -o $mapping.h5 "${form[@]}" --ensemble 2
  for member in 0 1; do "$DKO" train data.csv -o m$member.h5 "${form[@]}" --ensemble 2 --member $member --force; done
  "$DKO" ensemble m0.h5 m1.h5 -o joined.h5 -q --force
  on 2 "$DKO" run data.csv -o $mapping.screen.h5 "${form[@]}" --order 2 --score impact,network --save-model one.h5 --force
  on 2 "$DKO" screen data.csv --model joined.h5 -o list.h5 --events events.csv -q --force
  "$DKO" predict data.csv -o prediction.h5 "${form[@]}" --force >/dev/null
  on 2 "$DKO" explain one.h5 data.csv -k gene3 -o changes.csv -q --force >/dev/null
  printf 'A\t\tgene1\tgene3\tgene5\tgene7\tgene9\tnone\n' >sets.gmt
  on 2 "$DKO" effects joined.h5 data.csv -o effects.h5ad --gene-sets sets.gmt --sets-table sets.csv --targets-table targets.csv \
    --regulators-table regulators.csv --top 9 -q --force >/dev/null
  on 2 "$DKO" explain one.h5 data.csv -k gene3 --gene-sets sets.gmt --rnk changes.rnk -q --force >/dev/null
  on 2 "$DKO" evaluate data.csv --model one.h5 --truth truth.truth_single.csv --truth truth.truth_double.csv \
    --prediction prediction.h5 --real-knockout real.csv --gene gene7 --bootstrap 100 --json report.json -q --force >/dev/null
  for kept in top:3 threshold summary; do
    [ $kept = threshold ] && keep=(--threshold 0.05) || keep=(--keep $kept)
    on 2 "$DKO" screen data.csv --model one.h5 --order 2 "${keep[@]}" -o kept.h5 -q --force
    "$DKO" top kept.h5 >/dev/null
    on 2 "$DKO" summarize kept.h5 --gene-table genes.csv --pair-table pairs.csv -q --force >/dev/null
  done
  "$DKO" estimate data.csv --order 2 --nodes 2 --ranks-per-node 2 "${form[@]:0:${#form[@]}-1}" >/dev/null
  on 2 "$DKO" bench screen --genes 20 --cells 4 --expressed 8 --mapping $mapping -o bench.h5 -q --force >/dev/null
  "$DKO" export $mapping.screen.h5 --single s.csv --double d.csv --table t.h5 --h5ad s.h5ad --compress c.h5 -q --force
  expect 0 '^verified: ' "$DKO" info --verify c.h5
done
on 2 "$DKO" bench train --genes 20 --hidden 4 --batch 4 --repeats 1 -q >/dev/null
on 2 "$DKO" bench fit --genes 20 --cells 30 --umi 60 -q >/dev/null
on 2 "$DKO" bench io -o io.h5 --size 0.001 --repeats 1 -q >/dev/null
"$DKO" bench kernel --genes 20 --repeats 1 >/dev/null
"$DKO" bench shards --cells 10 --genes 50 -q >/dev/null
