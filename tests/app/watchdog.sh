. "$(dirname "$0")/lib.sh"
# Whatever happens to one rank, in whatever phase, and whatever the others wait for: the job ends in seconds,
# with one message where a program can still say something, and never with exit code 0 or half a result.
python=${DKO_PYTHON:-/usr/bin/python3}
"$python" -c 'import h5py, numpy' 2>/dev/null || skip "$python has not h5py and numpy"
"$DKO" simulate --genes 60 --cells 60 --seed 3 -o data.csv -q
"$DKO" train data.csv -o model.h5 --steps 5 --batch 10 -q
"$DKO" screen data.csv --model model.h5 -o screen.h5 -q

# sweep OPTION...: a fault at one file operation after the other.
sweep() {
  PYTHONPATH=$DKO_SOURCE/scripts "$python" "$DKO_SOURCE/tests/app/crash_sweep.py" data.csv model.h5 screen.h5 "$@" ||
    fail "not every job ended well"
}
# The first operations claim and make the file, the last ones complete it.
sweep --jobs pairs --fault EIO --stride 17 --ranks 3
sweep --jobs train --fault EIO --stride 47 --ranks 3
sweep --jobs pairs --fault ABRT --stride 23 --ranks 3
sweep --jobs run --fault SEGV --stride 71 --ranks 3
sweep --jobs train --fault KILL --when middle --stride 59 --ranks 3

# A rank that dies while it computes and the others wait for it in an allreduce.
for signal in KILL SEGV ABRT; do
  for rank in 0 1; do
    start 3 "$DKO" train data.csv -o t.h5 -q --batch 10 --steps 1000000 --checkpoint t.state --checkpoint-every 0.1
    until_there t.state
    kill -$signal "$(rank_of_job $rank)"
    ended 15 '1[0-9]+'
    [ ! -e t.h5 ] || fail "a killed training left a model"
    rm -f t.*
  done
done
