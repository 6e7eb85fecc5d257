. "$(dirname "$0")/lib.sh"
shared_data formats
files=$DKO_SHARED_DATA/formats
few=(--steps 5 --batch 10 -q)
for file in genes_x_cells.csv genes_x_cells.tsv.gz no_header_dko.csv; do
  "$DKO" run "$files/$file" -o "$file.h5" "${few[@]}"
  "$DKO" export "$file.h5" --single "$file.out"
  same genes_x_cells.csv.out "$file.out"
done
expect 3 "bad_token.csv, line 6, cell .* \(column 6\): 'abc'" "$DKO" run "$files/bad_token.csv" -o x.h5
expect 3 'ragged_row.csv, line 6: has 38 fields' "$DKO" run "$files/ragged_row.csv" -o x.h5
absent x.h5
