#!/usr/bin/env bash
# Builds dko on other systems and runs its demo and its fast tests there, and prints a table of the results. Needs root,
# debootstrap and a network of Debian packages; takes 10 to 20 minutes for each platform on 2 cores. For use by hand.
#
#   scripts/platforms.sh [--folder DIR] [PLATFORM...]
#
# A platform is SUITE:COMPILER:MPI, such as trixie:gcc:mpich or bookworm:clang-16:openmpi. Systems are kept in DIR
# (default: /var/tmp/dko-platforms), so that a second run starts where the first ended; DIR/PLATFORM.log tells all.
# What is committed is built, from a clone of its own. Scores are compared with those of the first platform.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
folder=/var/tmp/dko-platforms
if [ "${1:-}" = --folder ]; then
  folder=$2
  shift 2
fi
platforms=("$@")
if [ ${#platforms[@]} = 0 ]; then
  platforms=(bookworm:gcc:openmpi bookworm:gcc:mpich bookworm:clang-14:openmpi bookworm:clang-16:openmpi
    trixie:gcc:openmpi trixie:gcc-13:openmpi trixie:gcc:mpich trixie:clang-19:openmpi)
fi
[ "$(id -u)" = 0 ] || { echo "scripts/platforms.sh: chroots need root" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "scripts/platforms.sh: install debootstrap" >&2; exit 1; }
mkdir -p "$folder"/{results,cache}
source=$folder/source
rm -rf "$source"
git clone -q "$repository" "$source"

# inside SUITE COMMAND...: in that system, with the sources at /src, read-only, and this machine untouched.
inside() {
  local root=$folder/$1
  shift
  mkdir -p "$root"/{src,results,cache}
  unshare --mount --propagation private bash -euc '
    root=$1; source=$2; folder=$3; shift 3
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/tmp"
    mount --bind "$source" "$root/src"
    mount -o remount,bind,ro "$root/src"
    mount --bind "$folder/results" "$root/results"
    mount --bind "$folder/cache" "$root/cache"
    exec chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
      DEBIAN_FRONTEND=noninteractive CCACHE_DIR=/cache "$@"' inside "$root" "$source" "$folder" "$@"
}

# system SUITE COMPILER MPI: makes it, with what this platform needs.
system() {
  local suite=$1 compiler=$2 mpi=$3 packages=(ccache)
  [ -e "$folder/$suite/etc/debian_version" ] || debootstrap --variant=minbase "$suite" "$folder/$suite"
  if [ "$compiler" != gcc ]; then packages+=("${compiler/gcc-/g++-}"); fi
  inside "$suite" apt-get update -qq
  inside "$suite" apt-get install -y -qq --no-install-recommends "${packages[@]}"
  if [ "$mpi" = mpich ]; then inside "$suite" bash /src/scripts/install-deps.sh --tests --mpich
  else inside "$suite" bash /src/scripts/install-deps.sh --tests; fi
}

# Runs inside: configures, builds and tests in /build/PLATFORM, with results in /results/PLATFORM.
inner=$(cat <<'INNER'
set -euo pipefail
name=$1 compiler=$2 mpi=$3
case $compiler in
  gcc) cc=gcc cxx=g++ ;;
  gcc-*) cc=$compiler cxx=${compiler/gcc/g++} ;;
  *) cc=$compiler cxx=${compiler/clang/clang++} ;;
