#!/usr/bin/env bash
# Checks the formatting and the #include lines of the C++, and the Python; with --tidy also lets clang-tidy look at the C++
# (.clang-tidy), by the compile commands of the release build. That takes about 15 minutes on two cores.
#
#   scripts/lint.sh [--tidy [FILE.cpp...]]
set -euo pipefail
cd "$(dirname "$0")/.."

if clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
  git ls-files '*.cpp' '*.hpp' | xargs clang-format --dry-run --Werror
else
  echo "C++ formatting skipped: releases of clang-format differ, and the code is formatted by 14 (Debian 12)"
fi
scripts/includes.py
if command -v flake8 >/dev/null; then flake8 scripts tests
else echo "Python skipped: there is no flake8 (scripts/install-deps.sh --tests)"; fi

[ "${1:-}" = --tidy ] || exit 0
shift
cmake --preset release -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >/dev/null
cmake --build --preset release --target dko_revision >/dev/null
files=("$@")
[ $# -gt 0 ] || mapfile -t files < <(git ls-files 'src/*.cpp')
# The build may be GCC's, which has warnings of its own.
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 1 clang-tidy -p build/release --quiet --extra-arg=-Wno-unknown-warning-option
