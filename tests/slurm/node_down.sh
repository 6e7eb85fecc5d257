. "$(dirname "$0")/lib.sh"
# A node is lost in mid-job: SLURM starts the job again, on others, and it goes on with what was scored.
small_job
"$DKO" train data.csv -o model.h5 --steps 5 -q
screen=(--model model.h5 --order 2 --score impact,network)
on 2 "$DKO" screen data.csv -o here.h5 -q "${screen[@]}"
# Until they are killed: SLURM asks them to end first, which a lost node would not hear.
held=$(held_in_pairs screen.h5 gate)
site "DKO_LAUNCHER='srun --mpi=pmix ${held/=WAIT/=STAY}'"
submit --nodes=2 --ntasks-per-node=1 "$jobs/screen.sbatch" data.csv screen.h5 "${screen[@]}"
until_file gate.0 60
until_file gate.1 60
node=$(squeue -h -j "$job" -o %N)
node=cn${node//[!0-9-]/}
node=${node%-*}
scontrol update NodeName="$node" State=DOWN Reason=test
trap 'scontrol update NodeName=$node State=RESUME' EXIT
until_log "run 2" 180
touch gate
until_state "$job" COMPLETED 120
same_result screen.h5 here.h5
grep -q "scored already" "dko-screen-$job.log" || { cat "dko-screen-$job.log"; fail "it began anew"; }
sed '1,/run 2/d' "dko-screen-$job.log" >second_run.txt
! grep -q " $node\$" second_run.txt || fail "it ran on the lost node"
scored=$(sed -n 's/.* \([0-9,]*\) of [0-9,]* knockouts are scored already/\1/p' "dko-screen-$job.log" | tr -d ,)
[ "$scored" -gt 0 ] || fail "nothing of the first run was used"
! grep -q "; 4,684,300 of" "dko-screen-$job.log" || fail "the first run had done all"
