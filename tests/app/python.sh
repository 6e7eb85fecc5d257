. "$(dirname "$0")/lib.sh"
# Python reads the files: h5py and anndata see what the program exports.
python=${DKO_PYTHON:-/usr/bin/python3}
"$python" -c 'import anndata, h5py, numpy, scipy' 2>/dev/null || skip "$python has not anndata and h5py"
make_data
on 2 "$DKO" run data.csv --order 2 -o screen.h5 --save-model model.h5 -q "${short[@]}"
"$DKO" export screen.h5 --single s.csv --double d.csv
"$python" "$(dirname "$0")/read_screen.py"
