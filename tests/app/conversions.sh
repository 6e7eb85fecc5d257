. "$(dirname "$0")/lib.sh"
# The same data gives the same bits: named or not, commas or tabs, gzip or not, Windows line ends or not.
make_data
"$DKO" run data.csv -o a.h5 -q "${short[@]}"
"$DKO" export a.h5 --single expected.csv
tr ',' '\t' <data.csv >data.tsv
gzip -c data.tsv >compressed.csv
sed 's/$/\r/' data.csv >crlf.csv
printf '\xef\xbb\xbf' | cat - data.csv >bom.csv
sed '1s/^gene,//' data.csv >short_header.csv
tail -n +2 data.csv >names_only.csv
tail -n +2 data.csv | cut -d, -f2- >plain.csv
for file in data.tsv compressed.csv crlf.csv bom.csv short_header.csv names_only.csv plain.csv; do
  "$DKO" run "$file" -o x.h5 -q "${short[@]}" --force
  "$DKO" export x.h5 --single x.csv --force
  same expected.csv x.csv
done
# Equal content has equal checksums, whatever the file.
sum() { "$DKO" info "$1" | grep input_checksum; }
"$DKO" run compressed.csv -o x.h5 -q "${short[@]}" --force
[ "$(sum a.h5)" = "$(sum x.h5)" ] || fail "the same data has two checksums"
