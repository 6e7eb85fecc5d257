. "$(dirname "$0")/lib.sh"
# The manual, messages and comments are in plain standard English: nothing of words.txt is in them, and no word that codespell
# knows to be misspelt. README.md stays one page, and every link of the manual leads somewhere.
list=$DKO_SOURCE/tests/app/words.txt
cd "$DKO_SOURCE"
mapfile -t manual < <(find README.md CHANGELOG.md include jobs scripts src tests -name '*.md')
mapfile -t source < <(find include src -name '*.[ch]pp')
mapfile -t others < <(find scripts jobs -name '*.py' -o -name '*.sh' -o -name '*.sbatch' -o -name '*.conf')
[ ${#manual[@]} -gt 10 ] && [ ${#source[@]} -gt 100 ] || fail "the files to look into were not found"

found=0
while IFS=$'\t' read -r where pattern instead; do
  case $where in
    all) files=("${manual[@]}" "${source[@]}" "${others[@]}") ;;
    source) files=("${source[@]}") ;;
    manual) files=("${manual[@]}") ;;
    '#'* | spelling) continue ;;
    *) fail "words.txt: '$where' is no place" ;;
  esac
  code=0
  grep -nP -- "$pattern" "${files[@]}" || code=$?
  [ $code -le 1 ] || fail "words.txt: grep does not take the pattern $pattern"
  [ $code = 1 ] || { echo "^^ write instead: $instead"; found=1; }
done <"$list"
[ $found = 0 ] || fail "words that must not come back; see words.txt"

if command -v codespell >/dev/null; then
  codespell -q 3 -L "$(sed -n 's/^spelling\t//p' "$list" | paste -sd ,)" "${manual[@]}" "${source[@]}" "${others[@]}" ||
    fail "misspelt, or a word for words.txt (spelling)"
else
  echo "NOT TESTED: spelling; there is no codespell"
fi

[ "$(wc -l <README.md)" -le 150 ] || fail "README.md is longer than 150 lines: the chapters are for details"
# Files that it names are there, somewhere.
find include src tests scripts jobs -type f -printf '%f\n' | sort -u >"$OLDPWD/files.txt"
for page in "${manual[@]}"; do
  [ "$page" != CHANGELOG.md ] || continue
  for file in $(grep -oP '`\K[a-z0-9_/.-]+\.(hpp|cpp|sh|py|sbatch|conf)(?=`)' "$page"); do
    grep -qxF "$(basename "$file")" "$OLDPWD/files.txt" || fail "$page names $file, which is not there"
  done
done
headings() { grep -E '^#+ ' "$1" | sed -E 's/^#+ //; s/[^A-Za-z0-9 _-]//g; s/ /-/g' | tr '[:upper:]' '[:lower:]'; }
for page in "${manual[@]}"; do
  for link in $(grep -oP '\]\(\K[^): ]+(?=\))' "$page"); do
    target=$page
    [ -z "${link%%#*}" ] || target=$(dirname "$page")/${link%%#*}
    [ -e "$target" ] || fail "$page leads to $link, which is not there"
    [[ $link != *'#'* ]] || headings "$target" | grep -x -- "${link#*#}" >/dev/null || fail "$page leads to $link, which has no such heading"
  done
done
