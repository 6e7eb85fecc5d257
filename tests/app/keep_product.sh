. "$(dirname "$0")/lib.sh"
# --keep-product: A = W2·W1 is computed by the first screen of a model, read by those after it, and changes no score.
need h5py numpy
make_data
"$DKO" train data.csv -o model.h5 -q "${short[@]}" --hidden 300
"$DKO" train data.csv -o other.h5 -q "${short[@]}" --hidden 300 --seed 2
screen() {  # NAME OPTION...: scores of all knockouts as CSV
  local name=$1
  shift
  "$DKO" screen data.csv --model model.h5 --order 2 --score impact,network -o $name.h5 "$@"
  "$DKO" export $name.h5 --single $name.single.csv --double $name.csv --force -q
}
screen plain -q
expect 0 'a.h5: A = W2·W1 written in' screen first --keep-product a.h5
expect 0 'a.h5: A = W2·W1 of the model, read in' screen second --keep-product a.h5
! grep -q 'A = W2·W1 of 1 mapping' said.txt || fail "A was computed again"
on 3 "$DKO" screen data.csv --model model.h5 --order 2 --score impact,network -o three.h5 --keep-product a.h5 -q
"$DKO" export three.h5 --single three.single.csv --double three.csv -q
for name in first second three; do
  same plain.csv $name.csv
  same plain.single.csv $name.single.csv
done
# Made by several ranks it is the same file of the same model; what it is, and whether it is whole.
on 2 "$DKO" screen data.csv --model model.h5 -o two.h5 --keep-product b.h5 -q
"$python" - <<'P' || fail "A of other ranks differs, or is not W2·W1"
import h5py
import numpy as np
a, b, model = (h5py.File(name) for name in ("a.h5", "b.h5", "model.h5"))
w1, w2 = (np.asarray(model["mapping"][name], dtype=float) for name in ("W1t", "W2"))
offset = w2 @ np.asarray(model["mapping/b1"], dtype=float) + np.asarray(model["mapping/b2"], dtype=float)
assert a.attrs["model_checksum"] == model.attrs["model_checksum"]
for name in ("A", "c"):
    assert (a["member0"][name][()] == b["member0"][name][()]).all()
assert np.abs(a["member0/A"][()] - w1 @ w2.T).max() < 1e-12
assert np.abs(a["member0/c"][()] - offset).max() < 1e-12
P
expect 0 'A = W2·W1 of a model' "$DKO" info a.h5
expect 0 'verified: 2 arrays' "$DKO" info --verify a.h5
# A job that is asked to stop while it computes A keeps that, and goes on from there.
hold rename 1 stopped_a.h5
start 1 "${held[@]}" "$DKO" screen data.csv --model model.h5 -o stopped.h5 --keep-product stopped_a.h5
until_held 0
kill -USR1 $(ranks_of_job)
ended 60 5
grep -q 'stopped by SIGUSR1; stopped.h5: no knockout was scored yet; go on with --resume' said.txt || { cat said.txt; fail "does not say what is there"; }
[ -s stopped_a.h5 ] || fail "A was lost"
absent stopped.h5 stopped.h5.partial
expect 0 'stopped_a.h5: A = W2·W1 of the model, read in' "$DKO" screen data.csv --model model.h5 -o stopped.h5 --keep-product stopped_a.h5 --resume
# Another model's is refused, and replaced only if that is asked for; so is what is no such file.
expect 3 'a.h5: has A = W2·W1 of another model than other.h5' "$DKO" screen data.csv --model other.h5 -o x.h5 --keep-product a.h5
expect 3 'not a dko collapsed mapping file' "$DKO" screen data.csv --model model.h5 -o x.h5 --keep-product other.h5
expect 2 'the same file' "$DKO" screen data.csv --model model.h5 -o x.h5 --keep-product model.h5
absent x.h5
"$DKO" screen data.csv --model other.h5 -o x.h5 --keep-product a.h5 --force -q
expect 3 'a.h5: has A = W2·W1 of another model than model.h5' "$DKO" screen data.csv --model model.h5 -o y.h5 --keep-product a.h5
# One that is damaged.
"$python" - <<'P'
import h5py
with h5py.File("b.h5", "r+") as file:
    file["member0/A"][3, 5] += 1e-9
P
expect 3 'b.h5:/member0/A: is corrupt' "$DKO" screen data.csv --model model.h5 -o y.h5 --keep-product b.h5
expect 3 'b.h5:/member0/A: is corrupt' on 2 "$DKO" screen data.csv --model model.h5 -o y.h5 --keep-product b.h5
absent y.h5
# A sparse model has none; members of an ensemble have one each.
"$DKO" train data.csv -o sparse.h5 --mapping sparse -q
expect 3 'sparse.h5: is a sparse model, which has no A' "$DKO" screen data.csv --model sparse.h5 -o y.h5 --keep-product s.h5
absent s.h5 y.h5
"$DKO" ensemble model.h5 other.h5 -o both.h5 -q
"$DKO" screen data.csv --model both.h5 --order 2 -o both1.h5 --keep-product both.a.h5 -q
"$DKO" screen data.csv --model both.h5 --order 2 -o both2.h5 --keep-product both.a.h5 -q
"$DKO" screen data.csv --model both.h5 --order 2 -o both3.h5 -q
for at in 1 2 3; do "$DKO" export both$at.h5 --double both$at.csv -q; done
same both1.csv both3.csv
same both2.csv both3.csv
