. "$(dirname "$0")/lib.sh"
# Every effect at once: what dko explain says of the loss of each gene, for both mappings, ensembles and groups, in a file
# that anndata reads; tables, sets of genes, the same bits on any number of ranks.
compare() { again "$(dirname "$0")/effects_again.py" "$@"; }
need anndata pandas
preload anndata h5py pandas
"$DKO" simulate --genes 14 --cells 70 --seed 3 --types 2 --umi 500 -o data.h5ad -q
"$DKO" train data.h5ad -o dko.h5 -q "${short[@]}"
"$DKO" train data.h5ad -o dko_ensemble.h5 --ensemble 2 -q "${short[@]}"
"$DKO" train data.h5ad -o sparse.h5 --mapping sparse -q
"$DKO" train data.h5ad -o sparse_ensemble.h5 --mapping sparse --ensemble 3 -q
printf 'A\tx\tgene1\tgene2\tgene3\tgene3\tnone\nsmall\t\tgene0\tnone\tother\nB\t\tgene0\tgene5\tgene6\tgene7\tgene13\n' >sets.gmt

# explained FOLDER MODEL OPTION...: every loss by dko explain.
explained() {
  local folder=$1 model=$2 gene
  shift 2
  mkdir -p $folder
  rm -f $folder/*
  for gene in $(seq 0 13); do
    "$DKO" explain $model data.h5ad -k gene$gene -o $folder/gene$gene.csv -q "$@" >/dev/null 2>said.txt ||
      grep -q 'no cell expresses' said.txt || { cat said.txt; fail "explain of gene$gene"; }
  done
}

for model in dko dko_ensemble sparse sparse_ensemble; do
  explained $model $model.h5
  sparse=0
  only=()
  case $model in
  sparse*)
    sparse=1
    only=(--untouched)
    ;;
  esac
  "$DKO" effects $model.h5 data.h5ad -o $model.h5ad --targets-table targets.csv --regulators-table regulators.csv -n 3 \
    --gene-sets sets.gmt --least-genes 2 --sets-table sets.csv -q --force >shown.txt 2>said.txt
  grep -q 'sets.gmt: 1 set with fewer than 2 known genes left out: small' said.txt || { cat said.txt; fail "a small set is not told"; }
  compare $model.h5ad $model $sparse || fail "$model: other effects than dko explain's"
  rm -f targets.csv regulators.csv
  "$DKO" effects $model.h5 data.h5ad -o all.h5ad "${only[@]}" -q --force >/dev/null
  compare all.h5ad $model 0 || fail "$model: other effects of all genes"
done
"$DKO" effects sparse_ensemble.h5 data.h5ad -o shown.h5ad --gene-sets sets.gmt --least-genes 2 -n 5 --json sparse_ensemble.json -q >shown.txt 2>/dev/null
grep -q '^2 sets of genes, by each loss, the 5 of largest change; not tested for significance$' shown.txt || { cat shown.txt; fail "sets are not shown"; }
"$DKO" effects sparse_ensemble.h5 data.h5ad -o shown.h5ad --gene-sets sets.gmt --least-genes 2 -n 3 --by relative --json relative.json -q --force \
  >/dev/null 2>&1
again - <<'PYTHON' || fail "another table of sets"
import json
import anndata, pandas
data, table = anndata.read_h5ad("sparse_ensemble.h5ad"), pandas.read_csv("sets.csv", float_precision="round_trip")
assert list(data.uns["gene_sets"]) == ["A", "B"] and list(data.uns["gene_sets_genes"]) == [3, 5] and list(data.uns["gene_sets_unknown"]) == [1, 0]
assert len(table) == 28 and (table["change"].to_numpy().reshape(14, 2) == data.obsm["gene_sets"]).all()
assert (table["relative"].to_numpy().reshape(14, 2) == data.obsm["gene_sets_relative"]).all()
shown = pandas.DataFrame(json.load(open("sparse_ensemble.json"))["top_sets"])  # the largest of the table, as they are told
largest = table.iloc[(-table["change"].abs()).argsort(kind="stable")].head(5).reset_index(drop=True)
pandas.testing.assert_frame_equal(shown, largest, check_exact=True, check_dtype=False)
relative = pandas.DataFrame(json.load(open("relative.json"))["top_sets"])
assert list(relative["relative"].abs()) == list(table["relative"].abs().sort_values(ascending=False).head(3))
assert table.set_index(["gene_lost", "set"])["genes"][[("gene1", "A"), ("gene0", "A"), ("gene13", "B")]].tolist() == [2, 3, 4]
PYTHON

# By groups, and on another base: dko explain of these cells alone.
for model in dko sparse_ensemble; do
  explained all $model.h5 --base observed
  for type in type0 type1; do explained $type $model.h5 --base observed --where type=$type; done
  sparse=0
  [ $model = dko ] || sparse=1
  "$DKO" effects $model.h5 data.h5ad -o groups.h5ad --group-by type --base observed --gene-sets sets.gmt --least-genes 2 \
    --sets-table groups.csv -q --force >/dev/null 2>&1
  compare groups.h5ad all $sparse type0=type0 type1=type1 || fail "$model: other effects by groups"
done
lines groups.csv $((1 + 14 * 2 * 3))
head -n 1 groups.csv | grep -q '^gene_lost,set,group,genes,cells,change,relative$' || fail "other columns of sets"

# What is kept: of each lost gene the largest, or those of a size; the rows that are asked for.
"$DKO" effects dko.h5 data.h5ad -o top.h5ad --top 2 -q >/dev/null
"$DKO" effects dko.h5 data.h5ad -o least.h5ad --least 0.05 --by relative -q >/dev/null
"$DKO" effects dko.h5 data.h5ad -o some.h5ad --knockout-genes gene4,gene2 -q >/dev/null
"$DKO" effects sparse.h5 data.h5ad -o fdr.h5ad --untouched --fdr 0.3 -q >/dev/null
again - <<'PYTHON' || fail "other effects are kept"
import anndata, numpy
def read(name):
    data = anndata.read_h5ad(name + ".h5ad")
    return data, data.X.toarray()
full, change = read("dko")
top, largest = read("top")
for row in range(len(change)):
    keep = numpy.sort(numpy.argsort(-abs(change[row]), kind="stable")[:2])
    assert (numpy.flatnonzero(largest[row]) == keep[change[row][keep] != 0]).all()
    assert (largest[row][keep] == change[row][keep]).all()
least = read("least")[0]
relative = full.layers["relative"].toarray()
assert 0 < least.X.nnz < full.X.nnz
assert ((least.layers["relative"].toarray() != 0) == (abs(relative) >= numpy.float32(0.05))).all()
some, few = read("some")
assert list(some.obs_names) == ["gene2", "gene4"] and (few == change[[2, 4]]).all()
fdr, whole = anndata.read_h5ad("fdr.h5ad"), anndata.read_h5ad("sparse.h5ad")
q = whole.layers["q"]
assert fdr.X.nnz == (q.data <= 0.3).sum() and (fdr.layers["q"].data <= 0.3).all()
PYTHON

# The same on any number of ranks, to the bit.
for ranks in 1 2 3; do
  on $ranks "$DKO" effects sparse_ensemble.h5 data.h5ad -o ranks$ranks.h5ad --gene-sets sets.gmt --least-genes 2 --group-by type \
    --targets-table ranks$ranks.csv -q >/dev/null 2>&1
  on $ranks "$DKO" effects dko_ensemble.h5 data.h5ad -o dense$ranks.h5ad --top 5 -q >/dev/null
  same ranks1.csv ranks$ranks.csv
  again - $ranks <<'PYTHON' || fail "$ranks ranks have other bits"
import sys, h5py
for name in "ranks", "dense":
    one, other = h5py.File(name + "1.h5ad"), h5py.File(f"{name}{sys.argv[1]}.h5ad")
    seen = []
    def compare(path, node):
        if isinstance(node, h5py.Dataset) and not path.startswith("uns/dko"):
            assert node[()].tobytes() == other[path][()].tobytes() if node.dtype != object else list(node) == list(other[path]), path
            seen.append(path)
    one.visititems(compare)
    assert "X/data" in seen and "layers/cells/data" in seen and len(seen) > 15
PYTHON
done

# It is known, and checked.
expect 0 'effects of the loss of each gene, as AnnData' "$DKO" info dko.h5ad
expect 0 'verified: [0-9]+ arrays' "$DKO" info dko.h5ad --verify
"$DKO" effects sparse.h5 data.h5ad -o json.h5ad --json effects.json -n 2 -q >/dev/null
"$python" -c 'import json; found = json.load(open("effects.json")); assert found["lost"] == 14 and len(found["top"]) == 2 and "q" in found["top"][0]'

# That nothing is left, it says.
expect 0 'no effect has a q-value of 0 or less' "$DKO" effects sparse.h5 data.h5ad -o none.h5ad --fdr 0
expect 0 'no effect has a size of 100 or more' "$DKO" effects sparse.h5 data.h5ad -o huge.h5ad --least 100
# Groups by the expression of a gene.
expect 0 'verified' "$DKO" info none.h5ad --verify
"$DKO" effects dko.h5 data.h5ad -o high.h5ad --group-by 'gene:gene3>2' -q >/dev/null
again - <<'PYTHON' || fail "other effects by the expression of a gene"
import anndata
import numpy as np
data, found = anndata.read_h5ad("data.h5ad"), anndata.read_h5ad("high.h5ad")
x = data.X.toarray() if hasattr(data.X, "toarray") else np.asarray(data.X)
high = x[:, list(data.var_names).index("gene3")] > 2
assert 0 < high.sum() < len(high)
for label, cells in (("yes", high), ("no", ~high)):
    expressed = (x[cells] > 0).sum(axis=0)
    assert (found.obs["n_cells_" + label] == expressed[[list(data.var_names).index(gene) for gene in found.obs_names]]).all(), label
PYTHON

# What cannot be.
expect 3 'no gene named GENE3: did you mean gene3' "$DKO" effects dko.h5 data.h5ad -o x.h5ad --knockout-genes GENE3
expect 3 'no gene is called gen3; did you mean gene3' "$DKO" effects dko.h5 data.h5ad -o x.h5ad --group-by 'gene:gen3>2'
expect 3 "holds for none of the cells" "$DKO" effects dko.h5 data.h5ad -o x.h5ad --group-by 'gene:gene3>1e9'
expect 2 "'--out' is required" "$DKO" effects dko.h5 data.h5ad
expect 2 'exists' "$DKO" effects dko.h5 data.h5ad -o dko.h5ad
expect 2 '--sets-table needs the sets' "$DKO" effects dko.h5 data.h5ad -o x.h5ad --sets-table x.csv
expect 2 '--fdr must be between' "$DKO" effects sparse.h5 data.h5ad -o x.h5ad --fdr 2
expect 2 '--by must be change or relative' "$DKO" effects dko.h5 data.h5ad -o x.h5ad --by network
expect 3 'dko.h5 has no q-values' on 2 "$DKO" effects dko.h5 data.h5ad -o x.h5ad --fdr 0.1
expect 3 'no gene named Trem2' on 2 "$DKO" effects dko.h5 data.h5ad -o x.h5ad --knockout-genes Trem2
expect 3 '^dko: error: --group-by: no column named state' "$DKO" effects dko.h5 data.h5ad -o x.h5ad --group-by state
"$DKO" simulate --genes 14 --cells 20 --seed 4 -o plain.csv -q
expect 2 '^dko: error: --group-by: plain.csv has no columns that describe cells' "$DKO" effects dko.h5 plain.csv -o x.h5ad --group-by type
expect 3 'not a dko model' "$DKO" effects dko.h5ad data.h5ad -o x.h5ad
printf 'A\tx\tgene1\nB\n' >bad.gmt
expect 3 'bad.gmt, line 2: has 1 field' on 2 "$DKO" effects dko.h5 data.h5ad -o x.h5ad --gene-sets bad.gmt --targets-table x.csv
printf 'A\tx\tGENE1\tGENE2\n' >unknown.gmt
expect 3 'none of its 1 set has 5 of the genes .*such as GENE1' "$DKO" effects dko.h5 data.h5ad -o x.h5ad --gene-sets unknown.gmt
expect 3 'no_such.gmt' "$DKO" effects dko.h5 data.h5ad -o x.h5ad --gene-sets no_such.gmt
expect 4 'no_such' "$DKO" effects dko.h5 data.h5ad -o no_such/x.h5ad
absent x.h5ad x.csv
