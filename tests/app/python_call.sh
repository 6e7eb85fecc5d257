. "$(dirname "$0")/lib.sh"
# dko.screen, dko.train and dko.explain of the Python package do on an AnnData what the commands do on its file, to the bit.
need anndata h5py pandas scipy
export PYTHONPATH=$DKO_SOURCE/scripts PYTHONDONTWRITEBYTECODE=1
export DKO

"$DKO" simulate --genes 40 --cells 60 --umi 2000 --types 2 --seed 3 -o cells.h5ad -q
sparse=(--mapping sparse --order 2 --score impact,network -q)
on 2 "$DKO" run cells.h5ad "${sparse[@]}" -o hand.h5 --save-model model.h5
"$DKO" run cells.h5ad "${short[@]}" --top-genes 20 -o dense.h5 -q
"$DKO" train cells.h5ad "${short[@]}" -o dense_model.h5 -q
"$DKO" summarize hand.h5 --gene-table genes.csv >/dev/null
"$DKO" explain model.h5 cells.h5ad --knockout gene0,gene1 -o changes.csv >/dev/null
printf 'cell%d\n' {0..59..2} >half.txt
"$DKO" run cells.h5ad --cells half.txt --mapping sparse -o half.h5 -q

# A program that waits to be told to save.
cat >waiting <<'PROGRAM'
#!/bin/bash
[ "$1" != --man-pages ] || exec "$REAL_DKO" "$@"
trap 'echo saved >said_at_the_end; kill $child; exit 5' USR1
echo 'dko: waiting' >&2
sleep 60 >/dev/null 2>&1 &
child=$!
wait
PROGRAM
# One that dies without a word of its own.
printf '#!/bin/bash\n[ "$1" != --man-pages ] || exec "$REAL_DKO" "$@"\necho no library >&2\nexit 127\n' >broken
chmod +x waiting broken
REAL_DKO=$DKO "$python" "$(dirname "$0")/python_call_test.py"
