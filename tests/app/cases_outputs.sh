. "$(dirname "$0")/lib.sh"
# Outputs that went wrong for users of such tools: names that are no plain files, two names of one file, jobs
# that start at the same moment, limits on the size of files. Each block is one row of the table of cases.
make_data
"$DKO" train data.csv -o model.h5 -q "${short[@]}"
head -n 1 data.csv | tr ',' '\n' | awk 'NR == 1 {print "cell,type"; next} {print $1 "," (NR % 2 ? "A" : "B")}' >obs.csv
"$DKO" screen data.csv --model model.h5 --order 2 --obs-file obs.csv -o screen.h5 -q
"$DKO" predict data.csv -o prediction.h5 -q "${short[@]}"

# Every option that names a file to write, by the command that has it.
writers() {
  cat <<W
train data.csv ${short[*]} -o
train data.csv ${short[*]} -o new.h5 --json
train data.csv ${short[*]} -o new.h5 --checkpoint
run data.csv ${short[*]} -o
run data.csv ${short[*]} -o new.h5 --save-model
run data.csv ${short[*]} -o new.h5 --json
screen data.csv --model model.h5 -o
predict data.csv ${short[*]} -o
ensemble model.h5 model.h5 -o
simulate -o
simulate -o new.csv --edges
simulate --umi 100 -o new.csv --levels
explain model.h5 data.csv -k gene3 -o
explain model.h5 data.csv -k gene3 --rnk
effects model.h5 data.csv -o
effects model.h5 data.csv -o new.h5ad --regulators-table
summarize screen.h5 --gene-table
summarize screen.h5 --pair-table
summarize screen.h5 --group-by type --contrast A --contrast-table
summarize screen.h5 --group-by type --contrast A --pair-contrast-table
export screen.h5 --single
export screen.h5 --double
export screen.h5 --h5ad
export screen.h5 --table
export screen.h5 --compress
export screen.h5 --recorder
export screen.h5 --input data.csv --ptest
export prediction.h5 --true
info screen.h5 --json
bench screen --genes 20 --expressed 10 --cells 3 -o
W
}

# refused NAME KIND: by every writer, with and without --force, which is no way out; and stays what it is.
refused() {
  local before words
  before=$(stat -c '%F %t %T %i' "$1")
  while read -r words; do
    for force in '' --force; do
      expect 2 "$1 is $2" "$DKO" $words "$1" $force
      ! grep -q -e --force said.txt || { cat said.txt; fail "advises --force: $words"; }
    done
  done < <(writers)
  [ "$(stat -c '%F %t %T %i' "$1")" = "$before" ] || fail "$1 is not what it was"
  ! ls new.* "$1".* 2>/dev/null || fail "a refused command left files"
}
# --- A named pipe, a socket, a folder, a device; also behind a link.
mkfifo pipe
mkdir folder
refused pipe 'a named pipe'
refused folder 'a directory'
ln -s pipe link
expect 2 'link is a named pipe' "$DKO" train data.csv -o link -f
expect 2 '/dev/null is a device' "$DKO" info screen.h5 --json /dev/null
expect 2 '/dev/stdout is ' bash -c '"$0" info screen.h5 --json /dev/stdout -f | cat; exit ${PIPESTATUS[0]}' "$DKO"
"$python" -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
expect 2 'socket is a socket' "$DKO" train data.csv -o socket -f
rm link pipe socket
# Devices may only be tried where a mistake breaks nothing: in a mount namespace of their own.
devices() {
  mount -t tmpfs tmpfs folder && cd folder && mknod device c 1 3 && mknod disk b 7 250 || return 9
  for device in device disk; do
    for command in "train ../data.csv ${short[*]} -o" "simulate -o" "info ../screen.h5 --json" "export ../screen.h5 --single"; do
      "$DKO" $command $device --force >said.txt 2>&1 && return 1
      [ $? = 2 ] && grep -q "$device is a device" said.txt && [ ! -f $device ] && [ -e $device ] || return 1
    done
  done
}
export -f devices
export short_words="${short[*]}"
code=9
if unshare -m true 2>/dev/null; then
  code=0
  unshare -m bash -c 'short=($short_words); devices' || code=$?
fi
case $code in
  0) ;;
  9) echo "part SKIPPED: no mount namespace or device can be made here" ;;
  *) fail "a device was replaced, or not refused with code 2" ;;
esac

