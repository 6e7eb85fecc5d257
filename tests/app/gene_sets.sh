. "$(dirname "$0")/lib.sh"
# Sets of genes in explain and summarize: the tests are SciPy's, of the values that the ranked list has.
need scipy pandas h5py
preload h5py pandas scipy.special scipy.stats
"$DKO" simulate --genes 60 --cells 120 --seed 3 -o data.csv -q
"$DKO" train data.csv -o dko.h5 -q "${short[@]}"
"$DKO" run data.csv -o screen.h5 --save-model sparse.h5 --mapping sparse --score impact,network --order 2 -q 2>/dev/null
again - <<'PYTHON'
import random
random.seed(1)
with open("sets.gmt", "w") as file:
    for number in range(12):
        genes = random.sample(range(60), random.randint(3, 25))
        print(f"set {number}", "some", *(f"gene{gene}" for gene in genes), f"unknown{number}", sep="\t", file=file)
    print("few", "", "gene1", "gene2", "nothing", sep="\t", file=file)
PYTHON
sed '3s/^set/s\xe4t/' sets.gmt >latin.gmt
expect 3 'latin.gmt, line 3: is not UTF-8' "$DKO" summarize screen.h5 --gene-sets latin.gmt
cat >again.py <<'PYTHON'
import sys
import pandas
from scipy.special import comb
from scipy.stats import mannwhitneyu
ranked, table, least = sys.argv[1], sys.argv[2], int(sys.argv[3])
values = pandas.read_csv(ranked, sep="\t", header=None, index_col=0, float_precision="round_trip")[1]
assert values.is_monotonic_decreasing and values.index.is_unique
rows = []
for line in open("sets.gmt"):
    name, _, *genes = line.rstrip("\n").split("\t")
    inside = values.index.isin(genes)
    if inside.sum() < least:
        continue
    test = mannwhitneyu(values[inside], values[~inside], alternative="two-sided", method="asymptotic", use_continuity=True)
    rows.append((name, inside.sum(), (~inside).sum(), values[inside].mean(), test.statistic / inside.sum() / (~inside).sum(),
                 min(1, max(test.pvalue, 2 / comb(len(values), inside.sum())))))
expected = pandas.DataFrame(rows, columns=["set", "genes", "others", "mean", "auc", "p"]).sort_values("p", kind="stable")
least_q = 1
qs = []
for rank, p in reversed(list(enumerate(expected["p"], 1))):
    least_q = min(least_q, p * len(expected) / rank)
    qs.append(least_q)
expected["q"] = qs[::-1]
found = pandas.read_csv(table, float_precision="round_trip")
assert list(found.columns) == list(expected.columns) and len(found) > 5
found, expected = found.set_index("set"), expected.set_index("set")
assert found["p"].is_monotonic_increasing and set(found.index) == set(expected.index)
error = (found - expected.loc[found.index]).abs().max()
assert (error < 1e-9).all(), error
print(" ".join(values.index[values != 0]))
PYTHON

# explain: the relative changes of all visible genes that these cells express; of a sparse mapping those without an effect are equal.
lost=$("$DKO" summarize screen.h5 --by network -n 1 2>/dev/null | awk 'NR == 3 {print $2}')
for model in dko sparse; do
  "$DKO" explain $model.h5 data.csv -k $lost -o changes.csv --rnk changes.rnk --gene-sets sets.gmt --sets-table sets.csv --json sets.json \
    -q --force >shown.txt 2>said.txt
  grep -q 'sets.gmt: 1 set with fewer than 5 known genes left out: few\|2 sets' said.txt || { cat said.txt; fail "small sets are not told"; }
  moved=$(again again.py changes.rnk sets.csv 5) || fail "$model: other tests than SciPy's"
  again - $model $lost $moved <<'PYTHON' || fail "$model: another ranked list"
import json, sys
import h5py, numpy, pandas
model, lost, *moved = sys.argv[1:]
table = pandas.read_csv("changes.csv", float_precision="round_trip").set_index("gene")
table = table[table["knocked_out"] == 0]
with h5py.File(model + ".h5") as file:
    names = file["genes/name"].asstr()[:]
    visible = names[file["visibility/information"][:] >= 5]
