# What the command tests share. $DKO is the program; the current directory is the test's own and empty.
set -euo pipefail

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# expect CODE WORDS COMMAND...: the command must end with this exit code and say these words (an extended
# regular expression; output and errors together). What it said stays in said.txt.
expect() {
  local code=$1 words=$2 actual=0
  shift 2
  "$@" >said.txt 2>&1 </dev/null || actual=$?
  [ "$actual" = "$code" ] || { cat said.txt >&2; fail "exit code $actual instead of $code: $*"; }
  grep -qE -- "$words" said.txt || { cat said.txt >&2; fail "did not say '$words': $*"; }
}

# absent FILE...: none of them, nor what is left of one half-written.
absent() {
  local file
  for file in "$@"; do
    [ ! -e "$file" ] || fail "$file is there"
    [ ! -e "$file.partial" ] || fail "$file.partial was left behind"
  done
}

same() { cmp -s "$1" "$2" || fail "$1 and $2 differ"; }

# near FILE FILE TOLERANCE: the same words, and numbers that differ by no more.
near() {
  [ "$(wc -l <"$1")" = "$(wc -l <"$2")" ] || fail "$1 and $2 have not as many lines"
  paste -d '\n' "$1" "$2" | tr -d '[]' | tr ',' ' ' | awk -v most="$3" '
    NR % 2 {count = NF; for (k = 1; k <= NF; ++k) word[k] = $k; next}
    {if (NF != count) exit 1
     for (k = 1; k <= NF; ++k)
       if ($k != word[k] && !($k ~ /^[-+.0-9e]+$/ && ($k - word[k]) ^ 2 <= most ^ 2)) exit 1}' ||
    fail "$1 and $2 differ by more than $3"
}

# have MODULE...: whether $python has them. It looks for them; to import them takes a second.
python=${DKO_PYTHON:-/usr/bin/python3}
have() {
  "$python" -c 'import importlib.util, sys
sys.exit(any(importlib.util.find_spec(name) is None for name in sys.argv[1:]))' "$@" 2>/dev/null
}
need() { have "$@" || skip "$python has not all of: $*"; }

