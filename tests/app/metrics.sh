. "$(dirname "$0")/lib.sh"
# The metrics against SciPy and scikit-learn.
need numpy scipy sklearn
"$python" "$DKO_SOURCE/tests/metrics/metrics_oracle.py" "$DKO_METRICS_TOOL"
