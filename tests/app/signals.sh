. "$(dirname "$0")/lib.sh"
# A job that is asked to stop, by whatever signal to whichever of its processes, or by its time limit, saves
# its state and ends in seconds with exit code 5; with --resume it then ends as if nothing had happened.
# So that no job is done before it is asked, all wait at a place of their work until they are.
need h5py numpy
export PYTHONPATH=$DKO_SOURCE/scripts
preload crash_job
"$DKO" simulate --genes 200 --cells 1000 --seed 3 -o data.csv -q
"$DKO" simulate --genes 60 --cells 60 --seed 3 -o small.csv -q
"$DKO" train data.csv -o model.h5 --steps 5 --batch 10 -q
screen=(screen data.csv --model model.h5 --order 2 --score impact,network -o out.h5)
training=(small.csv -o out.h5 --steps 300 --batch 10)

# Of a rank's writes to the screen the seventh is the last of the single knockouts, of which there is one block;
# then come four for each block of pairs. Sums are begun after the eighth.
in_pairs=15

same_numbers() {
  again "$DKO_SOURCE/tests/app/same_numbers.py" "$@" || fail "numbers were changed"
}

# stopped FILE: within seconds, by one message, and FILE is left, which holds what was done.
stopped() {
  ended 60 5
  [ "$(grep -cE 'dko: (error|stopped)' said.txt)" = 1 ] || { cat said.txt >&2; fail "not one message"; }
  [ -s "$1" ] || fail "there is no $1"
  [ ! -e out.h5 ] || fail "a stopped job left a file with its final name"
}

# resumed RANKS EXPECTED COMMAND...: to the same numbers, and nothing but the result stays.
resumed() {
  local ranks=$1 expected=$2
  shift 2
  expect 0 'scored already|resuming' on "$ranks" "$DKO" "$@" --resume
  same_numbers out.h5 "$expected"
  rm out.h5
  ! ls out.h5.* 2>/dev/null || fail "files were left behind"
}

on 2 "$DKO" "${screen[@]}" -q
mv out.h5 screen.h5
for victim in "TERM 1" "INT 0" "USR1 2" "TERM all"; do
  hold write $in_pairs out.h5.partial
  start 3 "${held[@]}" "$DKO" "${screen[@]}"
  until_held 0 1 2
  case $victim in
    *all) kill -${victim% *} $(ranks_of_job) ;;
    *) kill -${victim% *} "$(rank_of_job ${victim#* })" ;;
  esac
  let_go
  stopped out.h5.partial
  grep -q "SIG${victim% *}" said.txt || { cat said.txt; fail "does not say what stopped it"; }
  resumed 2 screen.h5 "${screen[@]}"
done

# What is kept in memory until the end is saved too.
for kept in top:100 summary; do
  hold write $([ $kept = summary ] && echo 8 || echo 7) out.h5.partial
  start 3 "${held[@]}" "$DKO" "${screen[@]}" --keep $kept
  until_held 0 1 2
  kill -TERM "$(rank_of_job 1)"
  let_go
  stopped out.h5.partial
  # Of a summary nothing was added up yet, when its single knockouts were written.
  [ $kept = summary ] || ls out.h5.partial.state* >/dev/null || fail "what was in memory is not there"
  rm -f kept.h5
  on 2 "$DKO" "${screen[@]/out.h5/kept.h5}" --keep $kept -q
  resumed 2 kept.h5 "${screen[@]}" --keep $kept
done

# A training stops after the step it is at, on as many ranks it goes on to the same bits. Rank 0 gives a checkpoint
# its name, and the others wait for it.
on 2 "$DKO" train "${training[@]}" -q
mv out.h5 trained.h5
for victim in 0 1; do
  hold rename 3 out.h5.checkpoint
  start 2 "${held[@]}" "$DKO" train "${training[@]}" --checkpoint-every 0
  until_held 0
  kill -TERM "$(rank_of_job $victim)"
  let_go
  stopped out.h5.checkpoint
  resumed 2 trained.h5 train "${training[@]}"
done

# mpirun hands on SIGUSR1 and waits. After SIGTERM and SIGINT it waits a second, then kills, and ends with a
# code of its own, with Open MPI 4 always 1: what was saved by then is good.
own_code='[1-9][0-9]*'
! mpirun --version | grep 'Open MPI) 4' >/dev/null || own_code=1
for signal in USR1 TERM INT; do
  hold write $in_pairs out.h5.partial
  start 2 "${held[@]}" "$DKO" "${screen[@]}"
  until_held 0 1
  kill -$signal $job
  [ $signal = USR1 ] && stopped out.h5.partial || ended 60 "$own_code"
  [ ! -e out.h5 ] || fail "a stopped job left a file with its final name"
  expect 0 'scored [1-9][0-9]* of' "$DKO" info --progress out.h5
  resumed 3 screen.h5 "${screen[@]}"
done

# run goes on wherever it was: in the training, or in the screen.
run=(run data.csv -o out.h5 --order 2 --batch 10 --steps 60)
on 2 "$DKO" "${run[@]}" -q
mv out.h5 ran.h5
for place in "rename 3 out.h5.checkpoint" "write $in_pairs out.h5.partial"; do
  hold $place
  start 2 "${held[@]}" "$DKO" "${run[@]}" --checkpoint-every 0
  until_held 0
  kill -TERM "$(rank_of_job 1)"
  let_go
  stopped "${place##* }"
  resumed 2 ran.h5 "${run[@]}"
done

# The clock stops a job like a signal. Times as SLURM takes them.
expect 5 'time' on 2 "$DKO" train small.csv -o out.h5 "${endless[@]}" --time-limit 0:3
[ -s out.h5.checkpoint ] || fail "there is no state of the training"
rm out.h5.checkpoint
for limit in x 1: :1 1:2:3:4 -5 1-; do
  expect 2 'time-limit' "$DKO" train data.csv -o out.h5 --time-limit "$limit"
done
absent out.h5
