#!/usr/bin/env bash
# Everything once, on a fresh machine: installs what is needed, builds dko, makes example data, runs the main
# job on two ranks, shows the knockouts with the highest impact, compares the scores with the true effects, and
# draws a report.
# Results are left in demo/.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-deps.sh
scripts/install-deps.sh --report
cmake --preset release >/dev/null
cmake --build --preset release -j 2

# Containers run as root and may have fewer cores than ranks.
set -a
. scripts/oversubscribed-mpi.env
set +a
dko=build/release/dko
mkdir -p demo

run() {
  echo
  echo "\$ $*"
  "$@"
}

run $dko simulate --genes 100 --cells 500 --seed 1 --truth-single all -o demo/expression.csv --edges demo/network.csv --force
run mpirun -n 2 $dko run demo/expression.csv --order 2 -o demo/screen.h5 --force
run $dko info demo/screen.h5
run $dko top demo/screen.h5 -n 10
run mpirun -n 2 $dko summarize demo/screen.h5 --gene-table demo/genes.csv --pair-table demo/pairs.csv --force
run $dko evaluate demo/expression.csv --screen demo/screen.h5 --truth demo/expression.truth_single.csv
run $dko export demo/screen.h5 --single demo/singles.csv --double demo/doubles.csv --names --force
run "${DKO_PYTHON:-/usr/bin/python3}" scripts/report.py demo/screen.h5 -o demo/report.html --force
