. "$(dirname "$0")/lib.sh"
# Runs the manual: every ```sh, ```python and ```r block that follows a line <!-- run --> in README.md and the chapters, page
# by page, on a small data set whose genes and cells have the manual's names. A block marked <!-- run: MODULE --> is run if
# Python, or R, has that module. The chapters find the files that the example of README.md leaves.
need h5py pandas matplotlib scipy
export PYTHONPATH=$DKO_SOURCE/scripts DKO_SITE=$DKO_SOURCE/jobs/site.conf ASAN_OPTIONS=detect_leaks=0

# The commands, under the names that they have when they are installed.
mkdir bin
ln -s "$DKO" bin/dko
for name in report submit scaling plot_scaling; do
  printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$python" "$DKO_SOURCE/scripts/$name.py" >"bin/dko-${name/_/-}"
done
chmod +x bin/*
export PATH=$PWD/bin:$PATH

# Where `cmake --install --prefix ~/.local` puts what R reads screens by.
home=$PWD/home
mkdir -p "$home/.local/share/dko"
ln -s "$DKO_SOURCE/scripts/R" "$home/.local/share/dko/R"

# cells.h5ad: as one from a laboratory, with counts in a layer as well and a kind for every cell.
mkdir start
dko simulate --genes 60 --cells 120 --umi 2000 --seed 3 -o start/cells.h5ad -q
"$python" - start/cells.h5ad <<'PYTHON'
import sys
import h5py
names = {"gene0": "Trem2", "gene1": "Cd74", "gene2": "Cst3", "gene3": "Sparc", "gene24": "P2ry12", "gene33": "H2-Aa"}
with h5py.File(sys.argv[1], "r+") as file:
    def rename(path, names):
        texts = [names.get(text, text) for text in file[path].asstr()[:]]
        attributes = {key: value for key, value in file[path].attrs.items() if key != "checksum"}
        del file[path]
        file[path] = texts
        file[path].attrs.update(attributes)
    rename("var/_index", names)
    rename("obs/_index", {"cell1": "AAACCTGCAAGGACAC"})
    file.copy("X", "layers/counts")
    file["obs/cell_type"] = ["microglia", "microglia", "astrocyte"] * 40
    file["obs/cell_type"].attrs.update({"encoding-type": "string-array", "encoding-version": "0.2.0"})
    file["obs"].attrs["column-order"] = ["cell_type"]
PYTHON

# blocks PAGE FOLDER: writes the marked blocks to FOLDER/LINE.sh and FOLDER/LINE.python, LINE being that of the block.
blocks() {
  awk -v folder="$2" '
    function bad(what) {print FILENAME ":" NR ": " what >"/dev/stderr"; failed = 1; exit 1}
    inside {if (/^```/) {inside = 0; if (file != "") close(file); file = ""} else if (file != "") print >file; next}
    marked && !/^```(sh|python|r)$/ {bad("<!-- run --> is not followed by ```sh, ```python or ```r")}
    /^```/ {inside = 1
      if (marked) {file = sprintf("%s/%04d.%s", folder, NR, substr($0, 4)); if (needs != "") print needs >(file ".needs")}
      marked = 0; next}
    /^<!-- run(: [a-z0-9]+)? -->$/ {marked = 1; needs = /:/ ? $3 : ""; next}
    /^ *<!-- *run/ {bad("not the mark <!-- run --> or <!-- run: MODULE -->")}
    END {if (!failed && (inside || marked)) bad("a block without an end")}' "$1"
}

# has LANGUAGE MODULE
has() {
  case $1 in
    r) command -v Rscript >/dev/null && Rscript --vanilla -e "library($2)" >/dev/null 2>&1 ;;
    *) "$python" -c "import $2" 2>/dev/null ;;
  esac
}

# run_page PAGE: in a folder of its own, all its blocks one after the other.
count=0
run_page() {
  local page=$1 block line
  local folder=$PWD/pages/${page//\//.}
  mkdir -p "$folder/blocks" "$folder/work"
  blocks "$DKO_SOURCE/$page" "$folder/blocks" || fail "$page: a mark that cannot be understood"
  for block in "$folder"/blocks/*.{sh,python,r}; do
    [ -e "$block" ] || continue
    basename "$block"
  done | sort >"$folder/order"
  [ ! -s "$folder/order" ] || cp start/* "$folder/work"
  while read -r line; do
    block=$folder/blocks/$line
    if [ -e "$block.needs" ] && ! has "${line##*.}" "$(cat "$block.needs")"; then
      echo "NOT TESTED: $page, line ${line%.*}: ${line##*.} has not $(cat "$block.needs")"
      continue
    fi
    case $line in
      *.sh) runner=(bash -euo pipefail) ;;
      *.r) runner=(env HOME="$home" Rscript --vanilla) ;;
      *) runner=("$python") ;;
    esac
    (cd "$folder/work" && "${runner[@]}" "$block" >"$block.log" 2>&1 </dev/null) ||
      { cat "$block" "$block.log" >&2; fail "$page: the block at line $((10#${line%.*})) does not run"; }
    count=$((count + 1))
  done <"$folder/order"
}

run_page README.md
[ $count -gt 0 ] || fail "README.md has no block to run"
for file in screen.h5 model.h5 prediction.h5; do mv "pages/README.md/work/$file" start; done
for page in $(cd "$DKO_SOURCE" && find include jobs scripts tests src -name '*.md' | sort); do run_page "$page"; done
[ $count -ge 10 ] || fail "only $count blocks were found"
echo "$count blocks of the manual run"
