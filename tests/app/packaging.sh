. "$(dirname "$0")/lib.sh"
# Recipes for Spack, EasyBuild, Docker, Apptainer, ReFrame and JUBE, as far as they can be tried without these.
need numpy
export PYTHONDONTWRITEBYTECODE=1 DKO_SCALING=$PWD/dko-scaling PYTHONPATH=$DKO_SOURCE/scripts
recipes=$DKO_SOURCE/scripts/packaging
"$python" "$(dirname "$0")/packaging_test.py"

# The Dockerfile's steps are ones that can be carried out.
expect 0 'RUN cmake -G Ninja' "$python" "$recipes/dockerfile_steps.py" --list

# JUBE runs the trial and finds the merit in what was said.
cat >dko-scaling <<R
#!/bin/bash
exec "$python" "$DKO_SOURCE/scripts/scaling.py" --dko "$DKO" --launcher mpirun "\$@"
R
chmod +x dko-scaling
command -v jube >/dev/null || skip "there is no jube (Debian: jube)"
export DKO_REPEATS=1 DKO_SCALING_OPTIONS='--ranks 1'
jube run -o "$PWD/dko-merit" "$recipes/jube/dko-merit.xml" >jube.txt 2>&1 || { cat jube.txt; fail "jube run"; }
jube result -a dko-merit >result.txt 2>&1 || { cat result.txt; fail "jube result"; }
grep -qE '^trial,1,[0-9.]+,0.0,0,INVALID$' result.txt || { cat jube.txt result.txt; cat dko-merit/*/*measure/work/std*; fail "jube found no merit"; }
