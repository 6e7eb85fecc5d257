. "$(dirname "$0")/lib.sh"
# Instruction sets: one program has several, their scores agree to rounding, and each has its own bits on any
# number of ranks.
make_data
"$DKO" train data.csv -o model.h5 -q "${short[@]}"
unset DKO_INSTRUCTIONS
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

# The environment holds jobs to a set, too, and a file tells; the option is stronger.
export DKO_INSTRUCTIONS=portable
on 3 "$DKO" screen data.csv --model model.h5 --order 2 --score impact,network -o held.h5 -q
"$DKO" export held.h5 --double held.csv
same held.csv portable.csv
expect 0 'instruction_set +portable' "$DKO" info held.h5
grep -qE '^command +DKO_INSTRUCTIONS=portable dko screen ' said.txt || { cat said.txt; fail "the file does not tell of the environment"; }
"$DKO" screen data.csv --model model.h5 --order 2 --instructions avx512 -o option.h5 -q
expect 0 "instruction_set +$best" "$DKO" info option.h5
"$DKO" train data.csv -o portable_model.h5 -q --steps 300 --batch 10
DKO_INSTRUCTIONS=avx512 "$DKO" train data.csv -o wide_model.h5 -q --steps 300 --batch 10
DKO_INSTRUCTIONS= "$DKO" train data.csv -o best_model.h5 -q --steps 300 --batch 10
checksum() { "$DKO" info "$1" | grep model_checksum; }
[ "$(checksum best_model.h5)" = "$(checksum wide_model.h5)" ] || fail "an empty variable is not as none"
if [ "$best" != portable ] && [ "$(checksum best_model.h5)" = "$(checksum portable_model.h5)" ]; then fail "the training was not held to portable"; fi
export DKO_INSTRUCTIONS=sse
expect 2 "DKO_INSTRUCTIONS in the environment must be portable, avx2 or avx512, not 'sse'" on 2 "$DKO" train data.csv -o x.h5
expect 2 'DKO_INSTRUCTIONS in the env' "$DKO" info held.h5
expect 0 '^dko [0-9]' "$DKO" --version
absent x.h5
