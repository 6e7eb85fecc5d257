. "$(dirname "$0")/lib.sh"
# A terminal sees a bar with the time left, which is gone in the end; a file gets lines only, and of a short job none.
command -v script >/dev/null || skip "there is no script(1) to make a terminal"
make_data
export DKO TERM=xterm
for launcher in '' 'mpirun -n 2'; do
  # Of as many seconds on every machine.
  code=0
  script -qec "$launcher $DKO train data.csv -o m.h5 -f ${endless[*]} --patience 1000000 --time-limit 0:3" terminal.txt >/dev/null || code=$?
  rm -f m.h5.checkpoint
  [ $code = 5 ] || { cat -v terminal.txt >&2; fail "the training was not stopped by the time ($launcher)"; }
  grep -qE 'dko: training \[#*\.*\] +[0-9]+ %, at most [0-9a-z. ]+ left, [0-9]' terminal.txt || { cat -v terminal.txt >&2; fail "no bar on a terminal ($launcher)"; }
  tr '\r' '\n' <terminal.txt | grep -aE '\] +[0-9]+ %' | awk '{if (length($0) > 80 + 3) exit 1}' || fail "a bar is wider than the terminal"
  tr '\r' '\n' <terminal.txt | grep -aA1 '\] ' | tail -n 1 | grep -avE '\] ' >/dev/null || fail "the bar is still there in the end"
  $launcher "$DKO" train data.csv -o m.h5 -f --steps 200 2>file.txt
  ! grep -qE "$(printf '\r|\033')|training.* %" file.txt || fail "a bar, or progress of a short job, in a file"
done
TERM=dumb script -qec "$DKO train data.csv -o m.h5 -f --steps 3000" dumb.txt >/dev/null
! grep -q '#' dumb.txt || fail "a bar on a terminal that cannot draw it"
script -qec "$DKO train data.csv -o m.h5 -f -q --steps 3000" quiet.txt >/dev/null
! grep -q 'training.* %' quiet.txt || fail "progress in spite of --quiet"
