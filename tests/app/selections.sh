. "$(dirname "$0")/lib.sh"
# Random names and labels of digits, signs, |, quotes, blanks and repeats: what is chosen is what plain Python chooses, and
# what could be read in two ways is refused.
python=${DKO_PYTHON:-/usr/bin/python3}
"$python" -c 'import h5py, numpy' 2>/dev/null || skip "$python has not h5py and numpy"
"$python" "$(dirname "$0")/selections.py" "$DKO_SELECTION_TOOL" "${DKO_SELECTIONS:-1200}" || fail "selections differ from plain Python's"
