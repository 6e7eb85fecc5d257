. "$(dirname "$0")/lib.sh"
# Random names and labels of digits, signs, |, quotes, blanks and repeats: what is chosen is what plain Python chooses, and
# what could be read in two ways is refused.
need h5py numpy
"$python" "$(dirname "$0")/selections.py" "$DKO_SELECTION_TOOL" "${DKO_SELECTIONS:-1200}" || fail "selections differ from plain Python's"
