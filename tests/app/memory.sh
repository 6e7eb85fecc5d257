. "$(dirname "$0")/lib.sh"
# What a job needs of memory is told before it starts, and what cannot fit is refused.
make_data
on 2 "$DKO" run data.csv --order 2 -o screen.h5 --save-model model.h5 --json run.json "${short[@]}" 2>log.txt
for phase in training screening; do
  grep -qE "memory for $phase: .* per node, shared \(.*\), .* per rank \(.*\): .* available on this node" log.txt ||
    { cat log.txt; fail "the log does not tell the memory for $phase"; }
done
grep -n 'memory for screening\|training on' log.txt | sort -n | sed -n 1p | grep -q memory || fail "memory is told after the start"
"$python" - <<'P'
import json
memory = json.load(open("run.json"))["memory"]
for phase in ("training", "screening"):
    need = memory[phase]
    total = sum(need["per_node"].values()) + need["ranks"] * sum(need["per_rank"].values())
    total += sum(need["on_one_rank"].values())
    assert need["ranks"] == 2 and abs(total - need["total"]) < 1, need
    assert total < need["available"]
assert memory["screening"]["per_node"]["mapping"] == 8 * 30 * 31  # A and c
P
# Training: weights, two moments and the kept weights of the hidden units that a rank has; mappings that wait.
for form in data sharded; do
  on 2 "$DKO" train data.csv -o $form.h5 --parallel $form --json $form.json "${short[@]}" 2>$form.txt
  grep -qE 'memory for training: .* per node, shared \(data .*\), .* per rank \(.*weights and moments .*\): ' $form.txt ||
    { cat $form.txt; fail "train does not tell its memory"; }
done
"$DKO" train data.csv -o e.h5 --ensemble 4 --json ensemble.json -q "${short[@]}"
"$DKO" train data.csv -o l.h5 --validation 0 --json last.json -q "${short[@]}"
"$DKO" train data.csv -o sp.h5 --mapping sparse --json sparse.json -q
on 2 "$DKO" predict data.csv -o p.h5 --json predict.json "${short[@]}" >table.txt 2>log.txt
for phase in training predicting; do
  grep -q "memory for $phase: " log.txt || { cat log.txt; fail "predict does not tell the memory for $phase"; }
done
"$python" - <<'P'
import json
def need(name, phase="training"):
    return json.load(open(name + ".json"))["memory"][phase]
mapping = 4 * (2 * 30 * 30 + 30 + 30)
for form, share in (("data", 1), ("sharded", 1 / 2)):
    rank = need(form)["per_rank"]
    assert rank["weights and moments"] == 3 * share * mapping, rank
    assert rank["kept weights"] == share * mapping and rank["a batch"] > 0, rank
    assert not need(form)["on_one_rank"]  # what moments leave is enough to put it together
assert need("ensemble")["on_one_rank"]["finished mappings"] == 3 * mapping
assert "kept weights" not in need("last")["per_rank"]
assert need("sparse")["on_one_rank"]["finished mappings"] > 0
assert need("sparse")["on_one_rank"]["decoys"] > 4 * 12 * 150 * 30
one_rank = need("predict", "predicting")["on_one_rank"]
rows = [line.rstrip("\n").split(",")[1:] for line in open("data.csv")][1:]
expressed = sum(float(value) > 0 for row in rows for value in row) * 12 / len(rows[0])
assert abs(one_rank.pop("ranks of their genes") - 56 * expressed) < 1, (one_rank, expressed)
assert one_rank == {"mappings": mapping, "profiles of held-out cells": 16 * 12 * 30}, one_rank
P
"$DKO" screen data.csv --model model.h5 -o s.h5 --json screen.json 2>log.txt
grep -q '"screening"' screen.json || fail "no memory in the summary of screen"

# A thousand mappings of 20,000 genes: three tebibytes.
awk 'BEGIN {for (g = 0; g < 20000; ++g) {row = ""; for (c = 0; c < 12; ++c) row = row (c ? "," : "") ((g % 9 == c % 9 || g < 3) ? 1 : 0); print row}}' >wide.csv
for ranks in 1 2; do
  expect 1 'screening needs .* of memory on node .* are available: .*choose fewer genes' \
    on $ranks "$DKO" run wide.csv -o wide.h5 --ensemble 1000 --hidden 1 --steps 1 --batch 2
  absent wide.h5
done

# Of train and run the disk is too small, too.
expect 1 'training needs .* of memory on node .* are available: .*weights and moments .*on one rank.*--parallel sharded' \
  on 2 "$DKO" predict wide.csv -o wide.h5 --parallel data --ensemble 20 --hidden 1000000 --steps 1 --batch 2
absent wide.h5

# The folder that Open MPI shares memory in counts where ranks share: here a small one, where it can be had.
mkdir small
if ! "$DKO" --version | grep 'Open MPI' >/dev/null; then
  echo "part SKIPPED: dko has another MPI than Open MPI, whose folder cannot be chosen"
elif mount -t tmpfs -o size=8k tmpfs small 2>/dev/null; then
  trap 'umount small' EXIT
  export OMPI_MCA_osc_sm_backing_directory=$PWD/small
  expect 1 'screening needs .* of .*small on node .*enlarge .*small' on 2 "$DKO" screen data.csv --model model.h5 -o t.h5
  absent t.h5
  "$DKO" screen data.csv --model model.h5 -o t.h5 -q
else
  echo "part SKIPPED: no small file system can be mounted here"
fi

# The limit of a control group counts, as schedulers set it: here one of one megabyte, in a view of our own.
if unshare -m mount -t tmpfs tmpfs /sys/fs/cgroup 2>/dev/null; then
  expect 1 'screening needs .* of memory on node .* 976.6 KiB are available' \
    unshare -m sh -c 'mount -t tmpfs tmpfs /sys/fs/cgroup; echo 1000000 >/sys/fs/cgroup/memory.max; exec "$0" "$@"' \
    "$DKO" screen data.csv --model model.h5 -o t2.h5
  absent t2.h5
else
  echo "part SKIPPED: no file system can be mounted in a view of our own here"
fi

# The genes that cells lack are as many as genes × cells: refused before they are listed.
awk 'BEGIN {for (g = 0; g < 700; ++g) {row = ""; for (c = 0; c < 500; ++c) row = row (c ? "," : "") (g % 35 == c % 35); print row}}' >lacking.csv
lacking=("$DKO" estimate lacking.csv --nodes 1 --ranks-per-node 1 --mapping sparse --activate)
if unshare -m mount -t tmpfs tmpfs /sys/fs/cgroup 2>/dev/null; then
  expect 1 'activate all: the table of 340,000 genes that cells lack.* needs 1.3 MiB of memory and 976.6 KiB are available' \
    unshare -m sh -c 'mount -t tmpfs tmpfs /sys/fs/cgroup; echo 1000000 >/sys/fs/cgroup/memory.max; exec "$0" "$@"' \
    "${lacking[@]}" all
  expect 0 '^knockouts +970 ' \
    unshare -m sh -c 'mount -t tmpfs tmpfs /sys/fs/cgroup; echo 1000000 >/sys/fs/cgroup/memory.max; exec "$0" "$@"' \
    "${lacking[@]}" '#0,#1'
else
  echo "part SKIPPED: no file system can be mounted in a view of our own here"
fi
