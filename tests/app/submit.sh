. "$(dirname "$0")/lib.sh"
# What scripts/submit.py says before it submits; tests/slurm/submit.sh submits.
submit=$DKO_SOURCE/scripts/submit.py
make_data
export DKO_SITE=$PWD/site.conf
site() { { cat "$DKO_SOURCE/jobs/site.conf"; printf '%s\n' "DKO=$DKO" "$@"; } >"$DKO_SITE"; }
site DKO_TASKS_PER_NODE=8
# The same knockouts that dko scores.
on 1 "$DKO" run data.csv -o screen.h5 -q --order 2 "${short[@]}"
singles=$("$DKO" info screen.h5 | sed -n 's/^single_knockouts *//p')
pairs=$("$DKO" info screen.h5 | sed -n 's/^double_knockouts *//p')
expect 0 "knockouts +$singles single, $pairs double" "$python" "$submit" screen data.csv -o new.h5 --order 2 "${short[@]}"
for words in 'ranks +1 node × 8 = 8' 'node hours' 'memory .* of each node; SLURM is asked for' 'disk .* free in' '4:00:00, of which 3 h 57 min are for computing: done in one run' \
  "SBATCH_TIMELIMIT=4:00:00" "sbatch --parsable --nodes=1 --ntasks-per-node=8 --mem=[0-9]+M .*/screen.sbatch data.csv new.h5 --order 2 --steps 30" \
  'Nothing is submitted'; do
  grep -qE -- "$words" said.txt || { cat said.txt; fail "does not say '$words'"; }
done
PYTHONPATH=$DKO_SOURCE/scripts "$python" -c '
from dko.submit import duration
told = [duration(seconds) for seconds in (0.4, 59.4, 119.7, 3570, 7190, 172000, 90000)]
assert told == ["less than 1 s", "59 s", "2 min", "59 min 30 s", "2 h", "2 days", "1 days 1 h"], told'
expect 0 'nodes=3' "$python" "$submit" screen data.csv -o new.h5 --nodes 3 --dry-run
expect 0 'train.sbatch data.csv new.h5 --steps 30' "$python" "$submit" train data.csv -o new.h5 "${short[@]}"
! grep -q knockouts said.txt || fail "a training has no knockouts"
expect 0 'done in one run' "$python" "$submit" train data.csv -o new.h5 --mapping sparse
grep -q 'training less than 1 s' said.txt || { cat said.txt; fail "does not say what a sparse fit takes"; }
expect 0 'SBATCH_TIMELIMIT=30 ' "$python" "$submit" screen data.csv -o new.h5 --time 30
expect 0 'disk .* free in' "$python" "$submit" screen data.csv -o new.h5 --order 2 --threshold 0.1 "${short[@]}"
grep -qE '^ +without the pairs above the threshold, which nobody knows yet: .* at most' said.txt || { cat said.txt; fail "no word about the pairs"; }
# One member in a job of its own.
expect 0 'train.sbatch data.csv new.h5 --mapping sparse --ensemble 3 --member 1$' \
  "$python" "$submit" train data.csv -o new.h5 --mapping sparse --ensemble 3 --member 1
# Training options go to the members, those of the screen to the screen that waits for them.
expect 0 'array=0-3 .*ensemble.sbatch train data.csv new.h5.model --steps 30 --batch 10$' \
  "$python" "$submit" ensemble data.csv -o new.h5 --order 2 --ensemble 4 "${short[@]}"
expect 0 'for the longest of 3 trainings and a screen' \
  "$python" "$submit" ensemble data.csv -o new.h5 --mapping sparse --ensemble 3 --validation 0.3
"$python" "$submit" ensemble data.csv -o new.h5 --order 2 --ensemble 4 "${short[@]}" >said.txt
grep -qE '^time +.* for the longest of 4 trainings and a screen' said.txt || { cat said.txt; fail "the time is not that of the jobs"; }
grep -qE 'dependency=afterok:JOB --kill-on-invalid-dep=yes .*ensemble.sbatch screen data.csv new.h5.model new.h5 --order 2$' said.txt ||
  { cat said.txt; fail "no screen that depends on the members"; }
# A table of the cells goes to whom it is for.
printf 'cell,type\n' >table.csv
head -n 1 data.csv | tr , '\n' | sed 1d | awk '{print $1 ",t" NR % 2}' >>table.csv
with_table=("$python" "$submit" ensemble data.csv -o new.h5 --obs-file table.csv --ensemble 2 "${short[@]}")
expect 0 'train data.csv new.h5.model --steps 30 --batch 10$' "${with_table[@]}" --obs type
grep -qE 'screen data.csv new.h5.model new.h5 --obs-file table.csv --obs type$' said.txt || { cat said.txt; fail "the screen has no table"; }
expect 0 'train data.csv new.h5.model --obs-file table.csv --steps 30 --batch 10 --where type=t1$' "${with_table[@]}" --where type=t1
# The JSON is the screen's. What was trained before is said.
touch new.h5.model.member0
"$python" "$submit" ensemble data.csv -o new.h5 --json new.json --ensemble 4 "${short[@]}" >said.txt 2>warned.txt
grep -qE 'ensemble.sbatch train data.csv new.h5.model --steps 30 --batch 10$' said.txt || { cat said.txt; fail "members get the screen's JSON"; }
grep -qE 'ensemble.sbatch screen data.csv new.h5.model new.h5 --json new.json$' said.txt || { cat said.txt; fail "the screen gets no JSON"; }
grep -q '^warning: new.h5.model.member0: trained before, and not trained again' warned.txt || fail "does not say what is there"
"$python" "$submit" ensemble data.csv -o new.h5 --force --ensemble 4 "${short[@]}" >said.txt 2>&1
! grep -q 'trained before' said.txt || fail "warns though all is made anew"
rm new.h5.model.member0
# The site's file may ask for memory itself; SLURM's setting of how memory is bound asks for none.
site SBATCH_MEM_PER_NODE=64G
expect 0 'SLURM is asked for SBATCH_MEM_PER_NODE=64G, by the site.s file' "$python" "$submit" screen data.csv -o new.h5 "${short[@]}"
! grep -q -- --mem= said.txt || { cat said.txt; fail "asks for memory twice"; }
site SBATCH_MEM_BIND=local
expect 0 '--mem=[0-9]+M' "$python" "$submit" screen data.csv -o new.h5 "${short[@]}"
site DKO_TASKS_PER_NODE=8
# What does not matter for an estimate goes to the job alone.
"$DKO" train data.csv -o model.h5 -q "${short[@]}"
expect 0 'screen.sbatch data.csv new.h5 --model model.h5 --order 2 --keep-product a.h5$' \
  "$python" "$submit" screen data.csv -o new.h5 --model model.h5 --order 2 --keep-product a.h5