assert 10 < len(visible) < len(names)
table = table[table.index.isin(visible)]
values = pandas.read_csv("changes.rnk", sep="\t", header=None, index_col=0, float_precision="round_trip")[1]
assert set(values.index) == set(table.index)
relative = (table["network_change"] / table["renormalised"])[values.index]
if model == "sparse":
    with h5py.File("sparse.h5") as file:
        a, names = file["mapping/A"], list(file["genes"]["name"].asstr() if "genes/name" in file else file["genes"].asstr())
        column = names.index(lost)
        touched = {names[gene] for gene in a["indices"][a["indptr"][column]:a["indptr"][column + 1]]}
    relative[~relative.index.isin(touched)] = 0
    assert 0 < len(moved) < len(values)
assert (relative - values).abs().max() < 1e-12
sets = json.load(open("sets.json"))["sets"]
assert len(sets) == 10 or len(sets) == len(pandas.read_csv("sets.csv"))
PYTHON
  grep -q '^set  *genes  *others  *mean  *auc  *p  *q$' shown.txt || { cat shown.txt; fail "no table of sets"; }
done

# --all-genes: also those whose own loss cannot be seen. Sets that are not tested are told, with how many of their genes count.
awk -F, -v OFS=, '{print} NR > 1 && NR < 8 {$1 = "on" NR; for (i = 2; i <= NF; ++i) $i += 1; more = more $0 "\n"} END {printf "%s", more}' \
  data.csv >on.csv
printf 'hidden\t\ton2\ton3\ton4\ton5\ton6\ton7\n' >hidden.gmt
"$DKO" run on.csv -o on_screen.h5 --save-model on.h5 --mapping sparse --order 2 --score impact,network -q 2>/dev/null
explain_on=("$DKO" explain on.h5 on.csv -k gene3)
"${explain_on[@]}" -o on_changes.csv --rnk visible.rnk -q >/dev/null 2>&1
"${explain_on[@]}" --rnk all.rnk --all-genes -q >/dev/null 2>&1
again - <<'PYTHON' || fail "--all-genes: another ranked list"
import pandas
table = pandas.read_csv("on_changes.csv").set_index("gene")
everything = set(table.index[table["knocked_out"] == 0])
ranked, visible = (set(pandas.read_csv(name + ".rnk", sep="\t", header=None)[0]) for name in ("all", "visible"))
assert ranked == everything and visible < ranked and not any(gene.startswith("on") for gene in visible)
PYTHON
expect 0 '^not tested, fewer than 5 genes that are visible and these cells express .--least-genes.: hidden .0 of 6.$' \
  "${explain_on[@]}" --gene-sets hidden.gmt
expect 0 '^no set was tested$' "${explain_on[@]}" --gene-sets hidden.gmt
expect 0 '^1 set tested by ranks' "${explain_on[@]}" --gene-sets hidden.gmt --all-genes
expect 0 '^not tested, fewer than 5 genes that are visible and lost in the screen .--least-genes.: hidden .0 of 6.$' \
  "$DKO" summarize on_screen.h5 --gene-sets hidden.gmt
# Tables of pairs name those genes of a pair that are not visible.
"$DKO" summarize on_screen.h5 --gene-table on_genes.csv --pair-table on_pairs.csv --json on.json -n 3000 >shown.txt 2>/dev/null
again - <<'PYTHON' || fail "genes of pairs that are not visible"
import json
import pandas
genes, pairs = (pandas.read_csv(name, keep_default_na=False) for name in ("on_genes.csv", "on_pairs.csv"))
hidden = set(genes["gene"][genes["not_visible"] != ""])
expected = [", ".join(gene for gene in pair if gene in hidden) for pair in zip(pairs["gene1"], pairs["gene2"])]
assert list(pairs["not_visible"]) == expected and {0, 1} <= {text.count(",") for text in expected if text} and "" in expected
shown = json.load(open("on.json"))["pairs"]["top"]
assert [row["not_visible"] for row in shown] == expected[:len(shown)] and len(shown) == 10
PYTHON
grep -q '^rank .*gene 1  *gene 2 .*not visible$' shown.txt || { cat shown.txt; fail "pairs: no column of genes that are not visible"; }
expect 2 '--all-genes is of --gene-sets and --rnk' "${explain_on[@]}" --all-genes
seq 0 29 | sed 's/^/gene/' >thirty.txt
"$DKO" train data.csv --genes thirty.txt -o thirty.h5 --mapping sparse -q 2>/dev/null
expect 0 'sets.gmt: .* genes of other names are not among the genes that are used, 30 of them in the data, but not chosen$' \
  "$DKO" explain thirty.h5 data.csv -k gene3 --gene-sets sets.gmt --least-genes 1

