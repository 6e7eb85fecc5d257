#!/usr/bin/env bash
# Installs what is needed, checks formatting and Python (scripts/lint.sh), builds, and runs every test in the build that can
# see its bug: as users run dko (release), or with the address and undefined-behaviour sanitizers (asan). Tests say beside
# themselves which (tests/functions.cmake). With --all every test runs in both, but for what the sanitizers cannot watch.
#
#   scripts/test.sh [--all]
#
# Tests that need the shared data (DKO_SHARED_DATA, or ../shared/data) or, as root, a SLURM cluster are skipped where there
# is none, and ctest says so. Many tests wait for ranks to start and end: the release build's run while the other is built
# and tested.
set -euo pipefail
cd "$(dirname "$0")/.."

all=false
case "$*" in
  '') ;;
  --all) all=true ;;
  *) echo "usage: scripts/test.sh [--all]" >&2; exit 2 ;;
esac

scripts/install-deps.sh --tests
scripts/install-deps.sh --slurm || echo "SLURM cannot be installed: its tests are skipped"

echo "== formatting and linting, beside the build"
scripts/lint.sh &
lint=$!

if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_C_COMPILER_LAUNCHER=ccache
  export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1  # a clone elsewhere has the same code
fi
cores=$(nproc)
minutes() { printf '%d:%02d' $((SECONDS / 60)) $((SECONDS % 60)); }

# build PRESET [OPTION OF CMAKE...]
build() {
  echo "== $(minutes) building $1"
  cmake --preset "$@" >/dev/null
  local targets=(--target "gate-$1")
  ! $all || targets=()
  nice cmake --build --preset "$1" -j "$cores" "${targets[@]}"
}

# run PRESET SLOTS (tests/functions.cmake)
run() {
  local chosen=(-L "^$1\$")
  if $all; then
    chosen=()
    [ "$1" = release ] || chosen=(-LE 'data|long|slurm|cross|install')
  fi
  ctest --preset "$1" -j "$2" "${chosen[@]}" --no-tests=error
}

build release -DDKO_BUILD_TESTS=ON -DDKO_WERROR=ON -DDKO_PRECOMPILE=ON -DDKO_UNITY=ON
wait $lint
echo "== $(minutes) the release build's tests run meanwhile"
run release $((3 * cores)) >build/release/tests.txt 2>&1 &
release_tests=$!
trap 'kill $release_tests 2>/dev/null || true' EXIT
build asan -DDKO_UNITY=ON

failed=false
echo "== $(minutes) sanitizers"
run asan $((3 * cores)) || failed=true  # few of them wait, and what the release build's still do takes little
echo "== $(minutes) the release build's tests"
wait $release_tests || failed=true
trap - EXIT
cat build/release/tests.txt
echo "== $(minutes) done"
! $failed
