. "$(dirname "$0")/lib.sh"
# A compressed copy holds the same numbers under the same names, and every command reads it.
# Large enough that what is saved of the arrays counts for more than how HDF5 packs attributes.
need h5py
"$DKO" simulate --genes 60 --cells 60 --seed 3 -o data.csv -q
"$DKO" run data.csv --order 2 --score impact,network -o full.h5 --save-model model.h5 -q "${short[@]}"
"$DKO" screen data.csv --model model.h5 --order 2 --keep summary -o summary.h5 -q
"$DKO" screen data.csv --model model.h5 --order 2 --keep top:20 -o top.h5 -q
for screen in full summary top; do
  "$DKO" export $screen.h5 --compress small_$screen.h5
  [ "$(stat -c %s small_$screen.h5)" -lt "$(stat -c %s $screen.h5)" ] || fail "$screen.h5 has not become smaller"
  for command in info "summarize -q" top; do
    # shellcheck disable=SC2086  # with its options
    "$DKO" ${command%% *} $screen.h5 ${command#"${command%% *}"} >told.txt
    # shellcheck disable=SC2086
    on 2 "$DKO" ${command%% *} small_$screen.h5 ${command#"${command%% *}"} >small_told.txt
    [ -s told.txt ] || fail "dko $command says nothing"
    sed -i "s/small_$screen.h5/$screen.h5/g" small_told.txt
    same told.txt small_told.txt
  done
  "$DKO" export $screen.h5 --single s.csv -f
  "$DKO" export small_$screen.h5 --single small.csv -f
  same s.csv small.csv
done
"$DKO" export full.h5 --double d.csv --score impact,interaction
"$DKO" export small_full.h5 --double small_d.csv --score impact,interaction
same d.csv small_d.csv
"$DKO" export small_full.h5 --compress again.h5

"$python" - <<'PYTHON'
import h5py

def compare(name, item):
    other = copy[name]
    assert dict(item.attrs).keys() == dict(other.attrs).keys(), name
    if not isinstance(item, h5py.Dataset):
        return
    values, found = item[()], other[()]
    assert values.dtype == found.dtype and values.shape == found.shape, name
    assert (values == found).all() if values.dtype.kind == "O" else values.tobytes() == found.tobytes(), name
    assert h5py.check_string_dtype(item.dtype) == h5py.check_string_dtype(other.dtype), name

for name in ("full", "summary", "top"):
    for small in (f"small_{name}.h5",) + (("again.h5",) if name == "full" else ()):
        with h5py.File(f"{name}.h5") as screen, h5py.File(small) as copy:
            assert all((screen.attrs[key] == copy.attrs[key]) for key in screen.attrs)
            screen.visititems(compare)
            scores = copy["single/impact/data"]
            assert scores.compression == "gzip" and scores.shuffle and scores.chunks
            # One copy under several names, as in the original.
            assert copy["single/impact/indices"].id.__eq__(copy["single/indices"].id)
            assert copy["single/network/indptr"] == copy["single/indptr"]
with h5py.File("small_full.h5") as copy:
    assert copy["double/impact"].compression == "gzip"
with h5py.File("small_top.h5") as copy:
    assert copy["list/genes"].compression == "gzip" and copy["list/genes"].chunks[1] == 2
PYTHON

expect 2 'are the same file' "$DKO" export full.h5 --compress full.h5 -f
expect 2 'exists' "$DKO" export full.h5 --compress again.h5
expect 3 'not a dko screen' "$DKO" export model.h5 --compress x.h5
expect 4 'no_such' "$DKO" export full.h5 --compress no_such/x.h5
expect 4 'writing failed|cannot be' bash -c "trap '' XFSZ; ulimit -f 40; exec \"\$0\" \"\$@\"" "$DKO" export full.h5 --compress x.h5
absent x.h5
