#!/usr/bin/env bash
# run.sh FOLDER: builds the kernels and their tests for aarch64 in FOLDER, and runs them under qemu. Exit code 77
# is a skip. FOLDER may be of an earlier run: what has not changed since is not compiled again.
set -euo pipefail
source=$(cd "$(dirname "$0")" && pwd)
compiler=aarch64-linux-gnu-g++
emulator=qemu-aarch64
command -v "$emulator" >/dev/null || emulator=qemu-aarch64-static

for program in "$compiler" "$emulator"; do
  command -v "$program" >/dev/null && continue
  echo "SKIPPED: there is no $program (scripts/install-deps.sh --cross)"
  exit 77
done
if ! echo '#include <catch2/catch.hpp>' | "$compiler" -E -x c++ - >/dev/null 2>&1; then
  echo "SKIPPED: $compiler does not find <catch2/catch.hpp>, of Catch2 2.13"
  exit 77
fi

cmake -S "$source" -B "$1" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
  -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS= -DCMAKE_EXE_LINKER_FLAGS= >/dev/null
cmake --build "$1" -j 2
"$emulator" "$1/dko_cross_tests"
