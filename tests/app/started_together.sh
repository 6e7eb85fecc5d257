#!/usr/bin/env bash
# Jobs with one output, started at the same moment: `tries` times (default 40), 3 to 5 of them, each with --resume,
# --force or neither, where nothing is there, what a killed job left, or a finished file. Exactly one must go on, and
# end with the right numbers; the others must say why they do not, with exit code 2, and leave everything to it.
. "$(dirname "$0")/lib.sh"
tries=${tries:-${DKO_TOGETHER:-40}}
mkdir -p together
cd together
"$DKO" simulate --genes 30 --cells 60 --seed 3 -o data.csv -q -f
"$DKO" train data.csv -o model.h5 --steps 30 --batch 10 -q -f
"$DKO" screen data.csv --model model.h5 --order 2 -o expected.h5 -q -f
sum_of() { "$DKO" info --verify "$1" >/dev/null && "$DKO" top "$1" -n 50; }
sum_of expected.h5 >expected.txt

# What a killed job left.
(LD_PRELOAD=$DKO_FAULTS DKO_FAULT=KILL DKO_FAULT_AT=4 DKO_FAULT_KINDS=write DKO_FAULT_PATH=$PWD/left.h5.partial$ \
  "$DKO" screen data.csv --model model.h5 --order 2 -o left.h5 -q >/dev/null 2>&1 || true) 2>/dev/null
[ -s left.h5.partial ] || fail "a killed job left nothing"

declare -A seen
RANDOM=${seed:-1}
for ((try = 0; try < tries; ++try)); do
  rm -f out.h5* gate* said.* code.*
  state=$((try % 3))
  case $state in
    1) cp left.h5.partial out.h5.partial; cp left.h5.partial.lock out.h5.partial.lock 2>/dev/null || true ;;
    2) cp expected.h5 out.h5 ;;
  esac
  jobs=$((3 + RANDOM % 3))
  # Some job must be able to go on: with what was left there one that resumes or replaces, else one that replaces.
  flags=()
  for ((j = 0; j < jobs; ++j)); do
    case $((RANDOM % 3)) in 0) flags+=('') ;; 1) flags+=(--resume) ;; 2) flags+=(--force) ;; esac
  done
  case $state in
    1) flags[RANDOM % jobs]=$([ $((RANDOM % 2)) = 0 ] && echo --resume || echo --force) ;;
    2) flags[RANDOM % jobs]=--force ;;
  esac
  # The one that goes on waits at its first write to the screen until the others have ended.
  for ((j = 0; j < jobs; ++j)); do
    (
      code=0
      LD_PRELOAD=$DKO_FAULTS DKO_FAULT=STAY DKO_FAULT_GATE=$PWD/gate DKO_FAULT_KINDS=write DKO_FAULT_AT=1 \
        DKO_FAULT_PATH=$PWD/out.h5.partial$ \
        "$DKO" screen data.csv --model model.h5 --order 2 -o out.h5 ${flags[j]} >said.$j 2>&1 || code=$?
      echo $code >code.$j
    ) &
  done
  for ((t = 0; t < 1200; ++t)); do
    ended=$(ls code.* 2>/dev/null | wc -l || true)
    [ "$ended" -lt $((jobs - 1)) ] || break
    sleep 0.05
  done
  touch gate
  wait
  went_on=0
  for ((j = 0; j < jobs; ++j)); do
    case $(cat code.$j) in
      0) went_on=$((went_on + 1)) ;;
      2) grep -qE 'another job is writing it|out.h5 exists|is finished' said.$j ||
           { cat said.$j; fail "does not say why it does not go on"; } ;;
      *) cat said.$j; fail "try $try (state $state, ${flags[*]@Q}): exit code $(cat code.$j)" ;;
    esac
  done
  [ $went_on = 1 ] || { cat said.*; fail "try $try (state $state, ${flags[*]@Q}): $went_on of $jobs went on"; }
  sum_of out.h5 | cmp -s - expected.txt || fail "try $try: the result is not what it should be"
  [ "$(echo out.h5*)" = out.h5 ] || fail "try $try: files were left behind: $(echo out.h5*)"
  seen[$state]=$((${seen[$state]:-0} + 1))
done
echo "started together: $tries tries of 3 to 5 jobs, in each exactly one went on: ${seen[0]:-0} with nothing there," \
  "${seen[1]:-0} after a killed job, ${seen[2]:-0} over a finished file"
