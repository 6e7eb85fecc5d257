. "$(dirname "$0")/lib.sh"
# Files that claim what they do not hold, or lead elsewhere: exit code 3, the file and the place, and nothing
# allocated or followed on their word.
# HDF5 does not give back all that it took for what it fails to read.
need h5py numpy
export ASAN_OPTIONS=detect_leaks=0
"$DKO" simulate --genes 12 --cells 30 --seed 3 -o sound.h5ad -q
"$DKO" run sound.h5ad -o screen.h5 --save-model model.h5 -q "${short[@]}"
"$python" "$(dirname "$0")/hostile_files.py"

refused() { # refused FILE WORDS [COMMAND...]
  local file=$1 words=$2
  shift 2
  [ $# -gt 0 ] || set -- run "$file" -o out.h5 "${short[@]}"
  expect 3 "$words" timeout 60 "$DKO" "$@"
  grep -q -- "$file" said.txt || { cat said.txt; fail "the message does not name $file"; }
  absent out.h5
}
for file in huge_indices huge_names huge_compressed huge_product; do refused $file.h5ad 'claims more data than the file holds'; done
refused huge_text.h5ad 'obs.*claims more data|obs.*cannot be read'
refused same_text.h5ad '/var/_index: cannot be read'
refused huge_attribute.h5ad '/X: attribute shape: claims more data|is not a list of numbers'
refused long_attribute.h5ad 'attribute encoding-type.*(claims more data|is not a text)'
refused external_link.h5ad ':/X: is a link to another file'
refused external_group.h5ad ':/obs: is a link to another file'
refused soft_to_external.h5ad ':/X: '
refused soft_loop.h5ad ':/X: '
refused dangling.h5ad ':/X: '
refused external_values.h5ad '/X/data: keeps its values in other files'
refused virtual.h5ad '/X/data: keeps its values in other files'
refused unknown_filter.h5ad '/X/data: is compressed by filter 32001.*this HDF5 does not have'
refused scaleoffset.h5ad '/X/data: is compressed by filter 6 .*dko does not read'
refused short_lzf.h5ad '/X/data: (its LZF chunks are smaller|cannot be opened .incorrect metadata checksum)'
refused forged_text.h5ad 'is corrupt: the HDF5 library crashes|var/_index: cannot be read'
refused tiny_chunks.h5ad '/X/data: its chunks do not fit its shape or the file'
refused long_heap.h5ad 'cannot be read .the texts of the file are corrupt'
refused endless_heap.h5ad 'cannot be read .the texts of the file are corrupt'
refused huge_scores.h5 'single/impact/data: claims more data' info huge_scores.h5
refused linked_scores.h5 'single/impact: is a link to another file' top linked_scores.h5
refused huge_model.h5 'mapping/W1t: claims more data' info huge_model.h5
refused huge_model.h5 'mapping/W1t: claims more data' screen sound.h5ad --model huge_model.h5 -o out.h5
# A link that stays in the file is what it leads to.
"$DKO" run soft_link.h5ad -o out.h5 -q "${short[@]}"
rm out.h5

# Text.
printf '%%%%MatrixMarket matrix coordinate integer general\n1152921504606846976 3 3\n1 1 5\n' >sizes.mtx
refused sizes.mtx "does not give the numbers of rows"
printf '%%%%MatrixMarket matrix coordinate integer general\n2147483647 2147483647 1\n1 1 5\n' >unnamed.mtx
refused unnamed.mtx 'says that it has 2,147,483,647 genes and no more than 1 entry'
printf '%%%%MatrixMarket matrix coordinate integer general\n3 4 1152921504606846976\n1 1 5\n' >entries.mtx
refused entries.mtx 'ends after 1 of 1,152,921,504,606,846,976 entries'
for value in 1e400 inf nan 0x10 -1e400 1e39; do
  printf '1,2\n3,%s\n' "$value" >value.csv
  refused value.csv 'line 2, cell cell1 \(column 2\)'
done
printf '1,2\n3\0,4\n' >nul.csv
refused nul.csv 'NUL|no format'
# A few hundred kilobytes that unpack to one line without end.
{ printf 'a,b\n1,'; head -c 300000000 /dev/zero | tr '\0' '1'; } | gzip -1 >line.csv.gz
refused line.csv.gz 'line 2: is longer than 256.0 MiB'
