. "$(dirname "$0")/lib.sh"
# The sparse mapping in every command, and the same bits for any number of ranks.
make_data
"$DKO" train data.csv --mapping sparse -o model.h5 -q
expect 0 'mapping +sparse' "$DKO" info model.h5
"$DKO" screen data.csv --model model.h5 --order 2 --score impact,network -o screen.h5 -q
"$DKO" export screen.h5 --single s0.csv --double d0.csv --score impact,network
for ranks in 1 2 3 4; do
  on $ranks "$DKO" run data.csv --mapping sparse --order 2 --score impact,network -o $ranks.h5 --save-model m$ranks.h5 -q
  "$DKO" export $ranks.h5 --single s.csv --double d.csv --score impact,network --force
  same s0.csv s.csv
  same d0.csv d.csv
  on $ranks "$DKO" run data.csv --mapping sparse --ensemble 3 -o e$ranks.h5 -q
  "$DKO" export e$ranks.h5 --single es$ranks.csv --score impact,impact-sd
  same es1.csv es$ranks.csv
done
expect 0 'held-out cells' on 2 "$DKO" predict data.csv --mapping sparse -o prediction.h5
expect 0 'fitting 2 members, each' "$DKO" predict data.csv --mapping sparse --ensemble 2 -o ensemble.h5
expect 0 'verdict' "$DKO" evaluate data.csv --prediction prediction.h5 --bootstrap 0

# A model of several scores as a screen of several does.
"$DKO" train data.csv --ensemble 2 -o two.h5 -q "${short[@]}"
"$DKO" screen data.csv --model two.h5 -o two_screen.h5 -q
"$DKO" export two_screen.h5 --single two.csv --score impact,impact-sd
"$DKO" run data.csv --ensemble 2 -o both.h5 -q "${short[@]}"
"$DKO" export both.h5 --single both.csv --score impact,impact-sd
same two.csv both.csv

expect 2 '--mapping must be dko or sparse' "$DKO" run data.csv -o x.h5 --mapping dense
expect 2 '--ensemble must be between' "$DKO" run data.csv -o x.h5 --ensemble 0
expect 2 '--steps applies only to --mapping dko' "$DKO" run data.csv -o x.h5 --mapping sparse --steps 10
expect 2 'must leave some cells out' "$DKO" run data.csv -o x.h5 --mapping sparse --ensemble 2 --validation 0
expect 2 'is fitted to all cells' "$DKO" train data.csv -o x.h5 --mapping sparse --validation 0.1
expect 2 'no standard deviations|no impact-sd' "$DKO" top screen.h5 --lower-bound 1
cut -d, -f1-6 data.csv >few.csv
# Nothing drops out: there is no state, and nothing to learn presence from.
for cell in $(seq 12); do printf ',c%s' $cell; done >full.csv
echo >>full.csv
for gene in 1 2 3 4 5; do
  printf 'g%s' $gene
  for cell in $(seq 12); do printf ',%s' $((gene + cell % 3)); done
  echo
done >>full.csv
expect 0 '0 effects .*0 factors' on 2 "$DKO" run full.csv --mapping sparse --order 2 -o full.h5
expect 3 '10 cells or more' "$DKO" train few.csv -o x.h5 --mapping sparse
absent x.h5
