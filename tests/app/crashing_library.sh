. "$(dirname "$0")/lib.sh"
# Files on which the HDF5 library itself crashes: every rank ends with one message that names the file, exit code 3, and
# nothing is written. The crash is made by the preloaded library at a read of the file.
"$DKO" simulate --genes 30 --cells 60 --seed 3 -o data.h5ad -q
"$DKO" run data.h5ad --save-model model.h5 -o screen.h5 --order 2 -q "${short[@]}"

# crashing FAULT AT FILE: what `"${crashing[@]}" COMMAND...` starts crashes at its AT-th read of FILE.
crashing() {
  crashing=(env "LD_PRELOAD=$DKO_FAULTS" "DKO_FAULT=$1" "DKO_FAULT_AT=$2" "DKO_FAULT_PATH=$PWD/$3\$" DKO_FAULT_KINDS=read)
}
# ends FILE SIGNAL COMMAND...
ends() {
  local file=$1 signal=$2
  shift 2
  expect 3 "^dko: error: (rank [0-9]+: )?(.*/)?$file: is corrupt: the HDF5 library crashes.*$signal.*download" timeout 60 "$@"
  [ "$(grep -c 'dko: error' said.txt)" = 1 ] || { cat said.txt; fail "more than one message: $*"; }
  absent out.h5 out.csv
}
for launcher in '' 'mpirun -n 1' 'mpirun -n 2' 'mpirun -n 3'; do
  for fault in SEGV ABRT OVERFLOW; do
    crashing $fault 3 data.h5ad
    # shellcheck disable=SC2086
    ends data.h5ad "SIG(SEGV|ABRT)" $launcher "${crashing[@]}" "$DKO" run data.h5ad -o out.h5 "${short[@]}"
  done
done
for at in 1 2 8; do
  crashing SEGV $at model.h5
  ends model.h5 SIGSEGV mpirun -n 2 "${crashing[@]}" "$DKO" screen data.h5ad --model model.h5 -o out.h5
done
crashing SEGV 2 screen.h5
ends screen.h5 SIGSEGV "${crashing[@]}" "$DKO" info screen.h5
ends screen.h5 SIGSEGV mpirun -n 2 "${crashing[@]}" "$DKO" summarize screen.h5
ends screen.h5 SIGSEGV "${crashing[@]}" "$DKO" export screen.h5 --single out.csv
# Ranks that crash together: one of them speaks.
reads=$(env "LD_PRELOAD=$DKO_FAULTS" DKO_FAULT_LOG="$PWD/reads.txt" "DKO_FAULT_PATH=$PWD/screen.h5\$" DKO_FAULT_KINDS=read \
  mpirun -n 2 "$DKO" summarize screen.h5 -q >y.txt 2>&1; grep -c '^1 ' reads.txt)
[ "$reads" -gt 3 ] || fail "rank 1 reads the screen $reads times"
crashing SEGV $((reads - 1)) screen.h5
ends screen.h5 SIGSEGV mpirun -n 2 "${crashing[@]}" env DKO_FAULT_RANK=1 "$DKO" summarize screen.h5

# Real ones: texts that are said to be beyond the others make HDF5 1.10 crash, later releases refuse them.
if have h5py; then
  "$python" - <<'END'
import random
import shutil

import h5py

with h5py.File("data.h5ad") as file:
    start = file["/var/" + file["var"].attrs["_index"]].id.get_offset()
shutil.copy("data.h5ad", "forged.h5ad")
with open("forged.h5ad", "r+b") as file:
    file.seek(start + 16 * 3 + 12)  # of a length, an address and a number the last
    file.write(b"\0\0\0\x20")
with open("data.h5ad", "rb") as file:
    sound = file.read()
places = [at for at in range(len(sound)) if sound[at] or any(sound[max(0, at - 8):at + 8])]
random.seed(1)
for number in range(60):
    flipped = bytearray(sound)
    for at in random.choices(places, k=random.choice([1, 2, 6])):
        flipped[at] ^= 1 << random.randrange(8)
    with open(f"flipped{number}.h5ad", "wb") as file:
        file.write(flipped)
END
  for launcher in '' 'mpirun -n 2' 'mpirun -n 3'; do
    # shellcheck disable=SC2086
    expect 3 'forged.h5ad(: is corrupt: the HDF5 library crashes|:/var/_index: cannot be read)' timeout 60 $launcher \
      "$DKO" run forged.h5ad -o out.h5 "${short[@]}"
    [ "$(grep -c 'dko: error' said.txt)" = 1 ] || { cat said.txt; fail "more than one message of a forged file"; }
    absent out.h5
  done
  for file in flipped*.h5ad; do
    code=0
    timeout 60 "$DKO" train "$file" -o out.h5 -q "${short[@]}" >said.txt 2>&1 || code=$?
    [ $code = 0 ] || [ $code = 3 ] || { cat said.txt; fail "exit code $code of $file"; }
    [ $code = 0 ] || grep -q "dko: error: $file" said.txt || { cat said.txt; fail "the message does not name $file"; }
    [ $code = 3 ] || rm out.h5
    absent out.h5
  done
fi

# What was there stays, and a crash at any other moment is no file's fault.
crashing SEGV 3 data.h5ad
cp screen.h5 out.h5
expect 3 'data.h5ad: is corrupt' "${crashing[@]}" "$DKO" run data.h5ad -o out.h5 --force "${short[@]}"
same screen.h5 out.h5
code=0
env "LD_PRELOAD=$DKO_FAULTS" DKO_FAULT=SEGV DKO_FAULT_AT=1 DKO_FAULT_KINDS=write "DKO_FAULT_PATH=$PWD/z.h5" \
  "$DKO" run data.h5ad -o z.h5 -q "${short[@]}" >said.txt 2>&1 || code=$?
[ $code = 139 ] || { cat said.txt; fail "exit code $code instead of 139"; }
! grep -q 'is corrupt' said.txt || fail "a crash in writing is called a corrupt input"
