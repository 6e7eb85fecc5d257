. "$(dirname "$0")/lib.sh"
# From cells A toward cells B: shift and approach of every kind of screen, their q-values, and where they are shown.
need h5py numpy pandas scipy
export PYTHONPATH=$DKO_SOURCE/scripts PYTHONDONTWRITEBYTECODE=1
preload dko h5py numpy pandas
check() { again "$(dirname "$0")/toward_again.py" "$@" || fail "$*"; }
same_screen() { again "$(dirname "$0")/toward_again.py" same "$@" || fail "$1 and $2 differ"; }

"$DKO" simulate --genes 40 --cells 120 --types 2 --type-spread 1 --umi 3000 --seed 5 -o data.csv -q
table=(--obs-file data.cells.csv)
way=("${table[@]}" --from type=type0 --toward type=type1)
"$DKO" train data.csv --mapping sparse -o sparse.h5 -q 2>/dev/null
"$DKO" train data.csv --mapping sparse --ensemble 2 -o two.h5 -q 2>/dev/null
"$DKO" train data.csv -o dense.h5 -q "${short[@]}" 2>/dev/null

# Singles and pairs of every base and mapping, and lists, by profiles from the model in numpy.
for model in sparse dense; do
  for base in fitted shrunk observed; do
    "$DKO" screen data.csv --model $model.h5 --base $base --order 2 "${way[@]}" -o $model.$base.h5 -q 2>/dev/null
    check scores data.csv data.cells.csv $model.h5 $model.$base.h5
  done
done
"$DKO" screen data.csv --model sparse.h5 --order 2 --sample 300 "${way[@]}" -o sample.h5 -q 2>/dev/null
check scores data.csv data.cells.csv sparse.h5 sample.h5
"$DKO" screen data.csv --model two.h5 --order 2 "${way[@]}" -o two_screen.h5 -q 2>/dev/null
expect 0 '^single_scores +impact, .*shift, shift-sd, approach, approach-sd' "$DKO" info two_screen.h5
expect 0 '^double_scores +impact, impact-sd, interaction, .*shift, shift-sd, shift-interaction' "$DKO" info two_screen.h5

# Cells that express none of the genes used are in neither end, whatever their type: as if they were not there.
again - <<'PYTHON'
import pandas
data = pandas.read_csv("data.csv", index_col=0)
table = pandas.read_csv("data.cells.csv", index_col=0)
empty = [f"empty{number}" for number in range(30)]
data[empty] = 0
data.to_csv("more.csv")
more = table.iloc[[0] * 30].set_axis(empty)
more["type"] = ["type0", "type1"] * 15
pandas.concat([table, more]).to_csv("more.cells.csv")
more["type"] = "empty"
pandas.concat([table, more]).to_csv("none.csv")
PYTHON
expect 0 "from 'type=type0': 15 cells that express none of the genes used are left out" "$DKO" screen more.csv --model sparse.h5 \
  --base shrunk --order 2 --obs-file more.cells.csv --from type=type0 --toward type=type1 -o more.h5
again - <<'PYTHON'
import dko
one, other = dko.open_screen("sparse.shrunk.h5"), dko.open_screen("more.h5")
assert one.direction["genes"].equals(other.direction["genes"]), "d"
assert one.singles().equals(other.singles()), "scores"
PYTHON
"$DKO" summarize sparse.shrunk.h5 --gene-table one.csv -q
"$DKO" summarize more.h5 --gene-table other.csv -q
cmp one.csv other.csv || fail "q-values with cells that express nothing"
expect 3 "from 'type=empty'.*express any gene" "$DKO" screen more.csv --model sparse.h5 --obs-file none.csv --from type=empty --toward type=type1 -o x.h5
expect 3 '(--knockout-where|knockout-where): none of these cells is in .*type=type0' "$DKO" screen data.csv --model sparse.h5 "${way[@]}" \
  --knockout-where type=type1 -o x.h5

