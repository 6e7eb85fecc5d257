. "$(dirname "$0")/lib.sh"
# The cases of scripts/scaling.py on parts of an allocation of two nodes, and their pictures.
site
submit --nodes=2 --ntasks-per-node=2 "$jobs/scaling.sbatch" result.json --size trial --repeats 1
until_state "$job" COMPLETED 300
"$python" - <<END || { tail -n 40 dko-scaling-$job.log; fail "result.json is not what was asked for"; }
import json
result = json.load(open("result.json"))
assert result["complete"] and result["ranks"] == [1, 2, 4], result
assert result["machine"]["nodes"] == 2 and result["machine"]["slurm"]["job"] == "$job", result["machine"]
END
"$python" "$DKO_SOURCE/scripts/plot_scaling.py" result.json -o pictures
[ -s pictures/"$(ls pictures | sed -n 1p)" ] || fail "there is no picture"

# The figure of merit by the same script, on both nodes: the launcher's placement is seen, and what was stored is verified.
submit --nodes=2 --ntasks-per-node=2 "$jobs/scaling.sbatch" merit.json --merit --size trial --repeats 1
until_state "$job" COMPLETED 300
"$python" - <<END || { tail -n 40 dko-scaling-$job.log; fail "merit.json is not what was asked for"; }
import json
result = json.load(open("merit.json"))
assert result["complete"] and result["ranks"] == 4, result
assert sorted(result["placement"]["hosts"].values()) == [2, 2], result["placement"]
check = result["runs"][0]["verification"]
assert check["valid"] and check["on_other_ranks"] and check["sampled"] > 0, check
assert not result["merit"]["valid"] and "the size is that of a trial" in result["merit"]["why"], result["merit"]
END
grep -q 'INVALID: .*the size is that of a trial' dko-scaling-$job.log || fail "the log has no verdict"

# SIGUSR1, which SBATCH_SIGNAL of the site's file has sent before the time limit: what was measured stays, and nothing else.
mkdir scratch
submit --nodes=2 --ntasks-per-node=2 "$jobs/scaling.sbatch" stopped.json --merit --size trial --repeats 200 --scratch "$PWD/scratch"
until_file stopped.json 60
until_log ' 1/200: ' 120
scancel --batch --signal=USR1 "$job"
until_state "$job" FAILED 90
scontrol show job "$job" | grep -q 'ExitCode=5:0' || { scontrol show job "$job"; fail "the job did not end with code 5"; }
until_log 'stopped by SIGUSR1; what was measured before is kept' 5
grep -q '"stopped": "stopped by SIGUSR1' stopped.json || fail "the result does not say that it was stopped"
[ -z "$(ls scratch)" ] || { ls scratch; fail "files were left behind"; }
