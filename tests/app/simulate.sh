. "$(dirname "$0")/lib.sh"
"$DKO" simulate --genes 40 --cells 25 --seed 9 -o a.csv --edges net.csv -q
"$DKO" simulate --genes 40 --cells 25 --seed 9 -o b.csv --no-names -q
lines a.csv 41
lines b.csv 40
lines net.csv 121   # three regulations per gene
[ "$(awk -F, 'NR > 1 && $3 == 1' net.csv | wc -l)" = 60 ] || fail "not half of the regulations activate"
tail -n +2 a.csv | cut -d, -f2- >plain.csv
same plain.csv b.csv
"$DKO" simulate --genes 40 --cells 25 --seed 10 -o c.csv -q
! cmp -s a.csv c.csv || fail "another seed gave the same cells"
"$DKO" simulate --genes 40 --cells 25 --network scale-free --exponent 2.5 --absent 0.5 -o d.csv -q
# At least half of the genes are absent from every cell.
awk -F, 'NR > 1 {for (k = 2; k <= NF; ++k) n[k] += $k > 0} END {for (k in n) if (n[k] > 20) exit 1}' d.csv || fail "too many genes in a cell"
# Both formats give the same scores.
"$DKO" run a.csv -o a.h5 -q "${short[@]}"
"$DKO" run b.csv -o b.h5 -q "${short[@]}"
"$DKO" export a.h5 --single as.csv
"$DKO" export b.h5 --single bs.csv
same as.csv bs.csv
# Hard cells: kinds in obs and beside the file, the truth of effects, the same bits on any number of ranks.
hard=(--genes 30 --cells 60 --network scale-free --exponent 2.5 --acyclic --kinetics multiplicative --strength 4 --absent 0.3
  --always-on 0.2 --types 3 --states 2 --rate-noise 0.3 --umi 800 --batches 2 --dropout 0.1 --truth-effects --truth-single 50)
"$DKO" simulate "${hard[@]}" -o hard.h5ad -q
on 3 "$DKO" simulate "${hard[@]}" -o hard3.h5ad -q
same hard.truth_effects.csv hard3.truth_effects.csv
same hard.truth_single.csv hard3.truth_single.csv
same hard.cells.csv hard3.cells.csv
[ "$(head -1 hard.cells.csv)" = cell,type,state,batch ] || fail "the kinds of the cells are not told"
lines hard.cells.csv 61
"$DKO" run hard.h5ad --where type=type1 -o type1.h5 -q "${short[@]}"
expect 2 'type-spread is for --types' "$DKO" simulate --type-spread 1 -o x.csv
expect 2 'lost-repressor is for additive' "$DKO" simulate --kinetics multiplicative --lost-repressor frees -o x.csv
# A gene that is lost changes nothing but what is downstream: without regulations nothing changes.
"$DKO" simulate --genes 10 --cells 20 --mean-degree 0.1 --kinetics multiplicative --truth-effects -o lone.csv -q
[ "$(awk -F, 'NR > 1 && $3 != 0' lone.truth_effects.csv | wc -l)" -le 1 ] || fail "effects without a regulation"