# The same bits on any number of ranks, and after a job that is resumed; another direction does not match.
for ranks in 2 3; do
  on $ranks "$DKO" screen data.csv --model two.h5 --order 2 "${way[@]}" -o ranks.h5 -q --force 2>/dev/null
  same_screen two_screen.h5 ranks.h5
done
"$DKO" screen data.csv --model sparse.h5 "${way[@]}" -o again.h5 -q 2>/dev/null
cp again.h5 whole.h5
again "$(dirname "$0")/toward_again.py" undo again.h5
mv again.h5 again.h5.partial
expect 3 '(--from|from) was .type=type0. and is .type=type1. now' "$DKO" screen data.csv --model sparse.h5 "${table[@]}" \
  --from type=type1 --toward type=type0 -o again.h5 --resume
expect 3 'was created by a different screen' "$DKO" screen data.csv --model sparse.h5 -o again.h5 --resume
cp again.h5.partial damaged.h5.partial
expect 0 'direction: as the screen that is resumed has it' on 2 "$DKO" screen data.csv --model sparse.h5 "${way[@]}" -o again.h5 --resume
same_screen whole.h5 again.h5

# A damaged direction is refused, by jobs that go on and by all that read the screen; so is a model without all its decoys.
check damage partial damaged.h5.partial
expect 3 'damaged.h5.partial:/direction/toward_mean' on 2 "$DKO" screen data.csv --model sparse.h5 "${way[@]}" -o damaged.h5 --resume
for kind in none same other shape length; do
  cp whole.h5 $kind.h5
  check damage $kind $kind.h5
  for command in info summarize top "export --h5ad x.h5ad"; do
    expect 3 "$kind.h5:/direction.*(corrupt|checksum)" "$DKO" ${command%% *} $kind.h5 $([ "$command" = "${command#* }" ] || echo ${command#* })
  done
done
for kind in draw2 draw3 decoy; do
  cp sparse.h5 $kind.h5
  check damage $kind $kind.h5
  expect 3 "$kind.h5:/mapping/decoys" on 2 "$DKO" screen data.csv --model $kind.h5 "${way[@]}" -o x.h5
done
absent x.h5 x.h5ad

# Kept pairs and sums over cells.
for keep in top:5 summary; do
  "$DKO" screen data.csv --model sparse.h5 --order 2 "${way[@]}" --keep $keep $([ $keep = summary ] || echo --keep-by shift) \
    -o kept.$keep.h5 -q 2>/dev/null
done
"$DKO" screen data.csv --model sparse.h5 --order 2 "${way[@]}" --keep top:5 --keep-by shift-interaction -o kept.int.h5 -q 2>/dev/null
check kept sparse.shrunk.h5 kept.top:5.h5 kept.int.h5
"$DKO" summarize sparse.shrunk.h5 --pair-table pairs.csv >/dev/null 2>&1
"$DKO" summarize kept.summary.h5 --pair-table summed.csv >/dev/null 2>&1
check tables sparse.shrunk.h5 pairs.csv summed.csv

# No cell of A: the range of the gene. The log names genes that d is of, and the visible ones of a small q.
expect 3 "from 'type=type0': none of the cells that are used is such a cell: type is type1 in these [0-9]+ cells" \
  "$DKO" screen data.csv "${table[@]}" --model sparse.h5 --where type=type1 --from type=type0 --toward type=type1 -o x.h5
expect 3 "from 'gene:gene3<0': none of the cells that are used is such a cell: gene3 is 0 to [0-9.]* in these 120 cells" \
  "$DKO" screen data.csv --model sparse.h5 "${table[@]}" --from 'gene:gene3<0' --toward type=type1 -o x.h5
expect 3 "'gene3<1': is of a gene, and no column is called so: write 'gene:gene3<1'" \
  "$DKO" screen data.csv --model sparse.h5 "${table[@]}" --from 'gene3<1' --toward type=type1 -o x.h5
expect 0 'direction: of its squared length gene[0-9]* [0-9]* %, gene' "$DKO" screen data.csv --model sparse.h5 "${way[@]}" -o told.h5
expect 0 'with a mean shift of q up to 0.1, of all genes .[0-9]* visible' "$DKO" screen data.csv --model sparse.h5 "${way[@]}" -o told.h5 --force
rm told.h5

# A profile in a file in the place of cells B, in any order, with a header or none.
check profile data.csv data.cells.csv profile.csv
"$DKO" screen data.csv --model sparse.h5 --base observed "${table[@]}" --from type=type0 --toward-profile profile.csv \
  -o profile.h5 -q 2>/dev/null
check same_shift sparse.observed.h5 profile.h5
expect 0 '^toward_profile +profile.csv' "$DKO" info profile.h5

# Shown: by info, top, summarize, in JSON, exports, Python and the report.
expect 0 '^from +type=type0' "$DKO" info sparse.shrunk.h5
expect 0 '^toward_cells +[1-9]' "$DKO" info sparse.shrunk.h5
expect 0 'with the highest shift' "$DKO" top sparse.shrunk.h5 --json high.json
expect 0 'with the lowest shift' "$DKO" top sparse.shrunk.h5 --lowest --json low.json
expect 0 'the highest mean shift' "$DKO" summarize sparse.shrunk.h5 --gene-table genes.csv --json means.json
expect 0 'shift_q_value' "$DKO" summarize sparse.shrunk.h5
grep -q '^shift_q_value: expected part of genes whose mean shift is due to chance among all' said.txt || { cat said.txt; fail "q is not told"; }
expect 2 '--by shift_q_value: a q-value is no score .*rank by shift, and sort the column shift_q_value of dko summarize --gene-table' \
  "$DKO" summarize sparse.shrunk.h5 --by shift_q_value
expect 2 '--score q_value: a q-value is no score .*rank by network, and sort the column q_value' "$DKO" top sparse.shrunk.h5 --score q_value
expect 0 'the lowest mean shift' "$DKO" summarize sparse.shrunk.h5 --lowest --gene-table lowest.csv
"$DKO" export sparse.shrunk.h5 --h5ad shifts.h5ad
check shown sparse.shrunk.h5
if have anndata; then
  check exported sparse.shrunk.h5
else
  echo "not tested: what anndata reads, for $python has none"
fi
expect 0 'no q-values of shifts' "$DKO" screen data.csv --model dense.h5 "${way[@]}" -o no_q.h5
again "$(dirname "$0")/toward_again.py" without_q no_q.h5

# A knockout in one cell, and on average over the cells of A, as the screen has it.
explain() { "$DKO" explain sparse.h5 data.csv "${way[@]}" --knockout gene3,gene9 "$@"; }
expect 0 'shift -?[0-9.]+, approach -?[0-9.]+, shift-interaction' explain --json explained.json
check explained sparse.shrunk.h5 gene3 gene9
of_b=$(awk -F, '$2 == "type1" {print $1; exit}' data.cells.csv)
expect 3 "cell: cell $of_b is not in --from type=type0" explain --cell "$of_b"
expect 2 '--from needs --toward' "$DKO" explain sparse.h5 data.csv "${table[@]}" --from type=type0 --knockout gene3
expect 0 '^direction +[0-9.]+ ms +means of both ends' "$DKO" estimate data.csv --model sparse.h5 "${way[@]}" --nodes 1 --ranks-per-node 2 \
  --json with.json
"$DKO" estimate data.csv --model sparse.h5 --nodes 1 --ranks-per-node 2 --json without.json >/dev/null
check estimated with.json without.json

# Labels dealt at random to the same cells hardly ever give a q below 0.1; the types do.
check permuted data.cells.csv 8
for ((k = 0; k < 8; ++k)); do
  "$DKO" screen data.csv --model sparse.h5 --obs-file permuted.csv --from p$k=0 --toward p$k=1 -o permuted$k.h5 -q 2>/dev/null
done
check hits sparse.shrunk.h5 permuted[0-7].h5
# Nor do a few cells drawn at random: one, two or three cells do not tell how such cells vary. The test is SciPy's.
check few data.cells.csv 8
for size in 1 2 3; do
  for ((k = 0; k < 8; ++k)); do
    "$DKO" screen data.csv --model sparse.h5 --obs-file few.csv --from few$size$k=0 --toward few$size$k=1 -o few$size$k.h5 -q 2>/dev/null
  done
  check hits sparse.shrunk.h5 few$size[0-7].h5
  check sampling data.csv few.csv sparse.h5 few$size[0-7].h5
done

# Scores that are named: shift is among them in any case.
pairs=("$DKO" screen data.csv --model sparse.h5 --order 2 "${way[@]}")
expect 0 '--score: shift is stored as well, which --from is for' "${pairs[@]}" --score impact,network -o named.h5
"${pairs[@]}" --score impact,network,shift -o all_named.h5 -q 2>said.txt
grep -q 'stored as well' said.txt && { cat said.txt; fail "told though it was named"; }
same_screen named.h5 all_named.h5
expect 0 '^double_scores +impact, network, interaction, network-interaction, .*shift, shift-interaction$' "$DKO" info named.h5
expect 0 '' "${pairs[@]}" --score network --keep top:2 --keep-by shift -o kept_named.h5

# By the expression of a gene.
expect 0 'direction: from .* cells toward' "$DKO" screen data.csv --model sparse.h5 --from 'gene:gene3<=2' --toward 'gene:gene3>2' -o gene.h5
check gene data.csv gene.h5 gene3 2

# What makes no sense is refused, and leaves nothing.
screen() { "$DKO" screen data.csv --model sparse.h5 "$@" -o no.h5; }
of_a=$(awk -F, '$2 == "type0" {print $1; exit}' data.cells.csv)
expect 0 "warning: --knockout-cells: 1 of 2 cells not in --from type=type0, left out: $of_b\$" "$DKO" screen data.csv --model sparse.h5 "${way[@]}" \
  --knockout-cells "$of_a,$of_b" --order 1 -o named.h5 --force
expect 2 '--from needs --toward' screen "${table[@]}" --from type=type0
expect 2 'give both' screen "${table[@]}" --toward type=type0
expect 2 'give --from and --toward' screen --score shift
expect 2 'give --from and --toward' screen --order 2 --keep top:3 --keep-by shift
expect 2 'mutually exclusive|cannot be given' screen "${way[@]}" --toward-profile profile.csv
expect 3 'are the same cells' screen "${table[@]}" --from type=type0 --toward type=type0
expect 3 'no cell has the value' screen "${table[@]}" --from type=type7 --toward type=type0
expect 3 'none of the cells' screen "${table[@]}" --where type=type1 --from type=type0 --toward type=type1
expect 3 'no gene is called nothing' screen --from 'gene:nothing>1' --toward 'gene:gene3>2'
expect 2 'write gene:NAME>NUMBER' screen --from 'gene:gene3' --toward 'gene:gene3>2'
echo gene0,1 >one.csv
expect 3 'has no value of 39 of the 40 genes' screen "${table[@]}" --from type=type0 --toward-profile one.csv
printf 'gene0,1\ngene0,2\n' >twice.csv
expect 3 'twice.csv, line 2: gene0 is there twice' screen "${table[@]}" --from type=type0 --toward-profile twice.csv
awk -F, -v OFS=, '/^gene[12],/ {$2 = "1e308"} {print}' profile.csv >large.csv
expect 3 'large.csv: the values of the genes that are used are too large' screen "${table[@]}" --from type=type0 --toward-profile large.csv
printf 'gene0,-1\n' >negative.csv
expect 3 'line 1: value -1 is not' screen "${table[@]}" --from type=type0 --toward-profile negative.csv
check outside data.csv data.cells.csv >events.csv
expect 3 'is not in --from' screen "${way[@]}" --events events.csv
absent no.h5
expect 0 'in common' "$DKO" screen data.csv --model sparse.h5 "${table[@]}" --from 'type=type0|type1' --toward type=type1 -o overlap.h5