# summarize: the means that rank the genes, of visible ones, whatever number of rows the tables have.
for by in network impact; do
  "$DKO" summarize screen.h5 --by $by --gene-table genes.csv --rnk means.rnk --gene-sets sets.gmt --least-genes 3 --sets-table sets.csv \
    -q --force >/dev/null 2>&1
  again again.py means.rnk sets.csv 3 >/dev/null || fail "summarize: other tests than SciPy's"
  again - $by <<'PYTHON' || fail "summarize: another ranked list"
import sys, pandas
table = pandas.read_csv("genes.csv", keep_default_na=False, dtype={"not_visible": str}).set_index("gene")
values = pandas.read_csv("means.rnk", sep="\t", header=None, index_col=0)[1]
assert set(values.index) == set(table.index[(table["not_visible"] == "") & (table["cells"].astype(int) > 0)])
assert (table[sys.argv[1] + "_mean"].astype(float)[values.index] - values).abs().max() < 1e-12
PYTHON
done
# Of genes in enough cells, where that is asked for.
least=$(tail -n +2 genes.csv | cut -d, -f"$(head -n 1 genes.csv | tr , '\n' | grep -nx cells | cut -d: -f1)" | sort -n | sed -n 31p)
"$DKO" summarize screen.h5 --by impact --min-cells "$least" --gene-table genes.csv --rnk often.rnk --gene-sets sets.gmt -q --force >often.txt 2>&1
again - "$least" <<'PYTHON' || fail "summarize --min-cells: another ranked list"
import sys
import pandas
table = pandas.read_csv("genes.csv", keep_default_na=False, dtype={"not_visible": str}).set_index("gene")
values = pandas.read_csv("often.rnk", sep="\t", header=None, index_col=0)[1]
assert table["cells"].astype(int).min() >= int(sys.argv[1]) and 0 < len(values) < len(pandas.read_csv("means.rnk", sep="\t", header=None))
assert set(values.index) == set(table.index[table["not_visible"] == ""])
PYTHON
grep -q "in $least cells or more" often.txt || fail "summarize --min-cells: sets do not say of which genes"
for ranks in 2 3; do
  on $ranks "$DKO" summarize screen.h5 --gene-table few.csv -n 3 --rnk ranks$ranks.rnk --gene-sets sets.gmt --least-genes 3 -q --force >ranks$ranks.txt 2>/dev/null
  same means.rnk ranks$ranks.rnk
  lines few.csv 4
done
same ranks2.txt ranks3.txt
"$DKO" summarize screen.h5 --gene-table usual.csv -n 3 -q >/dev/null
same few.csv usual.csv

# What cannot be.
expect 2 '--sets-table needs the sets' "$DKO" explain dko.h5 data.csv -k gene3 --sets-table x.csv
expect 2 '--sets-table needs the sets' "$DKO" summarize screen.h5 --sets-table x.csv
expect 3 'sets.gmt: none of its 13 sets has 50 of' on 2 "$DKO" explain dko.h5 data.csv -k gene3 --gene-sets sets.gmt --least-genes 50 -o x.csv --rnk x.rnk
expect 3 'no_such.gmt' "$DKO" summarize screen.h5 --gene-sets no_such.gmt --rnk x.rnk
expect 2 'exists' "$DKO" explain dko.h5 data.csv -k gene3 --rnk means.rnk
expect 2 'are the same file' "$DKO" explain dko.h5 data.csv -k gene3 --gene-sets sets.gmt --rnk sets.gmt --force
sed 's/^gene5,/"a\tb",/' data.csv >tab.csv
"$DKO" train tab.csv -o tab.h5 -q "${short[@]}" 2>/dev/null
expect 3 'x.rnk: gene .* has a tab or a line break in its name' "$DKO" explain tab.h5 tab.csv -k gene3 --rnk x.rnk
absent x.csv x.rnk
expect 2 "--least-genes needs the sets" "$DKO" explain dko.h5 data.csv -k gene3 --least-genes 3
echo old >changes.csv
expect 3 "x.rnk: gene .* has a tab" "$DKO" explain tab.h5 tab.csv -k gene3 --rnk x.rnk -o changes.csv --force
same changes.csv <(echo old)
absent x.rnk
