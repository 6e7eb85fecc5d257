. "$(dirname "$0")/lib.sh"
# Batches as covariates of the sparse mapping: in every command, the same bits for any number of ranks, and what cannot be one.
"$DKO" simulate --genes 40 --cells 90 --seed 5 --batches 3 --batch-spread 0.5 -o data.csv -q
"$DKO" simulate --genes 40 --cells 90 --seed 5 --batches 3 --batch-spread 0.5 -o cells.h5ad -q
# Columns of text input: that of the simulation, and others.
awk -F, -v OFS=, 'NR == 1 {print $0, "depth", "code", "one", "gap", "huge"; next}
  {print $0, NR * NR % 17 + 0.5, NR % 3, "x", NR == 5 || NR == 9 ? "NA" : NR % 4, NR == 4 ? "inf" : NR}' data.cells.csv >obs.csv
by=(--mapping sparse --covariate batch,depth --obs-file obs.csv)
"$DKO" train data.csv "${by[@]}" -o model.h5 2>log.txt
grep -q 'covariates: batch (batch[0-2], batch[0-2], batch[0-2]), depth (mean' log.txt || fail "the log does not tell the covariates"
expect 0 'covariates +batch \(batch' "$DKO" info model.h5
expect 0 'verified' "$DKO" info --verify model.h5

# A screen, and one by train and screen, for any number of ranks.
"$DKO" screen data.csv --model model.h5 --obs-file obs.csv --order 2 --score impact,network -o screen.h5 -q
expect 0 'covariates +batch \(batch' "$DKO" info screen.h5
"$DKO" export screen.h5 --single s0.csv --double d0.csv --score impact,network
for ranks in 1 2 3; do
  on $ranks "$DKO" run data.csv "${by[@]}" --order 2 --score impact,network -o $ranks.h5 --save-model m$ranks.h5 -q
  "$DKO" export $ranks.h5 --single s.csv --double d.csv --score impact,network --force
  same s0.csv s.csv
  same d0.csv d.csv
  on $ranks "$DKO" explain model.h5 data.csv --obs-file obs.csv -k gene3 -o e$ranks.csv -q >/dev/null
  same e1.csv e$ranks.csv
done
if have h5py pandas scipy; then
  PYTHONPATH=$DKO_SOURCE/scripts "$python" - <<'PYTHON' || fail "Python explains a knockout otherwise than dko explain"
import dko
import pandas

both = dko.open_screen("screen.h5").explain("model.h5", ["gene3"]).merge(pandas.read_csv("e1.csv"), on="gene")
assert len(both) > 20 and (both["change_x"] - both["change_y"]).abs().max() < 1e-12
assert both["change_x"].abs().max() > 1e-3
PYTHON
fi
# They count: the scores are others than without.
"$DKO" run data.csv --mapping sparse --order 2 --score impact,network -o without.h5 -q
"$DKO" export without.h5 --single w.csv --score impact,network
! cmp -s s0.csv w.csv || fail "covariates change nothing"

# AnnData's obs has the batch itself; cells and genes may be chosen.
"$DKO" train cells.h5ad --mapping sparse --covariate batch --where 'batch!=batch2' --min-cells 5 -o two.h5 -q
expect 0 'covariates +batch \(batch[01], batch[01]\)' "$DKO" info two.h5
expect 3 'column batch: has categories that two.h5 does not know: batch2 \(in [0-9]+ cells, the first of them cell[0-9]+\); it knows batch[01], batch[01]. Leave such cells out by --where' \
  "$DKO" screen cells.h5ad --model two.h5 -o x.h5
"$DKO" screen cells.h5ad --model two.h5 --where 'batch!=batch2' -o part.h5 -q
"$DKO" predict cells.h5ad --mapping sparse --covariate batch -o prediction.h5 -q
expect 0 'verdict' "$DKO" evaluate cells.h5ad --prediction prediction.h5 --bootstrap 0

