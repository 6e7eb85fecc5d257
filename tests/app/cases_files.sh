. "$(dirname "$0")/lib.sh"
# Input files that users met and that were read wrong, or refused without the cause: each row is a check of its own, on
# files that this script makes. By hand, in an empty directory: DKO=…/dko bash cases_files.sh
need anndata h5py scipy
"$python" -W ignore "$(dirname "$0")/cases_files.py"
export ASAN_OPTIONS=detect_leaks=0  # HDF5 does not give back all that it took for what it fails to read
few=(--steps 3 --batch 4 --validation 0.3)
rows=0

# read_as INPUT WORDS NAMES [OPTION...]: read, with these words in the log, as the sound data of 8 genes and 12 cells
# with these names: symbols (G0 …, cells c0 …), accessions, numbers.
read_as() {
  local input=$1 words=$2 names=$3
  shift 3
  rm -f x.h5
  expect 0 "$words" "$DKO" train "$input" -o x.h5 "${few[@]}" "$@"
  [ "$("$DKO" info x.h5 | grep input_checksum)" = "$("$DKO" info "$names.h5" | grep input_checksum)" ] ||
    { cat said.txt; fail "$input is not read as $names"; }
  rows=$((rows + 1))
}
# refused CODE INPUT WORDS [OPTION...]: with the cause and the way out, the file's name, and nothing left.
refused() {
  local code=$1 input=$2 words=$3
  shift 3
  expect "$code" "$words" timeout 60 "$DKO" train "$input" -o out.h5 "${few[@]}" "$@"
  grep -qF -- "$(basename "$input")" said.txt || { cat said.txt; fail "the message does not name $input"; }
  absent out.h5
  rows=$((rows + 1))
}
for names in symbols accessions numbers; do "$DKO" train $names.csv -o $names.h5 -q "${few[@]}"; done

# MatrixMarket: types of values and comments.
for type in float double real FLOAT float64 int unsigned-integer; do read_as type_$type '8 genes × 12 cells' symbols; done
refused 3 type_complex 'values of type complex'
read_as comments 'genes from features.tsv' symbols
read_as one_percent 'MatrixMarket' symbols
refused 3 hash_in_matrix 'comment with #; those of MatrixMarket begin with %' --orientation genes-x-cells

# The third column of a list of features.
read_as biotype 'warning.*features.tsv: where 10x has the types.*lincRNA, protein_coding; all 8 rows are taken as genes' symbols
read_as chromosomes 'warning.*genes.tsv: .*has 1, 2, 3, 4 and 4 more' symbols
read_as genome 'warning.*has hg38; all 8' symbols
read_as antibodies '2 features of 10 left out: Antibody Capture' symbols
refused 3 only_peaks 'no features of type Gene Expression; its types: Peaks'
read_as biotype_h5.h5 'warning.*matrix/features: where 10x has the types.*protein_coding' symbols
read_as types_second 'warning.*column 2 repeats few texts \(Gene Expression\)' symbols

# Lists under the names that programs give them.
read_as parse 'genes from all_genes.csv, which has a header' symbols
grep -q 'cells from cell_metadata.csv, which has a header' said.txt || fail "the log does not name the list of cells"
read_as parse/count_matrix.mtx 'rows are cells' symbols
read_as parse_old 'genes from genes.csv' symbols
read_as parse_gz 'genes from all_genes.csv.gz' symbols
read_as kallisto 'cells_x_genes.genes.names.txt: names of the genes' symbols
read_as kallisto_ids 'genes from cells_x_genes.genes.txt' accessions
read_as kallisto_two 'genes from cells_x_genes.genes.txt' symbols
expect 0 'names of the genes' "$DKO" train kallisto_nameless -o n.h5 "${few[@]}"  # a line without a name takes its accession
"$DKO" screen kallisto_nameless --model n.h5 -o ns.h5 -q && "$DKO" summarize ns.h5 -q >ns.txt
grep -qw ENSG00003 ns.txt && ! grep -qw G3 ns.txt && grep -qw G4 ns.txt || fail "names beside a blank line are not in their places"
refused 3 kallisto_short 'genes.names.txt: has 7 names, and the list of accessions 8'
read_as alevin 'genes from quants_mat_cols.txt' accessions
read_as alevin_names/alevin/quants_mat.mtx 'names of 8 of 8 genes' symbols
read_as star 'genes from features.tsv' symbols
read_as prefixed 'genes from GSM7_s1_genes.tsv' symbols
read_as r_lists 'its first column numbers the lines' symbols
read_as quoted 'genes from genes.tsv' symbols
read_as marked_header 'genes from genes.tsv, which has a header' symbols
refused 3 comment_in_list 'genes.tsv, line 1: begins with # and is no header: remove comments from the list'
refused 3 unknown_lists/counts.mtx 'no lists of its genes and cells.*my_cells.txt, my_genes.txt may be it.*rename them, or give --orientation'
read_as unknown_lists/counts.mtx 'warning.*no lists.*numbered.*rows are taken as genes' numbers --orientation genes-x-cells
refused 3 no_lists 'no lists of its genes and cells'
refused 3 no_cells 'no list of its cells'
refused 3 rows_and_columns/counts.mtx 'no lists of its genes and cells.*counts_cols.txt, counts_rows.txt may be it'
refused 3 other_lengths 'is 8 × 12, which does not match its lists: genes.tsv of 7 genes barcodes.tsv of 12 cells'
refused 3 list_is_folder 'genes.tsv: is a directory, not a file'
refused 3 list_leads_nowhere 'barcodes.tsv: is a link to nowhere.tsv, which does not exist'
read_as alone/counts.mtx 'warning.*numbered' numbers

