. "$(dirname "$0")/lib.sh"
# The figure of merit, version 2: dko-scaling --merit and dko bench verify; and whether results differ beyond noise.
need h5py numpy
export ASAN_OPTIONS=detect_leaks=0 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$DKO_SOURCE/scripts:$DKO_SOURCE/tests/app
merit() { "$python" "$DKO_SOURCE/scripts/scaling.py" --merit --dko "$DKO" --size trial --launcher mpirun --ranks 2 "$@"; }

preload h5py numpy
again "$(dirname "$0")/merit_verdict_test.py"
again "$(dirname "$0")/stopping_test.py"

# dko bench verify alone: what was written is right, on any number of ranks; what is not is said with exit code 3.
bench=(--genes 80 --cells 20 --expressed 60 --hidden 10)
on 2 "$DKO" bench screen "${bench[@]}" -o screen.h5 -q >/dev/null
on 1 "$DKO" bench verify screen.h5 "${bench[@]}" --json one.json -q >one.txt
on 3 "$DKO" bench verify screen.h5 "${bench[@]}" --json three.json -q >three.txt
same one.txt three.txt
grep -q '^36,600 knockouts of 36,600 scored again in double precision: largest difference [0-9.e-]*$' one.txt || { cat one.txt; fail "not all were scored again"; }
on 2 "$DKO" bench verify screen.h5 "${bench[@]}" --samples 1000 --sample-seed 5 --json sample.json -q >/dev/null
again - <<'P'
import json
one, three, sample = (json.load(open(name + ".json"))["verification"] for name in ("one", "three", "sample"))
assert one["valid"] and one["why"] == [] and one["wrong"] == 0 and one["chance"] == 1
assert not one.pop("on_other_ranks") and three.pop("on_other_ranks")
for found in (one, three):
    found.pop("seconds")
assert one == three, (one, three)
assert one["blocks"]["double"]["bytes"] == 20 * 60 * 59 // 2 * 4
assert sample["sampled"] == 1017 and abs(sample["chance"] - (1 - (1 - 1e-5)**(36600 / 36))) < 1e-12  # strata of 36
assert json.load(open("one.json"))["build"]["compiler"]
P
expect 3 'is not a screen of these cells and knockouts' "$DKO" bench verify screen.h5 "${bench[@]}" --seed 2
# Other events are verified as what they are.
for kind in '--activate gene1,gene5,gene9' '--knockdown 0.3'; do
  # shellcheck disable=SC2086
  "$DKO" bench screen "${bench[@]}" $kind -o other.h5 -q --force >/dev/null
  # shellcheck disable=SC2086
  expect 0 'scored again in double precision: largest difference [0-9.]*e-(0[6-9]|[1-9][0-9])' on 2 "$DKO" bench verify other.h5 "${bench[@]}" $kind
  expect 3 'is not a screen of these cells and knockouts' "$DKO" bench verify other.h5 "${bench[@]}"
done
expect 3 'none.h5' "$DKO" bench verify none.h5 "${bench[@]}"
expect 2 'only screens that store every pair' "$DKO" bench verify screen.h5 "${bench[@]}" --keep summary
expect 2 '--samples must be between' "$DKO" bench verify screen.h5 --samples 0

cat >damage.py <<'P'
import sys
import h5py
with h5py.File(sys.argv[1], "r+") as file:
    if sys.argv[2] == "score":
        file["double/impact"][12345] += 3e-5
    elif sys.argv[2] == "block":
        file["progress/double/impact"][0] = 0
    else:
        del file[sys.argv[2]]
P
cp screen.h5 score.h5 && again damage.py score.h5 score
cp screen.h5 block.h5 && again damage.py block.h5 block
expect 3 '1 block of double knockouts not as the checksum says.*1 of [0-9,]* sampled scores further than 2e-05 from double precision; the furthest, of double knockout 12345' \
  on 2 "$DKO" bench verify score.h5 "${bench[@]}"
expect 3 'block.h5: verification failed: 1 block of double knockouts missing; first at event 0' \
  "$DKO" bench verify block.h5 "${bench[@]}" --samples 1 --json block.json
grep -q '"missing": 1' block.json || fail "the summary does not tell of the block"
# A file without some of what the screen has to store: of no pairs, or with the record of the pairs or of a score gone.
on 2 "$DKO" bench screen "${bench[@]}" --order 1 -o singles.h5 -q >/dev/null
cp screen.h5 pairs.h5 && again damage.py pairs.h5 progress/double
cp screen.h5 network.h5 && again damage.py network.h5 progress/single/network
for file in singles pairs; do
  expect 3 "$file.h5: verification failed: 0 events of double knockouts on record in place of 35,400" \
    on 2 "$DKO" bench verify $file.h5 "${bench[@]}"
