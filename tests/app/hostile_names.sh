. "$(dirname "$0")/lib.sh"
# Names that a shell, a spreadsheet, a page, a terminal or a parser could take for something else: they come through
# train, screen and all that is made of a screen as they are, and do no harm on the way.
need h5py matplotlib numpy pandas scipy
export PYTHONPATH=$DKO_SOURCE/scripts PYTHONDONTWRITEBYTECODE=1
here=$(dirname "$0")

"$DKO" simulate --genes 24 --cells 30 --seed 3 -o hostile.h5ad -q
"$python" "$here/hostile_names.py" rename hostile.h5ad
said() { # said COMMAND...: what it says on both channels is added to said.log
  "$@" >>said.log 2>&1 || { cat said.log; fail "exit code $?: $*"; }
}
said "$DKO" train hostile.h5ad -o model.h5 --verbose "${short[@]}"
said "$DKO" screen hostile.h5ad --model model.h5 --order 2 -o screen.h5 --verbose --json screen.json
said "$DKO" export screen.h5 --single single.csv --double double.csv --names
said "$DKO" top screen.h5 -n 1000 --json top.json
said "$DKO" summarize screen.h5 --gene-table genes.csv --pair-table pairs.csv --json summary.json
said "$DKO" summarize screen.h5
said "$DKO" explain model.h5 hostile.h5ad --knockout 0 --cell 0 -o changes.csv --json changes.json
said "$DKO" info screen.h5 --json info.json
said "$python" "$DKO_SOURCE/scripts/report.py" screen.h5 -o report.html --model model.h5
"$python" "$here/hostile_names.py" check

# What errors quote of a name, a file or an option is shown, not obeyed.
escape=$'\e]0;owned\a\e[2J'
expect 3 'no gene named .*x1b' "$DKO" run hostile.h5ad --genes "$escape" -o out.h5
printf 'gene,a,b\n%s,1,2\ny,%s,4\n' "$escape" "$escape" >bad.csv
expect 3 'x1b\]0;owned.x07' "$DKO" run bad.csv -o out.h5
expect 3 'no such file' "$DKO" run "$escape.csv" -o out.h5
! LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]' said.txt || fail "control characters were written"
printf 'gene,a,b\ngr\xf6\xdfe,1,2\ny,3,4\n' >latin.csv
expect 3 'the name of gene 0 .*is not UTF-8' "$DKO" run latin.csv -o out.h5
absent out.h5

# A screen may come from elsewhere, and have bytes in it that are no text: JSON stays JSON.
"$python" "$here/hostile_names.py" spoil screen.h5
said "$DKO" top screen.h5 -n 1000 --json spoiled.json
"$python" -c 'import json; json.load(open("spoiled.json", encoding="utf-8"))'
! LC_ALL=C grep -q $'[\x01-\x08\x0b-\x1f\x7f]' said.log || fail "control characters were written"
