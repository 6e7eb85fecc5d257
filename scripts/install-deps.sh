#!/usr/bin/env bash
# Installs what dko needs from Debian 12 packages; needs root or sudo.
#
#   scripts/install-deps.sh           to build and run
#   scripts/install-deps.sh --tests   to run the tests too
#   scripts/install-deps.sh --fuzz    for scripts/fuzz.sh
#   scripts/install-deps.sh --slurm   for the tests that start a SLURM cluster on this machine
#   scripts/install-deps.sh --cross   for the test of the kernels on an emulated aarch64
#   scripts/install-deps.sh --report  only what scripts/report.py and scripts/dko_results.py need
set -euo pipefail

packages=(
  g++ cmake ninja-build git
  openmpi-bin libopenmpi-dev
  libhdf5-openmpi-dev
  libeigen3-dev libspectra-dev
  libboost-dev libboost-program-options-dev libboost-iostreams-dev
  libfmt-dev liblzf-dev libxxhash-dev nlohmann-json3-dev
)
report=(python3-h5py python3-pandas python3-scipy python3-matplotlib)
tests=(catch2 clang-format "${report[@]}" python3-anndata python3-sklearn)
fuzz=(clang libclang-rt-dev llvm)
cross=(g++-aarch64-linux-gnu qemu-user)
slurm=(slurmctld slurmd slurm-client slurm-wlm-basic-plugins munge)

case "${1:-}" in
  "") ;;
  --tests) packages+=("${tests[@]}") ;;
  --fuzz) packages+=("${fuzz[@]}") ;;
  --slurm) packages=("${slurm[@]}") ;;
  --cross) packages=("${cross[@]}") ;;
  --report) packages=("${report[@]}") ;;
  *) echo "usage: scripts/install-deps.sh [--tests|--fuzz|--slurm|--cross|--report]" >&2; exit 2 ;;
esac

if ! command -v apt-get >/dev/null; then
  echo "This script knows Debian only. Install what corresponds to: ${packages[*]}" >&2
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing: ${missing[*]}"
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
