. "$(dirname "$0")/lib.sh"
# What `cmake --install` puts below an empty prefix works where there is no source tree: it is hidden by an empty folder in a
# mount namespace of its own, where the kernel allows one. What pip installs works too.
need h5py pandas matplotlib scipy

# Without the source, in a folder with prefix/ and the data. PYTHONPATH is that of the package.
use_it() {
  local prefix=$PWD/prefix jobs=$PWD/prefix/share/dko/jobs
  export XDG_CONFIG_HOME=$PWD/settings PYTHONDONTWRITEBYTECODE=1
  unset DKO_SITE DKO_JOBS DKO DKO_SOURCE
  # Not by PATH, first: the parts find each other by their places.
  "$prefix/bin/dko" simulate --genes 12 --cells 40 --seed 3 -o data.csv -q
  expect 0 "command .*DKO_SITE=$jobs/site.conf .*" "$prefix/bin/dko-submit" screen data.csv -o screen.h5 --order 2 "${short[@]}"
  grep -q "$jobs/screen.sbatch data.csv screen.h5" said.txt || { cat said.txt; fail "another job script"; }
  mkdir -p settings/dko
  { cat "$jobs/site.conf"; echo "DKO_LAUNCHER='mpirun -n 2'"; } >settings/dko/site.conf
  expect 0 "DKO_SITE=$PWD/settings/dko/site.conf" "$prefix/bin/dko-submit" train data.csv -o model.h5 "${short[@]}"
  expect 3 "no.conf: there is no such file; copy $jobs/site.conf to it" "$prefix/bin/dko-submit" train data.csv -o model.h5 --site no.conf
  expect 0 "site: $PWD/settings/dko/site.conf" env DKO_JOBS="$jobs" bash "$jobs/screen.sbatch" data.csv screen.h5 --order 2 "${short[@]}"
  "$prefix/bin/dko-report" screen.h5 -o report.html
  [ -f "$prefix/share/dko/R/dko.R" ] || fail "what R reads screens by is not installed"
  grep -q 'Made by dko-report from screen.h5' report.html || fail "the page does not say by what it was made"
  # Small cases take seconds each: one is enough to see that it starts.
  expect 0 'figure of merit' env DKO_JOBS="$jobs" bash "$jobs/scaling.sbatch" result.json --launcher mpirun --size trial --repeats 1 --ranks 1 --cases weak
  "$prefix/bin/dko-plot-scaling" result.json -o pictures
  expect 2 'they share no figure' "$prefix/bin/dko-bench-compare" result.json result.json
  # It finds the program beside itself.
  expect 0 '^dko-scaling: 1/1 kernel on 1 rank' "$prefix/bin/dko-scaling" -o beside.json --launcher mpirun --size trial --repeats 1 --ranks 1 --cases kernel
  "$python" - "$("$prefix/bin/dko" --version)" <<'PYTHON'
import sys
import dko
with dko.open_screen("screen.h5") as screen:
    assert len(screen.singles(cell=0)) > 0 and len(screen.genes) == 12
from dko import places
assert places.program().endswith("/prefix/bin/dko"), places.program()  # as dko.screen starts it
assert isinstance(screen, dko.Screen) and "prefix/lib" in dko.__file__, dko.__file__
assert sys.argv[1].split()[:2] == ["dko", dko.__version__], (sys.argv[1], dko.__version__)
PYTHON
}
if [ "${1:-}" = use_it ]; then
  [ -z "${2:-}" ] || { mount -t tmpfs none "$2" && [ -z "$(ls "$2")" ] || fail "$2 is not hidden"; }
  use_it
  exit 0
fi

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cmake --install "$DKO_BUILD" --prefix "$place/prefix" >install.txt
# As a whole path: of a source tree at /src the manual's ../../src/README.md is not one.
! grep -rIlP -- "(?<![.\w/-])\Q$DKO_SOURCE\E(?![\w-])" "$place/prefix" || fail "these files refer to the source tree"
# The manual's links lead somewhere.
manual=$place/prefix/share/doc/dko
[ -e "$manual/include/dko/results/README.md" ] || fail "the chapters of the manual are not installed"
while read -r page; do
  for link in $(grep -oP '\]\(\K[^)#: ]+(?=[)#])' "$page"); do
    [ -e "$(dirname "$page")/$link" ] || fail "$page leads to $link, which is not installed"
  done
done < <(find "$manual" -name '*.md')

# No library, script or build of the source can be reached while it is used.
cp "$(dirname "$0")"/{installed,lib}.sh "$place"
packages=$(dirname "$(find "$place/prefix" -path '*/dko/__init__.py' -printf '%h\n')")
export PYTHONPATH=$packages
hide=()
if unshare -m mount -t tmpfs none "$DKO_SOURCE" 2>/dev/null; then hide=(unshare -m)
elif unshare -rm mount -t tmpfs none "$DKO_SOURCE" 2>/dev/null; then hide=(unshare -rm); fi
[ ${#hide[@]} -gt 0 ] || echo "The source tree cannot be hidden here: unshare -m is not allowed"
(cd "$place" && "${hide[@]}" bash installed.sh use_it "${hide:+$DKO_SOURCE}")

# What pip makes of the folder is the same package; it builds in the folder, so of a copy.
if ! have setuptools wheel pip; then
  echo "NOT TESTED: pip install ./scripts; $python has not pip, setuptools and wheel"
  exit 0
fi
mkdir "$place/scripts"
cp -r "$DKO_SOURCE"/scripts/{dko,pyproject.toml} "$place/scripts"
"$python" -m pip install -q --no-index --no-build-isolation --no-deps --target "$place/pip" "$place/scripts" >pip.txt 2>&1 ||
  { cat pip.txt; fail "pip does not install the package"; }
diff -r -x __pycache__ "$packages/dko" "$place/pip/dko" || fail "pip installs another package"
export PYTHONPATH=$place/pip PATH=$place/prefix/bin:$PATH XDG_CONFIG_HOME=$place/settings
for command in challenge report submit scaling plot-scaling bench-compare; do
  expect 0 "^usage: dko-$command " "$place/pip/bin/dko-$command" --help
done
# The job scripts are those of the dko in PATH.
expect 0 "$place/prefix/share/dko/jobs/train.sbatch" env -u DKO_SITE "$place/pip/bin/dko-submit" train "$place/data.csv" -o model.h5
