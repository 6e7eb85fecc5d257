. "$(dirname "$0")/lib.sh"
# Every gene's change after one knockout: against a computation of its own, for both mappings and ensembles.
make_data
"$DKO" train data.csv -o dko.h5 -q "${short[@]}"
"$DKO" train data.csv -o dko_ensemble.h5 --ensemble 2 -q "${short[@]}"
"$DKO" train data.csv -o sparse.h5 --mapping sparse -q
"$DKO" train data.csv -o sparse_ensemble.h5 --mapping sparse --ensemble 3 -q
expect 0 'loss of gene3, gene20, mean over [0-9]+ cells, on the fitted profile: impact [0-9.]+, network [0-9.]+, interaction -?[0-9.]+, network-interaction' \
  "$DKO" explain dko.h5 data.csv --knockout gene3,gene20 -n 4
grep -q '^6 genes, the lost genes and the largest network_change of ' said.txt || { cat said.txt; fail "not 4 genes beside the lost ones"; }
[ "$(grep -c '(lost)' said.txt)" = 2 ] || fail "the lost genes are not marked"

# Where nothing but rescaling is predicted it says so, and why.
grep -q 'no effect on another gene' said.txt && fail "no effect of two genes that have some"
"$DKO" simulate --genes 40 --always-on 0.5 --cells 60 --seed 3 -o on.h5ad -q 2>/dev/null || fail "no genes that are always on"
"$DKO" train on.h5ad --mapping sparse -o on.h5 -q
if have h5py; then
  on=$("$python" -c 'import h5py
model = h5py.File("on.h5")
starts = model["mapping/A/indptr"][:]
seen = model["visibility/information"][:] >= 5
print(next(k for k in range(40) if starts[k] == starts[k + 1] and not seen[k]))
print(next(k for k in range(40) if starts[k] < starts[k + 1] and seen[k]))')
  read -r -d '' on seen <<<"$on" || true
  expect 0 '^no effect on another gene was found: all others are only rescaled$' "$DKO" explain on.h5 on.h5ad --knockout "gene$on" --json on.json
  grep -q "^what the loss of gene$on does to others is unknown, not zero: " said.txt || { cat said.txt; fail "not told that it is unknown"; }
  grep -q '^1 gene, of what is lost alone: of [0-9]* no other has a network_change$' said.txt || { cat said.txt; fail "another title"; }
  [ "$(grep -c '^gene[0-9]' said.txt)" = 1 ] || { cat said.txt; fail "rows of zeros are shown"; }
  grep -q 'train with --levels' said.txt || { cat said.txt; fail "no way to see a gene that is always on"; }
  # What rescaling alone does is shown where it is asked for; an effect of another gene does not hide that one is unknown.
  expect 0 '^6 genes, the lost genes and the largest change of ' "$DKO" explain on.h5 on.h5ad --knockout "gene$on" --by change -n 5
  expect 0 "^what the loss of gene$on does to others is unknown, not zero: " "$DKO" explain on.h5 on.h5ad --knockout "gene$on,gene$seen" --json both.json
  grep -q 'no effect on another gene' said.txt && { cat said.txt; fail "an effect is not told"; }
  expect 0 '' "$DKO" explain on.h5 on.h5ad --knockout "gene$seen" --json seen.json
  grep -q 'is unknown' said.txt && { cat said.txt; fail "a visible gene is called unknown"; }
  "$python" - "gene$on" <<'PYTHON' || fail "JSON does not tell what is unknown"
import json, sys
on, both, seen = (json.load(open(f"{name}.json")) for name in ("on", "both", "seen"))
assert on["changed"] == 0 < both["changed"] and seen["changed"] > 0 and not seen["not_visible"]
assert list(on["not_visible"]) == list(both["not_visible"]) == [sys.argv[1]] and on["not_visible"][sys.argv[1]]
assert [gene["gene"] for gene in on["genes"]] == [sys.argv[1]] and len(both["genes"]) == 12
PYTHON
fi

# A gene that no cell expresses has no level either.
awk -F, -v OFS=, '$1 == "gene5" {for (k = 2; k <= NF; ++k) $k = 0} {print}' data.csv >never.csv
"$DKO" train never.csv --mapping sparse -o never.h5 -q 2>/dev/null
expect 0 '^what the activation of gene5 does to others is unknown, not zero: no cell expresses it' "$DKO" explain never.h5 never.csv --activate gene5
grep -q 'train with --levels' said.txt && { cat said.txt; fail "sent to --levels for a gene without a level"; }

# A cell that expresses both.
cell=$(awk -F, '$1 == "gene3" || $1 == "gene20" {for (k = 2; k <= NF; ++k) both[k] += $k > 0}
  END {for (k = 6; k < 62; ++k) if (both[k] == 2) {print k - 2; exit}}' data.csv)

if have h5py numpy pandas; then
  preload h5py numpy pandas
  for model in dko dko_ensemble sparse sparse_ensemble; do
    for where in all "$cell"; do
      [ "$where" = all ] || of=(--cell "cell$where")
      [ "$where" != all ] || of=()
     for base in default fitted shrunk observed; do
      by=(--base $base)
      [ $base != default ] || by=()
      "$DKO" explain $model.h5 data.csv --knockout gene3 20 "${of[@]}" "${by[@]}" -o $model.csv --json $model.json -q --force >/dev/null
      is=$base
      [ $base != default ] || case $model in dko*) is=fitted ;; *) is=shrunk ;; esac
      scores=$(again "$(dirname "$0")/explain_again.py" $model.h5 data.csv $model.csv $is $where gene3 gene20)
      again - $model.json $is $scores <<'PYTHON'
