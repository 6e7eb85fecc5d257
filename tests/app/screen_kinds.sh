. "$(dirname "$0")/lib.sh"
# Every kind of screen with every choice of scores, of both mappings and of ensembles: what summarize, top and export tell
# of it, the Python side tells too, by the same ranking; the report has a page of it, and its commands can be pasted.
need h5py matplotlib numpy pandas scipy
export PYTHONPATH=$DKO_SOURCE/scripts:$DKO_SOURCE/tests/app PYTHONDONTWRITEBYTECODE=1
"$DKO" simulate --genes 12 --cells 24 --seed 3 -o data.csv -q
"$DKO" train data.csv -o dense.h5 -q "${short[@]}"
"$DKO" simulate --genes 12 --cells 300 --seed 3 -o learned.csv -q  # of few cells no effect is certain enough to be kept
"$DKO" train learned.csv -o sparse.h5 --mapping sparse --ensemble 2 -q
preload dko.report.command dko.report.figures
again - <<'PYTHON'
import itertools
import pandas as pd
data = pd.read_csv("data.csv", index_col=0)
for order in (1, 2, 3):
    titles = ["gene"] if order == 1 else [f"gene{at + 1}" for at in range(order)]
    with open(f"events{order}.csv", "w") as file:
        print(*[f"{title}_name" for title in titles], "cell_name", sep=",", file=file)
        for cell in list(data)[:12]:
            genes = list(data.index[data[cell] > 0][:4])
            for lost in itertools.combinations(genes, order):
                print(*lost, cell, sep=",", file=file)
PYTHON
printf 'gene%d\n' 1 3 7 8 >some.txt

# make NAME OPTION...: a screen, and what the program tells of it.
make() {
  local name=$1
  shift
  "$DKO" screen data.csv --model "$model.h5" "${scores[@]}" "$@" -o "$name.h5" -q
  # Lists of single or triple knockouts have nothing over cells.
  "$DKO" summarize "$name.h5" -q --json "$name.summary.json" -n 1000000 >/dev/null 2>said.txt ||
    grep -q 'neither single nor double knockouts' said.txt || { cat said.txt; fail "summarize $name"; }
  "$DKO" top "$name.h5" -n 5 --json "$name.top.json" >/dev/null
}
for model in dense sparse; do
  for stored in impact network impact,network; do
    scores=(--score "$stored")
    by=${stored%,*} interactions=${stored%,*}-interaction
    [ "$by" != impact ] || interactions=interaction
    kind() { make "$1.$model.$stored" "${@:2}"; }
    kind single
    kind pairs --order 2
    kind sample --order 2 --sample 60
    kind summary --order 2 --keep summary
    kind top --order 2 --keep top:2 --keep-by "$by"
    kind top_interactions --order 2 --keep top:2 --keep-by "$interactions"
    kind threshold --order 2 --threshold 0.01 --keep-by "$by"
    for order in 1 2 3; do
      kind events$order --events events$order.csv
      kind events$order+single --events events$order.csv --order 1
      kind events$order+pairs --events events$order.csv --order 2
    done
    kind some_genes --order 2 --knockout-genes some.txt
    kind one_gene --order 1 --knockout-genes gene3
    kind some_cells --order 2 --knockout-cells cell3,cell4
  done
  # By default all scores of singles and the impact of pairs.
  scores=()
  kind default
  kind default_pairs --order 2
  kind default_summary --order 2 --keep summary
done

# One that was stopped and goes on is as any other; while it is not done, it is refused. As in signals.sh, the fifteenth write
# is amid the pairs.
"$DKO" simulate --genes 200 --cells 1000 --seed 3 -o many.csv -q
"$DKO" train many.csv -o many.h5 --steps 5 --batch 10 -q
hold write 15 stopped.h5.partial
start 1 "${held[@]}" "$DKO" screen many.csv --model many.h5 --order 2 -o stopped.h5 -q
until_held 0
kill -TERM $(ranks_of_job)
let_go
ended 60 5
again "$DKO_SOURCE/scripts/report.py" stopped.h5 -o no.html 2>said.txt && fail "a screen that is not there"
grep -q 'stopped.h5.partial is there: the job' said.txt || { cat said.txt; fail "does not tell of the unfinished screen"; }
again "$DKO_SOURCE/scripts/report.py" stopped.h5.partial -o no.html 2>said.txt && fail "an unfinished screen"
grep -q 'not finished: continue it by its command with --resume' said.txt || { cat said.txt; fail "does not tell to resume"; }
"$DKO" screen many.csv --model many.h5 --order 2 -o stopped.h5 -q --resume
"$DKO" summarize stopped.h5 -q --json stopped.summary.json -n 1000000 >/dev/null
"$DKO" top stopped.h5 -n 5 --json stopped.top.json >/dev/null

# The odd ones: a single cell, two genes, nothing that can be lost, a selection from elsewhere with names to quote.
scores=()
head -n 3 data.csv >two.csv
cut -d , -f 1,2 data.csv >cell.csv
mkdir 'a & b'
cp data.csv 'a & b/my data.csv'
"$DKO" run two.csv --order 2 --mapping sparse -o two.screen.h5 -q 2>said.txt || { cat said.txt; fail "two genes"; }
"$DKO" screen cell.csv --model dense.h5 --order 2 -o cell.screen.h5 -q 2>said.txt || { cat said.txt; fail "one cell"; }
cd 'a & b'
printf 'gene%d\n' 0 1 2 3 4 6 7 8 >'it'\''s mine.txt'
"$DKO" run 'my data.csv' --genes "it's mine.txt" --order 2 --mapping sparse --seed 7 -o screen.h5 --save-model model.h5 -q
cd ..
again "$(dirname "$0")/screen_kinds_test.py"