done
expect 3 'single knockouts on record, with impact, share in place of impact, network, share' "$DKO" bench verify network.h5 "${bench[@]}"

# The whole: trials, repeats, verification, a verdict; and nothing is left behind.
mkdir scratch
HDF5_USE_FILE_LOCKING=FALSE \
  expect 0 '^INVALID: .*the size is that of a trial' merit -o merit.json --repeats 2 --scratch scratch --name 'Test machine'
sed -n 1p said.txt | grep -q 'warning: the verdict will be INVALID: the size is that of a trial; 2 repeats, fewer than 5' ||
  { cat said.txt; fail "what is known before the first trial is not said"; }
grep -qE '^figure of merit, version 2: [0-9.]+ million pairs/s on 2 ranks' said.txt || { cat said.txt; fail "no figure"; }
grep -qE 'verified: [0-9,]+ knockouts scored again, 0 wrong' said.txt || { cat said.txt; fail "not verified"; }
[ -z "$(ls scratch)" ] || fail "files were left behind in the scratch folder"
absent merit.json.partial
again - <<'P'
import json
result = json.load(open("merit.json"))
assert result["format"] == "dko-merit" and result["complete"] and result["machine"]["name"] == "Test machine"
assert len(result["runs"]) == 2 and result["cells_per_rank"] >= 2
cells = [trial["cells_per_rank"] for trial in result["trials"]]
assert len(cells) > len(set(cells)), cells  # the last one runs twice
for number, run in enumerate(result["runs"], start=1):
    check = run["verification"]
    assert run["failed"] is None and check["valid"] and check["on_other_ranks"] and check["sample_seed"] == number
    assert min(500000, check["knockouts"]) <= check["sampled"] <= 1000000 and check["chance"] > 0.99
    assert run["result"]["screen"]["pairs"] == 2 * result["cells_per_rank"] * 120 * 119 // 2
    assert run["energy"]["joules"] or run["energy"]["why"]
    assert run["clock"]["mean_mhz"] or run["clock"]["why"]
assert sum(result["placement"]["hosts"].values()) == 2, result["placement"]
assert result["environment"]["HDF5_USE_FILE_LOCKING"] == "FALSE", result["environment"]
assert not any("COMM_WORLD" in name for name in result["environment"])
assert result["build"]["compiler"] and result["merit"]["wrong"] == 0 and not result["merit"]["valid"]
assert f"--cells {2 * result['cells_per_rank']} " in result["command_of_run"]
P

# A file that is damaged after it was written, and one that is cut off: INVALID, with the reason and exit code 1.
cat >damaging.sh <<R
#!/bin/bash
# A launcher that damages the file before it is verified.
for word in "\$@"; do case \$word in *dko-merit-*.h5) file=\$word ;; esac; done
case "\$*" in *"bench verify"*) $python damage.py \$file score || exit 9 ;; esac
exec mpirun "\$@"
R
sed 's|'"$python"' damage.py .file score|truncate -s 100000 $file|' damaging.sh >cutting.sh
cat >refusing.sh <<'R'
#!/bin/bash
echo "dko: error: no screens today" >&2
exit 4
R
chmod +x damaging.sh cutting.sh refusing.sh
expect 1 'INVALID: repeat 1: 1 block of double knockouts not as the checksum says' merit -o damaged.json --repeats 1 --launcher ./damaging.sh
grep -q '"valid": false' damaged.json || fail "the result of a damaged file is valid"
expect 1 'INVALID: repeat 1: verification: exit code 3: dko: error: .*dko-merit' merit -o cut.json --repeats 1 --launcher ./cutting.sh
expect 1 'dko ran on 1 rank: the launcher does not join them' merit -o apart.json --repeats 1 --launcher 'mpirun -n 1 env RANKS={ranks}'
[ -z "$(ls | grep dko-merit-)" ] || fail "files were left behind"

