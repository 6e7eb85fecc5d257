. "$(dirname "$0")/lib.sh"
# Man pages and the completion of bash, made from the tables of options.
mkdir pages
"$DKO" --man-pages pages
"$DKO" --completion bash >completion

# A page for every command, which has every option that its help text has.
commands=$("$DKO" --help | sed -n '/^Commands:/,/^$/p' | awk 'NF > 1 && $1 != "bench" {print $1}')
[ -n "$commands" ] || fail "there are no commands"
benches=$("$DKO" bench --help | awk '/^  [a-z]/ && $1 != "mpirun" {print "bench " $1}')
[ "$(echo "$benches" | wc -l)" -ge 5 ] || fail "too few benches: $benches"
while read -r command; do
  page=pages/dko-${command// /-}.1
  [ -s "$page" ] || fail "dko $command has no page"
  "$DKO" $command --help | grep -oE '^  (-. \[ )?--[a-z0-9-]+' | grep -oE -- '--[a-z0-9-]+' | while read -r option; do
    grep -qF -- "\\fB${option//-/\\-}\\fR" "$page" || fail "$page has no $option"
  done
done < <(printf '%s\n' "$commands" "$benches")
[ "$(ls pages | wc -l)" = $((1 + $(printf '%s\n' "$commands" "$benches" | wc -l))) ] || fail "pages of no command: $(ls pages)"
expect 4 'no/dko.1: there is no directory no' "$DKO" --man-pages no
expect 2 'dko --completion bash' "$DKO" --completion fish

if command -v man >/dev/null && command -v groff >/dev/null; then
  for page in pages/*.1; do
    LC_ALL=C.UTF-8 MANROFFSEQ= MANWIDTH=100 man --warnings -l "$page" >page.txt 2>warnings.txt || fail "man cannot show $page"
    [ ! -s warnings.txt ] || { cat warnings.txt; fail "man warns of $page"; }
    grep -q '^NAME' page.txt || fail "$page is shown without a name"
  done
  grep -qE -- '-o, --out FILE' <(LC_ALL=C.UTF-8 MANWIDTH=100 man -l pages/dko-run.1 | col -b) || fail "dko-run.1 has no --out"
fi

# complete WORD...: what bash offers in place of the last word, as words on one line.
. ./completion
offered() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _dko
  echo "${COMPREPLY[*]}"
}
is_offered() {
  local expected=$1
  shift
  [ "$(offered "$@")" = "$expected" ] || fail "after '$*' bash offers '$(offered "$@")', not '$expected'"
}
[ "$(offered dko s | tr ' ' '\n' | sort | xargs)" = "screen simulate summarize" ] || fail "commands: $(offered dko s)"
[ "$(offered dko run data.csv --t | tr ' ' '\n' | sort | xargs)" = "--threshold --time-limit --top-genes --toward --toward-profile" ] ||
  fail "options: $(offered dko run data.csv --t)"
is_offered "constant cosine" dko train data.csv --schedule ""
is_offered "cosine" dko train data.csv --schedule cos
is_offered "cosine" dko train data.csv --schedule = cos
is_offered "sharded" dko train --parallel = s
is_offered "io" dko bench i
is_offered "--instructions" dko bench kernel --ins
is_offered "avx2 avx512" dko bench kernel --instructions av
is_offered "" dko run --out da  # files, as everywhere
