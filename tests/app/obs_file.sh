. "$(dirname "$0")/lib.sh"
make_data
# Columns of text input, in another order of the cells: the same cells as by name.
head -n 1 data.csv | tr ',' '\n' | tail -n +2 | awk '{print $1 "," (NR % 2 ? "A" : "B") "," NR}' | sort -r >rows.txt
{ echo 'cell,type,depth'; cat rows.txt; } >obs.csv
"$DKO" train data.csv --where type=A --where 'depth>10' --obs-file obs.csv -o where.h5 -q "${short[@]}"
awk -F, '$2 == "A" && $3 > 10 {print $1}' rows.txt >cells.txt
"$DKO" train data.csv --cells cells.txt -o cells.h5 -q "${short[@]}"
model_checksum() { "$DKO" info "$1" | grep -E '^model_checksum'; }
[ -n "$(model_checksum where.h5)" ] || fail "dko info does not tell the model's checksum"
[ "$(model_checksum where.h5)" = "$(model_checksum cells.h5)" ] || fail "other cells by --obs-file than by name"

train=("$DKO" train data.csv -o model.h5)
expect 3 'give a table of them by --obs-file' "${train[@]}" --where type=A
expect 2 '--obs-file is for --where' "${train[@]}" --obs-file obs.csv
expect 3 'obs.csv: --where .type=C.: no cell has the value' "${train[@]}" --where type=C --obs-file obs.csv
sed 's/^cell3,/cell333,/' obs.csv >unknown.csv
expect 3 'unknown.csv: has 1 cell that data.csv does not have: cell333' "${train[@]}" --where type=A --obs-file unknown.csv
grep -v '^cell3,' obs.csv >lacking.csv
expect 3 'lacking.csv: lacks 1 cell of data.csv: cell3' "${train[@]}" --where type=A --obs-file lacking.csv
# Beside an h5ad that has columns of its own, as long as the titles are others.
"$DKO" simulate --genes 30 --cells 60 --types 2 --seed 5 -o typed.h5ad -q
if have anndata; then
  "$python" - <<'PYTHON'
import anndata
obs = anndata.read_h5ad("typed.h5ad").obs
print(list(obs.columns))
obs["half"] = ["a" if at % 2 else "b" for at in range(len(obs))]
obs[["half"]].to_csv("half.csv")
obs[["half", "type"]].to_csv("both.csv")
PYTHON
  two=("$DKO" train typed.h5ad -o two.h5 -q --force "${short[@]}")
  "${two[@]}" --where half=a --where 'type=type0|type1' --obs-file half.csv
  "$DKO" info typed.h5ad >/dev/null
  "$DKO" screen typed.h5ad --model two.h5 --obs-file half.csv --obs type,half -o two_screen.h5 -q
  expect 0 '^obs half +2 labels: a, b$' "$DKO" info two_screen.h5
  expect 0 '^obs type +2 labels: type0, type1$' "$DKO" info two_screen.h5
  expect 2 'both.csv: typed.h5ad has a column type as well' "${two[@]}" --where half=a --obs-file both.csv
  expect 3 'no column none|have no column other; their columns: .*half' "${two[@]}" --where other=a --obs-file half.csv
  # Two categories of one name would be two groups of which conditions see one.
  "$python" -c 'import anndata, h5py
data = anndata.read_h5ad("typed.h5ad")
data.obs["type"] = data.obs["type"].astype(str).astype("category")
data.write_h5ad("doubled.h5ad")
with h5py.File("doubled.h5ad", "a") as file:
    categories = file["obs/type/categories"]
    categories[1] = categories[0]'
  expect 3 'doubled.h5ad:/obs/type: has the category type0 twice' "$DKO" train doubled.h5ad -o model.h5 --where type=type0
  expect 3 'doubled.h5ad:/obs/type: has the category type0 twice' "$DKO" screen doubled.h5ad --model two.h5 --obs type -o model.h5
else
  echo "$python has not anndata: a table beside columns of the file is not tried"
fi

