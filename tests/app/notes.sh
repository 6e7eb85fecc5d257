. "$(dirname "$0")/lib.sh"
# What a screen tells of its mapping: the training, and how well it predicts cells it was not trained on.
need h5py numpy scipy
make_data
on 2 "$DKO" run data.csv -o lone.h5 --save-model model.h5 -q "${short[@]}"
"$DKO" run data.csv -o two.h5 --ensemble 2 -q "${short[@]}"
"$DKO" run data.csv -o last.h5 --validation 0 -q "${short[@]}"
"$DKO" run data.csv -o sparse.h5 --mapping sparse -q
"$DKO" run data.csv -o sparse2.h5 --mapping sparse --ensemble 2 -q
"$DKO" screen data.csv --model model.h5 -o again.h5 -q
"$python" "$(dirname "$0")/check_notes.py"
