. "$(dirname "$0")/lib.sh"
# Members that are trained apart and joined are, to the bit, the ensemble that is trained at once.
need h5py numpy
export PYTHONPATH=$DKO_SOURCE/scripts
preload crash_job
make_data
same_numbers() {
  again "$DKO_SOURCE/tests/app/same_numbers.py" "$@" || fail "$1 and $2 differ"
}
checksum() { "$DKO" info "$1" | grep model_checksum; }

# On as many ranks as there are members each has one rank; on six, two.
for kind in dko sparse; do
  options=(--mapping $kind --ensemble 3 --seed 5)
  [ $kind = sparse ] || options+=("${short[@]}")
  for ranks in 1 2; do
    on $((3 * ranks)) "$DKO" train data.csv -o $kind$ranks.h5 -q "${options[@]}"
    for member in 0 1 2; do
      on $ranks "$DKO" train data.csv -o m$member.h5 -q --force "${options[@]}" --member $member
    done
    expect 0 'joined.h5: written, 3 members' "$DKO" ensemble m0.h5 m1.h5 m2.h5 -o joined.h5 --force --json joined.json
    same_numbers joined.h5 $kind$ranks.h5
    [ "$(checksum joined.h5)" = "$(checksum $kind$ranks.h5)" ] || fail "the joined model has another checksum"
    [ $kind = sparse ] || expect 0 '^advice +on 12 validation cells' "$DKO" info joined.h5
  done
  expect 0 '^verified: ' "$DKO" info --verify joined.h5 --input data.csv
  "$DKO" screen data.csv --model joined.h5 -o joined_screen.h5 -q --force --order 2 --score impact,network
  "$DKO" screen data.csv --model ${kind}2.h5 -o screen.h5 -q --force --order 2 --score impact,network
  same_numbers joined_screen.h5 screen.h5
done
# Whichever ranks made a member, all is noted of it.
again - <<'PYTHON'
import h5py
with h5py.File("dko1.h5") as model:
    asked = [int(model[f"member{member}/training"].attrs["steps_asked"]) for member in range(3)]
    assert asked == [30, 30, 30], asked
PYTHON
expect 0 'command .*dko ensemble m0.h5 m1.h5 m2.h5' bash -c '"$DKO" info joined.h5 | sed "s|$DKO|dko|"'
grep -qE '^seed +5$' said.txt || { cat said.txt; fail "the seed of the members is lost"; }
grep -qE '^input +data.csv$' said.txt || { cat said.txt; fail "the input of the members is lost"; }
grep -q '"members": 3' joined.json || fail "the summary does not tell how many members there are"

expect 2 'no cell is left out, and each member' "$DKO" train data.csv --mapping sparse --ensemble 2 --validation 0.0001 -o alike.h5
absent alike.h5

# Joined ones can be joined with others.
"$DKO" ensemble m0.h5 m1.h5 -o two.h5 -q
"$DKO" ensemble two.h5 m2.h5 -o three.h5 -q
[ "$(checksum three.h5)" = "$(checksum joined.h5)" ] || fail "members of a joined model are others"

# A member's training is saved and resumed in a file of its own.
long=(train data.csv --steps 3000 --batch 10 --ensemble 2 --member 1)
"$DKO" "${long[@]}" -o whole.h5 -q
hold rename 5 again.h5.checkpoint
start 1 "${held[@]}" "$DKO" "${long[@]}" -o again.h5 --checkpoint-every 0
until_held 0
kill -USR1 $(ranks_of_job)
ended 60 5
[ ! -e again.h5.checkpoint.member1 ] || fail "a lone member has another's checkpoint"
expect 3 'belongs to another training: --seed' "$DKO" "${long[@]:0:9}" 0 -o again.h5 --resume
expect 0 'resuming after' "$DKO" "${long[@]}" -o again.h5 --resume
same_numbers again.h5 whole.h5
absent again.h5.checkpoint

# What does not belong together.
expect 3 'm0.h5 and m0.h5 hold the same member, of seed 5' "$DKO" ensemble m0.h5 m1.h5 m0.h5 -o x.h5
expect 3 'joined.h5 and m2.h5 hold the same member' "$DKO" ensemble joined.h5 m2.h5 -o x.h5
expect 3 'whole.h5 cannot be joined with m0.h5: its mapping is dko, not sparse' "$DKO" ensemble m0.h5 whole.h5 -o x.h5
"$DKO" train data.csv -o fewer.h5 -q --mapping sparse --top-genes 20
expect 3 'fewer.h5 cannot be joined with m0.h5: its genes are others' "$DKO" ensemble m0.h5 fewer.h5 -o x.h5
"$DKO" train data.csv -o cells.h5 -q --mapping sparse --cells "$(seq -s, 0 39)"
expect 3 'cells.h5 cannot be joined with m0.h5: its input has another checksum' "$DKO" ensemble m0.h5 cells.h5 -o x.h5
expect 3 'data.csv: is not an HDF5 file' "$DKO" ensemble m0.h5 data.csv -o x.h5
expect 2 'MODEL is missing' "$DKO" ensemble -o x.h5
expect 2 'MODEL and --out are the same file' "$DKO" ensemble m0.h5 m1.h5 -o m1.h5
expect 2 '--member must be between 0 and 2, not 3' "$DKO" train data.csv -o x.h5 --ensemble 3 --member 3
expect 2 '--member must be between' "$DKO" train data.csv -o x.h5 --ensemble 3 --member -1
absent x.h5