# Which way round.
refused 3 square 'is 8 × 8, and nothing tells whether its rows are genes or cells: give --orientation genes-x-cells or'
expect 0 '8 genes × 8 cells' "$DKO" train square -o s.h5 --steps 3 --batch 2 --validation 0.3 --orientation cells-x-genes
refused 3 square_alone/counts.mtx 'nothing tells whether'
read_as transposed 'its rows are cells, by the lengths of its lists' symbols
refused 3 transposed 'is 12 × 8, which does not match' --orientation genes-x-cells

# Text.
refused 3 comment.csv 'line 1: begins with # and is no header.*remove comments.*grep -v .\^#. .*comment.csv'
refused 3 comment_commas.csv 'line 1: begins with # and is no header'
refused 3 geo_series.txt 'line 1: begins with ! and is no header'
read_as hash_title.csv 'text' symbols
refused 3 page.csv 'a page of the web'
refused 3 pointer.h5ad 'a pointer of Git LFS'
refused 3 archive.tar.gz 'a tar archive: unpack it first, tar -xf'
refused 3 data.csv.bz2 'compressed by bzip2.*bzip2 -d'
refused 3 data.csv.xz 'compressed by xz.*xz -d'
refused 3 counts.npz 'a NumPy archive'
read_as members.csv.gz 'text' symbols
: >nothing.csv
refused 3 nothing.csv 'is empty'
: >nothing.h5ad
refused 3 nothing.h5ad 'is empty'

# AnnData and other HDF5.
refused 3 whole.h5ad.gz 'an HDF5 file that was compressed as a whole: unpack it first, gunzip -k .*whole.h5ad.gz'
expect 3 'compressed as a whole: unpack it first, gunzip -k' "$DKO" info whole.h5ad.gz
expect 3 'is empty' "$DKO" info nothing.h5ad
mkdir empty_folder
expect 3 'is a directory without a MatrixMarket file' "$DKO" info empty_folder
refused 3 store.zarr 'a zarr store.*anndata.read_zarr\(.*store.zarr.*write_h5ad'
refused 3 store3.zarr 'a zarr store'
refused 3 folder_of_h5ad 'without a MatrixMarket file.*it has one.h5ad, two.h5ad: give one of them'
refused 3 outs 'it has filtered_feature_bc_matrix, raw_feature_bc_matrix: give one of them'
refused 3 null_x.h5ad ':/X: holds no matrix, as anndata writes None; this file also has --layer counts, --layer spliced'
read_as null_x.h5ad AnnData symbols --layer counts
refused 3 no_x.h5ad 'has no X; this file also has --layer counts'
refused 3 null_layer.h5ad ':/layers/none: holds no matrix' --layer none
refused 3 indptr.h5ad 'X/indptr: is not ascending from 0 to [0-9]+, the number of entries.*corrupt'
refused 3 indptr_10x.h5 'indptr: is not ascending'
refused 3 short_ids.h5ad 'var: its columns have 8 and 7 entries: the file is corrupt'
refused 3 short_obs.h5ad 'X: its shape is not|indptr'
refused 3 no_encoding.h5ad 'X: has no encoding-type, and as many cells as genes'
refused 3 molecules.h5 "10x's list of molecules"

# What may not be read. Root may read everything.
mkdir closed && cp type_real/* closed && chmod 000 closed
cp symbols.csv closed.csv && chmod 000 closed.csv
if [ "$(id -u)" = 0 ]; then
  other=(setpriv --reuid=65534 --clear-groups)
  chmod a+rx . 2>/dev/null || true
  "${other[@]}" test -x "$DKO" -a -r symbols.csv 2>/dev/null || other=()
else
  other=(env)
fi
if [ ${#other[@]} -gt 0 ]; then
  expect 3 'closed: is a directory that cannot be read: Permission denied' "${other[@]}" "$DKO" estimate closed --nodes 1 --ranks-per-node 1 --order 1
  expect 3 'closed/matrix.mtx: cannot be reached: Permission denied' "${other[@]}" "$DKO" estimate closed/matrix.mtx --nodes 1 --ranks-per-node 1 --order 1
  expect 3 'closed.csv: cannot be opened for reading: Permission denied' "${other[@]}" "$DKO" estimate closed.csv --nodes 1 --ranks-per-node 1 --order 1
  rows=$((rows + 3))
fi
chmod 755 closed
rm -r closed closed.csv
echo "$rows rows"
