. "$(dirname "$0")/lib.sh"
shared_data formats
files=$DKO_SHARED_DATA/formats
few=(--steps 5 --batch 10 -q)
# singles FILE OPTIONS...: the scores of a short training, in singles.csv
singles() {
  "$DKO" run "$@" -o x.h5 --force "${few[@]}" 2>warnings.txt || { cat warnings.txt; fail "$*"; }
  "$DKO" export x.h5 --single singles.csv --force
}
# The same data gives the same bits through every format.
singles "$files/genes_x_cells.csv"
mv singles.csv forty_cells.csv
for file in genes_x_cells.tsv.gz no_header_dko.csv real_general.mtx; do
  singles "$files/$file"
  same forty_cells.csv singles.csv
done
singles "$files/cells_x_genes_transposed.csv" --orientation cells-x-genes
same forty_cells.csv singles.csv
grep -q 'warning.*cells × genes' warnings.txt || fail "the other orientation is not told of"
expect 3 'named like cells' "$DKO" run "$files/cells_x_genes_transposed.csv" -o y.h5

singles "$files/dense_f32_nocompress.h5ad"
mv singles.csv eighty_cells.csv
for file in dense_f64_gzip csr_f32_gzip csr_int64_index ensembl_index_symbol_column; do
  singles "$files/$file.h5ad"
  same eighty_cells.csv singles.csv
done
for source in '--layer counts' --raw; do
  # shellcheck disable=SC2086
  singles "$files/lognorm_categorical_layers_raw.h5ad" $source
  same eighty_cells.csv singles.csv
done
singles "$files/v3_filtered_feature_bc_matrix.h5"
mv singles.csv v3.csv
singles "$files/v3_mtx"
same v3.csv singles.csv
expect 0 '20 genes × 30 cells' "$DKO" train "$files/adata_v0.7.8.h5ad" -o m.h5 --steps 5 --batch 10
expect 0 '343 genes × 12 cells' "$DKO" train "$files/v1.2_filtered_gene_bc_matrices_h5.h5" -o n.h5 --steps 5 --batch 5
for file in duplicate_gene_names zero_genes_and_cells; do
  singles "$files/$file.h5ad"
  grep -q warning warnings.txt || fail "$file is read without a warning"
done

expect 3 "bad_token.csv, line 6, cell .* \(column 6\): 'abc'" "$DKO" run "$files/bad_token.csv" -o y.h5
expect 3 'ragged_row.csv, line 6: has 38 fields' "$DKO" run "$files/ragged_row.csv" -o y.h5
expect 3 'has_nan.h5ad:/X, cell .*, gene .*NaN' "$DKO" run "$files/has_nan.h5ad" -o y.h5
expect 3 'scaled_negative.h5ad:/X, cell .*, gene .*negative; give counts' "$DKO" run "$files/scaled_negative.h5ad" -o y.h5
expect 3 'one_gene.h5ad: has 1 gene' "$DKO" run "$files/one_gene.h5ad" -o y.h5
absent y.h5

# Real cells, one selection, three formats.
cells=$DKO_SHARED_DATA/trem2_microglia
cut -d, -f1 "$cells/trem2_WT_500g.csv" | tail -n +2 >genes.txt
singles "$cells/trem2_WT_500g.csv"
mv singles.csv microglia.csv
for source in trem2_WT.h5ad WT_10x_v3; do
  singles "$cells/$source" --genes genes.txt
  same microglia.csv singles.csv
done
