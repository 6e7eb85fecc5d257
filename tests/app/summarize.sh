. "$(dirname "$0")/lib.sh"
# Tables over cells, against sums over the exported scores; the same bytes whatever the ranks and the memory.
make_data
"$DKO" run data.csv --order 2 --score impact,network -o full.h5 --save-model model.h5 -q "${short[@]}"
"$DKO" summarize full.h5 --gene-table g.csv --pair-table p.csv --json s.json -q >shown.txt
head -n 1 g.csv | grep -qE '^rank,gene,id,cells,impact_mean,impact_sd,network_mean,network_sd(,share_mean,share_sd)?,cells_without,information,not_visible$' || fail "columns of genes: $(head -n 1 g.csv)"
head -n 1 p.csv | grep -qx 'rank,gene1,gene2,cells,impact_mean,impact_sd,network_mean,network_sd,interaction_mean,interaction_sd,same_sign,network_interaction_mean,network_interaction_sd,network_same_sign,not_visible' || fail "columns of pairs: $(head -n 1 p.csv)"
grep -q '^genes over cells, the 10 of [0-9]* with the highest mean impact$' shown.txt || { cat shown.txt; fail "title of genes"; }
grep -q '^pairs over cells, the 10 of [0-9]* with the largest mean network-interaction$' shown.txt || fail "title of pairs"
[ "$(wc -l <shown.txt)" = 26 ] || fail "not 10 genes and 10 pairs were shown"
grep -q '"interaction_mean"' s.json || fail "no means in the JSON"

# Two passes over the exports.
"$DKO" export full.h5 --single s.csv --double d.csv --names --score impact,network,interaction,network-interaction
cat >check.awk <<'AWK'
function near(a, b) { return (a - b) ^ 2 <= 1e-14 + 1e-12 * b * b }
function check(name, m, mean, sd,    v, squares, k, cells) {
  cells = count[name]
  if (!near(mean, sum[name, m] / cells)) { print "mean of", name, m, mean, sum[name, m] / cells; exit 1 }
  for (k = 1; k <= cells; ++k) squares += (value[name, m, k] - sum[name, m] / cells) ^ 2
  if (cells < 2 ? sd != "" : !near(sd, sqrt(squares / (cells - 1)))) { print "sd of", name, m, sd; exit 1 }
}
function same(name, m,    k, agree) {
  for (k = 1; k <= count[name]; ++k) agree += value[name, m, k] * sum[name, m] > 0
  return agree / count[name]
}
FNR == 1 { next }
NR == FNR {
  name = order == 1 ? $1 : $1 "," $2
  ++count[name]
  for (m = 1; m <= measures; ++m) { sum[name, m] += $(order + 1 + m); value[name, m, count[name]] = $(order + 1 + m) }
  next
}
{
  name = order == 1 ? $2 : $2 "," $3
  ++rows
  if ($1 != rows || $4 != count[name]) { print "rank or cells of", name; exit 1 }
  if (order == 1) { check(name, 1, $5, $6); check(name, 2, $7, $8); key = $5 }
  else {
    check(name, 1, $5, $6); check(name, 2, $7, $8); check(name, 3, $9, $10); check(name, 4, $12, $13)
    if (!near($11, same(name, 3)) || !near($14, same(name, 4))) { print "same sign of", name; exit 1 }
    key = $12 < 0 ? -$12 : $12
  }
  if (rows > 1 && key > before) { print "order at", name; exit 1 }
  before = key
}
END { if (rows != length(count)) { print rows, "rows of", length(count); exit 1 } }
AWK
awk -F, -v order=1 -v measures=2 -f check.awk s.csv g.csv || fail "genes"
awk -F, -v order=2 -v measures=4 -f check.awk d.csv p.csv || fail "pairs"

# Without genes and pairs of few cells: here about half of the pairs.
few=$(tail -n +2 p.csv | cut -d, -f4 | sort -n | awk '{cells[NR] = $1} END {print cells[int(NR / 2)] + 1}')
for ranks in 1 2; do
  on $ranks "$DKO" summarize full.h5 --min-cells $few --gene-table gm.csv --pair-table pm.csv -q --force >few.txt
  for table in g p; do
    awk -F, -v few=$few 'NR == 1 || $4 >= few {if (NR > 1) $1 = ++rank; print}' OFS=, $table.csv >expected.csv
    same ${table}m.csv expected.csv
  done
  left=$(awk -F, -v few=$few 'NR > 1 && $4 < few {++n} END {print n + 0}' p.csv)
  [ "$left" -gt 10 ] || fail "no pair has few cells"
  grep -q "^$left pairs of fewer than $few cells left out by --min-cells$" few.txt || { cat few.txt; fail "does not say what is left out"; }
done
rm gm.csv pm.csv