# More nodes where one run's time is short; the limit is SLURM's.
site SBATCH_TIMELIMIT=0:00:21 SBATCH_SIGNAL=B:USR1@20 DKO_CORE_SPEED=0.001
expect 0 'nodes=64 .*' "$python" "$submit" screen data.csv -o new.h5 --order 2 --steps 50000
grep -q 'between which it saves' said.txt || { cat said.txt; fail "does not say that it takes several runs"; }
# What is wrong is said, with dko's exit codes.
site
expect 2 'unrecognised option .--no-such-option' "$python" "$submit" screen data.csv -o new.h5 --no-such-option
echo "gene,a" >bad.csv
echo "x,NaN" >>bad.csv
expect 3 'bad.csv.*NaN' "$python" "$submit" screen bad.csv -o new.h5
expect 2 'screen.h5 is there already' "$python" "$submit" screen data.csv -o screen.h5
expect 2 'needs --ensemble K' "$python" "$submit" ensemble data.csv -o new.h5
expect 2 'error: --time 1 is too short: .*SBATCH_SIGNAL=B:USR1@180 leaves nothing of a limit of 1' "$python" "$submit" screen data.csv -o new.h5 --time 1
for time in soon '' 'a week' 1:2:3:4 -5 4h 1-; do
  expect 2 "error: (--time '?$time'? is no time of SLURM's: give minutes|argument --time: expected one argument)" "$python" "$submit" screen data.csv -o new.h5 --time "$time"
  [ "$(wc -l <said.txt)" = 1 ] || { cat said.txt; fail "more than a line"; }
done
expect 2 'is a directory: name a file in it' "$python" "$submit" screen data.csv -o . --force
mkfifo fifo
expect 2 'fifo is no regular file' "$python" "$submit" screen data.csv -o fifo --force
expect 2 "argument --nodes: invalid whole number above 0 value: 'many'; --help" "$python" "$submit" screen data.csv -o new.h5 --nodes many
expect 2 'opposites' "$python" "$submit" screen data.csv -o new.h5 --yes --dry-run
expect 4 'there is no folder' "$python" "$submit" screen data.csv -o nowhere/new.h5
expect 3 "no.conf: there is no such file; copy $DKO_SOURCE/jobs/site.conf to it" "$python" "$submit" screen data.csv -o new.h5 --site no.conf
expect 4 'DKO_JOBS=nowhere: there are no job scripts' env DKO_JOBS=nowhere "$python" "$submit" screen data.csv -o new.h5
# Without --site and DKO_SITE the user's own file counts, and then the one beside the job scripts.
mkdir -p settings/dko
cp site.conf settings/dko
cp -r "$DKO_SOURCE/jobs" .
cp site.conf jobs
expect 0 "DKO_SITE=$PWD/settings/dko/site.conf" env -u DKO_SITE XDG_CONFIG_HOME="$PWD/settings" "$python" "$submit" screen data.csv -o new.h5
plain=(env -u DKO_SITE XDG_CONFIG_HOME="$PWD/none" DKO_JOBS="$PWD/jobs" "$python" "$submit" screen data.csv -o new.h5)
expect 0 "DKO_SITE=$PWD/jobs/site.conf" "${plain[@]}"
grep -q "$PWD/jobs/screen.sbatch" said.txt || { cat said.txt; fail "not the job scripts of DKO_JOBS"; }
rm jobs/site.conf
expect 3 "jobs/site.conf: there is no such file; name the cluster's by --site or DKO_SITE" "${plain[@]}"
site SBATCH_TIMELIMIT=soon
expect 3 'site.conf: SBATCH_TIMELIMIT=soon' "$python" "$submit" screen data.csv -o new.h5
site DKO_TASKS_PER_NODE=many
expect 3 'site.conf: DKO_TASKS_PER_NODE' "$python" "$submit" screen data.csv -o new.h5
site DKO=/no/such/dko
expect 4 '/no/such/dko: cannot be started.*DKO=' "$python" "$submit" screen data.csv -o new.h5
site DKO=/bin/true
expect 1 '/bin/true estimate wrote no estimate' "$python" "$submit" screen data.csv -o new.h5
[ "$(wc -l <said.txt)" = 1 ] || { cat said.txt; fail "more than a line"; }
absent new.h5
