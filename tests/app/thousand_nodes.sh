. "$(dirname "$0")/lib.sh"
# The tables of jobs/thousand-nodes.md are what dko estimate says.
document=$DKO_SOURCE/jobs/thousand-nodes.md
commands=$(sed -n 's/^\$ dko //p' "$document")
[ "$(echo "$commands" | wc -l)" -ge 4 ] || fail "the document has too few tables"
while read -r command; do
  awk -v line="\$ dko $command" '$0 == line {inside = 1; next} /^```/ {inside = 0} inside' "$document" >told.txt
  # shellcheck disable=SC2086  # its words are arguments
  "$DKO" $command >is.txt
  diff told.txt is.txt >&2 || fail "the document's table of 'dko $command' is not what it says"
done <<<"$commands"
