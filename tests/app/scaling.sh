. "$(dirname "$0")/lib.sh"
# What measures machines: scripts/scaling.py and its pictures. What is measured is no matter of tests.
need matplotlib numpy
export ASAN_OPTIONS=detect_leaks=0 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$DKO_SOURCE/scripts:$DKO_SOURCE/tests/app
scaling() { "$python" "$DKO_SOURCE/scripts/scaling.py" --dko "$DKO" --size trial --launcher mpirun "$@"; }
plot() { again "$DKO_SOURCE/scripts/plot_scaling.py" "$@"; }

preload dko.scaling.plot matplotlib.pyplot numpy
again "$(dirname "$0")/scaling_test.py"

# All cases on 1 and 2 ranks; of small size the figure of merit is none.
mkdir scratch
HDF5_USE_FILE_LOCKING=FALSE \
  expect 0 'no valid figure of merit: the size is that of a trial' scaling -o results.json --ranks 1 2 --repeats 1 --scratch scratch --name 'Test machine'
grep -qE '^weak +2 +[0-9.e-]+ million pairs/s' said.txt || { cat said.txt; fail "no row of the growing screen"; }
[ -z "$(ls scratch)" ] || fail "files were left behind in the scratch folder"
absent results.json.partial
again - <<'P'
import json
result = json.load(open("results.json"))
assert result["complete"] and result["machine"]["name"] == "Test machine"
assert result["environment"]["HDF5_USE_FILE_LOCKING"] == "FALSE", result["environment"]
assert result["dko_version"].startswith("0.") and result["launcher"] == "mpirun -n {ranks}"
cases = {(case["case"], case["ranks"]): case for case in result["cases"]}
names = ["strong-dense", "strong-sparse", "weak", "kernel", "train", "fit", "io"]
assert list(cases) == [(name, ranks) for name in names for ranks in (1, 2)], list(cases)
for (name, ranks), case in cases.items():
    assert case["failed"] is None and len(case["runs"]) == 1
    assert f"mpirun -n {ranks} " in case["command"] and " bench " in case["command"]
assert cases["weak", 2]["runs"][0]["result"]["screen"]["pairs"] == 2 * cases["weak", 1]["runs"][0]["result"]["screen"]["pairs"]
assert cases["strong-dense", 2]["runs"][0]["result"]["screen"]["pairs"] == 3 * 120 * 119 // 2
assert not result["merit"]["valid"] and result["merit"]["ranks"] == 2
P

# What was planned is what it takes: the memory that dko asks for, within a third.
again - <<'P'
import json
from dko.scaling import plan
from dko.scaling.cases import SIZES
result = json.load(open("results.json"))
for case in result["cases"]:
    if not case["case"].startswith(("strong", "weak")):
        continue
    run, planned = case["runs"][0]["result"], plan.plan(case["case"], "trial", case["ranks"], 64)
    assert run["screen"]["pairs"] == planned["pairs"], case
    forecast = run["forecast"]
    assert 0 < forecast["load_seconds"] < forecast["core_seconds"], forecast
    assert forecast["slowest_seconds"] >= 0.999 * forecast["core_seconds"] / case["ranks"], forecast
    assert 0.75 < planned["bytes_of_node"] / run["memory"]["total"] < 1.33, (case["case"], planned, run["memory"])
fits = [case["runs"][0]["result"] for case in result["cases"] if case["case"] == "fit"]
assert len({run["fit"]["checksum"] for run in fits}) == 1, fits
for ranks, run in zip((1, 2), fits):
    planned, its = plan.plan("fit", "trial", ranks, 64), SIZES["trial"]
    assert [run["genes"], run["cells"]] == list(its["fit"][:2]), run
    assert abs(run["expressed"] / its["fit_expressed"] - 1) < 0.1, run
    assert 0.67 < planned["bytes_of_node"] / run["memory"]["total"] < 1.5, (planned, run["memory"])
    assert 0.67 < planned["seconds"] / run["forecast"]["slowest_seconds"] < 1.5, (planned, run["forecast"])