esac
set -a; . /src/scripts/oversubscribed-mpi.env; set +a
export CMAKE_CXX_COMPILER_LAUNCHER=ccache
mkdir -p /results/$name
rm -f /results/$name/*.csv
cmake -G Ninja -S /src -B /build/$name -DCMAKE_BUILD_TYPE=Release -DDKO_BUILD_TESTS=ON -DDKO_WERROR=ON \
  -DCMAKE_C_COMPILER=$cc -DCMAKE_CXX_COMPILER=$cxx -DMPI_CXX_COMPILER=mpicxx.$mpi | tee /results/$name/configure.txt
cmake --build /build/$name -j 2
dko=/build/$name/dko
cd /results/$name
# The main job, on data that the first platform has made.
[ -e ../cells.csv ] || $dko simulate --genes 100 --cells 300 --seed 1 -o ../cells.csv
declare -A settings=([dko]="--steps 500" [sparse]="")
for mapping in dko sparse; do
  mpirun.$mpi -n 2 $dko run ../cells.csv --order 2 --seed 1 --mapping $mapping ${settings[$mapping]} \
    -o $mapping.h5 --force -q
  $dko export $mapping.h5 --single $mapping-single.csv --double $mapping-double.csv --force -q
done
status=0
ctest --test-dir /build/$name -LE 'long|slurm|data' -j 4 --output-on-failure >tests.txt 2>&1 || status=$?
tail -n 40 tests.txt
exit $status
INNER
)

# scores FOLDER FOLDER MAPPING: how the exported scores of two platforms differ.
scores() {
  local worst=0 kind
  for kind in single double; do
    cmp -s "$1/$3-$kind.csv" "$2/$3-$kind.csv" && continue
    worst=$(paste -d , "$1/$3-$kind.csv" "$2/$3-$kind.csv" | awk -F , -v worst="$worst" '
      NR > 1 {half = NF / 2
        for (k = 1; k <= half; ++k) {d = $k - $(k + half); if (d < 0) d = -d; if (d > worst) worst = d}}
      END {print worst}')
  done
  if [ "$worst" = 0 ]; then echo "equal"; else printf '%.0e' "$worst"; fi
}

# row PLATFORM: a row of the table, from what it left.
row() {
  local name=${1//:/-} passed=- failed=- skipped=- mpi hdf5 compiler version
  local of=$folder/results/$name reference=$folder/results/${platforms[0]//:/-}
  read -r compiler version <<<"$(sed -n 's/^-- *compiler *\([^ ]*\) \([^,]*\),.*/\1 \2/p' "$of/configure.txt")"
  mpi=$(sed -n 's/^-- *MPI  *\(.*\) (.*launcher.*/\1/p' "$of/configure.txt")
  hdf5=$(sed -n 's/^-- *HDF5  *\([^ ]*\).*/\1/p' "$of/configure.txt")
  if [ -e "$of/tests.txt" ]; then
    skipped=$(grep -c '\*\*\*Skipped' "$of/tests.txt" || true)
    failed=$(grep -cE '\*\*\*(Failed|Timeout|Exception)' "$of/tests.txt" || true)
    passed=$(grep -cE ' Passed ' "$of/tests.txt" || true)
  fi
  echo "| ${1%%:*} | $compiler $version | $mpi | $hdf5 | $passed, $failed, $skipped |" \
    "$(scores "$reference" "$of" dko), $(scores "$reference" "$of" sparse) |"
}

failures=0
for platform in "${platforms[@]}"; do
  IFS=: read -r suite compiler mpi <<<"$platform"
  name=${platform//:/-}  # no colons: they separate what LD_PRELOAD names
  mkdir -p "$folder/results/$name"
  echo "== $platform: $folder/$name.log" >&2
  if ! { system "$suite" "$compiler" "$mpi" && inside "$suite" bash -c "$inner" inner "$name" "$compiler" "$mpi"; } \
    >"$folder/$name.log" 2>&1 </dev/null; then
    failures=$((failures + 1))
    echo "   failed" >&2
  fi
done

echo "| Debian | compiler | MPI | HDF5 | tests passed, failed, skipped | scores of the dko mapping, the sparse one |"
echo "|---|---|---|---|---|---|"
for platform in "${platforms[@]}"; do
  if [ -e "$folder/results/${platform//:/-}/sparse-double.csv" ]; then row "$platform"
  else echo "| ${platform//:/ | } | | not built | |"; fi
done
[ $failures = 0 ]
