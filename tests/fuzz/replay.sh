#!/usr/bin/env bash
# replay.sh PROGRAM READER INPUTS: makes a reader read that many damaged and hostile files, the same every time, under the
# limits of scripts/fuzz.sh. Fails if dko breaks. What breaks within the HDF5 library is counted, and the next
# input follows. What broke stays in the current folder as finding-NUMBER: PROGRAM --reader=READER FILE shows it again.
set -euo pipefail
program=$1 reader=$2 inputs=$3
# HDF5 is told that there is no room, which it copes with; `new` of dko's that asks for too much is reported all the same.
export ASAN_OPTIONS=max_allocation_size_mb=512:hard_rss_limit_mb=1024:allocator_may_return_null=1:detect_leaks=0
export UBSAN_OPTIONS=print_stacktrace=1
[ -w /dev/shm ] && export TMPDIR=/dev/shm  # files are written and read many times

# Whose a finding is: by the innermost call that is not the sanitizer's or the C library's.
owner() {
  awk '/^ +#[0-9]+ / {if (/libhdf5/) {print "library"; exit} if (/ dko::|\.[ch]pp:[0-9]/) {print "dko"; exit}}' log | grep . || echo dko
}

from=0 theirs=0
rm -f finding-*
until "$program" --reader="$reader" --inputs="$inputs" --from="$from" >log 2>&1; do
  number=$(cat replay-number 2>/dev/null) || { cat log; exit 1; }
  cp replay-input "finding-$number"
  if [ "$(owner)" = dko ] || [ $((++theirs)) -gt 20 ]; then
    tail -n 60 log
    echo "FAILED: input $number of reader $reader; $program --reader=$reader $PWD/finding-$number shows it again"
    exit 1
  fi
  from=$((number + 1))
  rm replay-number
done
echo "$reader: $inputs inputs, $theirs of which broke the HDF5 library"
