. "$(dirname "$0")/lib.sh"
# dko info --progress tells how far a job is whose output is not there: it changes with what the job saves, and
# with nothing else.
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
stopped_at() {
  until_there "$1"
  kill -USR1 $job
  ended 20 5
}

tells 'nothing yet' out.h5
tells 'nothing yet' no/such/out.h5
expect 2 'exclude each other' "$DKO" info --progress --verify out.h5
expect 2 'are for --progress' "$DKO" info out.h5 --checkpoint c.h5

# A training, of several members too.
training=(train small.csv -o out.h5 --steps 2000000 --batch 10)
start 2 "$DKO" "${training[@]}" --checkpoint-every 0.1
stopped_at out.h5.checkpoint
tells 'trained for [1-9][0-9]* of 2000000 steps' out.h5
before=$(progress out.h5)
start 2 "$DKO" "${training[@]}" --resume --time-limit 0:2
ended 60 5
[ "$(progress out.h5)" != "$before" ] || fail "more steps are not told"
expect 0 '"progress": "trained for' bash -c '"$DKO" info --progress out.h5 --json p.json; cat p.json'
mv out.h5.checkpoint own.h5
tells 'nothing yet' out.h5
tells 'trained for [1-9][0-9]* of 2000000 steps' out.h5 --checkpoint own.h5
head -c 20000 own.h5 >out.h5.checkpoint
tells 'out.h5.checkpoint of 20000 bytes, changed at [0-9]+' out.h5
rm out.h5.checkpoint
start 2 "$DKO" "${training[@]}" --ensemble 2 --checkpoint-every 0.1
stopped_at out.h5.checkpoint.member1
tells 'trained for [1-9][0-9]* of 2000000 steps; member1 trained for [1-9][0-9]* of 2000000 steps' out.h5
rm out.h5.*

# A screen, whatever it keeps: more is scored each time, until it is done.
screen=(screen data.csv --model model.h5 --order 2 --score impact,network --instructions portable -o out.h5)
all=$("$DKO" "${screen[@]/out.h5/all.h5}" 2>&1 | sed -n 's/.*: \([0-9,]*\) knockouts scored in.*/\1/p' | tr -d ,)
[ -n "$all" ] || fail "the log does not tell how many knockouts there are"
scored() { progress out.h5 | sed -n "s/^scored \([0-9]*\) of $all knockouts\$/\1/p"; }
for kept in full top:100 summary; do
  start 2 "$DKO" "${screen[@]}" --keep $kept
  stopped_at out.h5.partial
  tells "scored [0-9]+ of $all knockouts" out.h5
  first=$(scored)
  [ "$first" -lt "$all" ] || fail "all is scored before the end"
  expect 0 '^file +screen that is not finished$' "$DKO" info out.h5.partial --json facts.json --force
  [ "$(sed -n 's/^of *//p' said.txt | tr -d ,)" = "$all" ] || { cat said.txt; fail "info does not tell of how many knockouts"; }
  grep -q "\"scored\": $first,\?\$" facts.json || { cat facts.json; fail "info does not tell the same as --progress"; }
  start 2 "$DKO" "${screen[@]}" --keep $kept --resume --time-limit 0:1
  for ((t = 0; t < 600; ++t)); do
    kill -0 $job 2>/dev/null || break
    progress out.h5 >/dev/null || fail "a job under way cannot be looked at"
  done
  ended 60 '[05]'
  if [ -e out.h5 ]; then
    tells 'done' out.h5
  else
    [ "$(scored)" -gt "$first" ] || fail "what was scored more is not told"
    head -c 3000 out.h5.partial >torn.h5.partial
    tells 'torn.h5.partial of 3000 bytes, changed at [0-9]+' torn.h5
    expect 0 'going on' on 2 "$DKO" "${screen[@]}" --keep $kept --resume
    tells 'done' out.h5
  fi
  rm out.h5
done

# run has both.
start 2 "$DKO" run data.csv -o out.h5 --order 2 --instructions portable --batch 10 --steps 5 --resume
stopped_at out.h5.partial
tells "has the model; scored [0-9]+ of $all knockouts" out.h5
