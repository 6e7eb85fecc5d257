. "$(dirname "$0")/lib.sh"
need h5py pandas scipy sklearn
"$python" "$DKO_SOURCE/tests/app/make_perturbed.py"
"$DKO" train controls.csv --mapping sparse -o model.h5 -q 2>log.txt
of=(--perturbed perturbed.csv --by target --control control --obs-file obs.csv)
"$DKO" evaluate controls.csv --model model.h5 "${of[@]}" --json found.json >found.txt 2>log.txt
grep -q 'warning: perturbed.csv: 1 label left out, which name no gene of the model: other' log.txt || fail "no warning of labels"
grep -q 'warning: perturbed.csv: 1 target left out, with fewer than 10 cells: g1' log.txt || fail "no warning of few cells"
grep -q 'left out: 1 cell without a label' found.txt || fail "the cell without a label is not told"
grep -q 'g3: nothing to find: 0 of' found.txt || fail "something was found in a perturbation that does nothing"
grep -q 'g2: not visible, all cells express it' found.txt || fail "g2 is not said to be not visible"
grep -qE '^mapping, direct effects +finds it' found.txt || fail "the mapping does not find g0"
! grep -qiwE 'nan|inf' found.txt found.json || fail "a number that is none is in the report"
# Nothing depends on the ranks.
on 3 "$DKO" evaluate controls.csv --model model.h5 "${of[@]}" -q >found3.txt
same found.txt found3.txt
# The same cells chosen from the perturbed ones, by the same table.
"$DKO" evaluate perturbed.csv --where target=control --model model.h5 "${of[@]}" -q >chosen.txt
same found.txt chosen.txt

evaluate=("$DKO" evaluate controls.csv --model model.h5)
expect 2 'go together' "${evaluate[@]}" --perturbed perturbed.csv --by target
expect 2 'go together' "${evaluate[@]}" --by target --control control
expect 2 'give --model' "$DKO" evaluate controls.csv "${of[@]}"
expect 2 '--obs-file is for --where and --by' "$DKO" evaluate controls.csv --prediction found.json --obs-file obs.csv
expect 2 'and for the covariates of a model; model.h5 has none' "${evaluate[@]}" --truth none.csv --obs-file obs.csv
expect 3 'give a table of them by --obs-file' "${evaluate[@]}" --perturbed perturbed.csv --by target --control control
expect 3 'no cell has this label in column target; its labels: control, g0' "${evaluate[@]}" --perturbed perturbed.csv --obs-file obs.csv --by target --control NT
expect 3 'obs.csv: has no column guide; its columns: target' "${evaluate[@]}" --perturbed perturbed.csv --obs-file obs.csv --by guide --control control
head -n 126 perturbed.csv >fewer.csv; fewer=(--perturbed fewer.csv --obs-file obs.csv --by target --control control)
expect 3 'lacks 5 of the 130 genes of model.h5' "${evaluate[@]}" "${fewer[@]}"

PYTHONPATH=$DKO_SOURCE/scripts "$python" "$DKO_SOURCE/tests/app/perturbed_again.py"
