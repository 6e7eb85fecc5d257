# What the command tests share. $DKO is the program; the current directory is the test's own and empty.
set -euo pipefail

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# expect CODE WORDS COMMAND...: the command must end with this exit code and say these words (an extended
# regular expression; output and errors together). What it said stays in said.txt.
expect() {
  local code=$1 words=$2 actual=0
  shift 2
  "$@" >said.txt 2>&1 </dev/null || actual=$?
  [ "$actual" = "$code" ] || { cat said.txt >&2; fail "exit code $actual instead of $code: $*"; }
  grep -qE -- "$words" said.txt || { cat said.txt >&2; fail "did not say '$words': $*"; }
}

# absent FILE...: none of them, nor what is left of one half-written.
absent() {
  local file
  for file in "$@"; do
    [ ! -e "$file" ] || fail "$file is there"
    [ ! -e "$file.partial" ] || fail "$file.partial was left behind"
  done
}

same() { cmp -s "$1" "$2" || fail "$1 and $2 differ"; }

# near FILE FILE TOLERANCE: the same words, and numbers that differ by no more.
near() {
  [ "$(wc -l <"$1")" = "$(wc -l <"$2")" ] || fail "$1 and $2 have not as many lines"
  paste -d '\n' "$1" "$2" | tr -d '[]' | tr ',' ' ' | awk -v most="$3" '
    NR % 2 {count = NF; for (k = 1; k <= NF; ++k) word[k] = $k; next}
    {if (NF != count) exit 1
     for (k = 1; k <= NF; ++k)
       if ($k != word[k] && !($k ~ /^[-+.0-9e]+$/ && ($k - word[k]) ^ 2 <= most ^ 2)) exit 1}' ||
    fail "$1 and $2 differ by more than $3"
}

# lines FILE COUNT
lines() {
  local count
  count=$(wc -l <"$1")
  [ "$count" = "$2" ] || fail "$1 has $count lines instead of $2"
}

skip() {
  echo "SKIPPED: $*"
  exit 77
}

# on RANKS COMMAND...; Open MPI keeps memory until the process ends, which the leak check must not mind.
on() {
  local ranks=$1
  shift
  ASAN_OPTIONS=detect_leaks=0 mpirun -n "$ranks" "$@"
}

# A small simulated data set with names, and one in the original's format.
make_data() {
  "$DKO" simulate --genes 30 --cells 60 --seed 3 -o "${1:-data.csv}" -q
}

shared_data() {
  [ -d "$DKO_SHARED_DATA/$1" ] || skip "there is no $DKO_SHARED_DATA/$1; set DKO_SHARED_DATA"
}

# Training fast enough for tests.
short=(--steps 30 --batch 10)
