. "$(dirname "$0")/lib.sh"
# Every file and summary names the scheduler's job that it is by; a screen that another job has finished names
# both.
unset "${!SLURM_@}"
make_data
expect 0 'written' "$DKO" train data.csv -o alone.h5 "${short[@]}" --json alone.json
grep -q '"job": ""' alone.json || fail "a job is named where there is none"

# slurm NUMBER COMMAND...
slurm() {
  local number=$1
  shift
  SLURM_JOB_ID=$number SLURM_CLUSTER_NAME=$'c\e[2J' SLURM_JOB_NODELIST='node[1-2]' SLURM_NTASKS=2 "$@"
}
slurm 1 "$DKO" train data.csv -o model.h5 -q "${short[@]}" --json model.json
job='SLURM 1 \(cluster c\\x1b\[2J, nodes node\[1-2\], 2 tasks\)'
expect 0 "^job +$job" "$DKO" info model.h5
grep -qF '"job": "SLURM 1 (cluster c\\x1b[2J,' model.json || { cat model.json; fail "the summary does not name the job"; }

# Stopped while it computes.
"$DKO" simulate --genes 200 --cells 1000 --seed 3 -o large.csv -q
"$DKO" train large.csv -o large.h5 --steps 5 --batch 10 -q
screen=(screen large.csv --model large.h5 --order 2 --score impact,network -o out.h5)
hold write 15 out.h5.partial
SLURM_RESTART_COUNT=0 slurm 2 start 2 "${held[@]}" "$DKO" "${screen[@]}"
until_held 0 1
kill -USR1 $job
ended 60 5
SLURM_RESTART_COUNT=1 expect 0 'scored already' slurm 3 on 2 "$DKO" "${screen[@]}" --resume
expect 0 '^job +SLURM 2 \(' "$DKO" info out.h5 --json out.json
grep -q '^job_at_end *SLURM 3 (.*restarted 1 time)' said.txt || { cat said.txt; fail "the job that finished is not named"; }
grep -q '"job_at_end": "SLURM 3' out.json || fail "the facts do not name the job that finished"
expect 0 '^verified: ' "$DKO" info --verify out.h5