# The same on other ranks, in as little memory as goes, and only the first.
for ranks in 2 3 4; do
  on $ranks "$DKO" summarize full.h5 --gene-table g$ranks.csv --pair-table p$ranks.csv -q >shown$ranks.txt
  same g.csv g$ranks.csv
  same p.csv p$ranks.csv
  same shown.txt shown$ranks.txt
done
for memory in 0.0003 0.001; do
  on 2 "$DKO" summarize full.h5 --pair-table little.csv -q --memory $memory --force >/dev/null
  same p.csv little.csv
done
on 2 "$DKO" summarize full.h5 --gene-table gn.csv --pair-table pn.csv -n 7 -q >few.txt
same gn.csv <(head -n 8 g.csv)
same pn.csv <(head -n 8 p.csv)
[ "$(wc -l <few.txt)" = 20 ] || fail "not 7 genes and 7 pairs were shown"
expect 2 '--memory: the summary of up to [0-9]+ pairs needs .* give it more, or keep fewer: -n [0-9]+ fits' "$DKO" summarize full.h5 --pair-table x.csv --memory 0.00018
fits=$(sed -n 's/.*-n \([0-9]*\) fits.*/\1/p' said.txt)
"$DKO" summarize full.h5 --pair-table fits.csv --memory 0.00018 -n "$fits" -q >/dev/null
same fits.csv <(head -n $((fits + 1)) p.csv)

# Ranked by another measure.
"$DKO" summarize full.h5 --by network --gene-table gb.csv --pair-table pb.csv -q >/dev/null
same <(sort -t, -k7,7gr -s <(tail -n +2 gb.csv)) <(tail -n +2 gb.csv)
same <(sort -t, -k7,7gr -s <(tail -n +2 pb.csv)) <(tail -n +2 pb.csv)
same <(tail -n +2 p.csv | cut -d, -f2- | sort) <(tail -n +2 pb.csv | cut -d, -f2- | sort)

# Other screens: of singles alone, of a sample, of one score, of an ensemble.
"$DKO" screen data.csv --model model.h5 -o single.h5 -q
"$DKO" summarize single.h5 -q >single.txt
! grep -q '^pairs' single.txt || fail "pairs of single knockouts"
expect 2 'has no double knockouts: screen with --order 2' "$DKO" summarize single.h5 --pair-table x.csv
expect 2 'no network-interaction of its single knockouts' "$DKO" summarize single.h5 --by network-interaction
"$DKO" screen data.csv --model model.h5 --order 2 --sample 300 -o sample.h5 -q
on 2 "$DKO" summarize sample.h5 --pair-table ps.csv -q >/dev/null
"$DKO" export sample.h5 --list l.csv --names --score impact,network,interaction,network-interaction
awk -F, -v order=2 -v measures=4 -f check.awk l.csv ps.csv || fail "sampled pairs"
"$DKO" screen data.csv --model model.h5 --score network -o network.h5 -q
expect 0 'with the highest mean network$' "$DKO" summarize network.h5
expect 2 'no impact of its single knockouts' "$DKO" summarize network.h5 --by impact
"$DKO" run data.csv --ensemble 2 --order 2 -o ensemble.h5 -q "${short[@]}"
"$DKO" summarize ensemble.h5 --gene-table ge.csv -q >/dev/null
head -n 1 ge.csv | grep -q '^rank,gene,id,cells,impact_mean,impact_sd,impact_sd_mean,network_mean,network_sd,network_sd_mean' || fail "columns of an ensemble: $(head -n 1 ge.csv)"
printf 'gene1_index,gene2_index,gene3_index,cell_index\n%s\n' "$(awk -F, 'NR > 1 && $2 > 0 {printf "%s%d", sep, NR - 2; sep = ","; if (++n == 3) exit}' data.csv),0" >three.csv
"$DKO" screen data.csv --model model.h5 --events three.csv -o three.h5 -q
expect 2 'neither single nor double knockouts' "$DKO" summarize three.h5
expect 2 '--gene-table: three.h5 has no single knockouts' "$DKO" summarize three.h5 --gene-table x.csv

expect 2 "--by knows impact.*, not 'size'" "$DKO" summarize full.h5 --by size
expect 2 'give exactly one score to rank by' "$DKO" summarize full.h5 --by impact,network
expect 2 '-n must be between' "$DKO" summarize full.h5 -n 0
expect 2 '--memory must be between' "$DKO" summarize full.h5 --memory 0
expect 2 'are the same file' "$DKO" summarize full.h5 --gene-table x.csv --pair-table x.csv
expect 2 'exists' on 2 "$DKO" summarize full.h5 --gene-table g.csv
[ "$(grep -c 'dko: error' said.txt)" = 1 ] || { cat said.txt; fail "two ranks gave more than one message"; }
expect 3 'no such file' on 2 "$DKO" summarize missing.h5
expect 3 'not a dko screen' "$DKO" summarize model.h5
expect 4 'no_such' "$DKO" summarize full.h5 --pair-table no_such/x.csv
absent x.csv
