. "$(dirname "$0")/lib.sh"
# Columns of the cells in screens and exports, tables within groups of cells and contrasts between them, against pandas and SciPy;
# the same bytes whatever the ranks and the memory; knockouts in cells that meet a condition.
export PYTHONPATH=$DKO_SOURCE/scripts PYTHONDONTWRITEBYTECODE=1
need anndata scipy
preload anndata.experimental dko h5py pandas scipy.stats
check() { again "$(dirname "$0")/groups_test.py" "$@" || fail "groups_test.py $*"; }

"$DKO" simulate --genes 30 --cells 120 --types 3 --seed 3 -o plain.h5ad -q
check make  # cells.h5ad: more columns; obs.csv: the same as a table, data.csv: without columns
"$DKO" run cells.h5ad --order 2 --score impact,network -o full.h5 --save-model model.h5 "${short[@]}" 2>kept.txt
grep -q 'columns of the cells that are kept: .*state (2 labels)' kept.txt || { cat kept.txt; fail "does not say what is kept"; }
grep -q 'columns that are not kept in the screen, unless --obs names them: .*barcode (120 labels).*depth (numbers)' kept.txt ||
  { cat kept.txt; fail "does not say what is not kept"; }
expect 0 '^obs state +2 labels: A, B$' "$DKO" info full.h5
expect 0 '' "$DKO" info --verify full.h5
screen=("$DKO" screen cells.h5ad --model model.h5 -q)
"${screen[@]}" --obs cluster,depth,state -o some.h5
"${screen[@]}" --obs none -o none.h5
"$DKO" screen data.csv --model model.h5 --obs-file obs.csv -o table.h5 -q
"${screen[@]}" --order 2 --score impact,network --keep top:5 -o top.h5
"${screen[@]}" --order 2 --score impact,network --keep summary -o summary.h5
"$DKO" run cells.h5ad --mapping sparse --ensemble 2 -o ensemble.h5 --save-model members.h5 -q
for name in full some table; do "$DKO" export $name.h5 --h5ad $name.h5ad; done
"$DKO" export full.h5 --single single.csv --double double.csv --names --score impact,network,interaction,network-interaction
"$DKO" export top.h5 --list list.csv --names --score impact,network,interaction,network-interaction
check kept

# Which cells express a gene so is kept if asked for.
"${screen[@]}" --obs 'state,gene:gene3>2' -o expression.h5
expect 0 '^obs gene:gene3>2 +2 labels: no, yes$' "$DKO" info expression.h5
"$DKO" summarize expression.h5 --group-by 'gene:gene3>2' --contrast yes,no --contrast-table expression.csv -q >/dev/null
"$DKO" screen cells.h5ad --model model.h5 --knockout-where 'gene:gene3>2' -o high.h5 -q
"$DKO" summarize expression.h5 --group-by 'gene:gene3>2' --gene-table expressed.csv -q >/dev/null
"$DKO" export high.h5 --single single.high.csv -q
"$DKO" summarize high.h5 --gene-table high.csv -q >/dev/null
grep '^yes,' expressed.csv | cut -d, -f2- >expressed.yes.csv
tail -n +2 high.csv | diff - expressed.yes.csv || fail "other cells express gene3 above 2"
"$DKO" summarize expression.h5 --group-by 'gene:gene3 > 2' --gene-table blanks.csv -q >/dev/null
same expressed.csv blanks.csv
expect 0 '^cells_screened +120$' "$DKO" info expression.h5
expect 0 "^cells_screened +$(tail -n +2 single.high.csv | cut -d, -f2 | sort -u | wc -l)\$" "$DKO" info high.h5
expect 0 'cells in state=A .[0-9]* cells, [0-9]* of them screened., the' "$DKO" summarize high.h5 --group-by state
expect 0 'genes in state=A .[0-9]* cells, [0-9]* of them screened. against all others .[0-9]* cells, [0-9]* of them screened., the' \
  "$DKO" summarize high.h5 --group-by state --contrast A --json high.json
check screened
expect 3 "gene3>2 is of a gene, and no column is called so: write 'gene:gene3>2'" "${screen[@]}" --obs 'state,gene3>2' -o twice.h5
expect 3 "gene3 is of a gene, and no column is called so: write 'gene:gene3>NUMBER'" "${screen[@]}" --obs gene3 -o twice.h5
expect 3 "holds for none of the cells that are used: gene3 is 0 to [0-9.]* in these 120 cells" "${screen[@]}" --obs 'gene:gene3>1e6' -o twice.h5
expect 3 "is of a gene, and no column is called so: write 'gene:gene3>2'" "${screen[@]}" --where 'gene3>2' -o twice.h5
expect 2 "gene3 is a gene: keep which cells have it by --obs 'gene:gene3>0'" "$DKO" summarize full.h5 --group-by gene3
expect 2 "names gene:gene3 > 2 twice" "${screen[@]}" --obs 'gene:gene3>2,gene:gene3 > 2' -o twice.h5
expect 2 "does not keep which cells meet 'gene:gene3>2': screen again with --obs 'gene:gene3>2'" "$DKO" summarize full.h5 --group-by 'gene:gene3>2'

