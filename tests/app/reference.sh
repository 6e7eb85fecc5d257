. "$(dirname "$0")/lib.sh"
# The script behind the manual's reference table, on networks small enough for a test.
have json || skip "there is no $python"
export ASAN_OPTIONS=detect_leaks=0
"$python" "$DKO_SOURCE/scripts/reference_table.py" --dko "$DKO" --sizes 20 --seeds 1 --ranks 1 --truth 60 --json table.json >table.md 2>log.txt
lines table.md 5
[ "$(grep -cE '^\| (Erdős–Rényi|scale-free, γ = (2.5|3)) \| 20 \| 0\.[0-9]{4} ' table.md)" = 3 ] || fail "not a row for each network"
! grep -q '–  *|' table.md || fail "a figure is missing"
grep -q '"dko double network AUPRC"' table.json || fail "no figures in the JSON"
