. "$(dirname "$0")/lib.sh"
# Jobs are killed, at random moments and at chosen operations on their files; resumed ones end with the same
# bits. With DKO_CRASH=all at every operation; scripts/crash_test.py makes hundreds of random kills.
python=${DKO_PYTHON:-/usr/bin/python3}
"$python" -c 'import h5py, numpy' 2>/dev/null || skip "$python has not h5py and numpy"
"$DKO" simulate --genes 60 --cells 60 --seed 3 -o data.csv -q
"$DKO" train data.csv -o model.h5 --steps 5 --batch 10 -q

sweep() {
  PYTHONPATH=$DKO_SOURCE/scripts "$python" "$DKO_SOURCE/tests/app/crash_sweep.py" data.csv model.h5 screen.h5 \
    --resume "$@" || fail "a score was lost or changed"
}
all=pairs,single,list,top,summary,train,run
if [ "${DKO_CRASH:-}" = all ]; then
  sweep --jobs $all --when before,middle,after
  sweep --jobs $all --fault JOB --ranks 3
  exit
fi
"$python" "$DKO_SOURCE/scripts/crash_test.py" --dko "$DKO" --folder random --kills 8 --cells 300 --minutes 2 ||
  fail "a score was lost or changed"
sweep --jobs pairs,single --when middle --stride 23
sweep --jobs top,summary --fault JOB --stride 31 --ranks 3
sweep --jobs train,run --stride 61
