. "$(dirname "$0")/lib.sh"
# False discovery rates: calibrated against simulated truth, the same for any number of ranks, shown and stored, and --fdr.
need h5py numpy
preload h5py numpy
hard=(--genes 150 --cells 400 --network scale-free --exponent 2.5 --acyclic --kinetics multiplicative --strength 4
      --states 5 --rate-noise 0.3 --truth-effects --seed 7 -q)
"$DKO" simulate "${hard[@]}" --absent 0.3 -o clean.csv
"$DKO" simulate "${hard[@]}" --absent 0.3 --umi 3000 -o counts.csv
"$DKO" simulate "${hard[@]}" --absent 0.3 --always-on 0.3 --types 3 --umi 3000 --umi-spread 0.6 -o types.csv
"$DKO" simulate "${hard[@]}" --absent 0.3 --always-on 1 --umi 5000 -o on.csv
for set in clean counts types on; do "$DKO" train $set.csv --mapping sparse -o $set.h5 -q 2>/dev/null; done

# Calibrated: few of the effects with q up to 0.1 are false, many true ones are left; where every absence is sampling
# at most 1 % of the pairs have such a q.
again "$(dirname "$0")/fdr_again.py" calibrated clean counts types || fail "the rates are not calibrated"
again "$(dirname "$0")/fdr_again.py" silent on || fail "absences by sampling pass for effects"

# The same bits on any number of ranks.
for ranks in 2 3; do
  on $ranks "$DKO" train types.csv --mapping sparse -o ranks.h5 -q --force 2>/dev/null
  again "$(dirname "$0")/fdr_again.py" same types ranks || fail "$ranks ranks have other q-values"
done

# --fdr keeps the effects up to it, and says so; a resumed job must match.
"$DKO" train clean.csv --mapping sparse --fdr 0.1 -o kept.h5 -q
again "$(dirname "$0")/fdr_again.py" kept clean kept || fail "--fdr keeps other effects"
expect 0 '^fdr +0.1$' "$DKO" info kept.h5
"$DKO" screen clean.csv --model kept.h5 -o kept_screen.h5 -q
"$python" -c 'import h5py; assert h5py.File("kept_screen.h5")["training"].attrs["fdr"] == 0.1'
"$DKO" screen clean.csv --model clean.h5 -o partial.h5 -q
mv partial.h5 partial.h5.partial
expect 3 'was created by a different screen' "$DKO" screen clean.csv --model kept.h5 -o partial.h5 --resume
"$DKO" run clean.csv --mapping sparse -o run.h5 --save-model run_model.h5 -q
rm run.h5
expect 3 '--fdr was 1 and is 0.1 now' "$DKO" run clean.csv --mapping sparse --fdr 0.1 -o run.h5 --save-model run_model.h5 --resume
expect 0 '' "$DKO" run clean.csv --mapping sparse -o run.h5 --save-model run_model.h5 --resume
expect 2 '--fdr applies only to --mapping sparse' "$DKO" train clean.csv --fdr 0.1 -o no.h5
expect 2 '--fdr' "$DKO" train clean.csv --mapping sparse --fdr 0 -o no.h5
expect 2 '--fdr' "$DKO" train clean.csv --mapping sparse --fdr 1.5 -o no.h5
absent no.h5

# Shown: by info, top, summarize, explain, in JSON and CSV.
"$DKO" screen clean.csv --model clean.h5 -o screen.h5 -q
expect 0 '^effects_q_0.1 +[1-9]' "$DKO" info clean.h5
expect 0 '^genes_q_0.1 +[1-9]' "$DKO" info clean.h5
# Once, under all tables: what q is, and is not.
told_once() { [ "$(grep -c "^$1.*: expected part of false effects among all" said.txt)" = 1 ] || { cat said.txt; fail "$1 is not told once"; }; }
expect 0 'network .* q_value' "$DKO" top screen.h5 --score network --json top.json
told_once q_value
expect 0 'network_mean .* q_value' "$DKO" summarize screen.h5 --by network --gene-table genes.csv --json summary.json
told_once q_value
expect 0 'of largest change' "$DKO" effects clean.h5 clean.csv -o effects.h5ad
told_once q
best=$("$DKO" summarize screen.h5 --by network -n 1 2>/dev/null | awk 'NR == 3 {print $2}')
expect 0 'direct_q' "$DKO" explain clean.h5 clean.csv --knockout "$best" -o changes.csv --json changes.json
told_once direct_q
again "$(dirname "$0")/fdr_again.py" shown clean "$best" || fail "other q-values are shown"

# A model by an earlier version has none, and says so; nothing else changes.
cp clean.h5 older.h5
"$python" -c 'import h5py; m = h5py.File("older.h5", "a")["mapping"]; del m["q_value"], m["gene_q_value"]'
expect 0 '^effects_q_0.1 +not computed$' "$DKO" info older.h5
expect 0 'q-values of the effects: not computed' "$DKO" explain older.h5 clean.csv --knockout "$best"
"$DKO" screen clean.csv --model older.h5 -o older_screen.h5 -q
expect 0 'network_mean' "$DKO" summarize older_screen.h5 --by network
! grep -q q_value said.txt || fail "a q-value that was not computed is shown"
"$DKO" export screen.h5 --single new.csv
"$DKO" export older_screen.h5 --single old.csv
same new.csv old.csv
