#!/usr/bin/env bash
# Installs what is needed, checks the formatting, builds and runs all tests: first with the address and
# undefined-behaviour sanitizers, then fuzzes every reader for a moment, then as users run it. Tests that need the
# shared data (DKO_SHARED_DATA, or ../shared/data) or, as root, a SLURM cluster are skipped where there is none, and
# ctest says so.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-deps.sh --tests
scripts/install-deps.sh --fuzz
scripts/install-deps.sh --slurm || echo "SLURM cannot be installed: its tests are skipped"

echo "== formatting"
if clang-format --version | grep -q 'version 14\.'; then
  git ls-files '*.cpp' '*.hpp' | xargs clang-format --dry-run --Werror
else
  echo "skipped: each release of clang-format has its own taste, and the code is formatted by 14 (Debian 12)"
fi

echo "== sanitizers"
cmake --preset asan >/dev/null
cmake --build --preset asan -j 2
# The figures of the original's data and long trainings take long here and are computed below.
ctest --preset asan -j 2 -LE 'data|long|slurm|cross|install' --no-tests=error

echo "== fuzzing of the readers, in short: scripts/fuzz.sh 600 looks harder"
# Not by raw bytes: those find what is wrong in HDF5 itself, too.
DKO_FUZZ_SEED=1 scripts/fuzz.sh 2 text matrix-market h5ad 10x model screen checkpoint prediction events truth

echo "== release"
cmake --preset release -DDKO_BUILD_TESTS=ON -DDKO_WERROR=ON >/dev/null
cmake --build --preset release -j 2
ctest --preset release -j 2 --no-tests=error