# --- A link is followed: its target is written, with the partial file beside it.
mkdir scratch
ln -s scratch/o.h5 o.h5          # dangling
ln -s o.h5 chain.h5              # a chain
hold rename 1 scratch/o.h5
start 1 "${held[@]}" "$DKO" train data.csv -o chain.h5 -q "${short[@]}"
until_held 0
[ -e scratch/o.h5.partial ] || fail "the partial file is not beside the target"
! ls o.h5.* chain.h5.* 2>/dev/null || fail "something is beside the link"
let_go
ended 60 0
[ -L o.h5 ] && [ -L chain.h5 ] && [ -f scratch/o.h5 ] || fail "the link was replaced"
[ "$(ls scratch)" = o.h5 ] || fail "files were left behind: $(ls scratch)"
expect 2 'chain.h5 exists.*--force' "$DKO" train data.csv -o chain.h5 "${short[@]}"
while read -r words; do
  rm -f new.h5 scratch/*
  "$DKO" $words o.h5 -q >said.txt 2>&1 || { cat said.txt; fail "through a link: $words"; }
  [ -L o.h5 ] || fail "the link was replaced: $words"
  case $words in
    *--checkpoint) ;;
    *) [ -s scratch/o.h5 ] || fail "the target was not written: $words" ;;
  esac
  [ "$(ls scratch | grep -v '^o.h5$')" = "" ] || fail "files were left behind: $words: $(ls scratch)"
  rm -f new.* scratch/*
done < <(writers | grep -v 'ensemble\|bench')
# What a job saves of itself is beside the target too, and is found again.
hold rename 3 scratch/o.h5.checkpoint
start 1 "${held[@]}" "$DKO" run data.csv -o o.h5 "${short[@]}" --checkpoint-every 0
until_held 0
kill -TERM "$(rank_of_job 0)"
let_go
ended 60 5
[ -s scratch/o.h5.checkpoint ] || fail "the checkpoint is not beside the target"
expect 0 'trained for' "$DKO" info --progress o.h5
expect 0 'resuming after' "$DKO" run data.csv -o o.h5 "${short[@]}" --resume
[ "$(ls scratch)" = o.h5 ] || fail "files were left behind: $(ls scratch)"
ln -s circle circle
expect 2 'circle: its symbolic links lead in a circle' "$DKO" train data.csv -o circle -f
ln -s nowhere/x.h5 lost.h5
expect 4 'there is no directory nowhere' "$DKO" train data.csv -o lost.h5
rm -r scratch o.h5 chain.h5 circle lost.h5

# --- Two spellings of one file, before any work.
mkdir sub
echo old >z.h5
ln z.h5 hard.h5
ln -s z.h5 soft.h5
ln -s "$PWD/none.h5" none_soft.h5
ln -s . here
twice() { expect 2 'are the same file' "$DKO" run data.csv -f "${short[@]}" "$@"; }
twice -o z.h5 --save-model ./z.h5
twice -o z.h5 --save-model "$PWD/z.h5"
twice -o z.h5 --save-model sub/../z.h5
twice -o z.h5 --save-model here/z.h5
twice -o z.h5 --save-model soft.h5
twice -o z.h5 --save-model hard.h5
twice -o z.h5 --json hard.h5
twice -o z.h5 --checkpoint soft.h5
twice -o none.h5 --save-model ./none.h5
twice -o none.h5 --save-model here/sub/../none.h5
twice -o none.h5 --save-model none_soft.h5
ln data.csv data_hard.csv
ln -s data.csv data_soft.csv
for name in ./data.csv data_hard.csv data_soft.csv here/data.csv; do
  expect 2 'INPUT and --out are the same file' "$DKO" train data.csv -o $name -f
done
echo gene3 >genes.txt
cp genes.txt before.txt
for option in genes knockout-genes; do
  expect 2 "--$option .*are the same file|and --$option are the same file" "$DKO" run data.csv "--$option" genes.txt -o ./genes.txt -f "${short[@]}"
done
expect 2 'are the same file' "$DKO" export screen.h5 --single x.csv --recorder ./x.csv
expect 2 'are the same file' "$DKO" export screen.h5 --compress ./screen.h5 -f
expect 2 'are the same file' "$DKO" summarize screen.h5 --gene-table x.csv --json ./x.csv
same genes.txt before.txt
grep -q old z.h5 || fail "z.h5 was touched"
! ls none.h5* x.csv* 2>/dev/null || fail "a refused command left files"
# The same list twice to read is no mistake.
printf 'gene%d\n' {0..19} >list.txt
expect 0 '' "$DKO" run data.csv --genes list.txt --knockout-genes list.txt -o lists.h5 -q "${short[@]}"
rm -rf sub here z.h5 hard.h5 soft.h5 none_soft.h5 data_hard.csv data_soft.csv genes.txt before.txt

# --- Jobs that start at the same moment: one goes on, the others say so.
tries=${DKO_TOGETHER:-6} "$DKO_SOURCE/tests/app/started_together.sh"

# --- A limit on the size of files: an error that names it, before any work where it is known.
limited() { expect 4 "$1" bash -c 'ulimit -f 8; exec "$0" "$@"' "$DKO" "${@:2}"; }
limited 'big.csv: .*ulimit -f' simulate --genes 200 --cells 200 -o big.csv
limited 'big.h5: cannot be written: the scores need .*ulimit -f' screen data.csv --model model.h5 --order 2 -o big.h5
limited 'big.h5.*ulimit -f' run data.csv --order 2 -o big.h5 "${short[@]}"
limited 'big.csv: .*ulimit -f' export screen.h5 --double big.csv
limited 'big.h5.*ulimit -f' export screen.h5 --compress big.h5
absent big.csv big.h5
# Also where it comes about while a job writes, and on any rank.
screen=(screen data.csv --model model.h5 --order 2 -o lowered.h5)
for rank in 0 1; do
  hold write 3 lowered.h5.partial
  start 2 "${held[@]}" "$DKO" "${screen[@]}"
  until_held 0 1
  prlimit --fsize=4096:4096 --pid "$(rank_of_job $rank)"
  let_go
  ended 60 4
  [ "$(grep -c 'dko: error' said.txt)" = 1 ] || { cat said.txt; fail "not one message"; }
  grep -q 'dko: error.*ulimit -f' said.txt || { cat said.txt; fail "does not name the limit"; }
  [ ! -e lowered.h5 ] || fail "half a file has its final name"
  expect 0 '' on 2 "$DKO" "${screen[@]}" --resume
  rm lowered.h5
done

# --- --memory is an upper bound.
for keep in summary top:5; do
  expect 0 '' "$DKO" screen data.csv --model model.h5 --order 2 --keep $keep --memory 1000 -o kept.h5 -q
  rm kept.h5
done
expect 0 '' "$DKO" screen data.csv --model model.h5 --order 2 --threshold 0.01 --memory 1000 -o kept.h5 -q

# --- A time that is none of SLURM's.
expect 2 '--time soon' "$python" "$DKO_SOURCE/scripts/submit.py" screen data.csv -o new.h5 --time soon
