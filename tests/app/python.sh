. "$(dirname "$0")/lib.sh"
# Python reads the files: h5py and anndata see what the program exports.
need anndata h5py numpy scipy
make_data
on 2 "$DKO" run data.csv --order 2 -o screen.h5 --save-model model.h5 -q "${short[@]}"
"$DKO" export screen.h5 --single s.csv --double d.csv
"$python" "$(dirname "$0")/read_screen.py"

# An ensemble has standard deviations beside the scores, and dko top ranks by what is left of a score.
on 2 "$DKO" run data.csv --ensemble 3 -o ensemble.h5 -q "${short[@]}"
expect 0 'members +3$' "$DKO" info ensemble.h5
expect 0 'single_scores +impact, impact-sd, network, network-sd, share$' "$DKO" info ensemble.h5
expect 0 'with the highest lower-bound, impact - 2 impact-sd$' "$DKO" top ensemble.h5 --of single -n 3 --lower-bound 2 --json top.json
head -n 2 said.txt | grep -qE 'cell +lower-bound +impact +impact-sd +network' || { cat said.txt; fail "columns of top"; }
grep -q '"lower-bound"' top.json || fail "no lower bound in the JSON"
"$DKO" export ensemble.h5 --single sd.csv --score impact,impact-sd --names
head -n 1 sd.csv | grep -qx 'gene_name,cell_name,k_pred,k_pred_sd' || fail "columns of an export"
lowest=$(awk -F, 'NR > 1 {b = $3 - 2 * $4; if (NR == 2 || b > most) {most = b; name = $1 "," $2}} END {print name}' sd.csv)
awk 'NR == 3 {print $2 "," $3}' said.txt | grep -qx "$lowest" || fail "$lowest is not on top"

# The effects of a sparse mapping are a sparse matrix in Python.
"$DKO" train data.csv --mapping sparse -o sparse.h5 -q
"$python" - <<'PYTHON'
import anndata.experimental, h5py
with h5py.File("sparse.h5") as f:
    assert f["mapping"].attrs["kind"] == "sparse"
    effects = anndata.experimental.read_elem(f["mapping/A"])
    assert effects.shape == (30, 30) and effects.format == "csc", effects
    assert abs(effects.diagonal()).max() == 0
    assert effects[:, [3, 4]].shape == (30, 2)
    assert f["mapping/offset"].shape == (30,)
PYTHON
