. "$(dirname "$0")/lib.sh"
# dko info --progress tells how far a job is whose output is not there: it changes with what the job saves, and
# with nothing else. The jobs wait at a place of their work until they are asked to stop.
"$DKO" simulate --genes 200 --cells 1000 --seed 3 -o data.csv -q
"$DKO" simulate --genes 60 --cells 60 --seed 3 -o small.csv -q
"$DKO" train data.csv -o model.h5 --steps 5 --batch 10 -q

progress() { "$DKO" info --progress "$@"; }
# tells WORDS OPTION...: in one line, twice the same.
tells() {
  local words=$1 line
  shift
  line=$(progress "$@") || fail "info --progress failed"
  [[ $line =~ ^$words$ ]] || fail "says '$line' instead of '$words'"
  [ "$(progress "$@")" = "$line" ] || fail "says another thing when nothing has changed"
}
# stopped_when_held RANKS COMMAND...: of two ranks these come to the place of `hold`. mpirun gives all of them the signal.
stopped_when_held() {
  local ranks=$1
  shift
  start 2 "${held[@]}" "$DKO" "$@"
  until_held $ranks
  kill -USR1 $job
  ended 60 5
}

tells 'nothing yet' out.h5
tells 'nothing yet' no/such/out.h5
expect 2 'mutually exclusive' "$DKO" info --progress --verify out.h5
expect 2 'are for --progress' "$DKO" info out.h5 --checkpoint c.h5

# A training, of several members too.
training=(train small.csv -o out.h5 --steps 200 --batch 10 --checkpoint-every 0)
hold rename 3 out.h5.checkpoint
stopped_when_held 0 "${training[@]}"
tells 'trained for [1-9][0-9]* of 200 steps' out.h5
before=$(progress out.h5)
hold rename 3 out.h5.checkpoint
stopped_when_held 0 "${training[@]}" --resume
tells 'trained for [1-9][0-9]* of 200 steps' out.h5
[ "$(progress out.h5)" != "$before" ] || fail "more steps are not told"
expect 0 '"progress": "trained for' bash -c '"$DKO" info --progress out.h5 --json p.json; cat p.json'
mv out.h5.checkpoint own.h5
tells 'nothing yet' out.h5
tells 'trained for [1-9][0-9]* of 200 steps' out.h5 --checkpoint own.h5
head -c 20000 own.h5 >out.h5.checkpoint
tells 'out.h5.checkpoint of 20000 bytes, changed at [0-9]+' out.h5
rm out.h5.checkpoint
# A rank for each member: each waits at its own checkpoint.
hold rename 3 'out.h5.checkpoint*'
stopped_when_held "0 1" "${training[@]}" --ensemble 2
tells 'trained for [1-9][0-9]* of 200 steps; member1 trained for [1-9][0-9]* of 200 steps' out.h5
rm out.h5.*

# A screen, whatever it keeps: more is scored each time, until it is done. Before the seventh write of a rank no pair is
# scored. In a resumed one, which has the single knockouts, a block of pairs is on record before the sixth; those that are
# in memory until the end are scored after the first, or in sums after the second.
screen=(screen data.csv --model model.h5 --order 2 --score impact,network --instructions portable -o out.h5)
all=$("$DKO" "${screen[@]/out.h5/all.h5}" 2>&1 | sed -n 's/.*: \([0-9,]*\) knockouts scored in.*/\1/p' | tr -d ,)
[ -n "$all" ] || fail "the log does not tell how many knockouts there are"
scored() { progress out.h5 | sed -n "s/^scored \([0-9]*\) of $all knockouts\$/\1/p"; }
for kept in full top:100 summary; do
  hold write 7 out.h5.partial
  stopped_when_held "0 1" "${screen[@]}" --keep $kept
  tells "scored [0-9]+ of $all knockouts" out.h5
  first=$(scored)
  [ "$first" -lt "$all" ] || fail "all is scored before the end"
  expect 0 '^file +screen that is not finished$' "$DKO" info out.h5.partial --json facts.json --force
  [ "$(sed -n 's/^of *//p' said.txt | tr -d ,)" = "$all" ] || { cat said.txt; fail "info does not tell of how many knockouts"; }
  grep -q "\"scored\": $first,\?\$" facts.json || { cat facts.json; fail "info does not tell the same as --progress"; }
  case $kept in full) place=6 ;; summary) place=2 ;; *) place=1 ;; esac
  hold write $place out.h5.partial
  start 2 "${held[@]}" "$DKO" "${screen[@]}" --keep $kept --resume
  until_held 0 1
  if [ $kept = full ]; then [ "$(scored)" -gt "$first" ]; else [ "$(scored)" = "$first" ]; fi ||
    fail "a job under way tells $(scored) scored knockouts, before it $first"
  kill -USR1 $job
  for ((t = 0; t < 600; ++t)); do
    kill -0 $job 2>/dev/null || break
    progress out.h5 >/dev/null || fail "a job under way cannot be looked at"
  done
  ended 60 5
  [ "$(scored)" -gt "$first" ] || fail "what was scored more is not told"
  head -c 3000 out.h5.partial >torn.h5.partial
  tells 'torn.h5.partial of 3000 bytes, changed at [0-9]+' torn.h5
  expect 0 'resuming' on 2 "$DKO" "${screen[@]}" --keep $kept --resume
  tells 'done' out.h5
  rm out.h5
done

# run has both.
hold write 7 out.h5.partial
stopped_when_held "0 1" run data.csv -o out.h5 --order 2 --instructions portable --batch 10 --steps 5 --resume
tells "has the model; scored [0-9]+ of $all knockouts" out.h5