P
plan() { again "$DKO_SOURCE/scripts/scaling.py" --plan "$@"; }
expect 0 '^strong-dense +64,000 +2e\+12 +5 s +' plan --size large --ranks 64000
expect 0 '^fit +16,384 +– +[0-9.]+ m?s ' plan --size medium --ranks 16384 --cases fit
expect 0 '^weak +256 ' plan --ranks 256 --cases weak
# By default on the ranks that a run takes, and on 16 nodes by a 64th of the ranks up to all.
env -u SLURM_JOB_ID "$python" "$DKO_SOURCE/scripts/scaling.py" --plan --cases weak >here.txt
PYTHONPATH=$DKO_SOURCE/scripts "$python" -c 'from dko.scaling import command, machine; print(*command.default_ranks("small", machine.physical_cores()))' >ranks.txt
[ "$(awk '$1 == "weak" {gsub(",", "", $2); printf "%s%s", s, $2; s = " "}' here.txt)" = "$(cat ranks.txt)" ] || { cat here.txt; fail "not the ranks of a run"; }
expect 0 '^weak +16 ' plan --size medium --ranks-per-node 64 --cases weak
lines said.txt 9
expect 0 '^in all, 3 repeats: 9.6 s of computing, without writing and starts; at most 153 MiB on the disk at once; 458 MiB written$' plan --ranks 1 --cases weak --repeats 3
expect 0 '^in all, 5 repeats: 0 s of computing, without kernel, writing and starts; at most 0 on' plan --ranks 1 --cases kernel
expect 0 '^strong-dense +1 +3e.08 +24 s > --patience ' plan --ranks 1 --patience 20
# What would be ignored is refused.
expect 2 'plan does not go with --merit' plan --merit
expect 2 'out and --launcher do not go with --plan' plan -o plan.json --launcher mpirun
expect 2 'name does not go with --plan' plan --name Mine
expect 2 'cases does not go with --merit' scaling -o x.json --merit --cases weak
expect 2 'ranks-per-node goes with --plan' scaling -o x.json --ranks-per-node 4
expect 2 'official goes with --merit' scaling -o x.json --official
absent plan.json x.json
expect 2 'required: -o' scaling

# A case that fails is kept as failed, beside those that do not; here dko writes no screens.
cat >no_screens.sh <<R
#!/bin/bash
case "\$*" in *"bench screen"*) echo "dko: error: no screens today" >&2; exit 4;; esac
exec "$DKO" "\$@"
R
chmod +x no_screens.sh
expect 1 'failed: weak on 1 rank, weak on 2 ranks; the rest is in failed.json' \
  scaling -o failed.json --ranks 1 2 --repeats 2 --cases weak,io --dko ./no_screens.sh
again - <<'P'
import json
result = json.load(open("failed.json"))
for case in result["cases"]:
    assert len(case["runs"]) == (2 if case["case"] == "io" else 0), case
    assert (case["failed"] is None) == (case["case"] == "io")
    assert case["failed"] is None or "no screens today" in case["failed"]
assert result["merit"]["million_pairs_per_second"] is None
P
# A result in which nothing was measured is replaced without being asked; any other is not.
expect 1 'failed: weak on 1 rank' scaling -o empty.json --ranks 1 --repeats 1 --cases weak --dko ./no_screens.sh
expect 0 '^weak' scaling -o empty.json --ranks 1 --repeats 1 --cases weak
expect 2 'empty.json exists' scaling -o empty.json --ranks 1 --repeats 1 --cases weak
# So is a launcher that starts ranks which know nothing of each other.
expect 1 'dko ran on 1 rank:' scaling -o apart.json --ranks 2 --repeats 1 --cases io --launcher 'mpirun -n 1 env RANKS={ranks}'

mkfifo fifo
expect 2 'fifo is no regular file' scaling -o fifo --force
expect 2 'fifo is no regular file' scaling -o fifo
expect 4 'no directory nowhere' scaling -o nowhere/x.json
expect 3 'none.json: there is no such file' plot none.json -o x.png
expect 2 'fifo.png is no regular file' bash -c "mkfifo fifo.png; '$python' '$DKO_SOURCE/scripts/plot_scaling.py' results.json -o fifo.png --force"
expect 2 'results.json exists' scaling -o results.json
expect 2 "'fast' is none of" scaling -o x.json --cases fast
expect 2 'only \{ranks\} and \{nodes\}' scaling -o x.json --launcher 'mpirun -n {ranks} {cores}'
expect 2 'no such program' scaling -o x.json --launcher no-such-launcher
expect 2 'no program no-such-dko' scaling -o x.json --dko no-such-dko
expect 4 'no directory' scaling -o x.json --scratch no/such
absent x.json

# Pictures of one result, of two, of one in which a case is missing, and of many ranks.
"$python" -c '
import json, synthetic_scaling
for name, ranks in (("made.json", [2**k for k in range(11)]), ("odd.json", (1, 3, 12, 48))):
    json.dump(synthetic_scaling.result(ranks, name=name), open(name, "w"))'
