. "$(dirname "$0")/lib.sh"
# What dko estimate tells before a job is what the job then has: knockouts and blocks exactly, files nearly.
need h5py
"$DKO" simulate --genes 300 --cells 500 --seed 3 -o data.csv -q
small=(--steps 4 --batch 10 --validation 0)
"$DKO" train data.csv -o model.h5 -q "${small[@]}"
on2=(--nodes 1 --ranks-per-node 2)

# estimated NAME OPTION...: and, on two ranks, done.
estimated() {
  local name=$1
  shift
  expect 0 '^knockouts ' "$DKO" estimate data.csv "${on2[@]}" "$@" --json $name.json
  case " $* " in
    *" --model "*) on 2 "$DKO" screen data.csv "$@" -o $name.h5 --json done_$name.json -q ;;
    *) on 2 "$DKO" run data.csv "$@" -o $name.h5 --save-model $name.model --json done_$name.json -q ;;
  esac
}
expect 2 '--ensemble is for the making of a model, and --model names one' \
  "$DKO" estimate data.csv "${on2[@]}" --model model.h5 --ensemble 8
estimated full --order 2 --score impact,network --model model.h5
estimated top --order 2 --keep top:20 "${small[@]}"
estimated summary --order 2 --keep summary "${small[@]}"
estimated sample --order 2 --sample 20000 --ensemble 2 "${small[@]}"
estimated sparse --mapping sparse
estimated by_sparse --order 2 --model sparse.model
"$python" - <<'P'
import json, os
import h5py

KEYS = {"knockouts", "training_seconds", "collapse_seconds", "screen_seconds", "wall_seconds", "node_hours",
        "bytes_per_node", "bytes_on_disk", "ranks", "nodes", "slowest_above_mean", "per_node", "memory"}
for name in ("full", "top", "summary", "sample", "sparse", "by_sparse"):
    told, done = json.load(open(name + ".json")), json.load(open(f"done_{name}.json"))
    assert KEYS <= told.keys(), KEYS - told.keys()
    assert told["knockouts"] == {key: done["screen"][key] for key in ("singles", "pairs", "listed")}, name
    assert told["ranks"] == 2 and told["nodes"] == 1
    assert told["wall_seconds"] >= told["screen_seconds"] > 0 and told["slowest_above_mean"] >= 0
    assert abs(told["node_hours"] * 3600 - told["wall_seconds"]) < 1e-6 * told["wall_seconds"]
    disk = told["bytes_on_disk"]
    assert abs(sum(disk.values()) - 2 * disk["total"]) < 1
    with h5py.File(name + ".h5") as f:
        blocks, objects = 0, []
        f.visititems(lambda path, _: objects.append(path) if path.split("/")[0] not in ("training", "quality") else None)
        for path in ("single/impact", "double/impact", "list/impact", "summary/cells"):
            if name == "top" and path == "list/impact":
                continue  # how many are kept is not known before
            if "progress/" + path in f:
                blocks += len(f["progress"][path])
        assert told["per_node"]["score_blocks"] == blocks, (name, told["per_node"], blocks)
        assert told["per_node"]["hdf5_objects"] == len(objects), (name, told["per_node"], len(objects))
    size = os.path.getsize(name + ".h5")
    assert disk["screen"] > 0.98 * size, (name, disk["screen"], size)  # small ones have a margin for notes
    if name == "full":
        assert disk["screen"] < 1.02 * size, (disk["screen"], size)
    if name in ("full", "by_sparse"):
        assert told["training_seconds"] == 0 and disk["model"] == 0 and disk["checkpoint"] == 0
    else:
        assert disk["model"] > 0.98 * os.path.getsize(name + ".model")
        assert told["training_seconds"] > 0
        assert (name == "sparse") == (told["training"] is None) == (told["fit"] is not None)
    # What the job refused by, had there been less.
    for phase, need in done["memory"].items():
        assert abs(told["memory"][phase]["total"] / need["total"] - 1) < 1e-9, (name, phase)
P

# The effects of all losses: memory as the job asks for it, no more effects and bytes than told, and not many fewer.
printf 'A\tx\tgene1\tgene2\tgene3\tgene4\tgene5\n' >sets.gmt
effects() { # effects NAME MODEL OPTION...
  local name=$1 model=$2
  shift 2
  expect 0 '^losing genes ' "$DKO" estimate data.csv "${on2[@]}" --all-effects --model $model "$@" --json $name.json
  on 2 "$DKO" effects $model data.csv "$@" -o $name.h5ad --json done_$name.json -q >/dev/null
}
effects dense_effects model.h5
effects sparse_effects sparse.model
effects untouched sparse.model --untouched --gene-sets sets.gmt
effects top_effects model.h5 --top 7 --knockout-genes gene1,gene2,gene3
effects group_effects sparse.model --group-by 'gene:gene3>0'
"$python" - <<'P'
import json, os
for name in ("dense_effects", "sparse_effects", "untouched", "top_effects", "group_effects"):
    told, done = json.load(open(name + ".json")), json.load(open(f"done_{name}.json"))
    assert told["bytes_per_node"] == done["memory"]["bytes_per_node"] > 0, name
    assert told["lost"] == done["lost"] and told["ranks"] == 2 and told["sets"] == done["sets"]
    assert 0.7 * told["most_effects"] < done["effects"] <= told["most_effects"], (name, told["most_effects"], done["effects"])
    size = os.path.getsize(name + ".h5ad")
    assert size <= told["bytes_on_disk"]["total"] < 2 * size + 2e6, (name, size, told["bytes_on_disk"])
    parts = [told[f"{part}_seconds"] for part in ("collapse", "intact", "row", "table")]
    assert abs(sum(parts) - told["wall_seconds"]) < 1e-12 and min(parts[1:]) > 0 and (parts[0] > 0) == (name[:3] in ("den", "top")), parts
