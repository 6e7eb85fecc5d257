. "$(dirname "$0")/lib.sh"
# dko evaluate against real perturbations that switch genes on, or knock them down.
need h5py pandas scipy
"$python" "$DKO_SOURCE/tests/app/make_perturbed_kinds.py"
"$DKO" train controls.csv --mapping sparse -o model.h5 -q 2>log.txt
evaluate=("$DKO" evaluate controls.csv --model model.h5)
of() { echo --perturbed "$1.csv" --by target --control control --obs-file "$1.obs.csv"; }
# shellcheck disable=SC2046
{
  "${evaluate[@]}" $(of activated) --activate --json activated.json >activated.txt 2>log.txt
  "${evaluate[@]}" $(of knocked) --knockdown 0.3 --json knocked.json >knocked.txt 2>>log.txt
  # A knockdown to 0 is a knockout; nothing depends on the ranks.
  "${evaluate[@]}" $(of knocked) --knockdown 0 -q >none.txt
  "${evaluate[@]}" $(of knocked) -q >lost.txt
  on 3 "${evaluate[@]}" $(of activated) --activate -q >activated3.txt
  on 2 "${evaluate[@]}" $(of knocked) --knockdown 0.3 -q >knocked2.txt
}
same none.txt lost.txt
same activated.txt activated3.txt
same knocked.txt knocked2.txt
grep -q '^real activations (activated.csv): 4 targets' activated.txt || fail "activations are not called so"
grep -q '^real knockdowns to 0.3 (knocked.csv): 2 targets' knocked.txt || fail "knockdowns are not called so"
grep -q 'not compared: rescaling alone' activated.txt || fail "the method without meaning is not told"
grep -q 'g2: not visible, no cell expresses it: what switching it on does' activated.txt || fail "g2 is not said to be not visible"
grep -q 'of 4 targets the gene itself does not rise in the cells of 1, and these may not be activations: g4' activated.txt ||
  fail "g4, which does not rise, is not told"
! grep -q 'does not fall' knocked.txt || fail "a knockdown that falls is said not to"
grep -q "to switch on cannot be seen both with and without" log.txt || fail "no warning of what cannot be seen"
for text in activated knocked; do
  ! grep -qiwE 'nan|inf|loss|losses|lost' $text.txt || fail "$text.txt has words of losses, or a number that is none"
  grep -qE '^mapping, direct effects +finds it' $text.txt || fail "$text: the mapping does not find g0"
done

# A table of one.
awk -F, 'BEGIN {print "gene,log2fc,p"} {print $0}' >table.csv <<'TABLE'
g6,-0.9,0.001
g7,-1.1,0.001
g8,-0.7,0.001
g12,0.6,0.001
g13,0.5,0.001
g14,0.7,0.02
g30,0.05,0.5
g31,-0.02,0.6
g32,0.01,0.8
TABLE
table=(--real-knockout table.csv --gene g0)
expect 0 '^real activation of g0 \(table.csv\)' "${evaluate[@]}" "${table[@]}" --activate --json table.json
grep -q '^cells having it anyway' said.txt || fail "the contrast is not of an activation"
# By the original's mapping, in which every activation changes other genes.
"$DKO" train controls.csv -o dense.h5 -q --steps 300 2>>log.txt
expect 0 'among the activations of [0-9]* other genes.*Cells that express it anyway reach 0' \
  "$DKO" evaluate controls.csv --model dense.h5 "${table[@]}" --activate
expect 0 '^real knockdown to 0.5 of g0 \(table.csv\)' "${evaluate[@]}" "${table[@]}" --knockdown 0.5
expect 3 'every cell expresses g5: there is none in which' "${evaluate[@]}" "${table[@]/g0/g5}" --activate --where 'gene:g5>0'

# Refused with a way out.
expect 2 'give them by --perturbed or --real-knockout' "${evaluate[@]}" --truth none.csv --activate
expect 2 '--knockdown is of real perturbations, not of a truth: evaluate --truth by itself' \
  "${evaluate[@]}" "${table[@]}" --truth none.csv --knockdown 0.2
expect 2 'knockdown' "${evaluate[@]}" "${table[@]}" --knockdown 0.2 --activate

export PYTHONPATH=$DKO_SOURCE/scripts
"$python" "$DKO_SOURCE/tests/app/perturbed_kinds_again.py" activated model.h5 0
"$python" "$DKO_SOURCE/tests/app/perturbed_kinds_again.py" knocked model.h5 0.3
# What evaluate compares is what explain shows.
"$DKO" explain model.h5 controls.csv --activate g0 -o explained.csv -q >/dev/null
"$python" - <<'PYTHON' || fail "the table is compared with something else than explain shows"
import json
import pandas as pd
from scipy.stats import spearmanr

told = json.load(open("table.json"))["real_knockout"][0]
assert told["event"] == "activation" and told["cells"] == pd.read_csv("controls.csv", index_col=0).loc["g0"].eq(0).sum()
real = pd.read_csv("table.csv", index_col="gene")["log2fc"]
change = pd.read_csv("explained.csv", index_col="gene")["log2_ratio"].reindex(real.index)
assert abs(spearmanr(change, real)[0] - told["mapping"]["spearman"]) < 1e-6, told
PYTHON