# What a model with covariates needs.
expect 3 'give a table of them by --obs-file' "$DKO" screen data.csv --model model.h5 -o x.h5
expect 3 'give a table of them by --obs-file' on 2 "$DKO" explain model.h5 data.csv -k gene3
cut -d, -f1,2 obs.csv >no_depth.csv
expect 3 'no_depth.csv: has no column depth; its columns: batch' "$DKO" screen data.csv --model model.h5 --obs-file no_depth.csv -o x.h5
sed '2,$s/,batch1,/,batch7,/' obs.csv >other.csv
expect 3 'other.csv: column batch: has categories that model.h5 does not know: batch7' "$DKO" screen data.csv --model model.h5 --obs-file other.csv -o x.h5
"$DKO" train data.csv --mapping sparse -o plain.h5 -q
expect 2 '--obs-file is for --where and --from and --toward, and for the covariates of a model; plain.h5 has none' \
  "$DKO" explain plain.h5 data.csv --obs-file obs.csv -k gene3

# What is no covariate.
no=("$DKO" train data.csv -o x.h5 --mapping sparse --obs-file obs.csv)
expect 2 '--covariate applies only to --mapping sparse' "$DKO" train data.csv -o x.h5 --covariate batch --obs-file obs.csv
expect 2 '--categorical is for --covariate' "$DKO" train data.csv -o x.h5 --mapping sparse --categorical batch
expect 2 '--obs-file is for --where and --covariate' "${no[@]}"
expect 3 'give a table of them by --obs-file' "$DKO" train data.csv -o x.h5 --mapping sparse --covariate batch
expect 3 'no column named kind' "${no[@]}" --covariate batch,kind
expect 2 '--covariate names batch twice' "${no[@]}" --covariate batch,batch
expect 2 '--categorical names depth, which --covariate does not' "${no[@]}" --covariate batch --categorical depth
expect 3 'column one: has one value, x, in all 90 cells' "${no[@]}" --covariate one
expect 3 'column gap: has no value for 2 of 90 cells, the first of them cell' on 2 "${no[@]}" --covariate gap
expect 3 'column huge: cell cell[0-9]+ has the value inf, which is not finite' "${no[@]}" --covariate huge
expect 0 'column code: is taken as a quantity; if its 3 different whole numbers are codes of categories, name it by --categorical too' \
  "$DKO" train data.csv --mapping sparse --obs-file obs.csv --covariate code -o code.h5
"$DKO" train data.csv --mapping sparse --obs-file obs.csv --covariate code --categorical code -o codes.h5 -q
expect 0 'covariates +code \([012], [012], [012]\)' "$DKO" info codes.h5
absent x.h5

# Members of an ensemble have the same covariates.
for member in 0 1; do
  "$DKO" train data.csv "${by[@]}" --ensemble 2 --member $member -o member$member.h5 -q
done
"$DKO" ensemble member0.h5 member1.h5 -o joined.h5 -q
on 2 "$DKO" train data.csv "${by[@]}" --ensemble 2 -o whole.h5 -q
checksum() { "$DKO" info "$1" | grep -E '^model_checksum'; }
[ "$(checksum joined.h5)" = "$(checksum whole.h5)" ] || fail "joined members are not the ensemble"
"$DKO" train data.csv --mapping sparse --ensemble 2 --member 1 -o member1.h5 -q --force
expect 3 'cannot be joined with .*: its covariates are others' "$DKO" ensemble member0.h5 member1.h5 -o x.h5

# A job that goes on must have the same covariates.
hold write 60 'resumed.h5*'
start 1 "${held[@]}" "$DKO" screen data.csv --model model.h5 --obs-file obs.csv --order 2 -o resumed.h5
until_held 0
kill -KILL $(rank_of_job 0)
ended 60 '1[0-9]+|9'
awk -F, -v OFS=, 'NR == 8 {$3 += 1} {print}' obs.csv >moved.csv
expect 3 'the covariates of the cells are others' \
  "$DKO" screen data.csv --model model.h5 --obs-file moved.csv --order 2 -o resumed.h5 --resume
"$DKO" screen data.csv --model model.h5 --obs-file obs.csv --order 2 -o resumed.h5 --resume -q
"$DKO" export resumed.h5 --double r.csv --score impact
"$DKO" export screen.h5 --double d.csv --score impact --force
same r.csv d.csv
