. "$(dirname "$0")/lib.sh"
# What Python writes in every format and many damaged ones.
need anndata h5py scipy
mkdir again
(cd again && "$python" -W ignore "$DKO_SOURCE/tests/app/formats_again.py" "$DKO_READ_TOOL")

# Choosing cells and genes: the log tells of each step, the files keep it.
"$DKO" simulate --genes 30 --cells 60 --seed 3 -o data.h5ad -q
"$python" -W ignore "$DKO_SOURCE/tests/app/annotate.py" data.h5ad
expect 0 'where kind=T cell: 30 of 60 cells left' "$DKO" train data.h5ad -o m.h5 --where 'kind=T cell' "${short[@]}"
expect 0 'selection +30 of 60 cells \(--where kind=T cell\); 30 of 30 genes' "$DKO" info m.h5
expect 0 'where depth>=10: 50 of 60 cells left' "$DKO" train data.h5ad -o m.h5 --force --where 'depth>=10' \
  --where 'batch!=3' --min-genes 5 --min-cells 20 --top-genes 12 "${short[@]}"
for words in 'batch!=3: [0-9]+ of 60' 'min-genes 5: [0-9]+ of 60 cells' 'min-cells 20: [0-9]+ of 30 genes' \
  'top-genes 12 by normalised dispersion: 12 of 30 genes'; do
  grep -qE "$words" said.txt || { cat said.txt; fail "the log has no '$words'"; }
done
"$DKO" run data.h5ad -o s.h5 --top-genes 12 --cells cell1,3,cell5,6,7,8,9,10,11,12,13,14 \
  --steps 5 --batch 3 --json s.json -q
grep -q '"selection": "12 of 60 cells .*; 12 of 30 genes' s.json || fail "the summary does not tell of the selection"
# The same part of the data is the same data, however it is chosen.
sum() { "$DKO" info "$1" | grep input_checksum; }
printf 'gene4\ngene2\n7\n' >genes.txt
"$DKO" train data.h5ad --genes genes.txt -o a.h5 -q "${short[@]}"
"$DKO" train data.h5ad --genes gene2,gene4,gene7 -o b.h5 -q "${short[@]}"
"$DKO" train data.h5ad --genes ENS2,ENS4,ENS7 -o c.h5 -q "${short[@]}"
[ "$(sum a.h5)" = "$(sum b.h5)" ] && [ "$(sum a.h5)" = "$(sum c.h5)" ] || fail "three ways, three data sets"
# A model finds its genes in data that have more.
expect 0 'data.h5ad: the 3 genes of a.h5, of 30' "$DKO" screen data.h5ad --model a.h5 -o more.h5
"$DKO" screen data.h5ad --genes genes.txt --model a.h5 -o chosen.h5 -q
for file in more chosen; do "$DKO" export $file.h5 --single $file.csv; done
same more.csv chosen.csv
[ "$(sum more.h5)" = "$(sum chosen.h5)" ] || fail "two checksums of the same genes"
"$DKO" export more.h5 --input data.h5ad --genes genes.txt --recorder r.csv --ptest p.csv --of single
expect 3 'checksums differ' "$DKO" export more.h5 --input data.h5ad --ptest q.csv
absent q.csv

# Genes that stay whatever the other conditions say: the most variable, and these.
"$DKO" run data.h5ad --top-genes 5 -o top.h5 -q "${short[@]}"
"$python" - data.h5ad top.h5 >others.txt <<'END'
import sys

import h5py

with h5py.File(sys.argv[1]) as data, h5py.File(sys.argv[2]) as screen:
    chosen = set(screen["genes/name"][:])
    print("\n".join(name.decode() for name in data["var/_index"][:] if name not in chosen))
END
lines others.txt 25
first=$(head -n 1 others.txt)
expect 0 "top-genes 5 by normalised dispersion, or --with-genes $first: 6 of 30 genes" "$DKO" train data.h5ad -o w.h5 \
  --top-genes 5 --with-genes "$first" "${short[@]}"
