. "$(dirname "$0")/lib.sh"
# From one model, the scores are the same bits for any number of ranks, also with more ranks than events.
make_data
"$DKO" train data.csv -o model.h5 -q "${short[@]}"
"$DKO" screen data.csv --model model.h5 --order 2 -o 0.h5 -q
"$DKO" export 0.h5 --single s0.csv --double d0.csv
"$DKO" export 0.h5 --single share0.csv --score share
"$DKO" screen data.csv --model model.h5 --order 2 --sample 50 -o l0.h5 -q
"$DKO" export l0.h5 --list l0.csv
printf '0\n' >cell.txt
head -n 4 s0.csv | tail -n 2 | cut -d, -f1 >genes.txt
"$DKO" screen data.csv --model model.h5 --order 2 --cells cell.txt --genes genes.txt -o f0.h5 -q
"$DKO" export f0.h5 --single f0.csv
lines f0.csv 3
for ranks in 1 2 3 4; do
  on $ranks "$DKO" screen data.csv --model model.h5 --order 2 -o $ranks.h5 -q
  "$DKO" export $ranks.h5 --single s.csv --double d.csv --force
  same s0.csv s.csv
  same d0.csv d.csv
  "$DKO" export $ranks.h5 --single share.csv --score share --force
  same share0.csv share.csv
  on $ranks "$DKO" screen data.csv --model model.h5 --order 2 --sample 50 -o l$ranks.h5 -q
  "$DKO" export l$ranks.h5 --list l.csv --force
  same l0.csv l.csv
  # Two single knockouts and one pair for up to four ranks.
  on $ranks "$DKO" screen data.csv --model model.h5 --order 2 --cells cell.txt --genes genes.txt -o f$ranks.h5 -q
  "$DKO" export f$ranks.h5 --single f.csv --force
  same f0.csv f.csv
done
