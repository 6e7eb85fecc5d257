. "$(dirname "$0")/lib.sh"
make_data
expect 2 'no command given' "$DKO"
expect 2 "no command 'scren'" "$DKO" scren data.csv
expect 2 'unrecognised option.*did you mean --steps\?' "$DKO" run data.csv -o x.h5 --stepz 3
expect 2 'unrecognised option .--nonsense.; see' "$DKO" run data.csv -o x.h5 --nonsense 3
expect 2 '^dko: error: --genes needs a value: it is empty$' "$DKO" run data.csv -o x.h5 --genes=
expect 2 'dko run --help' "$DKO" run data.csv -o x.h5 --stepz 3
expect 2 'too many positional' "$DKO" run data.csv more.csv -o x.h5
expect 2 'INPUT is missing' "$DKO" run -o x.h5
expect 2 "'--out' is required" "$DKO" run data.csv
expect 2 "'--steps'" "$DKO" run data.csv -o x.h5 --steps many
expect 2 '--steps must be between' "$DKO" run data.csv -o x.h5 --steps 0
expect 2 '--batch must be between' "$DKO" run data.csv -o x.h5 --batch -1
expect 2 '--learning-rate must be between' "$DKO" run data.csv -o x.h5 --learning-rate 0
expect 2 '--schedule must be constant or cosine' "$DKO" run data.csv -o x.h5 --schedule foo
expect 2 '--weight-decay must be between' "$DKO" train data.csv -o x.h5 --weight-decay -1
expect 2 '--weight-decay must be between' "$DKO" predict data.csv -o x.h5 --weight-decay nan
expect 2 'must not exceed 1' "$DKO" run data.csv -o x.h5 --weight-decay 101
expect 2 '--patience must be between' "$DKO" run data.csv -o x.h5 --patience -1
expect 2 '--patience needs validation cells' "$DKO" run data.csv -o x.h5 --patience 5 --validation 0
expect 2 '--validation must be between' "$DKO" run data.csv -o x.h5 --validation 1
expect 2 '--order must be 1 or 2' "$DKO" run data.csv -o x.h5 --order 3
expect 2 'give --order 2' "$DKO" run data.csv -o x.h5 --sample 5
expect 2 'mutually exclusive' "$DKO" run data.csv -o x.h5 --quiet --verbose
expect 2 'mutually exclusive' "$DKO" run data.csv -o x.h5 --order 2 --sample 5 --events e.csv
expect 2 'restrict the list itself' "$DKO" run data.csv -o x.h5 --events e.csv --knockout-genes g.txt
expect 2 'mutually exclusive' "$DKO" predict data.csv -o x.h5 --held-out c.txt --held-out-fraction 0.1
expect 2 "'--model' is required" "$DKO" screen data.csv -o x.h5
expect 2 'nothing to export' "$DKO" export x.h5
expect 2 'give the screened file with --input' "$DKO" export x.h5 --ptest p.csv
expect 2 '--network must be' "$DKO" simulate -o x.csv --network ring
expect 2 'mean degree' "$DKO" simulate -o x.csv --genes 5 --mean-degree 4
expect 2 '--mean-degree must be between' "$DKO" simulate -o x.csv --mean-degree nan
expect 2 '--exponent must be between' "$DKO" simulate -o x.csv --network scale-free --exponent nan
expect 2 '--max-gigabytes must be between' "$DKO" export x.h5 --recorder r.csv --max-gigabytes nan
expect 2 '--seed must not be negative' "$DKO" run data.csv -o x.h5 --seed -1
expect 2 'must be single, double or list' "$DKO" top x.h5 --of triple
expect 2 '--lower-bound must be between' "$DKO" top x.h5 --lower-bound -1
expect 2 '--lower-bound must be between' "$DKO" top x.h5 --lower-bound nan
expect 2 'network-interaction has none' "$DKO" top x.h5 --lower-bound 1 --score network-interaction
expect 2 'impact-sd has none' "$DKO" top x.h5 --lower-bound 1 --score impact-sd
expect 2 'are for --input' "$DKO" export x.h5 --single s.csv --genes gene1
expect 2 'are for --input' "$DKO" export x.h5 --single s.csv --layer counts
expect 2 '--names is for' "$DKO" export x.h5 --h5ad s.h5ad --names
expect 2 '--of is for' "$DKO" export x.h5 --single s.csv --of double
expect 2 'choose cells and genes are for --verify' "$DKO" info x.h5 --verify --top-genes 5
touch list.csv
expect 2 '--truth-single.*--edges.* are the same file|--edges.*--truth-single.* are the same file' "$DKO" simulate --genes 9 --cells 9 \
  --truth-single list.csv --edges list.csv -o data.csv --force
expect 2 'of a prediction' "$DKO" export x.h5 --single s.csv --true t.csv
absent x.h5 x.csv
# Several ranks: one message, and the same code.
expect 2 'no command' on 3 "$DKO" scren data.csv
[ "$(grep -c 'dko: error' said.txt)" = 1 ] || { cat said.txt; fail "three ranks gave more than one message"; }
