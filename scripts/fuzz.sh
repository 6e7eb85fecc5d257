#!/usr/bin/env bash
# Throws damaged and hostile files at every reader, and tells what became of it: needs clang (scripts/install-deps.sh
# --fuzz).
#
#   scripts/fuzz.sh [SECONDS [READER...]]   each reader, or these, for so long (default: 60); --readers lists them
#
# A reader named -bytes is given bytes as they come; the same without, sound HDF5 files with wrong contents. What the
# readers learn stays in build/fuzz/corpus for the next time; what breaks one goes to build/fuzz/findings/READER, and
#
#   build/fuzz/tests/fuzz/dko_fuzz --reader=READER FILE               shows it again
#   build/fuzz/tests/fuzz/dko_fuzz --reader=READER --write=X.h5 FILE  writes the file that it stands for
#
# DKO_FUZZ_SEED gives libFuzzer's random numbers a seed; without it every time is another.
#
# Ends with a table, and with exit code 1 if dko broke. What breaks within the HDF5 library is counted apart.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
build=build/fuzz
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -j 2
fuzz=$build/tests/fuzz/dko_fuzz
[ $# -gt 0 ] && readers=("$@") || mapfile -t readers < <("$fuzz" --readers)

# Files are written and read many thousand times: in memory where that is possible.
[ -w /dev/shm ] && TMPDIR=/dev/shm
TMPDIR=$(mktemp -d -t dko-fuzz-XXXXXX)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
export ASAN_OPTIONS=allocator_may_return_null=0:detect_leaks=0
limits=(-seed="${DKO_FUZZ_SEED:-0}" -rss_limit_mb=1024 -malloc_limit_mb=512 -timeout=10 -detect_leaks=0)

# Whose a finding is, shown alone once more: by the innermost call that is not the sanitizer's or the C library's.
# What does not show again is no finding: HDF5 does not give back what it took for files that it failed to open.
owner_of() {
  "$fuzz" --reader="$reader" "${limits[@]}" "$1" >"$log" 2>&1 && echo none && return
  awk '/^ +#[0-9]+ / {if (/libhdf5/) {print "library"; exit} if (/ dko::|\.[ch]pp:[0-9]/) {print "dko"; exit}}' "$log" |
    grep . || echo dko
}

# After a finding a reader goes on for the time that is left.
most_findings=20
failed=0
printf -v table '%-18s %12s %8s %9s %8s %9s\n' reader executions edges features findings 'in HDF5'
for reader in "${readers[@]}"; do
  corpus=$build/corpus/$reader findings=$build/findings/$reader log=$build/$reader.log
  mkdir -p "$corpus" "$findings"
  "$fuzz" --reader="$reader" --seeds="$corpus"
  executions=0 edges=0 features=0 ours=0 theirs=0
  end=$((SECONDS + seconds))
  while left=$((end - SECONDS)) && [ "$left" -gt 0 ] && [ $((ours + theirs)) -lt $most_findings ]; do
    code=0
    "$fuzz" --reader="$reader" "${limits[@]}" -max_total_time="$left" -print_final_stats=1 \
      -artifact_prefix="$findings/" "$corpus" >"$log" 2>&1 || code=$?
    read -r runs now_edges now_features < <(awk '
      /^#[0-9]+/ {n = substr($1, 2) + 0; for (k = 2; k < NF; ++k) {if ($k == "cov:") c = $(k+1); if ($k == "ft:") f = $(k+1)}}
      /number_of_executed_units/ {n = $2} END {print n + 0, c + 0, f + 0}' "$log")
    executions=$((executions + runs))
    [ "$now_edges" -le "$edges" ] || edges=$now_edges
    [ "$now_features" -le "$features" ] || features=$now_features
    [ "$code" != 0 ] || continue
    found=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    case "$([ -n "$found" ] && owner_of "$found" || echo dko)" in
      none) rm -f "$found" ;;
      library) theirs=$((theirs + 1)) ;;
      *) ours=$((ours + 1)) && tail -n 60 "$log" >&2 ;;
    esac
  done
  [ "$ours" = 0 ] || failed=1
  printf -v row '%-18s %12d %8d %9d %8d %9d\n' "$reader" "$executions" "$edges" "$features" "$ours" "$theirs"
  table+=$row
done
printf '%s' "$table"
exit $failed
