. "$(dirname "$0")/lib.sh"
# The base profile: chosen, stored, told, the same for any number of ranks, and part of what a resumed job must match.
make_data
"$DKO" train data.csv -o dko.h5 -q "${short[@]}"
"$DKO" train data.csv -o sparse.h5 --mapping sparse -q
"$DKO" train data.csv -o several.h5 --mapping sparse --ensemble 2 -q
expect 0 'bases +fitted, shrunk, observed' "$DKO" info sparse.h5
is() { expect 0 "^base +$2\$" "$DKO" info "$1"; }
scores() { "$DKO" export "$1" --single "$2.single.csv" --double "$2.double.csv" --score impact,network --force; }

# The defaults, and each of them named.
for model in dko sparse several; do
  "$DKO" screen data.csv --model $model.h5 --order 2 --score impact,network -o default.h5 -q --force
  default=$([ $model = dko ] && echo fitted || echo shrunk)
  is default.h5 $default
  scores default.h5 default
  for base in fitted shrunk observed; do
    "$DKO" screen data.csv --model $model.h5 --order 2 --score impact,network --base $base -o $model.$base.h5 -q
    is $model.$base.h5 $base
    scores $model.$base.h5 $model.$base
    if [ $base = $default ]; then same default.single.csv $model.$base.single.csv; fi
    for ranks in 2 3; do
      on $ranks "$DKO" screen data.csv --model $model.h5 --order 2 --score impact,network --base $base -o n.h5 -q --force
      scores n.h5 n
      same n.single.csv $model.$base.single.csv
      same n.double.csv $model.$base.double.csv
    done
    # A list, a summary and the highest have the same scores.
    "$DKO" screen data.csv --model $model.h5 --order 2 --score impact,network --base $base --keep summary -o kept.h5 -q --force
    is kept.h5 $base
    "$DKO" summarize $model.$base.h5 --pair-table whole.csv -n 1 --force >/dev/null
    "$DKO" summarize kept.h5 --pair-table kept.csv -n 1 --force >/dev/null
    near whole.csv kept.csv 1e-7
  done
  ! cmp -s $model.fitted.single.csv $model.observed.single.csv || fail "$model: the base makes no difference"
  # These data are no counts: nothing is shrunk.
  same $model.shrunk.single.csv $model.observed.single.csv
done

# What ranks and compares says of which profile.
for command in top summarize; do
  expect 0 '^base profile: observed$' "$DKO" $command sparse.observed.h5 --json told.json --force
  grep -q '"base": "observed"' told.json || fail "the JSON of $command does not say the base"
done
"$DKO" simulate --genes 30 --cells 60 --seed 3 -o same.csv --truth-single all -q
expect 0 '^base profile: fitted$' "$DKO" evaluate data.csv --screen dko.fitted.h5 --truth same.truth_single.csv

# run is train and screen; member by member as well.
on 2 "$DKO" run data.csv --mapping sparse --base observed --order 2 --score impact,network -o run.h5 -q
is run.h5 observed
scores run.h5 run
same run.double.csv sparse.observed.double.csv
for member in 0 1; do "$DKO" train data.csv --mapping sparse --ensemble 2 --member $member -o m$member.h5 -q; done
"$DKO" ensemble m0.h5 m1.h5 -o joined.h5 -q
"$DKO" screen data.csv --model joined.h5 --order 2 --score impact,network -o joined_screen.h5 -q
scores joined_screen.h5 joined
same joined.single.csv several.shrunk.single.csv

# A screen of another base is another screen.
"$DKO" screen data.csv --model sparse.h5 -o again.h5 -q
mv again.h5 again.h5.partial
expect 3 "was created by a different screen \(--base was 'shrunk' and is 'fitted' now\)" \
  "$DKO" screen data.csv --model sparse.h5 --base fitted -o again.h5 --resume
expect 3 "was created by a different screen \(--base was 'shrunk' and is 'observed' now\)" \
  on 2 "$DKO" screen data.csv --model sparse.h5 --base observed -o again.h5 --resume
expect 0 '' "$DKO" screen data.csv --model sparse.h5 -o again.h5 --resume
is again.h5 shrunk

# Files by 0.1 do not say: their scores are fitted; their models cannot be shrunk.
if have h5py; then
  "$python" - <<'PYTHON'
import h5py, shutil
for name in ("sparse", "sparse.fitted"):
    shutil.copy(f"{name}.h5", f"old_{name}.h5")
with h5py.File("old_sparse.h5", "r+") as model:
    del model["mapping/share_variance"]
with h5py.File("old_sparse.fitted.h5", "r+") as screen:
    del screen.attrs["base"]
PYTHON
  is old_sparse.fitted.h5 fitted
  expect 0 'bases +fitted, observed' "$DKO" info old_sparse.h5
  expect 0 'scoring with --base fitted, as that version did' "$DKO" screen data.csv --model old_sparse.h5 --order 2 --score impact,network -o old.h5
  is old.h5 fitted
  scores old.h5 old
  same old.double.csv sparse.fitted.double.csv
  expect 3 'old_sparse.h5: was made by a version .*make the model again, or give --base fitted or observed' \
    "$DKO" screen data.csv --model old_sparse.h5 --base shrunk -o x.h5
  expect 3 'make the model again' on 2 "$DKO" explain old_sparse.h5 data.csv -k gene3 --base shrunk
  "$DKO" screen data.csv --model old_sparse.h5 --base observed -o old_observed.h5 -q
else
  echo "$python has not h5py: files by 0.1 are not tried"
fi

# Counts are shrunk, towards the cell's own with more molecules.
awk -F, -v OFS=, 'NR > 1 {for (k = 2; k <= NF; ++k) $k = int($k * 200 + 0.5)} {print}' data.csv >counts.csv
"$DKO" train counts.csv -o counts_model.h5 --mapping sparse -q
for base in fitted shrunk observed; do
  "$DKO" screen counts.csv --model counts_model.h5 --base $base -o counts.$base.h5 -q
  "$DKO" export counts.$base.h5 --single counts.$base.csv
done
! cmp -s counts.shrunk.csv counts.fitted.csv || fail "counts are not shrunk"
! cmp -s counts.shrunk.csv counts.observed.csv || fail "counts are not shrunk"

expect 2 '--base must be fitted, shrunk or observed' "$DKO" screen data.csv --model dko.h5 --base raw -o x.h5
expect 2 '--base is for --model' "$DKO" evaluate data.csv --screen sparse.fitted.h5 --truth data.truth_single.csv --base fitted
absent x.h5
