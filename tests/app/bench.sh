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
"$python" - <<'P'
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
"$python" - <<'P'
import json
kernels = json.load(open("kernel.json"))["kernels"]
names = {row["kernel"] for row in kernels}
assert {"portable", "sparse"} <= names <= {"portable", "avx2", "avx512", "sparse"}
assert len(kernels) == 2 * len(names)
for row in kernels:
    assert row["pairs_per_second"] > 0 and row["load_seconds"] > 0
    assert row["kernel_pairs_per_second"] >= row["pairs_per_second"]
    assert ("of_ceiling" in row) == (row["kernel"] != "sparse")
    assert abs(row["elements_per_second"] / row["kernel_pairs_per_second"] / row["genes"] - 1) < 1e-9
P
make_data
"$DKO" train data.csv -o model.h5 -q "${short[@]}"
expect 0 '^portable +5 ' "$DKO" bench kernel --model model.h5 --genes 5 10000 --repeats 1 --instructions portable
expect 2 "must be portable, avx2 or avx512, not 'sse'" "$DKO" bench kernel --instructions sse
expect 2 '--genes must be between' "$DKO" bench kernel --genes 2

# screen: a whole screen, of either mapping, the same on any number of ranks.
for mapping in dko sparse; do
  on 1 "$DKO" bench screen --genes 40 --cells 6 --expressed 15 --mapping $mapping -o one.h5 --json one.json -q --force >one.txt
  on 3 "$DKO" bench screen --genes 40 --cells 6 --expressed 15 --mapping $mapping -o three.h5 -q --force >three.txt
  grep -q '^720 knockouts in .* on 1 rank' one.txt || fail "not all knockouts were scored"  # 6 · (15 + 105)
  grep -q '"pairs": 630' one.json || fail "the summary does not count the pairs"
  "$python" - <<'P'
import json
summary = json.load(open("one.json"))
screen, parts = summary["screen"], summary["screen"]["parts"]
assert list(parts) == ["opening", "loading", "scoring", "writing", "waiting", "closing"]
assert all(0 <= part["mean"] <= part["max"] for part in parts.values())
assert abs(sum(part["mean"] for part in parts.values()) - screen["seconds"]) < 1e-6
assert summary["instruction_set"] in ("portable", "avx2", "avx512")
P
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

# train: one rank alone, and several in each form; numbers that agree with each other, and no figure of time.
expect 0 'Usage: dko bench train' "$DKO" bench train --help
# bench_train NAME [options]: a small one, its summary in train_NAME.json.
bench_train() { echo "$DKO" bench train --batch 4 --expressed 0.5 --repeats 1 -q --json "train_$1.json" "${@:2}"; }
$(bench_train one --genes 20 31 --hidden 6) >train_one.txt
grep -q 'nothing to measure between ranks' train_one.txt || fail "one rank does not say that it measures no network"
$(bench_train given --genes 20 31 --hidden 6 --latency 2 --bandwidth 10) >train_given.txt
on 1 $(bench_train one_of_mpi --genes 20 31 --hidden 6) >train_one_of_mpi.txt
on 2 $(bench_train two --genes 20 31 --hidden 6 --validation-cells 5 --validate-every 2) >train_two.txt
on 2 $(bench_train data --genes 2 --hidden 6 --parallel data) >train_data.txt
on 3 $(bench_train sharded --genes 20 31 --hidden 2 --parallel sharded) >train_sharded.txt
for of in one given one_of_mpi; do
  grep -qE '^20 +alone +1 ' train_$of.txt || { cat train_$of.txt; fail "no row of one rank in train_$of.txt"; }
done
for form in alone data sharded; do
  grep -qE "^31 +$form +[12] " train_two.txt || { cat train_two.txt; fail "no row of $form"; }
done
"$python" - <<'P'
import json
import math

PARTS = ["forward", "backward", "communication", "update", "validation", "other"]


def share(count, ranks):
    return math.ceil(count / ranks) / count if count else 0


def allreduce(network, size, ranks):
    rounds = math.ceil(math.log2(ranks))
    return (2 * rounds * network["latency_seconds"]
            + 2 * (ranks - 1) / ranks * size * network["seconds_per_byte"])


