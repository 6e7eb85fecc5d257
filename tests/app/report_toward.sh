. "$(dirname "$0")/lib.sh"
# The report of a screen with a direction: who moves A toward B and away, the map of the cells, and what the input tells.
need anndata
export PYTHONPATH=$DKO_SOURCE/scripts:$DKO_SOURCE/tests/app PYTHONDONTWRITEBYTECODE=1 MPLBACKEND=Agg
preload anndata dko.report.command dko.report.figures
test=(again "$(dirname "$0")/report_toward_test.py")

"$DKO" simulate --genes 40 --cells 120 --types 3 --type-spread 1 --umi 3000 --seed 5 -o plain.h5ad -q
"${test[@]}" make_inputs
way=(--from type=type0 --toward type=type1)
both=(--score impact,network,shift,approach --order 2)
"$DKO" run cells.h5ad --layer counts --mapping sparse "${both[@]}" "${way[@]}" -o toward.h5 --save-model model.h5 -q 2>/dev/null
"$DKO" run cells.h5ad --layer counts --mapping sparse --base fitted "${way[@]}" -o fitted.h5 --save-model fitted_model.h5 -q 2>/dev/null
"$DKO" run cells.h5ad --layer counts "${way[@]}" -o dense.h5 --save-model dense_model.h5 -q "${short[@]}" 2>/dev/null
"$DKO" run cells.h5ad --layer counts --mapping sparse -o all.h5 -q 2>/dev/null
"$DKO" screen cells.h5ad --layer counts --model model.h5 --order 2 --keep summary --from type=type0 --toward-profile profile.csv \
  -o profile.h5 -q 2>/dev/null
for most in 5 10 20; do
  "$DKO" screen cells.h5ad --layer counts --model model.h5 --order 2 --score impact,network,shift --keep top:$most "${way[@]}" -o kept$most.h5 -q \
    2>/dev/null
done
printf 'first\t\tgene10\tgene11\tgene12\nsecond\t\tgene12\tgene13\n' >sets.gmt
"$DKO" effects model.h5 cells.h5ad --layer counts -o effects.h5ad --gene-sets sets.gmt --least-genes 2 -q >/dev/null
"${test[@]}" check

# The commands on the page run as they stand, and the page again has what it had.
cp toward.html before.html
"${test[@]}" commands toward.html >commands.sh
for words in 'summarize toward.h5 --by shift --lowest' 'explain model.h5 cells.h5ad --layer counts --from type=type0 --toward type=type1'; do
  grep -q -- "$words" commands.sh || { cat commands.sh; fail "no command '$words'"; }
done
grep -E '^dko (summarize|explain)' commands.sh | sed "s|^dko|\"\$DKO\"|" >run.sh
bash -e run.sh >/dev/null 2>&1 || { cat run.sh; fail "a command of the page"; }
for table in toward away; do [ -s toward.$table.csv ] || fail "no toward.$table.csv"; done

# A screen of shifts alone, and a list by an ensemble along a direction.
report() { "$python" "$DKO_SOURCE/scripts/report.py" "$@" || fail "no report of $1"; }
"$DKO" screen cells.h5ad --layer counts --model model.h5 --score shift "${way[@]}" -o shifts.h5 -q 2>/dev/null
# Exports hold them, and not the share, which is what they are compared with.
"$DKO" export shifts.h5 --single unasked.csv --h5ad shifts.h5ad
head -n 1 unasked.csv | grep -q ',shift$' || fail "exports of shifts alone have $(head -n 1 unasked.csv)"
"$python" -c 'import anndata
exported = anndata.read_h5ad("shifts.h5ad")
assert exported.uns["dko"]["X"] == "shift" and set(exported.layers) == {"share"}, exported
for row, gene in zip(exported.X.toarray(), exported.obs["strongest"]):
    assert not gene or row[exported.var_names.get_loc(gene)] == max(row[row != 0])' || fail "shifts as AnnData"
report shifts.h5 -o shifts.html
grep -q 'stores neither the impact' shifts.html || fail "does not say that there is no impact"
grep -q 'id="toward"' shifts.html || fail "no part of the direction"
"$DKO" train cells.h5ad --layer counts --mapping sparse --ensemble 2 -o two.h5 -q 2>/dev/null
"$DKO" export shifts.h5 --names --single singles.csv --score shift
awk -F, -v OFS=, 'NR <= 20 {print $1, $2}' singles.csv >events.csv  # reads all: what head left would end the writer
"$DKO" screen cells.h5ad --layer counts --model two.h5 --events events.csv "${way[@]}" -o listed.h5 -q 2>/dev/null
report listed.h5 -o listed.html
grep -q 'shift, sd of members' listed.html || fail "no sd of the shifts of a list"
"$DKO" screen cells.h5ad --layer counts --model two.h5 --events events.csv --score shift "${way[@]}" -o listed_shifts.h5 -q 2>/dev/null
report listed_shifts.h5 -o listed_shifts.html
again - <<'PYTHON'
import os
import re
import subprocess

import anndata
import dko
from dko.report.suggest import SWITCHES, Typed

cells = anndata.read_h5ad("cells.h5ad")
screen = dko.screen(cells, model="model.h5", layer="counts", from_="type=type0", toward="type=type1", score="shift")
assert cells.uns["dko"]["ranked_by"] == "shift", cells.uns["dko"]["ranked_by"]
assert cells.obs["dko_top_gene"].notna().any()

typed = Typed("dko run cells.h5ad --mapping sparse --levels --top-genes 500 --prior-signs -o s.h5")
assert typed.places == ["cells.h5ad"] and typed.value("--top-genes") == "500" and typed.value("--out") == "s.h5"
for command in ("run", "screen", "train", "predict"):  # every option without a value
    text = subprocess.run([os.environ["DKO"], command, "--help"], stdout=subprocess.PIPE, check=True).stdout.decode()
    flags = {name for name, value in re.findall(r"^  (?:-\w \[ )?(--[a-z-]+)(?: \])?( \S+)?(?=  |$| *$)", text, re.M) if not value}
    assert len(flags) > 4 and flags <= SWITCHES, flags - SWITCHES
PYTHON
