. "$(dirname "$0")/lib.sh"
# dko bench: tables, summaries and errors. What is measured is no matter of tests.
expect 2 'io\|.*shards.*see dko bench --help' "$DKO" bench
expect 2 "'nonsense' is none of them" "$DKO" bench nonsense
expect 0 'Usage: dko bench io' "$DKO" bench io --help
expect 0 'Usage: dko bench shards' "$DKO" bench shards --help

# Shards: one row for each number of them, the same for the same seed, said once by several ranks.
"$DKO" bench shards --cells 40 --genes 500 --json shards.json -q >shards.txt
lines shards.txt 6
awk 'NR > 1 {print $1}' shards.txt | tr -d , >counts.txt
printf '64\n256\n1024\n4096\n16384\n' >expected.txt
same expected.txt counts.txt
on 2 "$DKO" bench shards --cells 40 --genes 500 -q >again.txt
same shards.txt again.txt
expect 2 '--genes must be between' "$DKO" bench shards --genes 2
# No shard is cheaper than the mean, more shards do not take longer, and loading more often costs more.
"${DKO_PYTHON:-/usr/bin/python3}" - <<'P'
import json
summary = json.load(open("shards.json"))
rows = summary["shards"]
assert [row["shards"] for row in rows] == [64, 256, 1024, 4096, 16384]
assert summary["pairs"] == 40 * 500 * 499 // 2
assert all(0 <= row["imbalance"] for row in rows)
assert all(a["max_seconds"] >= b["max_seconds"] for a, b in zip(rows, rows[1:]))
assert all(a["loading"] <= b["loading"] for a, b in zip(rows, rows[1:]))
assert rows[0]["imbalance"] < 0.05
P

# io: a row for each way of writing, and nothing left behind.
expect 2 'mpirun' "$DKO" bench io -o bench.h5
for ranks in 1 3; do
  on $ranks "$DKO" bench io -o bench.h5 --size 0.005 --repeats 3 --json io.json --force -q >io.txt
  lines io.txt 4
  for way in screen MPI-IO pwrite; do
    grep -qE "^$way +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+$" io.txt || { cat io.txt; fail "no row of $way"; }
  done
  grep -q '"of_mpi_io"' io.json || fail "no ratio to MPI-IO in the summary"
  absent bench.h5
done
echo precious >bench.h5
expect 2 'bench.h5 exists' on 1 "$DKO" bench io -o bench.h5
grep -q precious bench.h5 || fail "an existing file was touched"
expect 4 'there is no directory' on 1 "$DKO" bench io -o no/such/bench.h5
expect 2 '--repeats must be between' "$DKO" bench io -o b.h5 --repeats 0
# A disk or quota that is full while writing: code 4.
cat >rank.sh <<'R'
#!/bin/bash
ulimit -f 5500
trap '' XFSZ
exec "$@"
R
chmod +x rank.sh
expect 4 'cannot be written|failed|were written' on 1 ./rank.sh "$DKO" bench io -o full.h5 --size 0.015
absent full.h5
