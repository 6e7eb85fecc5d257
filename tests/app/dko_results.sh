. "$(dirname "$0")/lib.sh"
# The Python module sees what the program exports and ranks, to the bit, and explains as the mappings do.
need h5py numpy pandas scipy
export PYTHONPATH=$DKO_SOURCE/scripts PYTHONDONTWRITEBYTECODE=1

make_hidden
"$DKO" run data.csv --order 2 --score impact,network -o dense.h5 --save-model dense_model.h5 -q "${short[@]}"
"$DKO" run data.csv --order 2 --sample 700 --score impact,network --mapping sparse --ensemble 3 \
  -o sampled.h5 --save-model sampled_model.h5 -q
"$DKO" screen data.csv --model dense_model.h5 --base observed -o observed.h5 -q
cp dense_model.h5 observed_model.h5
"$DKO" run data.csv --order 2 --ensemble 2 -o ensemble.h5 --save-model ensemble_model.h5 -q "${short[@]}"
"$DKO" screen data.csv --model dense_model.h5 --order 2 --score impact,network --keep summary -o summary.h5 -q
"$DKO" screen data.csv --model dense_model.h5 --order 2 --score impact,network --keep top:5 --keep-by interaction -o top.h5 -q
"$DKO" train data.csv --validate-every 7 -o seldom_model.h5 -q "${short[@]}"
printf 'gene%d\n' 3 7 8 20 >genes.txt
"$DKO" screen data.csv --model dense_model.h5 --knockout-genes genes.txt -o some.h5 -q
"$DKO" run hidden.csv --score impact,network -o hidden.h5 --save-model hidden_model.h5 -q "${short[@]}"
"$DKO" screen hidden.csv --model hidden_model.h5 --score network -o hidden_network.h5 -q
# Counts, of which sampling explains many absences.
"$python" - <<'PYTHON'
import numpy
draw = numpy.random.default_rng(5)
with open("data.csv") as data, open("counts.csv", "w") as counts:
    counts.write(next(data))
    for line in data:
        name, *values = line.split(",")
        drawn = draw.poisson(numpy.array(values, dtype=float) * draw.choice([0.5, 1.5, 20]))
        counts.write(",".join([name, *map(str, drawn)]) + "\n")
PYTHON
"$DKO" run counts.csv -o counts.h5 --save-model counts_model.h5 -q "${short[@]}"
"$DKO" screen counts.csv --model counts_model.h5 --order 2 -o counts_pairs.h5 -q
"$DKO" screen counts.csv --model counts_model.h5 --order 2 --keep summary -o counts_summary.h5 -q
"$DKO" run counts.csv -o shrunk.h5 --save-model shrunk_model.h5 --mapping sparse -q
for screen in hidden counts; do "$DKO" export $screen.h5 --h5ad $screen.h5ad; done
for screen in dense sampled ensemble; do
  scores=impact,network,interaction
  pairs=$scores,network-interaction
  [ $screen = dense ] || scores=$scores,impact-sd,network-sd
  [ $screen != sampled ] || pairs=$pairs,impact-sd,network-sd
  [ $screen != ensemble ] || pairs=impact,impact-sd,interaction
  "$DKO" export $screen.h5 --single $screen.single.csv --names --score "$scores"
  "$DKO" export $screen.h5 --double $screen.double.csv --names --score "$pairs"
  "$DKO" top $screen.h5 -n 5 --json $screen.top.json >/dev/null
done
"$python" "$(dirname "$0")/dko_results_test.py"
