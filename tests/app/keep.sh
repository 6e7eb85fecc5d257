. "$(dirname "$0")/lib.sh"
# What is kept of all pairs: against a full screen, and the same bytes whatever the ranks and the memory.
need h5py numpy
export PYTHONPATH=$DKO_SOURCE/scripts PYTHONDONTWRITEBYTECODE=1
preload dko.screen_file h5py numpy
check() { again "$(dirname "$0")/check_kept.py" "$@" || fail "$*"; }

make_data
"$DKO" run data.csv --order 2 --score impact,network -o full.h5 --save-model model.h5 -q "${short[@]}"
keep() {
  local ranks=$1 out=$2
  shift 2
  on "$ranks" "$DKO" screen data.csv --model model.h5 --order 2 --score impact,network -q -o "$out" "$@"
}

# The best of every cell, either way, by each measure.
for by in impact network interaction network-interaction; do
  keep 1 top_$by.h5 --keep top:5 --keep-by $by
  keep 3 top3_$by.h5 --keep top:5 --keep-by $by
  check same top_$by.h5 top3_$by.h5
  check top full.h5 top_$by.h5 5 $by
done
expect 0 'keep +top:5$' "$DKO" info top_network.h5
expect 0 'keep_by +network$' "$DKO" info top_network.h5
# The highest of all are the highest of those kept.
of() { "$DKO" top "$1" --of "$2" --score "$3" -n 5 | grep -E '^[0-9]' >$4; }
for by in network interaction; do
  of full.h5 double $by all.txt
  of top_$by.h5 list $by kept.txt
  lines all.txt 5
  same all.txt kept.txt
done
expect 0 'only the double knockouts that were kept \(top:5 by network\)' "$DKO" top top_network.h5
expect 0 'not means over all cells, and are biased' "$DKO" summarize top_network.h5
"$DKO" export top_impact.h5 --list kept.csv
"$DKO" export full.h5 --double all.csv
[ "$(sort all.csv kept.csv | uniq -d | wc -l)" = "$(wc -l <kept.csv)" ] || fail "an exported pair has another score"
# One cell, which ranks share.
on 3 "$DKO" screen data.csv --model model.h5 --order 2 --knockout-cells 7 --keep top:4 -o cell3.h5 -q
"$DKO" screen data.csv --model model.h5 --order 2 --knockout-cells 7 --keep top:4 -o cell.h5 -q
check same cell.h5 cell3.h5
expect 0 'listed_knockouts +8$' "$DKO" info cell.h5

# Those above a threshold, and those that are both.
for ranks in 1 3; do
  keep $ranks above$ranks.h5 --threshold 0.1
  keep $ranks either$ranks.h5 --threshold 0.003 --keep-by interaction
  keep $ranks both$ranks.h5 --threshold 0.1 --keep top:20
  keep $ranks none$ranks.h5 --threshold 100
done
for kind in above either both none; do check same ${kind}1.h5 ${kind}3.h5; done
check above full.h5 above1.h5 0.1 impact
check above full.h5 either1.h5 0.003 interaction
check both full.h5 both1.h5 0.1 20 impact
expect 0 'keep +top:20,threshold:0.1$' "$DKO" info both1.h5
expect 0 'listed_knockouts +0$' "$DKO" info none1.h5
expect 0 'no listed knockouts' "$DKO" top none1.h5
expect 0 'pairs over cells, the 0 of 0' "$DKO" summarize none1.h5
"$DKO" export none1.h5 --list none.csv
lines none.csv 1
# What selects is scored whether it is stored by default or not; nothing else changes.
"$DKO" screen data.csv --model model.h5 --order 2 --keep top:3 --keep-by network -o scored.h5 -q
expect 0 'list_scores +impact, network, interaction' "$DKO" info scored.h5
check top full.h5 scored.h5 3 network

# What pairs come to over cells.
keep 1 sums.h5 --keep summary
keep 3 sums3.h5 --keep summary
keep 2 little.h5 --keep summary --memory 0.00002
check same sums.h5 sums3.h5
check same sums.h5 little.h5
"$DKO" summarize full.h5 --pair-table full.csv --gene-table full_genes.csv -q >/dev/null
"$DKO" summarize sums.h5 --pair-table sums.csv --gene-table sums_genes.csv -q >/dev/null
on 3 "$DKO" summarize sums.h5 --pair-table sums3.csv -q >/dev/null
"$DKO" summarize sums.h5 --pair-table few.csv -n 7 --memory 0.00016 -q >/dev/null
check tables full.csv sums.csv
same full_genes.csv sums_genes.csv
same sums.csv sums3.csv
same few.csv <(head -n 8 sums.csv)
check summary full.h5 sums.h5
expect 2 'sums.h5: its single knockouts have no interaction scores; .* dko summarize sums.h5 ranks them' "$DKO" top sums.h5 --score interaction
expect 2 'give it more, or keep fewer: -n [0-9]+ fits' "$DKO" summarize sums.h5 --pair-table x.csv --memory 0.00016
expect 0 'keep +summary$' "$DKO" info sums.h5
expect 0 'summary_scores +impact, network, interaction, network-interaction$' "$DKO" info sums.h5
expect 0 'dko summarize sums.h5 ranks them' "$DKO" top sums.h5
expect 2 'dko summarize sums.h5 ranks them' "$DKO" top sums.h5 --of double
expect 2 'a summary over cells.*dko summarize' "$DKO" export sums.h5 --double x.csv
# Of an ensemble, of one score, in one job with the training.
"$DKO" run data.csv --ensemble 2 --order 2 --keep summary -o ensemble.h5 --save-model two.h5 -q "${short[@]}"
"$DKO" screen data.csv --model two.h5 --order 2 -o two_full.h5 -q
for screen in ensemble two_full; do "$DKO" summarize $screen.h5 --pair-table $screen.csv -q >/dev/null; done
check tables two_full.csv ensemble.csv
on 2 "$DKO" run data.csv --ensemble 2 --order 2 --keep top:2 -o ensemble_top.h5 -q "${short[@]}"
expect 0 'list_scores +impact, impact-sd' "$DKO" info ensemble_top.h5

