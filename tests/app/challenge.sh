. "$(dirname "$0")/lib.sh"
export PYTHONPATH=$DKO_SOURCE/scripts:$DKO_SOURCE/tests/app PYTHONDONTWRITEBYTECODE=1
need anndata h5py pandas scipy
preload anndata dko scipy.stats
again "$DKO_SOURCE/tests/app/challenge_test.py" || fail "the measures are not those of their definitions"

again "$DKO_SOURCE/tests/app/make_perturbed.py"
again - <<'PYTHON'
import anndata
import pandas as pd
counts = pd.read_csv("perturbed.csv", index_col=0).T
obs = pd.read_csv("obs.csv", index_col=0).reindex(counts.index)
anndata.AnnData(counts.astype("float32"), obs=obs).write_h5ad("perturbed.h5ad")
anndata.AnnData(counts.astype("float32") / 3, obs=obs).write_h5ad("levels.h5ad")
PYTHON
"$DKO" train controls.csv --mapping sparse -o model.h5 -q 2>log.txt
challenge=(again "$DKO_SOURCE/scripts/challenge.py")
of=(--by target --control control)
"${challenge[@]}" perturbed.h5ad "${of[@]}" --model model.h5 -o predicted.h5ad --json model.json >model.txt 2>log.txt
grep -q 'warning: 2 of 3 targets are not visible.*g2 (all cells express it)' log.txt || fail "no warning of what is not visible"
# The exported cells are counts, and have the same figures.
"${challenge[@]}" perturbed.h5ad "${of[@]}" --predicted predicted.h5ad --json file.json >file.txt
same model.txt file.txt
again - <<'PYTHON' || fail "the exported cells, or the figures, are not as they should be"
import json

import anndata
import numpy as np
real, predicted = (anndata.read_h5ad(name) for name in ("perturbed.h5ad", "predicted.h5ad"))
assert list(real.var_names) == list(predicted.var_names)
assert (predicted.X.data == np.round(predicted.X.data)).all() and (predicted.X.data > 0).all()
counts = predicted.obs.target.value_counts()
assert dict(counts) == {"control": 300, "g0": 80, "g2": 90, "g3": 70}, counts
control = predicted[predicted.obs.target == "control"].X.toarray()
assert (control == np.asarray(real[(real.obs.target == "control").values].X)).all()
lost = predicted[predicted.obs.target == "g0"].X.toarray()
assert (lost[:, 0] == 0).all() and (control[:, 0] > 0).any()
assert lost[:, 6:12].mean() < 0.8 * control[:, 6:12].mean() and lost[:, 12:18].mean() > 1.1 * control[:, 12:18].mean()
found = json.load(open("model.json"))
assert list(found["value"]) == ["perturbation_discrimination", "unbiased_mse", "direction_fidelity", "direction_reach",
                                "jaccard", "lfc_nmae"]
assert found["e_distance"]["g0"]["predicted"] < found["e_distance"]["g0"]["control"], found["e_distance"]
PYTHON
expect 2 'exists: give another name, or --force' "${challenge[@]}" perturbed.h5ad "${of[@]}" --model model.h5 -o predicted.h5ad
expect 2 'not allowed with argument' "${challenge[@]}" perturbed.h5ad "${of[@]}" --model model.h5 --predicted predicted.h5ad
expect 3 'X does not hold counts' "${challenge[@]}" levels.h5ad "${of[@]}" --model model.h5
expect 3 'obs has no column guide; its columns: target' "${challenge[@]}" perturbed.h5ad --by guide --control control --model model.h5
expect 3 '0 cells are NT, at least 10' "${challenge[@]}" perturbed.h5ad --by target --control NT --model model.h5
expect 3 'none.h5ad: there is no such file' "${challenge[@]}" none.h5ad "${of[@]}" --model model.h5
expect 3 'cannot be read as AnnData' "${challenge[@]}" controls.csv "${of[@]}" --model model.h5