head -n 3 others.txt >with.txt
expect 0 "min-cells 60, or --with-genes with.txt: [0-9]+ of 30 genes" "$DKO" train data.h5ad -o w.h5 --force \
  --min-cells 60 --top-genes 5 --with-genes with.txt "${short[@]}"
for gene in $(cat with.txt); do
  "$DKO" explain w.h5 data.h5ad --knockout "$gene" -q >explained.txt || fail "$gene was not kept"
done

refused() { # refused CODE WORDS OPTIONS...
  local code=$1 words=$2
  shift 2
  expect "$code" "$words" "$DKO" train data.h5ad -o out.h5 "${short[@]}" "$@"
  absent out.h5
}
refused 3 "obs: has no column type; its columns: batch, batch_kind, depth, kind, lost" --where type=T
refused 3 "no cell has the value 'C' in column kind; its values: 'B cell', 'T cell'" --where kind=C
refused 3 'column kind is not numeric; its values: .B cell., .T cell.' --where 'kind>3'
# Where no cell is left it tells what there is: of those that the conditions before left.
refused 3 'where depth>1000 leaves no cell: depth is [0-9.]+ to [0-9.]+ in these 60 cells$' --where 'depth>1000'
refused 3 'where depth>1000 leaves no cell: depth is [0-9.]+ to [0-9.]+ in these 30 cells$' --where 'kind=T cell' --where 'depth>1000'
refused 3 "where kind=B cell leaves no cell: kind is 'T cell' in these 30 cells$" --where 'kind=T cell' --where 'kind=B cell'
refused 3 'where gene:gene3<0 leaves no cell: gene3 is 0 to [0-9.e+]+ in these 60 cells$' --where 'gene:gene3<0'
refused 2 'write COLUMN=VALUE' --where kind
refused 2 'many. is not a number' --where 'depth>many'
refused 3 'min-genes 31 leaves no cell' --min-genes 31
refused 3 'min-cells 61 leaves no gene' --min-cells 61
refused 3 'no gene named Gapdh, Actb$' --genes gene1,Gapdh,Actb
refused 3 'no gene named Gapdh$' --top-genes 5 --with-genes Gapdh
refused 2 'with-genes adds to what' --with-genes gene1
# What is listed twice counts once.
printf '%s\n' gene3 gene7 gene3 gene9 >again.txt
expect 0 'warning: .*again.txt: listed more than once, and counted once: gene3 \(lines 1 and 3\)' \
  "$DKO" train data.h5ad -o again.h5 --genes again.txt "${short[@]}"
grep -q 'genes again.txt: 3 of 30 genes left' said.txt || { cat said.txt; fail "not three genes"; }
expect 0 'warning: .*--cells: listed more than once, and counted once: cell1$' "$DKO" train data.h5ad -o again.h5 --force \
  --cells "$(printf 'cell%d,' $(seq 0 39))cell1" "${short[@]}"
grep -q ': 40 of 60 cells left' said.txt || { cat said.txt; fail "not forty cells"; }
refused 3 'there is no such file' --genes list.txt
refused 3 'top-genes 1 .*leaves 1 gene; at least 2' --top-genes 1
refused 2 'min-cells must be between' --min-cells -1
refused 2 'orientation must be' --orientation sideways
make_data
expect 3 'text files have no columns' "$DKO" train data.csv -o out.h5 --where a=b
absent out.h5

expect 0 'where batch_kind>1: 40 of 60 cells left' "$DKO" train data.h5ad -o m.h5 --force --where 'batch_kind>1' "${short[@]}"
# Cells for which nothing is said meet no condition.
expect 0 'where lost!=x: 30 of 60 cells left' "$DKO" train data.h5ad -o m.h5 --force --where 'lost!=x' "${short[@]}"
expect 0 'where batch=1\|2: 40 of 60 cells left' "$DKO" train data.h5ad -o m.h5 --force --where 'batch=1|2' "${short[@]}"
