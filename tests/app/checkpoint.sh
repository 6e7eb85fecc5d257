. "$(dirname "$0")/lib.sh"
# A training whose job is killed goes on from its checkpoint, and nothing but the data and settings it began
# with will do.
need h5py numpy
preload h5py numpy
make_data
long=(--steps 3000 --batch 10)

# killed RANKS RANK FILE OPTION...: starts a training that saves at every step and kills its ranks before RANK gives the
# fifth checkpoint its name FILE.
killed() {
  local ranks=$1 rank=$2 file=$3
  shift 3
  hold rename 5 "$file"
  start "$ranks" "${held[@]}" "$DKO" train data.csv -o killed.h5 -q "${long[@]}" \
    --checkpoint "${file%.member1}" --checkpoint-every 0 "$@"
  until_held $rank
  kill -KILL $(ranks_of_job)
  ended 60 '1[0-9]+|9'
  [ -e "$file" ] || fail "$file is not there after the job was killed"
  [ ! -e killed.h5 ] || fail "a killed training left a model"
  rm -f killed.h5.partial
}

checksum() { "$DKO" info "$1" | grep model_checksum; }
# same_model FILE FILE
same_model() { [ "$(checksum "$1")" = "$(checksum "$2")" ] || fail "$1 and $2 are other models"; }

near_curves() {
  again - "$1" "$2" <<'P' || fail "the losses of $1 and $2 differ"
import h5py, numpy, sys
with h5py.File(sys.argv[1]) as f, h5py.File(sys.argv[2]) as g:
    for curve in ("training_losses", "validation_losses"):
        ours, theirs = f["training"][curve][:300], g["training"][curve][:300]
        assert len(f["training"][curve]) == len(g["training"][curve]) == 3000
        assert numpy.allclose(ours, theirs, rtol=1e-2, atol=0), curve
P
}

on 2 "$DKO" train data.csv -o whole.h5 -q "${long[@]}"
killed 2 0 c.h5
cp c.h5 saved.h5
expect 0 'steps_asked +3,000' "$DKO" info c.h5
# Without --resume it is not touched, and other data, settings and files are refused, once.
expect 2 'c.h5 exists: give --resume' "$DKO" train data.csv -o x.h5 "${long[@]}" --checkpoint c.h5
expect 3 'c.h5: belongs to another training: --seed was 1 and is 2 now' \
  on 2 "$DKO" train data.csv -o x.h5 "${long[@]}" --checkpoint c.h5 --resume --seed 2
[ "$(grep -c 'dko: error' said.txt)" = 1 ] || { cat said.txt; fail "more than one message"; }
expect 3 'on other genes' "$DKO" train data.csv -o x.h5 "${long[@]}" --checkpoint c.h5 --resume --top-genes 20
expect 3 '--batch was 10' "$DKO" train data.csv -o x.h5 --steps 3000 --checkpoint c.h5 --resume
expect 3 '--steps was 3000' "$DKO" train data.csv -o x.h5 --batch 10 --steps 20 --checkpoint c.h5 --resume
head -c 20000 saved.h5 >short.h5
expect 3 'short.h5: cannot be opened' on 2 "$DKO" train data.csv -o x.h5 "${long[@]}" --checkpoint short.h5 --resume
cp c.h5 better.h5
again - <<'P'
import h5py
with h5py.File("better.h5", "r+") as file:
    file["training"].attrs["best_validation_loss"] = 1e-3
P
expect 3 'better.h5:/training: the checksum of its attributes does not match' \
  on 2 "$DKO" train data.csv -o x.h5 "${long[@]}" --checkpoint better.h5 --resume
cp whole.h5 model.h5
expect 3 'model.h5 is not a dko checkpoint file' \
  "$DKO" train data.csv -o x.h5 "${long[@]}" --checkpoint model.h5 --resume
same c.h5 saved.h5
absent x.h5

# On as many ranks it ends with the same bits; on others with the same training to rounding.
expect 0 'c.h5: resuming after [0-9,]+ steps?' on 2 "$DKO" train data.csv -o two.h5 "${long[@]}" --checkpoint c.h5 --resume
grep -q 'c.h5: removed' said.txt || { cat said.txt; fail "the log does not say that the checkpoint is gone"; }
absent c.h5
same_model two.h5 whole.h5
for ranks in 1 3; do
  cp saved.h5 c.h5
  echo killed >c.h5.partial  # while it was written; the rest of the training is too short for another
  on $ranks "$DKO" train data.csv -o $ranks.h5 -q "${long[@]}" --checkpoint c.h5 --checkpoint-every 60 --resume
  near_curves $ranks.h5 whole.h5
  absent c.h5
done
# What is not there yet is no reason not to begin.
expect 0 'c.h5: does not exist yet' on 2 "$DKO" train data.csv -o fresh.h5 "${long[@]}" --checkpoint c.h5 --resume -v
grep -q 'c.h5: written after 3,000 steps' said.txt || { cat said.txt; fail "the last state was not saved"; }
same_model fresh.h5 whole.h5
absent c.h5

# Each member has its own.
on 2 "$DKO" train data.csv -o members.h5 -q "${long[@]}" --ensemble 3
killed 2 1 e.h5.member1 --ensemble 3
expect 0 'e.h5.member1: removed' on 2 "$DKO" train data.csv -o again.h5 "${long[@]}" --ensemble 3 --checkpoint e.h5 --resume --force
same_model again.h5 members.h5
absent e.h5 e.h5.member1 e.h5.member2

