. "$(dirname "$0")/lib.sh"
# dko.pl draws the report's figures on the user's axes, and leaves the user's settings alone.
need h5py pandas matplotlib scipy
export PYTHONPATH=$DKO_SOURCE/scripts PYTHONDONTWRITEBYTECODE=1 MPLBACKEND=svg

"$DKO" simulate --genes 30 --cells 60 --umi 2000 --seed 3 -o data.csv -q
sed -i '2s/^[^,]*/$a_1$/' data.csv
"$DKO" run data.csv --mapping sparse --order 2 --score impact,network -o sparse.h5 -q
"$DKO" run data.csv --score impact -o dense.h5 -q "${short[@]}"
"$DKO" simulate --genes 30 --cells 60 --umi 2000 --types 3 --seed 3 -o types.h5ad -q
"$DKO" run types.h5ad --mapping sparse -o types.h5 -q
"$DKO" predict data.csv --mapping sparse -o prediction.h5 -q >/dev/null
"$DKO" run data.csv --mapping sparse --knockdown 0.3 -o down.h5 -q
"$DKO" run data.csv --mapping sparse --activate all -o on.h5 -q
"$python" "$(dirname "$0")/python_plots_test.py"