# preload MODULE...: starts a Python that imports these, once for all that `again` runs.
preload() {
  copies=$PWD/again
  mkfifo "$copies.ask" "$copies.told"
  "$python" "$DKO_SOURCE/tests/support/python_copies.py" "$copies.ask" "$copies.told" "$@" </dev/null &
  exec {ask}>"$copies.ask" {told}<"$copies.told"
  rm "$copies.ask" "$copies.told"
  read -r _ <&"$told" || fail "$python cannot import all of: $*"
}
# again SCRIPT ARGUMENT...: as "$python" SCRIPT ARGUMENT..., in a copy of that Python. SCRIPT is - for what comes by `<<`.
again() {
  local code
  : >"$copies.out" 2>"$copies.err"
  if [ "$1" = - ]; then cat; fi >"$copies.in"
  printf '%s\0' $(($# + 2)) "$copies" "$PWD" "$@" >&"$ask"
  read -r code <&"$told" || fail "the Python of preload has ended"
  cat "$copies.err" >&2
  cat "$copies.out"
  return "$code"
}

# lines FILE COUNT
lines() {
  local count
  count=$(wc -l <"$1")
  [ "$count" = "$2" ] || fail "$1 has $count lines instead of $2"
}

skip() {
  echo "SKIPPED: $*"
  exit 77
}

# on RANKS COMMAND...; Open MPI keeps memory until the process ends, which the leak check must not mind.
on() {
  local ranks=$1
  shift
  ASAN_OPTIONS=detect_leaks=0 mpirun -n "$ranks" "$@"
}

# small_jobs: what sweep strikes, made from data.csv: model.h5 and screen.h5.
small_jobs() {
  need h5py numpy
  "$DKO" simulate --genes 60 --cells 60 --seed 3 -o data.csv -q
  "$DKO" train data.csv -o model.h5 --steps 5 --batch 10 -q
  "$DKO" screen data.csv --model model.h5 -o screen.h5 -q
}
# sweep OPTION...: a fault at one operation on files after the other (crash_sweep.py).
sweep() {
  PYTHONPATH=$DKO_SOURCE/scripts "$python" "$DKO_SOURCE/tests/app/crash_sweep.py" data.csv model.h5 screen.h5 "$@" ||
    fail "not every job ended well, or a score was lost or changed"
}

# start RANKS COMMAND...: in the background; $job is its mpirun, and said.txt has what it says.
start() {
  local ranks=$1
  shift
  (
    [ -z "${ask-}" ] || exec {ask}>&- {told}<&-  # else the Python of preload would live as long as the job
    ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0 exec mpirun -n "$ranks" "$@" >said.txt 2>&1 </dev/null
  ) &
  job=$!
  known=
}

# hold KIND AT FILE: what `start RANKS "${held[@]}" COMMAND...` starts waits, each rank before its AT-th operation of
# KIND (support/file_faults.cpp) on FILE, or on all files whose names begin with NAME for NAME*, until a signal reaches
# it or let_go is called.
hold() {
  local path=$PWD/$3\$
  case $3 in *\*) path=$PWD/${3%\*} ;; esac
  rm -f gate gate.*
  held=(env "LD_PRELOAD=$DKO_FAULTS" DKO_FAULT=WAIT "DKO_FAULT_GATE=$PWD/gate" "DKO_FAULT_KINDS=$1"
    "DKO_FAULT_AT=$2" "DKO_FAULT_PATH=$path")
}
# until_held RANK...: these ranks of the job wait. Only then does a signal end their wait.
until_held() {
  local rank
  for rank in "$@"; do until_there gate.$rank; done
}
# remember: the processes of the job as they are now, which `ended` looks for.
remember() { known="$(ranks_of_job) $(pgrep -P $job || true)"; }
let_go() { touch gate; }

# ranks_below PROCESS: of the job, each with its rank. Some launchers start ranks themselves, others by a process
# between.
ranks_below() {
  local pid rank
  for pid in $(pgrep -P "$1"); do
    rank=$(tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | sed -nE 's/^(OMPI_COMM_WORLD|PMI)_RANK=//p' | sed -n 1p)
    if [ -n "$rank" ]; then echo "$rank $pid"; else ranks_below "$pid"; fi
  done
}
# ranks_of_job: its processes, by rank. They are there after until_there, at the latest.
ranks_of_job() { ranks_below "$job" | sort -n | cut -d ' ' -f 2; }
rank_of_job() { ranks_of_job | sed -n "$(($1 + 1))p"; }

# until_there FILE: has content, which a job that was started makes.
until_there() {
  local t
  for ((t = 0; t < 4800; ++t)); do
    if [ -s "$1" ]; then
      remember
      return
    fi
    kill -0 $job 2>/dev/null || break
    sleep 0.025
  done
  cat said.txt >&2
  fail "$1 is not there"
}

# ended SECONDS CODE: the job must do so in the time and with the code, an extended regular expression, and leave
# no process.
ended() {
  local processes code=0 t
  processes="${known-} $(ranks_of_job) $(pgrep -P $job || true)"
  for ((t = 0; t < 10 * $1; ++t)); do
    kill -0 $job 2>/dev/null || break
    sleep 0.1
  done
  ! kill -0 $job 2>/dev/null || { kill -KILL $job $processes; cat said.txt >&2; fail "the job did not end in $1 s"; }
  wait $job || code=$?
  [[ $code =~ ^($2)$ ]] || { cat said.txt >&2; fail "exit code $code instead of $2"; }
  for process in $processes; do
    for ((t = 0; t < 100; ++t)); do
      kill -0 $process 2>/dev/null || break
      sleep 0.1
    done
    ! kill -0 $process 2>/dev/null || { kill -KILL $processes; fail "a process of the job lived on"; }
  done
}

# A small simulated data set with names, and one in the original's format.
make_data() {
  "$DKO" simulate --genes 30 --cells 60 --seed 3 -o "${1:-data.csv}" -q
}

# make_hidden: data.csv, and hidden.csv, of which three genes are not visible: all cells express gene0, three gene1, and all but
# two gene2.
make_hidden() {
  make_data
  awk -F, -v OFS=, '
    NR == 2 {for (k = 2; k <= NF; ++k) if ($k == 0) $k = 1}
    NR == 3 {for (k = 2; k <= NF; ++k) if ($k > 0 && ++cells > 3) $k = 0}
    NR == 4 {for (k = 2; k <= NF; ++k) $k = k < 4 ? 0 : $k > 0 ? $k : 1}
    {print}' data.csv >hidden.csv
}

shared_data() {
  [ -d "$DKO_SHARED_DATA/$1" ] || skip "there is no $DKO_SHARED_DATA/$1; set DKO_SHARED_DATA"
}

# Training fast enough for tests, and one that no machine ends before it is stopped: a million long steps.
short=(--steps 30 --batch 10)
endless=(--steps 1000000 --batch 30 --hidden 10000)