tables=(--gene-table g.csv --pair-table p.csv --contrast-table c.csv --pair-contrast-table pc.csv --json s.json)
compared=(--group-by state --contrast A,B --contrast A)
"$DKO" summarize full.h5 "${compared[@]}" "${tables[@]}" -q >shown.txt
"$DKO" summarize full.h5 --group-by type --contrast each --min-cells 1 --by impact --contrast-table each.csv -q >each.txt
"$DKO" summarize top.h5 --group-by state --contrast A,B --pair-table ptop.csv --pair-contrast-table pctop.csv -q >/dev/null
"$DKO" summarize ensemble.h5 --group-by type --gene-table ge.csv -q >/dev/null
"$DKO" summarize some.h5 --group-by cluster --gene-table gc.csv -q >/dev/null
check tables
"$DKO" summarize full.h5 --group-by type --contrast each --contrast-table fewer.csv -n 12 --json fewer.json -q >fewer.txt
contrasts=$(grep -c 'against all others' fewer.txt)
[ "$contrasts" -ge 2 ] || fail "no contrasts"
[ "$(grep -cE '^ *[0-9]+ ' fewer.txt)" = $((10 * contrasts)) ] || { cat fewer.txt; fail "rows of contrasts that go to a file"; }
lines fewer.csv $((1 + 12 * contrasts))
grep -q '^genes over cells in state=A ([0-9]* cells), the 10 of [0-9]* with the highest mean impact$' shown.txt || { cat shown.txt; fail "title of a group"; }
grep -q '^genes in state=A ([0-9]* cells) against B ([0-9]* cells), the 10 of [0-9]* with the lowest p of network$' shown.txt || { cat shown.txt; fail "title of a contrast"; }
grep -q '^9 cells without a value in state: in no group$' shown.txt || { cat shown.txt; fail "cells without a label"; }
[ "$(grep -c '^q: expected part that differs by chance among all genes or pairs with a q this low' shown.txt)" = 1 ] || { cat shown.txt; fail "q is not told"; }
grep -q '^q: expected part that differs by chance among all genes with' each.txt || { cat each.txt; fail "q is not told"; }
grep -q 'against all others' each.txt || fail "each"
for ranks in 2 3; do
  on $ranks "$DKO" summarize full.h5 "${compared[@]}" --gene-table g$ranks.csv --pair-table p$ranks.csv --contrast-table c$ranks.csv \
    --pair-contrast-table pc$ranks.csv -q >shown$ranks.txt
  for file in g p c pc; do same $file.csv $file$ranks.csv; done
  same shown.txt shown$ranks.txt
done
on 2 "$DKO" summarize full.h5 "${compared[@]}" --gene-table gm.csv --contrast-table cm.csv -q --memory 0.0004 >/dev/null
same g.csv gm.csv
same c.csv cm.csv
on 2 "$DKO" summarize full.h5 "${compared[@]}" --pair-contrast-table pcm.csv -q --memory 0.002 >/dev/null
same pc.csv pcm.csv
expect 2 '--memory: the contrasts of pairs need .* give it more' "$DKO" summarize full.h5 --group-by state --contrast A,B --contrast-table xc.csv \
  --pair-contrast-table x.csv --memory 0.0001
absent xc.csv x.csv
"$DKO" summarize full.h5 "${compared[@]}" --contrast-table few.csv -n 4 -q >/dev/null
[ "$(grep -c '^A,B,' few.csv)" = 4 ] || fail "not 4 rows of a contrast"

"$DKO" export full.h5 --compress small.h5
"$DKO" summarize small.h5 "${compared[@]}" --gene-table gs.csv --contrast-table cs.csv -q >/dev/null
same g.csv gs.csv
same c.csv cs.csv
expect 0 '' "$DKO" info --verify small.h5
cp full.h5 damaged.h5
check damage
expect 3 'obs/state/codes' "$DKO" info --verify damaged.h5
expect 3 'obs/state: array sizes are inconsistent: the file is corrupt' "$DKO" summarize damaged.h5 --group-by state

# The highest of each group, and of one.
"$DKO" top full.h5 --group-by state -n 3 --json top.json >/dev/null
"$DKO" top full.h5 --group-by state --group B -n 3 --of single --json one.json >one.txt
grep -q '^single knockouts in state=B ([0-9]* cells), the 3 of' one.txt || { cat one.txt; fail "title of a group in top"; }
check top

