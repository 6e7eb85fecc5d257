. "$(dirname "$0")/lib.sh"
# Lists of knockouts, in the original's recorder formats, give the scores that the full screen gives: singles
# to the bit, pairs to rounding.
make_data
"$DKO" train data.csv -o model.h5 -q "${short[@]}"
"$DKO" screen data.csv --model model.h5 --order 2 -o full.h5 -q
"$DKO" export full.h5 --single s.csv --double d.csv

# Singles, backwards, with the other spelling of the columns, in another order.
{ echo 'cell_index,gene_index'; tail -n +2 s.csv | tac | awk -F, '{print $2 "," $1}'; } >events.csv
on 2 "$DKO" screen data.csv --model model.h5 --events events.csv -o l1.h5 -q
"$DKO" export l1.h5 --list l1.csv
{ head -n 1 s.csv; tail -n +2 s.csv | tac; } >expected.csv
same expected.csv l1.csv

# Pairs by name, with a column that is not ours.
"$DKO" export full.h5 --double named.csv --names
on 2 "$DKO" screen data.csv --model model.h5 --events named.csv -o l2.h5 -q
"$DKO" export l2.h5 --double l2.csv
near d.csv l2.csv 1e-6

# Names that are numbers: what is exported by number and by name comes back as itself.
sed '1s/cell//g' data.csv | sed 's/^gene\([0-9]\)/\1/' >numbered.csv
paste -d, <(cut -d, -f1 numbered.csv) <(cut -d, -f3- numbered.csv) >shifted.csv   # cell "1" is now number 0
"$DKO" run shifted.csv -o shifted.h5 -q "${short[@]}"
"$DKO" export shifted.h5 --single byid.csv
"$DKO" export shifted.h5 --single byname.csv --names
expect 3 "'1' is the name of one and the number of another" "$DKO" run shifted.csv --events byid.csv -o x.h5 "${short[@]}"
sed '1s/_id/_index/g' byid.csv >byindex.csv
for list in byindex.csv byname.csv; do
  "$DKO" run shifted.csv --events $list -o again.h5 -q --force "${short[@]}"
  "$DKO" export again.h5 --list again.csv --force
  same byid.csv again.csv
done

# Three genes at once.
awk -F, 'NR == 2 || NR == 3 || NR == 4 {printf "%s,", $1} END {print "0"}' s.csv >three.txt
{ echo 'gene1_id,gene2_id,gene3_id,cell_id'; cat three.txt; } >three.csv
"$DKO" screen data.csv --model model.h5 --events three.csv --order 1 -o l3.h5 -q
"$DKO" export l3.h5 --list l3.csv --single s3.csv
[ "$(head -n 1 l3.csv)" = gene1_id,gene2_id,gene3_id,cell_id,k_pred ] || fail "no columns for three genes"
grep -qF "$(cat three.txt)," l3.csv || fail "the event of three genes is not there"
same s.csv s3.csv

# A sample is of distinct pairs with the scores of the full screen.
on 2 "$DKO" screen data.csv --model model.h5 --order 2 --sample 300 --seed 5 -o sample.h5 -q
"$DKO" export sample.h5 --double sample.csv
lines sample.csv 301
[ "$(tail -n +2 sample.csv | sort -u | wc -l)" = 300 ] || fail "the sample repeats a pair"
awk -F, 'NR == FNR {of[$1, $2, $3] = $4; next}
         FNR > 1 {if (!(($1, $2, $3) in of) || ($4 - of[$1, $2, $3]) ^ 2 > 1e-12) exit 1}' d.csv sample.csv ||
  fail "a sampled pair has another score than in the full screen"

# Bad lists: the file, the line, the reason.
unexpressed=$(comm -13 <(tail -n +2 s.csv | awk -F, '$2 == 0 {print $1}' | sort) <(seq 0 29 | sort) | sed -n 1p)
printf 'gene_id,cell_id\n%s,0\n' "$unexpressed" >bad.csv
expect 3 'bad.csv, line 2: cell cell0 does not express' "$DKO" screen data.csv --model model.h5 --events bad.csv -o x.h5
g=$(sed -n '2s/,.*//p' s.csv)
printf 'gene1_id,gene2_id,cell_id\n%s,%s,0\n' "$g" "$g" >bad.csv
expect 3 'bad.csv, line 2.*twice' "$DKO" screen data.csv --model model.h5 --events bad.csv -o x.h5
printf 'gene_id,k\n0,0\n' >bad.csv
expect 3 'bad.csv, line 1.*cell_id' "$DKO" screen data.csv --model model.h5 --events bad.csv -o x.h5
absent x.h5
expect 2 'no such scores' "$DKO" export l3.h5 --double x.csv
absent x.csv
