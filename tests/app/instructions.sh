. "$(dirname "$0")/lib.sh"
# Instruction sets: one program has several, their scores agree to rounding, and each has its own bits on any
# number of ranks.
make_data
"$DKO" train data.csv -o model.h5 -q "${short[@]}"
"$DKO" screen data.csv --model model.h5 --order 2 --score impact,network -o best.h5 -q
best=$("$DKO" info best.h5 | awk '/^instruction_set/ {print $2}')
case $best in portable | avx2 | avx512) ;; *) fail "no instruction set in the file" ;; esac
"$DKO" export best.h5 --double best.csv
for set in portable avx2 avx512; do
  "$DKO" screen data.csv --model model.h5 --order 2 --score impact,network --instructions $set -o $set.h5 -q
  "$DKO" export $set.h5 --double $set.csv
  near best.csv $set.csv 1e-6
  on 3 "$DKO" screen data.csv --model model.h5 --order 2 --score impact,network --instructions $set -o "$set"3.h5 -q
  "$DKO" export "$set"3.h5 --double "$set"3.csv
  same $set.csv "$set"3.csv
done
same best.csv avx512.csv  # the widest that is allowed is no more than there is
expect 0 'instruction_set +portable' "$DKO" info portable.h5
if [ "$best" != portable ] && cmp -s best.csv portable.csv; then fail "the portable version is not another"; fi
expect 2 "must be portable, avx2 or avx512, not 'sse'" "$DKO" screen data.csv --model model.h5 --instructions sse -o x.h5
absent x.h5
