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

# kernel: a row for each instruction set and number of genes, and for the sparse mapping.
"$DKO" bench kernel --genes 20 50 --repeats 1 --json kernel.json >kernel.txt
"$DKO" bench kernel --genes 20 --repeats 1 --instructions portable >portable.txt
[ "$(awk 'NR > 1 && $1 != "reading" {print $1}' portable.txt | sort -u | tr '\n' ' ')" = "portable sparse " ] || fail "other kernels than asked for"
"${DKO_PYTHON:-/usr/bin/python3}" - <<'P'
import json
kernels = json.load(open("kernel.json"))["kernels"]
names = {row["kernel"] for row in kernels}
assert {"portable", "sparse"} <= names <= {"portable", "avx2", "avx512", "sparse"}
assert len(kernels) == 2 * len(names)
for row in kernels:
    assert row["pairs_per_second"] > 0 and row["load_seconds"] > 0
    assert row["kernel_pairs_per_second"] >= row["pairs_per_second"]
    assert ("of_peak" in row) == (row["kernel"] != "sparse")
    assert abs(row["elements_per_second"] / row["kernel_pairs_per_second"] / row["genes"] - 1) < 1e-9
P
make_data
"$DKO" train data.csv -o model.h5 -q "${short[@]}"
expect 0 '^portable +5 ' "$DKO" bench kernel --model model.h5 --genes 5 10000 --repeats 1 --instructions portable
expect 2 "not every rank's machine has 'sse'" "$DKO" bench kernel --instructions sse
expect 2 '--genes must be between' "$DKO" bench kernel --genes 2

# screen: a whole screen, of either mapping, the same on any number of ranks.
for mapping in dko sparse; do
  on 1 "$DKO" bench screen --genes 40 --cells 6 --expressed 15 --mapping $mapping -o one.h5 --json one.json -q --force >one.txt
  on 3 "$DKO" bench screen --genes 40 --cells 6 --expressed 15 --mapping $mapping -o three.h5 -q --force >three.txt
  grep -q '^720 knockouts in .* on 1 rank' one.txt || fail "not all knockouts were scored"  # 6 · (15 + 105)
  grep -q '"pairs": 630' one.json || fail "the summary does not count the pairs"
  "$DKO" export one.h5 --double one.csv --force
  "$DKO" export three.h5 --double three.csv --force
  same one.csv three.csv
done
expect 0 '720 knockouts in' "$DKO" bench screen --genes 40 --cells 6 --expressed 15 --keep summary -o sums.h5
expect 2 '--expressed must be between' "$DKO" bench screen --genes 10 --expressed 11 -o x.h5
expect 2 "must be dko or sparse, not 'ridge'" "$DKO" bench screen --mapping ridge -o x.h5
absent x.h5

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
