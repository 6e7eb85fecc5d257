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
# What a mapping needs beside the genes is not known of these cells.
awk -F, 'NR == 1 {print "cell,depth"; for (k = 2; k <= NF; ++k) print $k "," k % 7}' controls.csv >depth.csv
"$DKO" train controls.csv --mapping sparse --covariate depth --obs-file depth.csv -o covariate.h5 -q 2>log.txt
expect 2 'was trained with --covariate' "${challenge[@]}" perturbed.h5ad "${of[@]}" --model covariate.h5
# Knocked down, and switched on in the cells that lack it.
again "$DKO_SOURCE/tests/app/make_perturbed_kinds.py"
"$DKO" train controls.csv --mapping sparse -o kinds.h5 -q 2>log.txt
again - <<'PYTHON'
import anndata
import pandas as pd
for name in ("activated", "knocked"):
    counts = pd.read_csv(f"{name}.csv", index_col=0).T
    obs = pd.read_csv(f"{name}.obs.csv", index_col=0)
    anndata.AnnData(counts.astype("float32"), obs=obs).write_h5ad(f"{name}.h5ad")
PYTHON
"${challenge[@]}" activated.h5ad "${of[@]}" --model kinds.h5 --activate -o on.h5ad --json on.json >on.txt 2>log.txt
"${challenge[@]}" activated.h5ad "${of[@]}" --model kinds.h5 --json lost.json >lost.txt 2>log.txt
"${challenge[@]}" knocked.h5ad "${of[@]}" --model kinds.h5 --knockdown 0.3 -o low.h5ad --json low.json >low.txt 2>log.txt
"${challenge[@]}" knocked.h5ad "${of[@]}" --model kinds.h5 --json zero.json >zero.txt 2>log.txt
"${challenge[@]}" knocked.h5ad "${of[@]}" --model kinds.h5 --knockdown 0 --json none.json >none.txt 2>log.txt
same zero.txt none.txt
same zero.json none.json
again - <<'PYTHON' || fail "cells of activations or knockdowns are not as they should be"
import json

import anndata
import numpy as np
import pandas as pd
from dko.model import open_model


def cells_of(name, label):
    data = anndata.read_h5ad(name)
    return data[data.obs.target == label].X.toarray().astype(float)


control = cells_of("on.h5ad", "control")
off = control[:, 0] == 0
lacking = cells_of("on.h5ad", "g0")
assert off.any() and (lacking[:, 0] > 0).mean() > 0.9 > (control[:, 0] > 0).mean() + 0.2
having = control[~off]
with open_model("kinds.h5") as model:
    before, after, rescaled, *_ = model.knock_out((control[off] > 0).astype(float), [], added=[0])
    _, kept, *_ = model.knock_out((having > 0).astype(float), [0], keeps=0.3)
# The means over all cells: those that lack the gene move by the mapping, the others stay; drawn at random.
share = control[off] / control[off].sum(axis=1, keepdims=True)
wanted = share * np.divide(after, before, out=np.zeros_like(after), where=before > 0)
wanted *= (1 - after[:, [0]]) / wanted.sum(axis=1, keepdims=True)
wanted[:, 0] = after[:, 0]
wanted = np.vstack([wanted * control[off].sum(axis=1, keepdims=True), having]).mean(axis=0)
error = np.abs(lacking.mean(axis=0) - wanted).sum() / wanted.sum()
assert error < 0.08 < np.abs(control.mean(axis=0) - wanted).sum() / wanted.sum() + 0.05, error
assert lacking[:, 6:12].mean() < 0.9 * control[:, 6:12].mean() and lacking[:, 12:18].mean() > 1.05 * control[:, 12:18].mean()
low = cells_of("low.h5ad", "g0")
assert 0.15 < low[:, 0].mean() / control[:, 0].mean() < 0.45, low[:, 0].mean() / control[:, 0].mean()
on, down = (json.load(open(f"{name}.json")) for name in ("on", "low"))
assert on["event"] == "activation" and (down["event"], down["knockdown"]) == ("knockdown", 0.3)
assert "event" not in json.load(open("zero.json"))
lost = json.load(open("lost.json"))  # what activations are not
assert on["e_distance"]["g0"]["predicted"] < 0.8 * lost["e_distance"]["g0"]["predicted"], (on, lost)
assert on["value"]["direction_fidelity"] > lost["value"]["direction_fidelity"], (on, lost)
PYTHON
expect 2 'are for --model' "${challenge[@]}" perturbed.h5ad "${of[@]}" --predicted predicted.h5ad --activate
expect 2 'below 1' "${challenge[@]}" perturbed.h5ad "${of[@]}" --model model.h5 --knockdown 1
expect 2 'not allowed with argument' "${challenge[@]}" perturbed.h5ad "${of[@]}" --model model.h5 --knockdown 0.2 --activate
expect 2 'exists: give another name, or --force' "${challenge[@]}" perturbed.h5ad "${of[@]}" --model model.h5 -o predicted.h5ad
expect 2 'not allowed with argument' "${challenge[@]}" perturbed.h5ad "${of[@]}" --model model.h5 --predicted predicted.h5ad
for both in '-o perturbed.h5ad' '--json model.h5' '-o both.h5ad --json both.h5ad'; do
  # shellcheck disable=SC2086  # options with their values
  expect 2 'is an input, or another output' "${challenge[@]}" perturbed.h5ad "${of[@]}" --model model.h5 $both --force
done
absent both.h5ad
expect 3 'X does not hold counts' "${challenge[@]}" levels.h5ad "${of[@]}" --model model.h5
expect 3 'obs has no column guide; its columns: target' "${challenge[@]}" perturbed.h5ad --by guide --control control --model model.h5
expect 3 '0 cells are NT, at least 10' "${challenge[@]}" perturbed.h5ad --by target --control NT --model model.h5
expect 3 'none.h5ad: there is no such file' "${challenge[@]}" none.h5ad "${of[@]}" --model model.h5
expect 3 'cannot be read as AnnData' "${challenge[@]}" controls.csv "${of[@]}" --model model.h5
