. "$(dirname "$0")/lib.sh"
# The report is one page that loads nothing, of whatever kind of screen, and says so where it cannot be made.
need h5py matplotlib numpy pandas scipy
export PYTHONPATH=$DKO_SOURCE/scripts:$DKO_SOURCE/tests/app PYTHONDONTWRITEBYTECODE=1
preload dko.report.command dko.report.figures
report=(again "$DKO_SOURCE/scripts/report.py")

"$DKO" simulate --genes 14 --cells 60 --seed 3 -o data.csv -q
# Names that a page or a picture could mistake for something else.
again - <<'PYTHON'
names = ['<script>alert("x")</script>', r"$\frac{1}{0}$", "a,b", 'say "hi"', "&amp;", "</td>", "x" * 200, "基因", "$_^", "%s{}"]
with open("data.csv") as data, open("hostile.csv", "w") as hostile:
    for at, line in enumerate(data):
        name, _, values = line.partition(",")
        if 1 <= at <= len(names):
            name = '"' + names[at - 1].replace('"', '""') + '"'
        hostile.write(f"{name},{values}")
PYTHON
"$DKO" run hostile.csv --order 2 --score impact,network -o hostile.h5 --save-model model.h5 -q "${short[@]}"
"$DKO" run data.csv --order 2 --sample 200 --mapping sparse --ensemble 2 -o sampled.h5 --save-model members.h5 -q
"$DKO" predict data.csv --mapping sparse -o prediction.h5 -q >/dev/null
printf 'gene1_id,gene2_id,cell_id\n%s\n' "$("$DKO" export sampled.h5 --list list.csv && awk -F, 'NR > 1 && NR < 4 {print $1 "," $2 "," $3}' list.csv)" >events.csv
"$DKO" run data.csv --events events.csv -o list.h5 -q "${short[@]}"
# One gene that all cells express, and one that all but two do.
awk -F, -v OFS=, 'NR == 2 || NR == 3 {for (k = 2; k <= NF; ++k) $k = NR == 3 && k < 4 ? 0 : $k > 0 ? $k : 1} {print}' data.csv >hidden.csv
"$DKO" run hidden.csv --order 2 --score impact,network -o hidden.h5 -q "${short[@]}"
"$DKO" run hidden.csv --mapping sparse --score impact,network -o sparse.h5 -q
"$DKO" simulate --genes 14 --cells 60 --types 3 --seed 5 -o types.h5ad -q
"$DKO" run types.h5ad --mapping sparse --score impact,network -o types.h5 -q
# What each loss does: of hostile names, and of genes of which some are not visible.
printf 'first\t\tgene10\tgene11\tgene12\n</td>&\t\tgene12\tgene13\n' >sets.gmt
"$DKO" effects model.h5 hostile.csv -o hostile.h5ad --gene-sets sets.gmt --least-genes 2 -q >/dev/null
"$DKO" train hidden.csv --mapping sparse -o hidden_model.h5 -q
"$DKO" effects hidden_model.h5 hidden.csv -o hidden.h5ad -q >/dev/null
head -n 3 data.csv >two.csv
"$DKO" run two.csv --order 2 -o two.h5 -q "${short[@]}"

# As an earlier dko wrote them, without shares, training and quality.
again - <<'PYTHON'
import h5py
for name, parts in (("sampled", ["training", "quality", "single/share"]), ("list", ["quality", "visibility"])):
    with h5py.File(f"{name}.h5", "a") as file:
        for part in (*parts, "cells/n_genes"):
            del file[part]
PYTHON
"${report[@]}" hostile.h5 -o hostile.html --model model.h5 --figures figures
# The others, and what must be refused, in one process: importing is most of the time.
cp hostile.html before.html
head -c 30000 hostile.h5 >cut.h5
again "$(dirname "$0")/report_test.py"
same hostile.html before.html
absent new.html hostile.html.partial
for figure in quality losses genes share distribution pairs heat_map; do
  head -c 4 figures/$figure.png | grep -q PNG || fail "figures/$figure.png is no PNG"
  head -c 4 figures/$figure.pdf | grep -q '%PDF' || fail "figures/$figure.pdf is no PDF"
done
expect 2 'hostile.html exists: .*--force' "${report[@]}" hostile.h5 -o hostile.html
[ "$(wc -l <said.txt)" = 1 ] || { cat said.txt; fail "more than a line"; }
"${report[@]}" list.h5 -o hostile.html --figures figures --force
absent figures/quality.png figures/quality.pdf  # the list has no such figures: an older one would pass for its own
! cmp -s hostile.html before.html || fail "--force did not replace"
