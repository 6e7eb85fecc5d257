. "$(dirname "$0")/lib.sh"
# dko info --verify finds a single flipped bit, wherever in a file it is, and says where.
need h5py
make_data
"$DKO" train data.csv -o model.h5 -q "${short[@]}"
"$DKO" train data.csv -o sparse.h5 -q --mapping sparse
on 2 "$DKO" screen data.csv --model model.h5 --order 2 --keep top:5 -o screen.h5 -q
"$DKO" predict data.csv -o prediction.h5 -q "${short[@]}"
"$DKO" export screen.h5 --h5ad scores.h5ad --table table.h5 --compress small.h5

# A checkpoint is there while its training goes on.
"$DKO" train data.csv -o killed.h5 -q --steps 1000000 --batch 10 --checkpoint checkpoint.h5 --checkpoint-every 0 >log.txt 2>&1 &
job=$!
for ((t = 0; t < 1200; ++t)); do
  [ ! -e checkpoint.h5 ] || break
  sleep 0.05
done
kill -KILL $job
wait $job && fail "the killed job ended well"

for file in model sparse prediction checkpoint table small; do
  expect 0 '^verified: [0-9]+ arrays, [0-9,]+ bytes$' "$DKO" info --verify $file.h5 --json $file.json
  grep -q verified_arrays $file.json || fail "the summary of $file.h5 does not say how many arrays"
done
expect 0 '^verified: ' "$DKO" info --verify scores.h5ad
for file in model.h5 checkpoint.h5 screen.h5 prediction.h5; do
  "$python" "$(dirname "$0")/flip_bits.py" $file "${DKO_FLIPS:-150}" || fail "$file: a flipped bit was not found"
done

# The place: an array, a row, events.
"$python" - <<'P'
import h5py, shutil
for name, array, place in (("model", "mapping/W2", (3, 4)), ("checkpoint", "weights/w1", (5, 2)), ("screen", "list/genes", (7, 1))):
    shutil.copy(name + ".h5", name + "_changed.h5")
    with h5py.File(name + "_changed.h5", "r+") as f:
        f[array][place] = f[array][place] + 1
P
expect 3 'model_changed.h5: is corrupt.*: /mapping/W2$' "$DKO" info --verify model_changed.h5
expect 3 'checkpoint_changed.h5: is corrupt.*: /weights/w1, row 5$' "$DKO" info --verify checkpoint_changed.h5
expect 3 'screen_changed.h5: is corrupt.*: /list/genes$' "$DKO" info --verify screen_changed.h5
expect 3 'checkpoint_changed.h5:/weights/w1: row 5 is corrupt' on 2 \
  "$DKO" train data.csv -o x.h5 --steps 1000000 --batch 10 --checkpoint checkpoint_changed.h5 --resume
absent x.h5

# Files without checksums, and of other programs.
"$python" - <<'P'
import h5py
with h5py.File("model.h5") as old, h5py.File("older.h5", "w") as new:
    for name in old: old.copy(name, new)
    for name in old.attrs:
        if name != "attributes_checksum": new.attrs[name] = old.attrs[name]
    new.visititems(lambda _, thing: thing.attrs.pop("checksum", None) and None)
with h5py.File("other.h5", "w") as f: f["x"] = [1]
P
expect 0 'without a checksum: 12 arrays' "$DKO" info --verify older.h5
expect 3 'not one that dko makes' "$DKO" info --verify other.h5
expect 3 'no such file' "$DKO" info --verify missing.h5

# What it was made from.
expect 0 '^verified: ' "$DKO" info --verify screen.h5 --model model.h5 --input data.csv
expect 3 'screen.h5: is not of sparse.h5' "$DKO" info --verify screen.h5 --model sparse.h5
expect 3 'screen.h5: is not of data.csv' "$DKO" info --verify screen.h5 --input data.csv --top-genes 9
expect 2 'are for --verify' "$DKO" info screen.h5 --model model.h5