# What makes no sense.
for bad in top:0 top:-1 top:x top: top:1.5 some; do
  expect 2 '--keep .*must be' "$DKO" run data.csv --order 2 --keep $bad -o x.h5
done
expect 2 '--keep is of double knockouts: give --order 2' "$DKO" run data.csv --keep top:5 -o x.h5
expect 2 '--threshold is of double knockouts: give --order 2' "$DKO" run data.csv --threshold 1 -o x.h5
expect 2 'not with --sample' "$DKO" run data.csv --order 2 --sample 5 --keep top:5 -o x.h5
expect 2 'not with --sample or --events' "$DKO" run data.csv --order 2 --events e.csv --threshold 1 -o x.h5
expect 2 '--keep summary is of all' "$DKO" run data.csv --order 2 --keep summary --threshold 1 -o x.h5
expect 2 '--keep-by says what' "$DKO" run data.csv --order 2 --keep-by network -o x.h5
expect 2 '--keep-by must be one of' "$DKO" run data.csv --order 2 --keep top:1 --keep-by share -o x.h5
expect 2 '--keep-by must be one of' "$DKO" run data.csv --order 2 --keep top:1 --keep-by impact,network -o x.h5
expect 2 '--keep selects by network, which --score leaves out: give --keep-by impact, or --score impact,network' "$DKO" run data.csv --order 2 --keep top:1 --keep-by network --score impact -o x.h5
expect 2 '--threshold selects by impact, which --score leaves out: give --keep-by network, or' "$DKO" run data.csv --order 2 --threshold 1 --score network -o x.h5
expect 2 '--threshold must be between' "$DKO" run data.csv --order 2 --threshold nan -o x.h5
expect 2 '--memory is for' "$DKO" run data.csv --order 2 --memory 1 -o x.h5
expect 2 'needs .* of memory on each rank' "$DKO" screen data.csv --model model.h5 --order 2 --keep summary --memory 0.000001 -o x.h5
expect 2 'needs .* of memory on each rank, and --memory allows' "$DKO" screen data.csv --model model.h5 --order 2 --keep top:50 --memory 0.00002 -o x.h5
expect 1 'about --threshold [0-9.e-]+ would fit' "$DKO" screen data.csv --model model.h5 --order 2 --threshold 0 --memory 0.00002 -o x.h5
expect 1 'about --threshold [0-9.e-]+ would fit' on 2 "$DKO" screen data.csv --model model.h5 --order 2 --threshold 0 --memory 0.00002 -o x2.h5
rm x.h5.partial x2.h5.partial  # with more memory they could be resumed
expect 4 'no_such' "$DKO" run data.csv --order 2 --keep summary -o no_such/x.h5
expect 2 'exists' "$DKO" screen data.csv --model model.h5 --order 2 --keep top:5 -o sums.h5
# A quota that is met only when the kept pairs are written; what was scored is kept for --resume.
"$DKO" screen data.csv --model model.h5 --order 2 --threshold 0 -o at_once.h5 -q
quota=$(($(stat -c %s at_once.h5) / 1024 - 2))
expect 4 '(writing failed|cannot be).*--resume goes on' bash -c "trap '' XFSZ; ulimit -f $quota; exec \"\$0\" \"\$@\"" \
  "$DKO" screen data.csv --model model.h5 --order 2 --threshold 0 -o big.h5
absent x.h5 x.csv
expect 0 'big.h5.partial: resuming' "$DKO" screen data.csv --model model.h5 --order 2 --threshold 0 -o big.h5 --resume
check same big.h5 at_once.h5

# Too little space: what would fit is said.
"$DKO" simulate --genes 300 --cells 100 --seed 4 -o wide.csv -q
mkdir full
if mount -t tmpfs -o size=9m tmpfs full 2>/dev/null; then
  trap 'umount full' EXIT
  expect 4 'need .* are free in full; what would fit: --keep summary needs .*, --keep top:1000 needs .*, --sample [0-9]+0000 needs' \
    "$DKO" run wide.csv -o full/out.h5 --order 2 --checkpoint none "${short[@]}"
  absent full/out.h5
  "$DKO" run wide.csv -o full/out.h5 --order 2 --keep summary --checkpoint none -q "${short[@]}"
else
  echo "part SKIPPED: no small file system can be mounted here"
fi