def check_run(run, alone, validation_cells):
    assert 0 < run["seconds_per_step"] < math.inf and 0 < run["step_of_bound"] < math.inf
    assert list(run["seconds"]) == PARTS
    assert all(0 <= run["seconds"][part] < math.inf for part in PARTS)
    assert run["steps"] >= 1 and run["validate_every"] >= 1
    assert run["validations"] == (run["steps"] // run["validate_every"] if validation_cells else 0)
    assert (run["update_of_bandwidth"] is None) == (run["seconds"]["update"] == 0)
    assert run["update_of_bandwidth"] is None or 0 < run["update_of_bandwidth"] < math.inf
    assert math.isclose(run["speed_up"], alone["seconds_per_step"] / run["seconds_per_step"])


def expected_forecast(size, alone, network, form, ranks):
    seconds, cells, hidden = alone["seconds"], size["validation_cells"], size["hidden"]
    if form == "data":
        between = allreduce(network, 4 * size["parameters"], ranks)
        total = ((seconds["forward"] + seconds["backward"]) * share(size["batch"], ranks) + seconds["update"]
                 + seconds["validation"] * share(cells, ranks))
    else:
        between = allreduce(network, 4 * size["batch"] * size["expressed"], ranks)
        if cells:
            between += allreduce(network, 4 * cells * size["expressed"], ranks) / alone["validate_every"]
        parts = ["forward", "backward", "update", "validation"]
        total = sum(seconds[part] for part in parts) * share(hidden, ranks)
    unaccounted = max(0, alone["seconds_per_step"] - sum(seconds.values()))
    return between, total + between + seconds["other"] + unaccounted


def check(name, ranks, forms, genes, hidden=6, validation_cells=0):
    summary = json.load(open(name))
    assert summary["ranks"] == ranks and summary["nodes"] == 1
    assert 0 < summary["bytes_per_second_alone"] < math.inf and 0 < summary["bytes_per_second_together"] < math.inf
    network = summary["network"]
    assert [size["genes"] for size in summary["sizes"]] == genes
    for size in summary["sizes"]:
        assert size["hidden"] == hidden and size["validation_cells"] == validation_cells
        assert size["parameters"] == 2 * size["genes"] * hidden + size["genes"] + hidden
        assert size["expressed"] == max(2, math.floor(size["genes"] / 2 + 0.5)) and size["skipped"] == []
        assert [(run["form"], run["ranks"]) for run in size["runs"]] == [("alone", 1)] + [(f, ranks) for f in forms]
        for run in size["runs"]:
            check_run(run, size["runs"][0], validation_cells)
        assert len(size["forecast"]) == (10 if network else 0)
        for forecast in size["forecast"]:
            between, total = expected_forecast(size, size["runs"][0], network, forecast["form"], forecast["ranks"])
            assert math.isclose(forecast["communication_seconds"], between)
            assert math.isclose(forecast["seconds_per_step"], total)
    return network


assert check("train_one.json", 1, [], [20, 31]) is None
assert check("train_one_of_mpi.json", 1, [], [20, 31]) is None
given = check("train_given.json", 1, [], [20, 31])
assert math.isclose(given["latency_seconds"], 2e-6) and math.isclose(given["seconds_per_byte"], 1e-10)
assert not given["measured"]
assert check("train_two.json", 2, ["data", "sharded"], [20, 31], validation_cells=5)["measured"]
assert check("train_data.json", 2, ["data"], [2])["measured"]
assert check("train_sharded.json", 3, ["sharded"], [20, 31], hidden=2)["measured"]
P
for bad in '--genes 1' '--genes x' '--expressed 2' '--batch 0' '--repeats 0' '--parallel auto' '--validation-cells -1' \
  '--latency 2' '--bandwidth 10' '--latency -1 --bandwidth 10' '--latency 1 --bandwidth 0'; do
  expect 2 "${bad%% *}|bandwidth" "$DKO" bench train $bad
done
# What no memory can hold is passed over, and said.
expect 0 'alone: skipped, for it needs .* of a node' on 2 "$DKO" bench train --genes 400000 3 --expressed 0 --batch 2 --repeats 1 --json train_skipped.json
tr -d ' \n' <train_skipped.json | grep '"genes":400000.*"skipped":\["alone","data","sharded"\],"runs":\[\].*"genes":3,.*"skipped":\[\]' >/dev/null || fail "the summary does not tell what was skipped"

# fit: the mapping of dko train on a file of the same cells, by any number of ranks.
expect 0 'Usage: dko bench fit' "$DKO" bench fit --help
"$DKO" simulate --genes 30 --cells 60 --umi 200 --seed 7 -o cells.h5ad -q
"$DKO" train cells.h5ad --mapping sparse --seed 7 -o fitted.h5 -q --json fitted.json
for ranks in 1 3; do
  on $ranks "$DKO" bench fit --genes 30 --cells 60 --umi 200 --seed 7 -q --json fit_$ranks.json >fit_$ranks.txt
  grep -qE '^the fit and its q-values +.* of it$' fit_$ranks.txt || { cat fit_$ranks.txt; fail "the fit is not beside its forecast"; }
  grep -qE "^30 genes × 60 cells, .* on $ranks ranks?: " fit_$ranks.txt || { cat fit_$ranks.txt; fail "it does not say what was fitted"; }
done
"$DKO" bench fit --genes 30 --cells 60 --umi 200 --seed 8 -q --json fit_other.json >/dev/null
"$python" - <<'P'
import json
import math
trained = json.load(open("fitted.json"))
one, three, other = (json.load(open(f"fit_{name}.json")) for name in ("1", "3", "other"))
for found in (one, three):
    fit, forecast = found["fit"], found["forecast"]
    assert fit["checksum"] == trained["provenance"]["model_checksum"], (fit, trained)
    for key in ("effects", "factors", "cross_validated_distance"):
        assert fit[key] == trained["training"][key], (key, fit, trained)
    assert 0 < fit["seconds"] < math.inf
    assert 3 < found["expressed"] <= 30 and found["genes"] == 30 and found["cells"] == 60
    assert 0 < forecast["longest_gene_seconds"] < forecast["slowest_seconds"] <= 1.001 * forecast["core_seconds"]
assert other["fit"]["checksum"] != one["fit"]["checksum"]
assert three["forecast"]["slowest_seconds"] < one["forecast"]["slowest_seconds"]
assert three["provenance"]["ranks"] == 3
P
expect 2 '--from: synthetic cells have no columns' "$DKO" bench screen --from a=b --toward a=c -o x.h5
expect 2 '--fit' "$DKO" bench kernel --fit --genes 300
absent x.h5
for bad in '--genes 9' '--cells 9' '--umi 0' '--seed -1'; do
  expect 2 "${bad%% *}" "$DKO" bench fit $bad
done
