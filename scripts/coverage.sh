#!/usr/bin/env bash
# Which lines of each room the tests run: builds with counters (preset coverage), runs the tests, and prints a table of the
# rooms. Needs gcovr (scripts/install-deps.sh --coverage). build/coverage/report/index.html shows every line.
#
#   scripts/coverage.sh [OPTION OF CTEST...]    which tests, for example: -L knockout; by default all that take no minutes
set -euo pipefail
cd "$(dirname "$0")/.."
command -v gcovr >/dev/null || { echo "coverage.sh needs gcovr: scripts/install-deps.sh --coverage" >&2; exit 1; }
[ $# -gt 0 ] || set -- -LE 'data|long|slurm|cross|install|fuzz'
build=build/coverage
cmake --preset coverage >/dev/null
cmake --build --preset coverage -j "$(nproc)"
find $build -name '*.gcda' -delete
ctest --preset coverage -j $((2 * $(nproc))) "$@" || echo "Some tests failed: what they would have run is not counted" >&2

mkdir -p $build/report
# Jobs that are killed leave counters that are no counters.
gcovr --root . --object-directory $build --filter src/ --filter include/ --exclude-throw-branches \
  --gcov-ignore-parse-errors --json-summary $build/report/summary.json --html-details $build/report/index.html
python3 - $build/report/summary.json <<'P'
import collections
import json
import sys

rooms = collections.defaultdict(lambda: [0, 0])
for file in json.load(open(sys.argv[1]))["files"]:
    parts = file["filename"].split("/")
    room = parts[2] if parts[0] == "include" else parts[1]
    rooms[room][0] += file["line_covered"]
    rooms[room][1] += file["line_total"]
rooms["all"] = [sum(column) for column in zip(*rooms.values())]
print(f"{'room':<14} {'lines':>7} {'run':>7}")
for room, (covered, total) in rooms.items():
    print(f"{room:<14} {total:>7} {100 * covered / total if total else 0:>6.1f}%")
P
