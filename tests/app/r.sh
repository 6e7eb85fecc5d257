. "$(dirname "$0")/lib.sh"
# R reads screens by dko.R, and sees what Python's package sees: scores to the bit, means and deviations within rounding.
command -v Rscript >/dev/null || skip "there is no Rscript (scripts/install-deps.sh --r)"
Rscript -e 'library(hdf5r); library(Matrix)' >/dev/null 2>&1 || skip "R has not hdf5r and Matrix (scripts/install-deps.sh --r)"
need h5py pandas scipy
export PYTHONPATH=$DKO_SOURCE/scripts PYTHONDONTWRITEBYTECODE=1

"$DKO" simulate --genes 30 --cells 60 --umi 2000 --seed 3 -o data.csv -q
# A name of other letters, one with a comma, and one that R would take for no value.
sed -i '2s/^[^,]*/基因/; 3s/^[^,]*/"a,b"/; 4s/^[^,]*/NA/' data.csv
"$DKO" run data.csv --mapping sparse --order 2 --score impact,network -o sparse.h5 -q
"$DKO" run data.csv --order 2 --ensemble 2 -o ensemble.h5 --save-model model.h5 -q "${short[@]}"
"$DKO" run data.csv --mapping sparse --score network --knockout-genes NA -o some.h5 -q
"$DKO" screen data.csv --model model.h5 --order 2 --keep summary -o summary.h5 -q
"$DKO" export sparse.h5 --compress compressed.h5
"$DKO" simulate --genes 30 --cells 60 --types 2 --umi 2000 --seed 4 -o types.csv -q
awk -F, -v OFS=, 'NR == 1 {print $0, "umi"; next} {print $0, NR * 1.5}' types.cells.csv >table.csv
"$DKO" run types.csv --obs-file table.csv --mapping sparse --order 2 --score impact,network,shift,approach --from type=type0 \
  --toward type=type1 -o types.h5 -q 2>/dev/null
"$DKO" run types.csv --obs-file table.csv --obs type,umi --mapping sparse --score impact,network -o all_types.h5 -q 2>/dev/null
# A direction, and groups among the cells that are to be moved; the gene that is first by shift is not visible.
awk -F, -v OFS=, 'NR == 1 {print $0, "half"; next} {print $0, NR % 3 ? "x" : "y"}' types.cells.csv >halves.csv
"$DKO" run types.csv --obs-file halves.csv --obs half --mapping sparse --score network,shift --from type=type0 --toward type=type1 \
  -o halves.h5 -q 2>/dev/null
"$DKO" summarize halves.h5 --group-by half --contrast x,y --by shift --contrast-table first.csv -q >/dev/null
"$python" - <<'PYTHON'
import h5py
import pandas as pd
with h5py.File("halves.h5", "a") as file:
    genes = list(file["genes/name"].asstr())
    file["visibility/information"][genes.index(pd.read_csv("first.csv", keep_default_na=False)["gene"][0])] = 0
PYTHON
"$DKO" summarize halves.h5 --group-by half --contrast x,y --by shift --contrast-table halves.contrast.csv -q >/dev/null
# Cells without a label, the first among them, and a screen of impacts alone.
cp all_types.h5 unlabelled.h5
awk -F, -v OFS=, 'NR == 1 {print $0, "batch"; next} {print $0, NR % 4 == 0 ? "" : 100000 * (NR % 4)}' types.cells.csv >batches.csv
"$DKO" run types.csv --obs-file batches.csv --obs batch --mapping sparse --score impact,network -o batches.h5 -q 2>/dev/null
"$python" -c 'import h5py; h5py.File("unlabelled.h5", "a")["obs/type/codes"][[0, 7, 8, 30]] = -1'
"$DKO" run types.csv --obs-file table.csv --obs type --mapping sparse --score impact -o impact.h5 -q 2>/dev/null
# Genes that are switched on: all of them, and in a list beside losses of all genes.
"$DKO" run data.csv --mapping sparse --order 2 --score impact,network --activate all -o on.h5 --save-model on_model.h5 -q
"$python" - <<'PYTHON'
import pandas as pd
data = pd.read_csv("data.csv", index_col=0, keep_default_na=False)
cell = data.columns[0]
lacking, having = (data.index[[float(value) > 0 for value in data[cell]].index(wanted)] for wanted in (False, True))
pd.DataFrame({"gene1_name": ["+" + lacking], "gene2_name": ["-" + having], "cell_name": [cell]}).to_csv("mixed.csv", index=False)
PYTHON
"$DKO" screen data.csv --model on_model.h5 --events mixed.csv --order 1 -o mixed.h5 -q
# A file that does not tell of visibility, and one with every reason why genes are not visible, and a gene seen by its level.
cp sparse.h5 before.h5
cp sparse.h5 always.h5
"$python" - <<'PYTHON'
import h5py
import numpy as np
with h5py.File("before.h5", "a") as file:
    del file["visibility"]
with h5py.File("always.h5", "a") as file:
    group = file["visibility"]
    cases = np.array([[0, 1200, 1200, 0], [1200, 0, 0, 0], [1199, 1, 1, 1], [3, 1197, 1197, 3], [700, 500, 40.25, 3.2],
                      [1195, 5, 4.9, 4.8], [1195, 5, 4.9, 4.8]])
    for name, values in zip(("cells_with", "cells_without", "unexplained", "information"), cases.T):
        group[name][:len(cases)] = values
    by_level = np.zeros(len(group["information"]), dtype=np.int32)
    by_level[len(cases) - 1] = 1
    if "by_level" in group:
        del group["by_level"]
    group["by_level"] = by_level
PYTHON
head -c 20000 sparse.h5 >cut.h5
echo text >text.h5
cp "$(dirname "$0")/r_test.R" .
Rscript --vanilla r_test.R "$DKO_SOURCE/scripts/R/dko.R"
"$python" "$(dirname "$0")/r_test.py"
