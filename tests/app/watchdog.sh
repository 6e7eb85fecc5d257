. "$(dirname "$0")/lib.sh"
# Whatever happens to one rank, in whatever phase, and whatever the others wait for: the job ends in seconds,
# with one message where a program can still say something, and never with exit code 0 or half a result.
small_jobs

# The first operations claim and make the file, the last ones complete it.
sweep --jobs pairs --fault EIO --stride 17 --ranks 3
sweep --jobs train --fault EIO --stride 47 --ranks 3
sweep --jobs pairs --fault ABRT --stride 23 --ranks 3
sweep --jobs run --fault SEGV --stride 71 --ranks 3
sweep --jobs train --fault KILL --when middle --stride 59 --ranks 3

# A disk that fails while all ranks are in one call, which those that are well do not come back from.
sweep --jobs pairs,summary --fault EIO --common --stride 2 --ranks 3
sweep --jobs train --fault ENOSPC --common --stride 5 --ranks 2

# A rank that dies while it computes and the others wait for it in an allreduce.
for signal in KILL SEGV ABRT; do
  for rank in 0 1; do
    start 3 "$DKO" train data.csv -o t.h5 -q "${endless[@]}" --checkpoint t.state --checkpoint-every 0.1
    until_there t.state
    kill -$signal "$(rank_of_job $rank)"
    ended 60 '1[0-9]+|9'
    [ ! -e t.h5 ] || fail "a killed training left a model"
    rm -f t.*
  done
done