import json, sys
found, base, scores = json.load(open(sys.argv[1])), sys.argv[2], [float(word) for word in sys.argv[3:]]
assert found["base"] == base
values = [found["scores"]["impact"], found["scores"]["network"], found["interactions"]["impact"]]
assert all(abs(value - score) < 2e-9 for value, score in zip(values, scores)), (values, scores)
assert found["knockout"] == ["gene3", "gene20"] and len(found["genes"]) == 12
PYTHON
     done
    done
  done
else
  echo "$python has not h5py, numpy and pandas: not computed again"
fi

# The scores are those of the screen.
"$DKO" screen data.csv --model dko.h5 --order 2 -o screen.h5 -q
"$DKO" export screen.h5 --double d.csv --score impact,interaction --names
grep "^gene3,gene20,cell$cell," d.csv >pair.txt
"$DKO" explain dko.h5 data.csv -k gene20,gene3 --cell $cell -q >cell.txt
awk -F '[, ]+' 'NR == FNR {impact = $4; interaction = $5; next}
  /^loss/ {for (k = 1; k < NF; ++k) {if ($k == "impact") i = $(k + 1); if ($k == "interaction") e = $(k + 1)}
           i -= impact; e -= interaction; exit !(i * i < 1e-11 && e * e < 1e-11)}' pair.txt cell.txt || { cat pair.txt cell.txt; fail "not the scores of the screen"; }

# The same bits on any number of ranks, more than cells included; the order that was asked for.
"$DKO" explain dko_ensemble.h5 data.csv -k gene3 --by change -o one.csv -q >/dev/null
for ranks in 2 3 4; do
  on $ranks "$DKO" explain dko_ensemble.h5 data.csv -k gene3 --by change -o $ranks.csv -q >/dev/null
  same one.csv $ranks.csv
done
on 3 "$DKO" explain dko_ensemble.h5 data.csv -k gene3 --cell $cell -o cell3.csv -q >/dev/null
"$DKO" explain dko_ensemble.h5 data.csv -k gene3 --cell $cell -o cell1.csv -q >/dev/null
same cell1.csv cell3.csv
awk -F, 'NR > 2 {s = $6 < 0 ? -$6 : $6; if (NR > 3 && s > before) exit 1; before = s}' one.csv || fail "not ordered by change"

# Names with commas, quotes and digits.
sed 's/^gene3,/"3,""x"" y",/; s/^gene20,/"=7",/' data.csv >names.csv
"$DKO" train names.csv -o names.h5 -q "${short[@]}"
"$DKO" explain names.h5 names.csv -k '3,"x" y' '=7' -o names_out.csv -q >names.txt
grep -q 'loss of 3,"x" y, =7' names.txt || { cat names.txt; fail "names with commas"; }
sed -n 2p names_out.csv | grep -q '^"3,""x"" y",1,' || fail "a name is not quoted"

# What cannot be lost.
expect 3 'no gene named Trem2' "$DKO" explain dko.h5 data.csv -k Trem2 -o x.csv
expect 3 'gene 30 does not exist' "$DKO" explain dko.h5 data.csv -k 30 -o x.csv
expect 3 'a name is empty' "$DKO" explain dko.h5 data.csv -k gene3,,gene4 -o x.csv
expect 3 'no cell named nowhere' "$DKO" explain dko.h5 data.csv -k gene3 --cell nowhere -o x.csv
expect 2 'names gene3 twice' "$DKO" explain dko.h5 data.csv -k gene3,3 -o x.csv
expect 2 'names gene3 twice' on 2 "$DKO" explain dko.h5 data.csv -k gene3 -k gene3 -o x.csv
absent_gene=$(awk -F, 'NR > 1 && $6 == 0 {print $1; exit}' data.csv)  # in cell4
expect 3 "cell cell4 does not express $absent_gene" "$DKO" explain dko.h5 data.csv -k "$absent_gene" --cell cell4 -o x.csv
printf ',a,b,c\ng1,1,1,0\ng2,1,1,1\ng3,0,0,1\n' >few.csv
"$DKO" train few.csv -o few.h5 --validation 0 --batch 2 --steps 5 -q
expect 3 'cell a expresses no other gene: nothing would be left' "$DKO" explain few.h5 few.csv -k g1,g2 --cell a -o x.csv
expect 3 'no cell expresses g1, g2 beside another gene' on 2 "$DKO" explain few.h5 few.csv -k g1 g2 -o x.csv
expect 2 "give the genes to lose with --knockout" "$DKO" explain dko.h5 data.csv
expect 2 'INPUT is missing' "$DKO" explain dko.h5 --knockout gene3
expect 2 '--by must be network-change or change' "$DKO" explain dko.h5 data.csv -k gene3 --by impact
expect 2 '-n must be between' "$DKO" explain dko.h5 data.csv -k gene3 -n 0
expect 2 'are the same file' "$DKO" explain dko.h5 data.csv -k gene3 -o data.csv --force
expect 3 'not a dko model' "$DKO" explain screen.h5 data.csv -k gene3
expect 3 'lacks 30 of the 30 genes of dko.h5' "$DKO" explain dko.h5 few.csv -k g1
expect 2 'exists' "$DKO" explain dko.h5 data.csv -k gene3 -o one.csv
expect 4 'no_such' "$DKO" explain dko.h5 data.csv -k gene3 -o no_such/x.csv
absent x.csv
