. "$(dirname "$0")/lib.sh"
# The metrics against SciPy and scikit-learn.
python=${DKO_PYTHON:-/usr/bin/python3}
"$python" -c 'import numpy, scipy, sklearn' 2>/dev/null || skip "$python has not SciPy and scikit-learn"
"$python" "$DKO_SOURCE/tests/metrics/metrics_oracle.py" "$DKO_METRICS_TOOL"