# That the screen may not be so large is known before the training.
"$DKO" simulate --genes 30 --cells 1500 --seed 3 -o more.csv -q
expect 4 'screen.h5: cannot be written: the scores need .* the limit on the size of a file' \
  bash -c "trap '' XFSZ; ulimit -f 500; exec \"\$0\" \"\$@\"" "$DKO" run more.csv -o screen.h5 --order 2 "${short[@]}"
absent screen.h5.model screen.h5.partial
# A screen that fails leaves the trained model, which a second job takes, and what was scored.
without_quota() {  # for FILE.partial, after the third operation on it
  env LD_PRELOAD="$DKO_FAULTS" DKO_FAULT=EDQUOT DKO_FAULT_AT=3 DKO_FAULT_KINDS=write "DKO_FAULT_PATH=$PWD/$1.partial\$" "${@:2}"
}
export ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0
expect 4 '(writing failed|cannot be|cannot write)' without_quota screen.h5 \
  "$DKO" run more.csv -o screen.h5 --order 2 "${short[@]}" --checkpoint r.h5
[ -e screen.h5.model ] || fail "the trained model is gone though its screen failed"
expect 3 'screen.h5.model: is another model: --batch was 10 and is 11 now' \
  "$DKO" run more.csv -o screen.h5 --order 2 --steps 30 --batch 11 --resume
expect 3 'screen.h5.model: is another model: --schedule was constant and is cosine now' \
  "$DKO" run more.csv -o screen.h5 --order 2 "${short[@]}" --schedule cosine --resume
# Patience may change, but a model that was trained to its end is not that of more steps.
expect 3 'screen.h5.model: is another model: --steps was 30 and is 5000 now' \
  "$DKO" run more.csv -o screen.h5 --order 2 --steps 5000 --batch 10 --patience 500 --resume
cosine=(run more.csv -o cosine.h5 --order 2 --batch 10 --schedule cosine --patience 3)
expect 4 '(writing failed|cannot be|cannot write)' without_quota cosine.h5 "$DKO" "${cosine[@]}" --steps 2000
expect 3 'cosine.h5.model: is another model: --steps was 2000 and is 5000 now' "$DKO" "${cosine[@]}" --steps 5000 --resume
expect 3 'cosine.h5.model: is another model: --patience was 3 and is 0 now' "$DKO" "${cosine[@]:0:10}" --steps 2000 --resume
expect 3 'cosine.h5.model: is another model: --patience was 3 and is 500 now' "$DKO" "${cosine[@]:0:10}" --steps 2000 --patience 500 --resume
expect 0 'is the trained model, going on' "$DKO" "${cosine[@]}" --steps 2000 --resume --json resumed.json
"$python" -c 'import json; assert list(json.load(open("resumed.json"))["memory"]) == ["screening"]' || fail "asks for the memory of a training"
# stopped OPTION...: leaves late.h5.checkpoint.
stopped() {
  hold rename 1 late.h5.checkpoint
  start 1 "${held[@]}" "$DKO" train more.csv -o late.h5 --checkpoint-every 0 "$@"
  until_held 0
  kill -USR1 $(rank_of_job 0)
  let_go
  ended 60 5
}
# The checkpoint of a job that was killed between writing the model and removing it goes, that of another training stays.
stopped "${short[@]}"
mv late.h5.checkpoint screen.h5.checkpoint
stopped --steps 29 --batch 10
mv late.h5.checkpoint other.h5
cp other.h5 another.h5
cp screen.h5.model model_then.h5
expect 0 'other.h5: is no checkpoint of this job, and stays' \
  "$DKO" run more.csv -o screen.h5 --order 2 "${short[@]}" --resume --checkpoint other.h5
same other.h5 another.h5
mv model_then.h5 screen.h5.model
rm screen.h5
expect 0 'screen.h5.model: is the trained model' "$DKO" run more.csv -o screen.h5 --order 2 "${short[@]}" --resume
absent r.h5 screen.h5.model screen.h5.checkpoint

# One rank's quota, in the middle of a checkpoint: one message, code 4, and no hang.
"$DKO" simulate --genes 200 --cells 60 --seed 3 -o wide.csv -q
cat >rank.sh <<'R'
#!/bin/bash
[ "${OMPI_COMM_WORLD_RANK:-$PMI_RANK}" != 1 ] || ulimit -f 40000  # above the files in which MPI shares memory
trap '' XFSZ
exec "$@"
R
chmod +x rank.sh
expect 4 'dko: error: .*q.h5.partial.*(writing failed|cannot be)' env ASAN_OPTIONS=detect_leaks=0 timeout 120 \
  mpirun -n 2 ./rank.sh "$DKO" train wide.csv -o x.h5 "${short[@]}" --hidden 15000 --parallel sharded --checkpoint q.h5
[ "$(grep -c 'dko: error' said.txt)" = 1 ] || { cat said.txt; fail "more than one message"; }
absent x.h5 q.h5

expect 4 'there is no directory' on 2 "$DKO" train data.csv -o x.h5 "${short[@]}" --checkpoint no/such/c.h5
expect 2 'needs checkpoints' "$DKO" run data.csv -o x.h5 --checkpoint none --checkpoint-every 5
expect 2 '--out and --checkpoint are the same file' "$DKO" train data.csv -o x.h5 --checkpoint x.h5
mkdir full
if mount -t tmpfs -o size=64k tmpfs full 2>/dev/null; then
  trap 'umount full' EXIT
  expect 4 'checkpoints need .* are free in full' "$DKO" train data.csv -o x.h5 "${short[@]}" --checkpoint full/c.h5
  absent full/c.h5
else
  echo "part SKIPPED: no small file system can be mounted here"
fi
absent x.h5