# A machine that is twenty times as fast from the second repeat on: that is too short, and the repeats start again.
cat >slow.sh <<R
#!/bin/bash
# A launcher by which screens seem to take long until the first one was verified.
mpirun "\$@" || exit
case "\$*" in *"bench verify"*) touch verified; exit ;; esac
exec $python slower.py "\$@"
R
cat >slower.py <<'R'
import json, os, sys
path = sys.argv[sys.argv.index("--json") + 1] if "--json" in sys.argv else sys.exit()
found = json.load(open(path))
cells = int(sys.argv[sys.argv.index("--cells") + 1])
found["screen"]["seconds"] = (0.0075 if os.path.exists("verified") else 0.15) * cells
json.dump(found, open(path, "w"))
R
chmod +x slow.sh
expect 0 ' s is too short, less than 0.5 s: again with more cells' merit -o anew.json --repeats 2 --launcher ./slow.sh
again - <<'R'
import json
result = json.load(open("anew.json"))
seconds = [trial["seconds"] for trial in result["trials"]]
assert any(took < 0.5 for took in seconds[3:]), result["trials"]  # two trials at least, and a repeat before
assert [run["repeat"] for run in result["runs"]] == [1, 2] and result["complete"]
assert result["cells_per_rank"] > result["trials"][-1]["cells_per_rank"], result["trials"]
assert f"--cells {2 * result['cells_per_rank']} " in result["command_of_run"]
R

# Stopped after its first repeat, by a signal and then by what Slurm sends at the time limit: what was measured is kept, as
# no whole measurement, and nothing is left behind, nor what Open MPI leaves of a killed rank.
for signal in TERM USR1; do
  "$python" "$DKO_SOURCE/scripts/scaling.py" --merit --dko "$DKO" --size trial --launcher mpirun --ranks 2 --repeats 100 \
    -o stopped.json --scratch scratch --force >said.txt 2>&1 </dev/null &
  job=$!
  until grep -q '"wall_seconds"' stopped.json 2>/dev/null; do
    kill -0 $job || { cat said.txt; fail "ended before its first repeat"; }
    sleep 0.1
  done
  touch scratch/dko-merit-$job.h5.partial-123-4.lock scratch/other.lock
  kill -$signal $job
  kill -TERM $job
  ended 60 5
  grep -qE 'stopped by SIG(TERM|USR1)' said.txt || { cat said.txt; fail "does not say that it was stopped"; }
  grep -q '"complete": false' stopped.json || fail "a stopped measurement is complete"
  grep -qE '"stopped": "stopped by SIG(TERM|USR1); what was measured before is kept"' stopped.json || fail "the result does not say why"
  grep -q '"repeat": 1' stopped.json || fail "the first repeat is not kept"
  [ "$(ls scratch)" = other.lock ] || { ls scratch; fail "files were left behind after a stop by $signal"; }
  rm scratch/other.lock stopped.json
done

# What could not be measured at all is replaced by the next attempt.
expect 1 'trial of .*no screens today|no screens today' merit -o again.json --repeats 1 --launcher ./refusing.sh
grep -qE '"failed": ".*no screens today' again.json || fail "the result does not say why nothing was measured"
expect 0 '^INVALID' merit -o again.json --repeats 1
expect 2 'again.json exists' merit -o again.json --repeats 1

expect 2 '--official goes with --merit' again "$DKO_SOURCE/scripts/scaling.py" -o x.json --dko "$DKO" --official
expect 2 'one number of ranks' merit -o x.json --ranks 1 2
expect 2 'does not go with --merit' merit -o x.json --size large
expect 2 'merit.json exists' merit -o merit.json
absent x.json

# Comparing results.
compare() { again "$DKO_SOURCE/scripts/bench-compare.py" "$@"; }
again "$(dirname "$0")/bench_compare_test.py"
expect 2 'bench-compare.py: error: they share no figure with at least 3 repeats' compare merit.json merit.json
"$python" -c '
import json, merit_verdict_test
json.dump(merit_verdict_test.result((70, 71, 70.5, 72, 70.2)), open("old.json", "w"))
json.dump(merit_verdict_test.result((80, 81, 80.5, 82, 80.2)), open("new.json", "w"))'
expect 0 'no change beyond noise' compare old.json old.json
for words in '^old: old.json: Made, dko 0.2.0 \(0123456\), size small' '^figure of merit +14.18 +14.18 million pairs/s '; do
  grep -qE "$words" said.txt || { cat said.txt; fail "does not say '$words'"; }
done
! grep -q INVALID said.txt || fail "a valid figure is called invalid"
sed 's/"complete": true/"complete": false/' old.json >unfinished.json
expect 0 '^ +INVALID: 5 of 5 repeats measured' compare unfinished.json old.json
expect 10 'slower beyond noise: figure of merit' compare old.json new.json
expect 0 'faster beyond noise: figure of merit' compare new.json old.json
expect 2 'they differ in size' compare old.json merit.json
expect 3 'none.json: there is no such file' compare old.json none.json
expect 3 'is no JSON' compare old.json damaging.sh
expect 2 '--level' compare old.json new.json --level 2
