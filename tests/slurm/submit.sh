. "$(dirname "$0")/lib.sh"
# From a question to a finished job by scripts/submit.py, and an ensemble with the screen that waits for it.
make_data
on 4 "$DKO" run data.csv -o here.h5 -q --order 2 "${short[@]}"
"$DKO" train data.csv -o whole.h5 -q --ensemble 3 "${short[@]}"
"$DKO" screen data.csv --model whole.h5 -o here3.h5 -q --order 2
site DKO_TASKS_PER_NODE=2
submitted() {
  expect 0 "submitted +job [0-9]" "$python" "$DKO_SOURCE/scripts/submit.py" "$@" --yes
  job=$(sed -n 's/^submitted *job //p' said.txt | tail -n 1)
}
submitted screen data.csv -o screen.h5 --order 2 "${short[@]}" --nodes 2
until_state "$job" COMPLETED 60
same_result screen.h5 here.h5
expect 0 "job +SLURM $job " "$DKO" info screen.h5
echo DKO_TASKS_PER_NODE=1 >>"$DKO_SITE"
submitted ensemble data.csv -o screen3.h5 --order 2 --ensemble 3 "${short[@]}"
until_state "$job" COMPLETED 120
same_result screen3.h5 here3.h5
# What SLURM refuses is told.
echo SBATCH_PARTITION=none >>"$DKO_SITE"
expect 1 'invalid partition' "$python" "$DKO_SOURCE/scripts/submit.py" train data.csv -o model.h5 --yes
grep -q 'sbatch refused the job .*site.conf' said.txt || { cat said.txt; fail "does not say that it was refused"; }