# What a screen or a column does not have.
expect 2 'the screen keeps no column kind; it keeps .*state' "$DKO" summarize full.h5 --group-by kind
expect 2 'column state has no label C; its labels: A, B' "$DKO" summarize full.h5 --group-by state --contrast C
expect 2 'column state has no label C; its labels: A, B' "$DKO" summarize full.h5 --group-by state --contrast A,C
expect 2 'compares A with itself' "$DKO" summarize full.h5 --group-by state --contrast A,A
expect 2 'column state has no label C; its labels: A, B' "$DKO" top full.h5 --group-by state --group C
expect 2 'column depth has 120 different numbers' "$DKO" summarize some.h5 --group-by depth
expect 2 'keeps no columns of its cells' "$DKO" summarize none.h5 --group-by state
expect 2 '--by: what is compared has no network-interaction' "$DKO" summarize some.h5 --group-by state --contrast A --by network-interaction
expect 2 '--contrast compares groups: give --group-by' "$DKO" summarize full.h5 --contrast A,B
expect 2 '--contrast-table is for --contrast' "$DKO" summarize full.h5 --group-by state --contrast-table x.csv
expect 2 'give --group-by with it' "$DKO" top full.h5 --group A
expect 2 'pair-table: summary.h5 holds its double knockouts as a summary over all cells' "$DKO" summarize summary.h5 --group-by state --pair-table x.csv
expect 0 'holds its double knockouts as a summary over all cells: for groups' "$DKO" summarize summary.h5 --group-by state
expect 3 'has no column kind|no column named kind' "${screen[@]}" --obs kind -o x.h5
expect 2 '--obs names state twice' "${screen[@]}" --obs state,state -o x.h5
expect 2 'data.csv has no columns that describe cells' "$DKO" screen data.csv --model model.h5 --obs state -o x.h5
awk -F, 'NR == 1 {print $1 ",site"} NR > 1 {print $1 ",NA"}' obs.csv >nowhere.csv
"$DKO" screen data.csv --model model.h5 --obs-file nowhere.csv --obs site -o nowhere.h5 -q
expect 2 'no cell of the screen has a value in column site' "$DKO" summarize nowhere.h5 --group-by site --gene-table x.csv
expect 2 'no cell of the screen has a value in column site' "$DKO" top nowhere.h5 --group-by site
cp cells.h5ad latin.h5ad
again - <<'PYTHON'
import h5py
with h5py.File("latin.h5ad", "a") as file:
    labels = file["obs/state/categories"]
    labels[1] = b"M\xfcller"
PYTHON
expect 3 'latin.h5ad: column state has text that is not UTF-8' "$DKO" screen latin.h5ad --model model.h5 --obs state -o x.h5
expect 0 'not kept in the screen, unless --obs names them: .*state [(]of a kind that is not read' "$DKO" screen latin.h5ad --model model.h5 -o read.h5
absent x.csv x.h5

# Knockouts where a condition holds: the same as in these cells by name; the mapping is trained on all.
"${screen[@]}" --knockout-where state=A -o where.h5
"${screen[@]}" --knockout-cells in_A.txt -o cells.h5
"${screen[@]}" --knockout-where 'state=A|B' --knockout-where 'depth>50' --knockout-cells in_A.txt -o both.h5
check where
"$DKO" run cells.h5ad --knockout-where state=A -o run.h5 --save-model run_model.h5 -q "${short[@]}"
[ "$("$DKO" info run_model.h5 | grep ^model_checksum)" = "$("$DKO" info model.h5 | grep ^model_checksum)" ] || fail "another mapping"
expect 3 "no cell has the value 'C' in column state" "${screen[@]}" --knockout-where state=C -o x.h5
expect 3 "no cell that is used meets --knockout-where 'state=A': state is B in these [0-9]+ cells" "${screen[@]}" --where state=B --knockout-where state=A -o x.h5
expect 3 "no cell meets --knockout-where 'state=A' and 'depth>1e6': state is A, B in these 120 cells; depth is [0-9.]+ to [0-9.]+ in these 120 cells" \
  "${screen[@]}" --knockout-where state=A --knockout-where 'depth>1e6' -o x.h5
expect 3 'no cell of --knockout-cells meets --knockout-where' "${screen[@]}" --knockout-where state=B --knockout-cells in_A.txt -o x.h5
expect 2 '--knockout-where restricts --order 1 and 2, not --events' "${screen[@]}" --knockout-where state=A --events in_A.txt -o x.h5
expect 0 'bytes of one rank' "$DKO" estimate cells.h5ad --knockout-where state=A --obs state --nodes 1 --ranks-per-node 2
expect 2 '--knockout-where needs INPUT' "$DKO" estimate --genes 30 --cells 120 --knockout-where state=A --nodes 1 --ranks-per-node 2

# A resumed screen keeps the columns that it began with.
mv some.h5 again.h5.partial
expect 3 'created by a different screen \(the columns of the cells are others' "${screen[@]}" -o again.h5 --resume
"${screen[@]}" --obs cluster,depth,state -o again.h5 --resume
check resumed
