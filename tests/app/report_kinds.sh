. "$(dirname "$0")/lib.sh"
# The report of screens that switch genes on or knock them down: its words, numbers, arrows and commands are of these events.
need h5py pandas matplotlib scipy
export PYTHONPATH=$DKO_SOURCE/scripts:$DKO_SOURCE/tests/app PYTHONDONTWRITEBYTECODE=1 MPLBACKEND=Agg
preload dko.report.command dko.report.figures

"$DKO" simulate --genes 40 --cells 120 --types 3 --type-spread 1 --umi 3000 --seed 5 -o cells.h5ad -q
"$DKO" train cells.h5ad --mapping sparse -o sparse.h5 -q 2>/dev/null
"$DKO" train cells.h5ad --mapping sparse --levels -o levels.h5 -q 2>/dev/null
"$DKO" train cells.h5ad -o dense.h5 -q "${short[@]}" 2>/dev/null
"$DKO" effects sparse.h5 cells.h5ad -o effects.h5ad -q >/dev/null 2>&1
way=(--from type=type0 --toward type=type1)
screen() { "$DKO" screen cells.h5ad --model "$1.h5" -o "$2.h5" -q "${@:3}" 2>/dev/null; }
for kind in on down; do
  [ $kind = on ] && events=(--activate all) || events=(--knockdown 0.3)
  screen sparse $kind.single "${events[@]}"
  screen dense $kind.pairs "${events[@]}" --order 2 --score impact,network
  screen sparse $kind.kept "${events[@]}" --order 2 --keep top:20
  screen sparse $kind.summary "${events[@]}" --order 2 --keep summary
  screen sparse $kind.toward "${events[@]}" --order 2 --score impact,network,shift,approach "${way[@]}"
  screen levels $kind.levels "${events[@]}" "${way[@]}"
  screen dense $kind.dense "${events[@]}" --order 2 --score impact,shift "${way[@]}"
done
again "$(dirname "$0")/report_kinds_test.py" make_lists
screen sparse mixed --events mixed.csv
screen sparse mixed_and_all --events mixed.csv --order 2
screen sparse mixed_singles --events one.csv
again "$(dirname "$0")/report_kinds_test.py" check

# The commands on the pages run as they stand, and are of the events of the screen.
for kind in on down; do
  again "$(dirname "$0")/report_kinds_test.py" commands $kind.toward >commands.sh
  grep -E '^dko (summarize|explain)' commands.sh | sed "s|^dko|\"\$DKO\"|" >run.sh
  bash -e run.sh >said.txt 2>&1 || { cat run.sh said.txt; fail "a command of the page"; }
  [ $kind = on ] && words='^activation of gene' || words='^knockdown of gene[0-9]* to 0.3'
  [ "$(grep -c "$words" said.txt)" = "$(grep -c explain run.sh)" ] || { cat run.sh said.txt; fail "explain is of other events"; }
  for table in toward away genes; do [ -s $kind.toward.$table.csv ] || fail "no $kind.toward.$table.csv"; done
done