def row_seconds(name):
    return json.load(open(name + ".json"))["row_seconds"]
assert row_seconds("untouched") > row_seconds("sparse_effects") and row_seconds("top_effects") < 0.1 * row_seconds("dense_effects")
P
expect 2 '--top is for --all-effects' "$DKO" estimate data.csv "${on2[@]}" --model model.h5 --top 3
expect 2 '--all-effects is of a model: give --model' "$DKO" estimate data.csv "${on2[@]}" --all-effects
expect 2 '--order is of a screen, and --all-effects of the effects' "$DKO" estimate data.csv "${on2[@]}" --all-effects --model model.h5 --order 2

# More nodes take less time, and a faster core, too; more members more.
seconds() { "$DKO" estimate data.csv --order 2 "${small[@]}" "$@" --json s.json --force >/dev/null && sed -n 's/^  "screen_seconds": \(.*\),$/\1/p' s.json; }
one=$(seconds "${on2[@]}")
"$python" - "$one" "$(seconds --nodes 2 --ranks-per-node 2)" "$(seconds "${on2[@]}" --core-speed 2)" "$(seconds "${on2[@]}" --ensemble 3)" <<'P'
import sys
one, nodes, speed, members = map(float, sys.argv[1:])
assert 0.45 < nodes / one < 0.6 and abs(speed / one - 0.5) < 1e-9 and abs(members / one - 3) < 0.01, sys.argv
P

# Made-up cells, on more ranks than there will ever be here; nothing is left behind.
expect 0 '^ranks +64,000 +1,000 nodes' "$DKO" estimate --genes 1000 --cells 500 --order 2 --nodes 1000 --ranks-per-node 64
grep -q 'sharded\|data' said.txt || { cat said.txt; fail "the form of the training is not told"; }
# A fit takes half the time on twice the ranks, but not less than its longest gene takes.
fit() { "$DKO" estimate --genes 1000 --cells 500 --mapping sparse "$@" --json s.json --force >/dev/null && sed -n 's/^  "training_seconds": \(.*\),$/\1/p' s.json; }
"$python" - "$(fit "${on2[@]}")" "$(fit --nodes 2 --ranks-per-node 2)" "$(fit --nodes 100 --ranks-per-node 64)" "$(fit "${on2[@]}" --ensemble 4)" <<'P'
import json, sys
two, four, many, members = map(float, sys.argv[1:])
longest = json.load(open("s.json"))["fit"]["longest_gene_seconds"]
assert 0.45 < four / two < 0.55 and longest < many < 3 * longest and 3.9 < members / two < 4.3, (sys.argv, longest)
P
expect 0 '^fitting .* core hours' "$DKO" estimate --genes 1000 --cells 500 --mapping sparse "${on2[@]}"
expect 0 'threshold' bash -c '"$DKO" estimate --genes 1000 --cells 500 --order 2 --threshold 0.5 --nodes 1 --ranks-per-node 2'
absent OUT OUT.checkpoint OUT.model

expect 2 "'--nodes' is required" "$DKO" estimate data.csv --ranks-per-node 2
expect 2 '--nodes must be between' "$DKO" estimate data.csv --nodes 0 --ranks-per-node 2
expect 2 '--core-speed must be between' "$DKO" estimate data.csv "${on2[@]}" --core-speed nan
expect 2 'give INPUT, or the size of synthetic data' "$DKO" estimate "${on2[@]}"
expect 2 '--genes must be a number where there is no INPUT' "$DKO" estimate "${on2[@]}" --genes Trem2 --cells 5
expect 2 '--top-genes needs INPUT' "$DKO" estimate "${on2[@]}" --genes 30 --cells 50 --top-genes 5
expect 2 '--model needs INPUT' "$DKO" estimate "${on2[@]}" --genes 30 --cells 50 --model model.h5
expect 1 'making up the cells needs' "$DKO" estimate "${on2[@]}" --genes 100000 --cells 10000000
expect 3 'no such file' "$DKO" estimate missing.csv "${on2[@]}"
expect 3 'a batch takes' "$DKO" estimate data.csv "${on2[@]}" --batch 5000
