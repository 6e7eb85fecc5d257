. "$(dirname "$0")/lib.sh"
# Known regulations as a prior of the sparse mapping: the same bits for any number of ranks, what the model says, and bad files.
"$DKO" simulate --genes 60 --cells 150 --seed 4 --umi 1500 --edges edges.csv -o data.csv -q 2>log.txt ||
  { cat log.txt >&2; fail "no simulated data"; }
awk -F, 'NR > 1 {print $1 "," $2}' edges.csv >pairs.csv
awk -F, -v OFS=, 'BEGIN {print "regulator,target,weight,sign"} {print $0, NR % 2 + 1, "?"}' pairs.csv >weighted.csv
"$DKO" train data.csv --mapping sparse --prior pairs.csv -o model.h5 2>log.txt
grep -qE "pairs.csv: [0-9]+ pairs? of genes of the data in [0-9]+ rows" log.txt || fail "the log does not count the pairs"
grep -qE "the prior's [0-9]+ pairs" log.txt || fail "the log does not tell what the prior is worth"
expect 0 'prior +crc64:' "$DKO" info model.h5
expect 0 'prior_factor +' "$DKO" info model.h5
expect 0 'verified' "$DKO" info --verify model.h5
"$DKO" screen data.csv --model model.h5 -o screen.h5 -q
expect 0 'prior +crc64:' "$DKO" info screen.h5
"$DKO" export screen.h5 --single s0.csv --score impact,network
for ranks in 1 2 3; do
  on $ranks "$DKO" run data.csv --mapping sparse --prior pairs.csv --score impact,network -o $ranks.h5 -q
  "$DKO" export $ranks.h5 --single s.csv --score impact,network --force
  same s0.csv s.csv
done
"$DKO" train data.csv --mapping sparse --prior weighted.csv --prior-signs -o weighted.h5 -q
expect 0 'prior +crc64:[0-9a-f]+, with its signs' "$DKO" info weighted.h5
"$DKO" predict data.csv --mapping sparse --prior pairs.csv -o prediction.h5 -q
# Members of one ensemble have one prior.
"$DKO" train data.csv --mapping sparse --prior pairs.csv --ensemble 2 --member 0 -o member0.h5 -q
"$DKO" train data.csv --mapping sparse --ensemble 2 --member 1 -o member1.h5 -q
expect 3 'its prior is another' "$DKO" ensemble member0.h5 member1.h5 -o x.h5

train=("$DKO" train data.csv --mapping sparse -o x.h5)
expect 2 '--prior applies only to --mapping sparse' "$DKO" train data.csv -o x.h5 --prior pairs.csv
expect 2 '--prior-signs is for --prior' "${train[@]}" --prior-signs
expect 3 'none.csv' "${train[@]}" --prior none.csv
sed '3s/$/,1/' pairs.csv >ragged.csv
expect 3 'ragged.csv, line 3: has 3 fields, the first row 2' on 2 "${train[@]}" --prior ragged.csv
sed 's/gene/other/g' pairs.csv >headless.csv
expect 3 'headless.csv, line 1: neither other[0-9]+ nor other[0-9]+ is a gene of the data, and they are not the titles' "${train[@]}" --prior headless.csv
sed '1i regulator,target' headless.csv >unknown.csv
expect 3 'unknown.csv: none of its [0-9]+ rows is of two genes of the data' "${train[@]}" --prior unknown.csv
sed '2s/,[12],/,-1,/' weighted.csv >negative.csv
expect 3 'negative.csv, line 2: weight -1 is not a finite number above 0; give what lowers' "${train[@]}" --prior negative.csv
sed '2s/?/up/' weighted.csv >signs.csv
expect 3 'signs.csv, line 2: sign up is none of' "${train[@]}" --prior signs.csv
: >empty.csv
expect 3 'empty.csv: is empty' "${train[@]}" --prior empty.csv
absent x.h5
