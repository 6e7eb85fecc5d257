. "$(dirname "$0")/lib.sh"
# However ranks share a training, it is the same to rounding; and it is validated as seldom as asked for.
need h5py numpy
preload h5py numpy
make_data
"$DKO" train data.csv -o alone.h5 "${short[@]}" 2>log.txt
! grep -q 'spread over\|validating every' log.txt || { cat log.txt; fail "a plan is told where there is nothing to tell"; }
for ranks in 1 2 3; do
  for form in data sharded auto; do
    on $ranks "$DKO" train data.csv -o $form$ranks.h5 --parallel $form "${short[@]}" 2>$form$ranks.txt
  done
  on $ranks "$DKO" train data.csv -o every$ranks.h5 --validate-every 7 "${short[@]}" 2>every$ranks.txt
  # Fewer hidden units than ranks, and two members for up to three ranks.
  on $ranks "$DKO" train data.csv -o narrow$ranks.h5 --hidden 2 --parallel sharded --validate-every 4 -q "${short[@]}"
  on $ranks "$DKO" train data.csv -o five$ranks.h5 --hidden 5 --parallel sharded -q "${short[@]}"
  on $ranks "$DKO" train data.csv -o two$ranks.h5 --ensemble 2 --parallel sharded -q "${short[@]}"
  on $ranks "$DKO" train data.csv -o last$ranks.h5 --validation 0 --parallel sharded -q "${short[@]}"
done
grep -q 'spread over 3 ranks by cells (data)' data3.txt || { cat data3.txt; fail "the form is not told"; }
grep -q 'spread over 2 ranks by hidden units (sharded)' sharded2.txt || { cat sharded2.txt; fail "the form is not told"; }
grep -q 'validating every 7 steps$' every1.txt || { cat every1.txt; fail "seldom validation is not told"; }
on 3 "$DKO" train data.csv -o e.h5 --ensemble 2 "${short[@]}" 2>log.txt
grep -q 'each spread over 2 ranks' log.txt || { cat log.txt; fail "the form of members is not told"; }
again - <<'P'
import h5py, numpy

def training(name, group="training"):
    with h5py.File(name) as f:
        g = f[group]
        return dict(g.attrs), g["training_losses"][:], g["validation_losses"][:]

def near(ours, theirs):
    assert ours.shape == theirs.shape and numpy.allclose(ours, theirs, rtol=1e-3, atol=0), (ours, theirs)

alone = training("alone.h5")
assert alone[0]["validate_every"] == 1
for ranks in (1, 2, 3):
    for form in ("data", "sharded", "auto"):
        stated, losses, validation = training(f"{form}{ranks}.h5")
        near(losses, alone[1])
        near(validation, alone[2])
        # One rank has all hidden units, whatever is asked for.
        allowed = ("sharded", ) if ranks == 1 else ("data", "sharded") if form == "auto" else (form, )
        assert stated["parallel"] in allowed, (ranks, form, stated["parallel"])
    stated, losses, validation = training(f"every{ranks}.h5")
    assert stated["validate_every"] == 7 and len(validation) == -(-30 // 7) and stated["best_step"] % 7 == 0
    near(losses, alone[1])
    near(validation, alone[2][::7])
    assert validation[stated["best_step"] // 7] == validation.min()
    for name in ("narrow", "five", "last"):
        stated, losses, validation = training(f"{name}{ranks}.h5")
        first = training(f"{name}1.h5")
        near(losses, first[1])
        near(validation, first[2])
        assert len(validation) == {"narrow": 8, "five": 30, "last": 0}[name]
    assert stated["best_step"] == 30 and numpy.isnan(stated["best_validation_loss"])
    for member in ("member0/training", "member1/training"):
        near(training(f"two{ranks}.h5", member)[2], training("two1.h5", member)[2])
    with h5py.File(f"narrow{ranks}.h5") as f, h5py.File("narrow1.h5") as g:
        for part in ("W1t", "b1", "W2", "b2"):
            assert numpy.allclose(f["mapping"][part], g["mapping"][part], atol=1e-3), part
P
# Watchdog counts steps, also where few are validated.
"$DKO" train data.csv -o stopped.h5 --steps 3000 --batch 10 --patience 10 --validate-every 4 2>log.txt
again - <<'P'
import h5py
with h5py.File("stopped.h5") as f:
    stated = f["training"].attrs
    assert stated["steps"] == stated["best_step"] + 13 and stated["best_step"] % 4 == 0, dict(stated)
P
# Left open, it is as seldom as the estimated times say.
"$DKO" train data.csv -o chosen.h5 --steps 20000000 --batch 10 --validation 0.8 --patience 50 2>log.txt
grep -qE 'validating every [0-9,]+ steps, so that it takes at most a tenth of the time' log.txt ||
  { cat log.txt; fail "the chosen interval is not told"; }
expect 0 'validate_every +7' "$DKO" info every2.h5
expect 0 'parallel +data' "$DKO" info data2.h5
# A curve that is not of the steps stated.
again - <<'P'
import h5py
with h5py.File("every2.h5", "r+") as f:
    f["training"].attrs["validate_every"] = 6
P
expect 3 'every2.h5:/training: attribute best_step|every2.h5:/training/validation_losses: has' "$DKO" info every2.h5
expect 2 '--parallel must be auto, data or sharded' "$DKO" train data.csv -o x.h5 --parallel both
expect 2 '--validate-every must be between' "$DKO" run data.csv -o x.h5 --validate-every -1
expect 2 '--validate-every needs validation cells' "$DKO" predict data.csv -o x.h5 --validate-every 2 --validation 0
expect 2 '--parallel applies only to --mapping dko' "$DKO" run data.csv -o x.h5 --mapping sparse --parallel data
expect 2 '--validate-every applies only to --mapping dko' "$DKO" run data.csv -o x.h5 --mapping sparse --validate-every 3
absent x.h5
