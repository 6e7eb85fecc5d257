. "$(dirname "$0")/lib.sh"
# What dko info says of expression data, beside what Python reads of the same files.
need anndata pandas
"$python" -W ignore - <<'END'
import anndata
import numpy as np
import pandas as pd
import scipy.sparse as sp

random = np.random.default_rng(4)
counts = random.poisson(random.gamma(0.7, 1.0, (150, 40)))
counts[:, 0] = 0
counts[:, 1] = 1
counts[:, 2:] += (np.arange(150)[:, None] % 3 == 0)
obs = pd.DataFrame({
    "type": pd.Categorical(random.choice(["B cell", "T cell", "NK"], 150, p=[0.6, 0.3, 0.1])),
    "batch": random.choice(["x", "y"], 150), "depth": random.normal(size=150),
    "sample": pd.Categorical([None if k % 10 == 0 else f"s{k % 2}" for k in range(150)])}, index=[f"c{k}" for k in range(150)])
data = anndata.AnnData(sp.csr_matrix(np.log1p(counts).astype("f4")), obs=obs, var=pd.DataFrame(index=[f"g{k}" for k in range(40)]))
data.layers["counts"] = sp.csr_matrix(counts.astype("f4"))
data.layers["scaled"] = (counts / 3).astype("f4")
data.obsm["X_umap"] = random.normal(size=(150, 2))
data.write_h5ad("cells.h5ad")
pd.DataFrame(counts.T, index=data.var_names, columns=data.obs_names).to_csv("cells.csv")
END
"$DKO" info cells.h5ad --layer counts --json info.json >told.txt
"$DKO" info cells.csv --json text.json >told_text.txt
"$python" -W ignore - <<'END'
import json

import anndata
import numpy as np

data = anndata.read_h5ad("cells.h5ad")
counts = data.layers["counts"].toarray()
told = json.load(open("info.json"))
assert (told["format"], told["cells"], told["genes"], told["expressed"]) == ("AnnData", 150, 40, (counts > 0).sum()), told
assert told["values"] == {"are_whole": True, "largest": counts.max()}, told["values"]
assert not told["x"]["are_whole"] and abs(told["x"]["largest"] - data.X.max()) < 1e-6, told["x"]
assert not told["layers/scaled"]["are_whole"] and "layers/counts" not in told, told
assert told["obsm"] == ["X_umap"]
for title, column in data.obs.items():
    known = told["obs"][title]
    assert known["missing"] == column.isna().sum() and known["different"] == column.nunique(), (title, known)
    if column.dtype.kind == "f":
        assert np.allclose(known["range"], [column.min(), column.max()])
    else:
        assert known["labels"] == column.value_counts().to_dict(), (title, known)
for key, values in {"genes_per_cell": (counts > 0).sum(1), "total_per_cell": counts.sum(1)}.items():
    assert np.allclose(told[key], np.quantile(values, [0, 0.25, 0.5, 0.75, 1])), key
part = (counts > 0).mean(0)
bounds = {"no cell": (-1, 0), "up to 1 %": (0, 0.01), "1 to 10 %": (0.01, 0.1), "10 to 50 %": (0.1, 0.5),
          "50 to 90 %": (0.5, 0.9), "90 to 99 %": (0.9, 0.99), "over 99 %": (0.99, 0.999999), "every cell": (0.999999, 1)}
assert told["genes_expressed_by"] == {name: int(((part > low) & (part <= high)).sum()) for name, (low, high) in bounds.items()}
text = json.load(open("text.json"))
for key in ("cells", "genes", "expressed", "values", "genes_per_cell", "genes_expressed_by"):
    assert text[key] == told[key], key
assert text["format"] == "text" and text["obs"] == {} and text["obsm"] == []
END
grep -qE '^values: whole numbers' told.txt && grep -qE '^--layer scaled: not whole' told.txt && grep -qE '^type +3 +0 +B cell [0-9]+, T cell' told.txt ||
  { cat told.txt; fail "the words do not say what the numbers do"; }
# What dko simulated is known with its provenance; options for expression are not for other files.
"$DKO" simulate --genes 20 --cells 30 --seed 5 -o made.h5ad -q
expect 0 '^seed +5$' "$DKO" info made.h5ad
grep -q 'AnnData: 30 cells × 20 genes' said.txt || fail "the simulated data are not described"
"$DKO" train made.h5ad -o model.h5 -q "${short[@]}"
expect 2 'raw is for expression data, and model.h5 is a dko model' "$DKO" info model.h5 --raw
expect 2 'choose cells and genes are for --verify' "$DKO" info cells.h5ad --where type=NK
expect 3 'has no layer other; its layers: counts, scaled' "$DKO" info cells.h5ad --layer other
expect 3 'there is no such file' "$DKO" info none.h5ad
