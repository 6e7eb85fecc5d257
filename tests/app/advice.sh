. "$(dirname "$0")/lib.sh"
# A training of the original's mapping says in one line whether its data determine it; where nothing can be said nothing is.
advice='validation cells? the trained mapping predicts'

# says WORDS COMMAND...: exactly one such line, with these words in it.
says() {
  local words=$1
  shift
  expect 0 "$advice .*$words" "$@"
  [ "$(grep -cE "$advice" said.txt)" = 1 ] || { cat said.txt; fail "more than a line: $*"; }
}
silent() {
  expect 0 '' "$@"
  ! grep -qE "$advice" said.txt || { cat said.txt; fail "gives advice: $*"; }
}

# A sparse network without noise: determined, and no warning.
"$DKO" simulate --genes 60 --cells 400 -o easy.csv -q
says 'these data determine it' "$DKO" train easy.csv --patience 300 -o easy.h5
silent "$DKO" train easy.csv --patience 300 -o easy.h5 -f -q
expect 0 '^advice_determined +determined' "$DKO" info easy.h5

# Counts of cells of several types with noise: not determined, as a warning; the same in info, in the screen and on two ranks.
"$DKO" simulate --genes 120 --cells 200 --network scale-free --exponent 2.5 --acyclic --kinetics multiplicative --strength 4 \
  --absent 0.3 --types 3 --rate-noise 0.3 --umi 2000 --truth-single 2000 -o hard.csv -q
says '(do not determine it|only in part).*Use --mapping sparse' "$DKO" train hard.csv --patience 300 -o hard.h5 -q --json summary.json
grep -q 'warning: on 40 validation cells' said.txt || fail "no warning, or not of the cells that validated"
grep -q '"advice_determined": "' summary.json || fail "not in the summary"
cp said.txt one.txt
says '(do not determine it|only in part).*Use --mapping sparse' on 2 "$DKO" run hard.csv --patience 300 -o screen.h5 -q
for ranks in one said; do sed -n 's/.* against \([^)]*\).*/\1/p' $ranks.txt >$ranks.figures; done
[ -s one.figures ] || fail "no figures"
same one.figures said.figures
expect 0 '^advice +on 40 validation cells .*Use --mapping sparse' "$DKO" info screen.h5
expect 0 '^advice +on 40 validation cells .*Use --mapping sparse' "$DKO" info hard.h5
"$DKO" screen hard.csv --model hard.h5 -o again.h5 -q
expect 0 '^advice +on 40 validation cells .*Use --mapping sparse' "$DKO" info again.h5

# The truth, which it did not see, agrees: the sparse mapping ranks these knockouts better.
"$DKO" train hard.csv --mapping sparse -o sparse.h5 -q
for model in hard sparse; do
  "$DKO" evaluate hard.csv --model $model.h5 --truth hard.truth_single.csv --bootstrap 0 --json $model.json -q >/dev/null
done
"$python" - <<'PYTHON'
import json
found = {}
for model in ("hard", "sparse"):
    with open(f"{model}.json") as file:
        found[model] = json.load(file)["truth"][0]["all_change"]["scores"]["impact"]["spearman_over_events"]["value"]
assert found["sparse"] > found["hard"] + 0.05, found
PYTHON

# Shares that have nothing to do with which genes are there: no mapping is advised.
awk 'BEGIN {srand(3); for (gene = 0; gene < 40; ++gene) for (cell = 0; cell < 100; ++cell)
  printf "%s%s", rand() < 0.3 ? 0 : 1 + rand(), cell < 99 ? "," : "\n"}' >noise.csv
says 'and nor does a regression.*before you rely on any' "$DKO" train noise.csv --patience 100 -o noise.h5

# Nothing can be said without validation cells, with few, and of a sparse mapping.
silent "$DKO" train hard.csv --validation 0 --steps 50 -o without.h5
silent "$DKO" train noise.csv --validation 0.05 --steps 50 -o few.h5
silent "$DKO" train hard.csv --mapping sparse -o other.h5
"$DKO" info without.h5 >said.txt
! grep -q advice said.txt || fail "advice without validation cells"
