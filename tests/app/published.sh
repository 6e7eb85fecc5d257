. "$(dirname "$0")/lib.sh"
# The issue's main job on the original's own data: the counts, the rows and their order.
shared_data dko_published
published=$DKO_SHARED_DATA/dko_published
on 2 "$DKO" run "$published/Ptrain.csv" --order 2 --steps 200 -o screen.h5 -q
expect 0 'single_knockouts +39,343' "$DKO" info screen.h5
expect 0 'double_knockouts +1,528,686' "$DKO" info screen.h5
"$DKO" export screen.h5 --single s.csv
diff <(cut -d, -f1,2 "$published/Impact_results.csv" | tr -d '\r') <(cut -d, -f1,2 s.csv) >/dev/null ||
  fail "other rows than Impact_results.csv, or another order"
# The original's 50,000 sampled pairs.
on 2 "$DKO" run "$published/Ptrain.csv" --order 2 --sample 50000 --steps 200 -o sample.h5 -q
"$DKO" export sample.h5 --double d.csv
lines d.csv 50001
[ "$(tail -n +2 d.csv | cut -d, -f1-3 | sort -u | wc -l)" = 50000 ] || fail "a pair was sampled twice"
