#!/usr/bin/env bash
# Installs what dko needs from the packages of Debian 12 or 13; needs root or sudo. Options can be combined:
#
#   scripts/install-deps.sh           to build and run
#   scripts/install-deps.sh --mpich   to build and run with MPICH in place of Open MPI
#   scripts/install-deps.sh --tests   to run the tests too
#   scripts/install-deps.sh --fuzz    for scripts/fuzz.sh
#   scripts/install-deps.sh --coverage  for scripts/coverage.sh
#   scripts/install-deps.sh --slurm   only what the tests need that start a SLURM cluster on this machine
#   scripts/install-deps.sh --cross   only what the test of the kernels on an emulated aarch64 needs
#   scripts/install-deps.sh --report  only what reports, pictures and Python's `import dko` need
#   scripts/install-deps.sh --r       only what R needs to read screens (a minute)
set -euo pipefail

build=(
  g++ cmake ninja-build git
  libeigen3-dev libspectra-dev
  libboost-dev libboost-program-options-dev libboost-iostreams-dev
  libfmt-dev liblzf-dev liblzma-dev libxxhash-dev nlohmann-json3-dev
)
mpi=(openmpi-bin libopenmpi-dev libhdf5-openmpi-dev)
mpich=(mpich libmpich-dev libhdf5-mpich-dev)
report=(python3-h5py python3-pandas python3-scipy python3-matplotlib)
tests=(catch2 clang-format codespell flake8 "${report[@]}" python3-sklearn python3-pip python3-setuptools python3-wheel)
r=(r-base-core r-cran-hdf5r r-cran-matrix)
optional=(python3-anndata jube lld "${r[@]}")  # the first is not in Debian 13: the tests that need it are skipped
fuzz=(clang libclang-rt-dev llvm)
coverage=(gcovr)
cross=(g++-aarch64-linux-gnu qemu-user)
slurm=(slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge)

packages=()
wanted=()
needs_build=false
[ $# -gt 0 ] || needs_build=true
for option in "$@"; do
  case "$option" in
    --mpich) mpi=("${mpich[@]}"); needs_build=true ;;
    --tests) packages+=("${tests[@]}"); wanted+=("${optional[@]}"); needs_build=true ;;
    --fuzz) packages+=("${fuzz[@]}"); needs_build=true ;;
    --coverage) packages+=("${coverage[@]}"); needs_build=true ;;
    --slurm) packages+=("${slurm[@]}") ;;
    --cross) packages+=("${cross[@]}") ;;
    --report) packages+=("${report[@]}") ;;
    --r) packages+=("${r[@]}") ;;
    *) echo "usage: scripts/install-deps.sh [--mpich] [--tests] [--fuzz] [--coverage] [--slurm] [--cross] [--report] [--r]" >&2; exit 2 ;;
  esac
done
if $needs_build; then packages+=("${build[@]}" "${mpi[@]}"); fi

if ! command -v apt-get >/dev/null; then
  echo "This script knows Debian only. Install what corresponds to: ${packages[*]} ${wanted[*]}" >&2
  exit 1
fi

# missing PACKAGE...: those that are not installed.
missing() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) == *'ok installed' ]] || echo "$package"
  done
}
mapfile -t required < <(missing "${packages[@]}")
mapfile -t optional < <(missing "${wanted[@]}")
[ $((${#required[@]} + ${#optional[@]})) -gt 0 ] || exit 0

as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update -qq
for package in "${optional[@]}"; do
  if [[ $(LC_ALL=C apt-cache policy "$package") == *'Candidate: '[0-9]* ]]; then
    required+=("$package")
  else
    echo "This release of Debian has no $package: the tests that need it are skipped"
  fi
done
[ ${#required[@]} -gt 0 ] || exit 0
echo "Installing: ${required[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${required[@]}" >/dev/null
