. "$(dirname "$0")/lib.sh"
# A sparse fit whose job is killed or stopped goes on from its checkpoint, on any number of ranks, to the bits of one that
# was left alone; and nothing but the data and options it began with will do.
"$DKO" simulate --genes 80 --cells 400 --umi 3000 --types 2 --edges edges.csv --seed 3 -o data.h5ad -q
{ echo regulator,target; sed 1d edges.csv | cut -d , -f 1,2; } >pairs.csv
fit=(train data.h5ad --mapping sparse)

checksum() { "$DKO" info "$1" | grep model_checksum; }
# same_model FILE FILE
same_model() { [ "$(checksum "$1")" = "$(checksum "$2")" ] || fail "$1 and $2 are other models"; }
progress() { "$DKO" info --progress out.h5; }

# struck AT RANKS OPTION...: a fit that saves as often as it can is killed before the AT-th checkpoint gets its name; what
# it was resumed from stays. Ends with 1 if there was no such checkpoint any more, the fit being done.
struck() {
  local at=$1 ranks=$2
  shift 2
  hold rename "$at" out.h5.checkpoint
  start "$ranks" "${held[@]}" "$DKO" "$@" -o out.h5 -q --checkpoint-every 0 --resume
  while [ ! -e gate.0 ] && kill -0 $job 2>/dev/null; do sleep 0.02; done
  if [ ! -e gate.0 ]; then
    ended 60 0
    return 1
  fi
  kill -KILL $(ranks_of_job)
  ended 60 '1[0-9]+|9'
  [ ! -e out.h5 ] || fail "a killed fit left a model"
}

# As it is, and with all that changes what is saved: killed at one place after the other.
for options in "" "--prior pairs.csv --levels --covariate type"; do
  # shellcheck disable=SC2086  # its words are options
  "$DKO" "${fit[@]}" $options -o whole.h5 -q --force --checkpoint none
  absent whole.h5.checkpoint
  kills=0
  for ranks in 2 1 3; do
    # shellcheck disable=SC2086
    struck 3 $ranks "${fit[@]}" $options || break
    kills=$((kills + 1))
    progress
  done
  [ "$kills" -ge 1 ] || fail "no fit was killed"
  if [ ! -e out.h5 ]; then
    cp out.h5.checkpoint saved.h5
    # shellcheck disable=SC2086
    expect 0 'out.h5.checkpoint: resuming after [0-9,]+ fits?' on 2 "$DKO" "${fit[@]}" $options -o out.h5 --resume
  fi
  same_model out.h5 whole.h5
  absent out.h5.checkpoint
  rm out.h5
done

# What another fit left is refused, and named.
struck 2 2 "${fit[@]}" || fail "the fit was done before it had saved twice"
mv out.h5.checkpoint c.h5
rm out.h5.partial
refused() {
  local words=$1
  shift
  expect 3 "$words" on 2 "$DKO" "$@" -o x.h5 --checkpoint c.h5 --resume
  [ "$(grep -c 'dko: error' said.txt)" = 1 ] || { cat said.txt; fail "more than one message"; }
}
refused 'c.h5: belongs to another fit: --seed was 1 and is 2 now' "${fit[@]}" --seed 2
refused 'c.h5: belongs to another fit: --levels was not given and is given now' "${fit[@]}" --levels
refused 'c.h5: belongs to a fit with another prior, or with none' "${fit[@]}" --prior pairs.csv
refused 'c.h5: belongs to a fit with other covariates, or with none' "${fit[@]}" --covariate type
refused 'c.h5: belongs to a fit on other genes' "${fit[@]}" --top-genes 20
refused 'c.h5: belongs to a fit to other cells' "${fit[@]}" --ensemble 2 --member 1
refused 'c.h5 is not a dko checkpoint file' train data.h5ad
cp whole.h5 model.h5
expect 3 'model.h5 is not a dko fit checkpoint file' "$DKO" "${fit[@]}" -o x.h5 --checkpoint model.h5 --resume
expect 2 'c.h5 exists: give --resume' "$DKO" "${fit[@]}" -o x.h5 --checkpoint c.h5
expect 0 'fits_asked +[1-9]' "$DKO" info c.h5
expect 0 'verified: ' "$DKO" info --verify c.h5
expect 0 'made [0-9]+ of [0-9]+ fits' "$DKO" info --progress none.h5 --checkpoint c.h5
absent x.h5

# A signal or the time limit: all is saved, and the job ends with 5.
for victim in "TERM 1" "USR1 0"; do
  hold rename 2 out.h5.checkpoint
  start 2 "${held[@]}" "$DKO" "${fit[@]}" -o out.h5 --checkpoint-every 0
  until_held 0
  kill -${victim% *} "$(rank_of_job ${victim#* })"
  let_go
  ended 60 5
  grep -q "stopped by SIG${victim% *}; out.h5.checkpoint: the fit is saved; go on with --resume" said.txt ||
    { cat said.txt; fail "does not say that it is saved"; }
  progress | grep -E '^made [1-9][0-9]* of [0-9]+ fits$' >/dev/null || fail "--progress says $(progress)"
  rm -f out.h5.checkpoint
done
"$DKO" simulate --genes 300 --cells 600 --umi 5000 --seed 3 -o long.h5ad -q
hold rename 1 out.h5.checkpoint
start 2 "${held[@]}" "$DKO" train long.h5ad --mapping sparse -o out.h5 --checkpoint-every 0 --time-limit 0:00:01
until_held 0
sleep 1.1  # past the limit, however fast the machine
let_go
ended 60 5
grep -q 'stopped by --time-limit; out.h5.checkpoint: the fit is saved' said.txt || { cat said.txt; fail "does not say that it is saved"; }
rm out.h5.checkpoint
absent out.h5

# Members of an ensemble have a file each; run goes on to the same scores.
"$DKO" "${fit[@]}" --ensemble 2 -o members.h5 -q
hold rename 2 'out.h5.checkpoint*'
start 2 "${held[@]}" "$DKO" "${fit[@]}" --ensemble 2 -o out.h5 -q --checkpoint-every 0
until_held 0 1
kill -USR1 $job
ended 60 5
progress | grep -E '^made [0-9]+ of [0-9]+ fits; member1 made [0-9]+ of [0-9]+ fits$' >/dev/null || fail "--progress says $(progress)"
on 3 "$DKO" "${fit[@]}" --ensemble 2 -o out.h5 -q --resume
same_model out.h5 members.h5
absent out.h5.checkpoint out.h5.checkpoint.member1
rm out.h5
run=(run data.h5ad --mapping sparse --score impact)
"$DKO" "${run[@]}" -o screen.h5 -q
"$DKO" export screen.h5 --single screen.csv
struck 2 2 "${run[@]}" || fail "the fit was done before it had saved twice"
on 1 "$DKO" "${run[@]}" -o out.h5 -q --resume
"$DKO" export out.h5 --single out.csv
same out.csv screen.csv
absent out.h5.checkpoint out.h5.model
