. "$(dirname "$0")/lib.sh"
# The main job: one command on two ranks, one file, and everything in it readable.
make_data
on 2 "$DKO" run data.csv --order 2 -o screen.h5 --save-model model.h5 --json summary.json "${short[@]}" 2>log.txt
grep -q '30 genes × 60 cells' log.txt || fail "the log does not say what was read"
"$DKO" info screen.h5 >info.txt
grep -qE '^ranks +2$' info.txt || fail "no provenance of two ranks"
grep -qE '^command +(DKO_INSTRUCTIONS=[a-z0-9]+ )?dko run data.csv --order 2' info.txt || fail "no command line"
grep -qE '^input_checksum +crc64:[0-9a-f]{16}$' info.txt || fail "no checksum of the input"
checksum() { awk '/^model_checksum/ {print $2}'; }
[ "$("$DKO" info model.h5 | checksum)" = "$(checksum <info.txt)" ] || fail "the screen is not of the model"
singles=$(awk -F'[^0-9]+' '/^single_knockouts/ {print $2 $3}' info.txt)
pairs=$(awk -F'[^0-9]+' '/^double_knockouts/ {print $2 $3}' info.txt)
"$DKO" export screen.h5 --single s.csv --double d.csv
lines s.csv $((singles + 1))
lines d.csv $((pairs + 1))
[ "$(head -n 1 d.csv)" = gene1_id,gene2_id,cell_id,k_pred ] || fail "other columns than the original's"
grep -q "\"pairs\": $pairs" summary.json || fail "the summary does not count the pairs"
grep -qE 'slowest of 2 ranks: .* % above the mean' log.txt || fail "the log does not tell how even the ranks were"
grep -q '"rank_seconds"' summary.json || fail "the summary does not tell the time of the ranks"
grep -q 'computing A = W2·W1 on 2 ranks' log.txt || fail "the log does not tell of the collapse"
# The ten highest are those of the export.
"$DKO" top screen.h5 --of double -n 10 --json top.json >top.txt
tail -n +2 d.csv | sort -t, -k4,4gr | sed -n 1,10p | awk -F, '{printf "%.6f\n", $4}' >expected.txt
awk 'NR > 2 && NF > 4 {print $5}' top.txt >listed.txt
near expected.txt listed.txt 1.5e-6
grep -q '"genes"' top.json || fail "top --json has no genes"
# The two halves give what the whole gives: the same model, then the same scores.
on 2 "$DKO" train data.csv -o model2.h5 -q "${short[@]}"
on 2 "$DKO" screen data.csv --model model2.h5 --order 2 -o screen2.h5 -q
"$DKO" export screen2.h5 --single s2.csv --double d2.csv
same s.csv s2.csv
same d.csv d2.csv
# --quiet says nothing but warnings.
"$DKO" run data.csv -o quiet.h5 -q "${short[@]}" >said.txt 2>&1
! grep -v '^dko: warning' said.txt || fail "--quiet says more than warnings"
