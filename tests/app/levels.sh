. "$(dirname "$0")/lib.sh"
# Genes that nearly all cells express enter the sparse mapping by their level: in every command, the same for any number of ranks.
checksum() { "$DKO" info "$1" | grep '^model_checksum'; }
"$DKO" simulate --genes 40 --cells 120 --seed 5 --kinetics multiplicative --acyclic --strength 4 --always-on 0.5 --rate-noise 0.3 -o data.csv -q
"$DKO" train data.csv --mapping sparse -o without.h5 -q
"$DKO" train data.csv --mapping sparse --levels -o model.h5 2>log.txt
grep -Eq '[1-9][0-9]* of [0-9]+ genes that presence does not show entered by their level; [1-9][0-9]* of them have effects' log.txt ||
  { cat log.txt; fail "the log does not tell of the levels"; }
expect 0 'genes_by_level +[1-9]' "$DKO" info model.h5
expect 0 '' "$DKO" info --verify model.h5
[ "$(checksum model.h5)" != "$(checksum without.h5)" ] || fail "levels change nothing"

# Fewer genes are told to be not visible.
hidden() { "$DKO" summarize "$1" -n 40 | grep -c 'cells express it' || true; }
"$DKO" screen data.csv --model model.h5 --order 2 --score impact,network -o screen.h5 -q
"$DKO" screen data.csv --model without.h5 --order 2 --score impact,network -o without_screen.h5 -q
[ "$(hidden screen.h5)" -lt "$(hidden without_screen.h5)" ] || fail "no gene is seen by its level"
scores() { "$DKO" export "$1" --single "$2.single.csv" --double "$2.double.csv" --score impact,network --force; }
scores screen.h5 one
for ranks in 2 3; do
  on $ranks "$DKO" run data.csv --mapping sparse --levels --order 2 --score impact,network -o n.h5 -q --force
  scores n.h5 n
  same one.single.csv n.single.csv
  same one.double.csv n.double.csv
  on $ranks "$DKO" explain model.h5 data.csv -k gene3 -o e$ranks.csv -q >/dev/null
  same e2.csv e$ranks.csv
done
# Members of an ensemble, alone or together.
"$DKO" train data.csv --mapping sparse --levels --ensemble 2 -o several.h5 -q
for member in 0 1; do "$DKO" train data.csv --mapping sparse --levels --ensemble 2 --member $member -o m$member.h5 -q; done
"$DKO" ensemble m0.h5 m1.h5 -o joined.h5 -q
[ "$(checksum joined.h5)" = "$(checksum several.h5)" ] || fail "members alone are others"
"$DKO" predict data.csv --mapping sparse --levels -o prediction.h5 -q

# A job goes on only with a model of the same kind.
"$DKO" run data.csv --mapping sparse --levels -o again.h5 --save-model kept.h5 -q
rm again.h5
expect 3 'kept.h5: is another model: --levels was given and is not given now' "$DKO" run data.csv --mapping sparse -o again.h5 --save-model kept.h5 --resume
expect 0 '' "$DKO" run data.csv --mapping sparse --levels -o again.h5 --save-model kept.h5 --resume

# Python computes the same from the model and the screen's observed shares.
if have h5py scipy pandas; then
  "$DKO" explain model.h5 data.csv -k gene3 -o e.csv -q >/dev/null
  PYTHONPATH=$DKO_SOURCE/scripts "$python" - <<'PYTHON'
import dko
import numpy as np
import pandas as pd
program = pd.read_csv("e.csv").set_index("gene")
with dko.open_screen("screen.h5") as screen, dko.open_model("model.h5") as model:
    assert model.has_levels
    table = screen.explain(model, "gene3").set_index("gene").loc[program.index]
    assert table.attrs["cells"] > 0
    for column in ("share_before", "share_after", "network_change"):
        assert np.allclose(table[column], program[column], atol=1e-7), column
    visible, by_level = model.visibility["visible"], model.visibility["by_level"]
    assert by_level.any() and visible[by_level].all() and (model.visibility["information"][by_level] < 5).all()
    assert (model.visibility["why"][visible] == "").all() and visible.sum() > (model.visibility["information"] >= 5).sum()
PYTHON
else
  echo "$python has not h5py, SciPy and pandas: Python is not tried"
fi

# A report tells which genes are visible by their level alone.
if have h5py pandas matplotlib scipy; then
  "$python" "$DKO_SOURCE/scripts/report.py" screen.h5 -o page.html --force
  grep -Eq 'Of [1-9][0-9]* genes? that nearly all cells express, it learns from how much the cells express' page.html ||
    fail "the report does not tell which genes are seen by their level"
fi

# The loss of a gene that enters by its level was never seen either.
by_level=$("$DKO" summarize screen.h5 --by network -n 40 | awk '$1 ~ /^[0-9]+$/ && $2 ~ /^gene/ && $0 !~ /express it/ {print $2}' | tr '\n' ' ')
warned=0
for gene in $by_level; do
  "$DKO" explain model.h5 data.csv -k $gene >said.txt 2>&1
  ! grep -q "the loss of 1 of 1 gene to knock out was never seen in the data, only its level: .*: $gene (.*express it)" said.txt || warned=$((warned + 1))
done
[ "$warned" -gt 0 ] || { cat said.txt; fail "nobody is told that a loss was never seen"; }

expect 2 '--levels applies only to --mapping sparse' "$DKO" train data.csv --levels -o x.h5
expect 2 '--levels applies only to --mapping sparse' on 2 "$DKO" run data.csv --levels -o x.h5
absent x.h5
