. "$(dirname "$0")/lib.sh"
# The cases of scripts/scaling.py on parts of an allocation of two nodes, and their pictures.
site
submit --nodes=2 --ntasks-per-node=2 "$jobs/scaling.sbatch" result.json --size small --repeats 1
until_state "$job" COMPLETED 300
"$python" - <<END || { tail -n 40 dko-scaling-$job.log; fail "result.json is not what was asked for"; }
import json
result = json.load(open("result.json"))
assert result["complete"] and result["ranks"] == [1, 2, 4], result
assert result["machine"]["nodes"] == 2 and result["machine"]["slurm"]["job"] == "$job", result["machine"]
END
"$python" "$DKO_SOURCE/scripts/plot_scaling.py" result.json -o pictures
[ -s pictures/"$(ls pictures | head -n 1)" ] || fail "there is no picture"
