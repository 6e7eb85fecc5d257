. "$(dirname "$0")/lib.sh"
# A full disk, a quota, a disk that can only be read, a directory that goes: one message, exit code 4, and what
# was written stays good. When there is room again, --resume ends with the same numbers.
small_jobs
export PYTHONPATH=$DKO_SOURCE/scripts
preload crash_job

# A disk that fails from some operation on, by the library of faults: every command that writes.
sweep --jobs pairs,top --fault ENOSPC --resume --stride 31 --first 2
sweep --jobs summary --fault SHORT --resume --stride 43 --first 3
sweep --jobs run --fault EDQUOT --resume --stride 79 --first 4
sweep --jobs train --fault SHORT --resume --stride 61 --first 5
sweep --jobs single --fault EROFS --resume --stride 23 --first 6
sweep --jobs predict,export,h5ad,compress,summarize --fault ENOSPC --ranks 1 --stride 17
sweep --jobs predict --fault ENOSPC --ranks 1 --stride 3

# Disks of which we can decide what they hold.
mkdir disk
mount -t tmpfs -o size=64m tmpfs disk 2>/dev/null ||
  { echo "part SKIPPED: no small file system can be mounted here"; exit 0; }
trap 'umount -l disk' EXIT
"$DKO" simulate --genes 200 --cells 300 --seed 3 -o wide.csv -q
"$DKO" train wide.csv -o wide_model.h5 --steps 5 --batch 10 -q

# filled COMMAND...: the disk gets full while the job waits at `place` of its writing; by default the end of the single
# knockouts.
filled() {
  hold ${place:-write 7 disk/out.h5.partial}
  start 2 "${held[@]}" "$DKO" "$@"
  until_held 0
  head -c 100M /dev/zero >disk/filler 2>/dev/null || true
  let_go
  ended 60 4
  [ "$(grep -c 'dko: error' said.txt)" = 1 ] || { cat said.txt >&2; fail "not one message"; }
  grep -qi 'no space left\|disk' said.txt || { cat said.txt >&2; fail "does not say that the disk is full"; }
  [ ! -e disk/out.h5 ] || fail "half a file has its final name"
  rm disk/filler
}
same_numbers() {
  again "$DKO_SOURCE/tests/app/same_numbers.py" "$@" || fail "numbers were changed"
}

# full COMMAND...: and goes on when there is room, without a trace.
full() {
  filled "$@" -o disk/out.h5
  on 2 "$DKO" "$@" -o expected.h5 -q --force
  expect 0 '' on 2 "$DKO" "$@" -o disk/out.h5 --resume
  same_numbers disk/out.h5 expected.h5
  [ "$(ls disk)" = out.h5 ] || fail "files were left behind: $(ls disk)"
  rm disk/out.h5
}
screen=(screen wide.csv --model wide_model.h5 --order 2)
full "${screen[@]}"
full "${screen[@]}" --keep top:100
full "${screen[@]}" --keep summary
training=(wide.csv --steps 60 --batch 10 --checkpoint-every 0)
place="rename 3 disk/out.h5.checkpoint" full train "${training[@]}"
place="rename 3 disk/out.h5.checkpoint" full run "${training[@]}" --order 2

# Effects are looked at before they are computed.
head -c 100M /dev/zero >disk/filler 2>/dev/null || true
expect 4 'the effects' on 2 "$DKO" effects wide_model.h5 wide.csv -o disk/e.h5ad
! grep -q 'effects of .* lost' said.txt || { cat said.txt; fail "the effects were computed before the disk was looked at"; }
rm disk/filler

# A disk that can only be read: nothing begins.
mount -o remount,ro disk
expect 4 'cannot write in disk.*Read-only file system' on 2 "$DKO" "${screen[@]}" -o disk/out.h5
expect 4 'cannot write in disk.*Read-only file system' on 2 "$DKO" train wide.csv -o disk/out.h5
expect 4 'cannot write in disk.*Read-only file system' "$DKO" export screen.h5 --single disk/out.csv
expect 4 'cannot write in disk.*Read-only file system' "$DKO" summarize screen.h5 --gene-table disk/out.csv
mount -o remount,rw disk

# Nor does a resumed one, and what is there stays.
start 2 env LD_PRELOAD="$DKO_FAULTS" DKO_FAULT=KILL DKO_FAULT_AT=3 DKO_FAULT_PATH="$PWD/disk/out.h5.partial" \
  DKO_FAULT_KINDS=write DKO_FAULT_RANK=1 "$DKO" "${screen[@]}" -o disk/out.h5
ended 60 '1[0-9]+|9'
[ -s disk/out.h5.partial ] || fail "there is nothing to resume"
cp disk/out.h5.partial before
mount -o remount,ro disk
expect 4 'Read-only file system' on 2 "$DKO" "${screen[@]}" -o disk/out.h5 --resume
mount -o remount,rw disk
same disk/out.h5.partial before

# The directory goes while the job writes: it fails, and says which.
mkdir disk/gone
hold write 7 disk/gone/out.h5.partial
start 2 "${held[@]}" "$DKO" "${screen[@]}" -o disk/gone/out.h5
until_held 0 1
rm -r disk/gone
let_go
ended 60 4
grep -q 'dko: error: .*disk/gone/out.h5' said.txt || { cat said.txt >&2; fail "does not name the file"; }
[ "$(grep -c 'dko: error' said.txt)" = 1 ] || { cat said.txt >&2; fail "not one message"; }
