. "$(dirname "$0")/lib.sh"
# Jobs are killed, at random moments and at chosen operations on their files; resumed ones end with the same
# bits. With DKO_CRASH=all at every operation; scripts/crash_test.py makes hundreds of random kills.
small_jobs

all=pairs,single,list,top,summary,train,run
if [ "${DKO_CRASH:-}" = all ]; then
  sweep --resume --jobs $all --when before,middle,after
  sweep --resume --jobs $all --fault JOB --ranks 3
  exit
fi
"$python" "$DKO_SOURCE/scripts/crash_test.py" --dko "$DKO" --folder random --kills 8 --cells 300 --minutes 4 ||
  fail "a score was lost or changed"
sweep --resume --jobs pairs,single --when middle --stride 23
sweep --resume --jobs top,summary --fault JOB --stride 31 --ranks 3
sweep --resume --jobs train,run --stride 61