# R's write.table leaves out the title of the names of rows; its NaN is no value, and meets no condition.
{ echo '"type" "depth"'; awk -F, '{print "\"" $1 "\" \"" $2 "\" " ($3 == 5 ? "NaN" : $3)}' rows.txt; } >r.txt
"$DKO" train data.csv --where type=A --where 'depth>10' --obs-file r.txt -o r.h5 -q "${short[@]}"
[ "$(model_checksum r.h5)" = "$(model_checksum cells.h5)" ] || fail "R's table tells of other cells"
expect 0 "1 cell without a value in column depth: left out" \
  "$DKO" train data.csv --where 'depth!=1' --obs-file r.txt -o nan.h5 --force "${short[@]}"
# Of one column, whatever is between the fields.
for between in ' ' '\t' ','; do
  { echo type; awk -F, -v OFS="$between" '{print $1, $2}' rows.txt; } >one.txt
  "$DKO" train data.csv --where type=A --obs-file one.txt -o one.h5 -q --force "${short[@]}"
  "$DKO" train data.csv --where type=A --obs-file obs.csv -o column.h5 -q --force "${short[@]}"
  [ "$(model_checksum one.h5)" = "$(model_checksum column.h5)" ] || fail "R's table of one column tells of other cells"
done
{ cat r.txt; echo cell1; } >cut.txt
expect 3 'cut.txt, line [0-9]+: has 1 fields, the first row 3' "${train[@]}" --where type=A --obs-file cut.txt
# Numbers in single precision are those that are written, of genes and of columns.
if have anndata; then
  "$python" - <<'PYTHON'
import anndata, h5py
import numpy as np
data = anndata.read_h5ad("typed.h5ad")
data.X = data.X.toarray() if hasattr(data.X, "toarray") else data.X
data.X[:, 0] = np.where(np.arange(60) % 3 == 0, 0.7, 0.1).astype("f4")
data.obs["score"] = np.where(np.arange(60) % 4 == 0, 0.7, 0.1).astype("f4")
data.write_h5ad("single.h5ad")
with h5py.File("single.h5ad", "r+") as file:  # as R's hdf5r writes logical values and factors
    logical = h5py.enum_dtype({"FALSE": 0, "TRUE": 1, "NA": 2}, "u1")
    factor = h5py.enum_dtype({"up": 1, "down": 2}, "i4")
    obs = file["obs"]
    obs.create_dataset("doublet", data=np.arange(60, dtype="u1") % 3, dtype=logical)
    codes = np.arange(60, dtype="i4") % 2 + 1
    codes[:4] = -2**31  # NA
    obs.create_dataset("way", data=codes, dtype=factor)
    obs.attrs["column-order"] = [*obs.attrs["column-order"], "doublet", "way"]
PYTHON
  # Names that would take far more memory than the file has bytes.
  "$python" -c 'import h5py, shutil
import numpy as np
shutil.copy("single.h5ad", "names.h5ad")
with h5py.File("names.h5ad", "r+") as file:
    names = h5py.enum_dtype({"x" * 20000: 0, "y" * 20000: 1}, "u1")
    file["obs"].create_dataset("long", data=np.arange(60, dtype="u1") % 2, dtype=names)
    file["obs"].attrs["column-order"] = [*file["obs"].attrs["column-order"], "long"]' || fail "no names"
  expect 3 'names.h5ad:/obs/long: repeats names of more than 256 letters' "${train[@]/data.csv/names.h5ad}" --where long=x
  with() { "$DKO" train single.h5ad -o x.h5 --force "${short[@]}" --where "$@"; }
  expect 0 "where gene:gene0>=0.7: 20 of 60 cells" with 'gene:gene0>=0.7'
  expect 0 "where gene:gene0<=0.1: 40 of 60 cells" with 'gene:gene0<=0.1'
  expect 0 "where score>=0.7: 15 of 60 cells" with 'score>=0.7'
  expect 0 "where score=0.7: 15 of 60 cells" with 'score=0.7'
  expect 0 "where doublet=True: 20 of 60 cells" with doublet=True
  expect 0 "where doublet!=True: 20 of 60 cells" with 'doublet!=True'
  expect 0 "where way=down: 28 of 60 cells" with way=down
fi

# What a spreadsheet saves in another encoding would stop whoever reads the screen.
sed '5s/[AB]/M\xfcller/' obs.csv >latin.csv
expect 3 'latin.csv, line 5: is not UTF-8' "${train[@]}" --where type=A --obs-file latin.csv
absent model.h5
