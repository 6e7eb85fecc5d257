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