plot results.json -o one
plot made.json odd.json results.json -o three --pdf
plot failed.json -o partly
# Results of --merit beside others, and alone, of which there is one picture.
"$python" -c '
import json, merit_verdict_test
json.dump(merit_verdict_test.result(), open("merit.json", "w"))
json.dump(merit_verdict_test.result((70,)), open("invalid.json", "w"))'
plot made.json merit.json invalid.json -o mixed
plot merit.json -o merits
[ "$(ls merits)" = machines.png ] || { ls merits; fail "not one picture of a figure of merit"; }
cp -r one older
plot merit.json -o older --force
[ "$(ls older)" = machines.png ] || { ls older; fail "pictures of another result were left"; }
plot merit.json -o merit.png
echo '{"format": "dko-merit", "version": 7}' >later.json
expect 3 'later.json: is of version 7, not 1' plot later.json -o x
plot made.json -o overview.png
for folder in one three partly; do
  for picture in scaling time training machines; do
    [ "$(head -c 8 $folder/$picture.png | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ] || fail "no $folder/$picture.png"
  done
done
for picture in scaling time training machines; do
  head -c 5 three/$picture.pdf | grep -q '%PDF-' || fail "no three/$picture.pdf"
done
again - <<'P'
import glob
from matplotlib import image
for path in glob.glob("*/*.png") + ["overview.png", "merit.png"]:
    height, width = image.imread(path).shape[:2]
    assert width == 1680 and 500 < height < 2500, (path, width, height)
    assert image.imread(path)[..., :3].std() > 0.05, path
P
# What stands above the pictures: no line is wider than the sheet, doubts come after the name, and machines of one name differ.
again - <<'P'
import json
import synthetic_scaling
from dko.scaling import plot
from dko.scaling.pictures.machines import merit_of, rates
from dko.scaling.pictures.sheet import WIDTH, Figure, FigureCanvasAgg, FontProperties, absent, description, header_lines
from dko.scaling.pictures.speed import size_of_all
trial, failed = json.load(open("results.json")), json.load(open("failed.json"))
long = "A machine of which the name is as long as it may be at all"
alike = [dict(synthetic_scaling.result(name=long), started=f"2026-11-1{day}T07:05:54Z", complete=not day) for day in (0, 1)]
assert [words[1:3] for words in (description(alike, at) for at in (0, 1))] == [
    ["measured 2026-11-10 07:05:54", "4 cores"], ["measured 2026-11-11 07:05:54", "not finished"]]
assert description([trial], 0)[1] == "size trial, too short to judge by"
assert "failed: weak on 1, 2 ranks" in description([failed], 0), description([failed], 0)
assert absent([failed], "weak") == "failed" and absent([failed], "fit") == "not measured"
both = [trial, synthetic_scaling.result()]
assert description(both, 1)[1] == "size small"
merits = [plot.loaded(name) for name in ("made.json", "merit.json", "invalid.json")]
assert [(merit["merit_version"], merit["valid"]) for merit in map(merit_of, merits)] == [(1, True), (2, True), (2, False)]
assert len(rates(merits[1])) == 5 and abs(rates(merits[2])[0] - 1000 / 70) < 1e-9
assert size_of_all(both, "weak") == "" and size_of_all(both[1:], "weak").startswith("40 million pairs a rank")
assert len(header_lines(alike)) > 2
renderer = FigureCanvasAgg(Figure(figsize=(WIDTH, 1), dpi=72)).get_renderer()
for text, _ in header_lines(alike + both):
    width = renderer.get_text_width_height_descent(text, FontProperties(size=9.5, weight="bold"), False)[0]
    assert width < 72 * WIDTH * 0.99, text
joined = " ".join(" ".join(text for text, _ in header_lines(alike)).split())
assert joined.count("files on lustre") == 2, joined
P

# Of the machines that were measured, too.
for reference in "$DKO_SOURCE"/scripts/reference/*.json; do
  [ ! -e "$reference" ] || plot "$reference" -o "$(basename "$reference" .json)"
done

expect 2 'overview.png exists' plot made.json -o overview.png
expect 2 'required: -o' plot made.json
expect 3 'none.json: there is no such file' plot none.json -o x
echo '{"format": "dko-scaling"' >broken.json
expect 3 'broken.json: is no JSON' plot results.json broken.json -o x
expect 3 'apart.sh|no_screens.sh: is no JSON' plot no_screens.sh -o x
"$python" -c '
import json
result = json.load(open("made.json"))
del result["cases"][0]["runs"][0]["result"]["screen"]
json.dump(result, open("lacking.json", "w"))'
expect 3 "lacking.json: a run of case 0, strong-dense, lacks 'screen'" plot lacking.json -o x
absent x
