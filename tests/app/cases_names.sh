. "$(dirname "$0")/lib.sh"
# Names, labels, lists and options that were once read otherwise than a user would, or dropped without a word: each row is
# a check of its own, on files that this script makes. By hand, in an empty directory: DKO=…/dko bash cases_names.sh
need h5py numpy
preload h5py numpy
few=(--steps 3 --batch 2 --hidden 3 --validation 0)
rows=0

# says CODE WORDS COMMAND...: one row; nothing is written where it refuses.
says() {
  rm -f out.h5
  expect "$@"
  [ "$1" = 0 ] || absent out.h5
  rows=$((rows + 1))
}
# names FILE GROUP: those of a screen, sorted
names() { again - "$1" "$2/name" <<<'import h5py, sys; print(*sorted(h5py.File(sys.argv[1])[sys.argv[2]].asstr()[:]))'; }
# takes GROUP NAMES COMMAND...: a screen of these genes or cells
takes() {
  local group=$1 wanted=$2
  shift 2
  expect 0 '' "$@" -o out.h5 -f "${few[@]}"
  [ "$(names out.h5 "$group")" = "$wanted" ] || fail "$* takes $(names out.h5 "$group") instead of $wanted"
  rows=$((rows + 1))
}

# Genes and cells whose names are numbers: 8 Entrez identifiers, 12 cells 0, 10, 20, …
again - <<'DATA'
import random
rng = random.Random(1)
genes = [348, 6622, 675, 4, 5000, 1017, 2, 90]
with open("entrez.csv", "w") as file:
    file.write("gene," + ",".join(str(10 * cell) for cell in range(12)) + "\n")
    for gene in genes:
        file.write(f"{gene}," + ",".join(str(1 + rng.randrange(9)) for _ in range(12)) + "\n")
DATA
run=("$DKO" run entrez.csv)
printf '348\n6622\n7\n' >my.txt
printf 'gene_id,cell_id\n7,50\n' >ev.csv
says 3 'my.txt: no gene named 7 \(line 3\).*write #7 for gene number 7' "${run[@]}" --genes my.txt -o out.h5
says 3 'no gene named 7: ' "${run[@]}" --knockout-genes 7 -o out.h5 "${few[@]}"
says 3 'no cell named 7: ' "${run[@]}" --knockout-cells 7 -o out.h5 "${few[@]}"
says 3 'no cell named 7: ' "${run[@]}" --cells 7,10 -o out.h5
says 3 'ev.csv: no gene named 7 \(line 2\)' "${run[@]}" --events ev.csv -o out.h5 "${few[@]}"
"$DKO" train entrez.csv -o model.h5 -q "${few[@]}"
says 3 'no gene named 7: ' "$DKO" explain model.h5 entrez.csv -k 7
"${run[@]}" -o screen.h5 -q "${few[@]}"
says 3 'no cell named 7: ' "$DKO" top screen.h5 --cell 7
says 0 'in 10, the' "$DKO" top screen.h5 --cell 10
takes genes '2 4' "${run[@]}" --genes 4,2
takes genes '6622 90' "${run[@]}" --genes '#1,#7'
says 0 '#7 taken as gene number 7: 90' "${run[@]}" --genes '#1,#7' -o out.h5 "${few[@]}"
printf 'gene_index,cell_index\n7,3\n' >index.csv
says 0 'listed knockouts' "${run[@]}" --events index.csv -o out.h5 "${few[@]}"
printf 'gene_id,cell_id\n2,50\n' >either.csv
says 3 '.2. is the name of one and the number of another' "${run[@]}" --events either.csv -o out.h5 "${few[@]}"
printf 'gene_name,cell_name\n2,10\n' >by_name.csv
says 0 'listed knockouts' "${run[@]}" --events by_name.csv -o out.h5 "${few[@]}"
# Where no name looks like a number a number is one, and that is said.
make_data
says 0 '7 taken as gene number 7: gene7' "$DKO" run data.csv --genes 7,gene2,gene3 -o out.h5 "${few[@]}"

# Repeated names: all in a list, the candidates where one must be meant, by one rule in all formats.
again - "$DKO_SOURCE/tests/app" <<'DATA'
import sys
sys.argv = [sys.argv[0], "", "0", *sys.argv[1:]]
sys.path.insert(0, sys.argv[3])
import numpy as np
import selections
genes, cells = ["A", "B", "A", "C"], [f"c{cell}" for cell in range(12)]
values = np.arange(1, 49).reshape(12, 4)
selections.write_h5ad("twice.h5ad", values, genes, cells, {})
selections.write_csv("twice.csv", values, genes, cells)
selections.write_folder("twice", values, genes, cells)
types = ["T", "B", "T|B", "X"] * 3
donors = ["1", "01", "1.0", "1E0"] * 3
conditions = ["ctrl", " ctrl ", "drug"] * 4
sites = ["x", "y", None] * 4
selections.write_h5ad("where.h5ad", values, ["A", "B", "C", "D"], cells,
                      {"type": types, "donor": donors, "condition": conditions, "site": sites})
DATA
mv twice ten && printf 'E1\tA\nE2\tB\nE3\tA\nE4\tC\n' >ten/genes.tsv
for file in twice.h5ad twice.csv ten; do
  says 0 'A names 2 genes: .*number 0.*number 2' "$DKO" run $file --genes A,B -o out.h5 "${few[@]}"
  [ "$(names out.h5 genes | wc -w)" = 3 ] || fail "$file: not all genes that are named A"
  "$DKO" train $file -o twice.h5 -f -q "${few[@]}"
  says 3 'A names 2 genes: .*choose one by its number, such as #0' "$DKO" explain twice.h5 $file -k A
  printf 'gene,cell\nA,c1\n' >twice_events.csv
  says 3 'line 2: A names 2 genes' "$DKO" run $file --events twice_events.csv -o out.h5 "${few[@]}"
done

# --where
where=("$DKO" run where.h5ad --where)
takes cells 'c10 c2 c6' "${where[@]}" 'type=T|B'
takes cells 'c1 c11 c3 c5 c7 c9' "${where[@]}" 'type=B|X'
takes cells 'c0 c4 c8' "${where[@]}" 'donor=1'
takes cells 'c1 c10 c4 c7' "${where[@]}" 'condition= ctrl '
takes cells 'c0 c3 c6 c9' "${where[@]}" 'condition = ctrl'
says 0 '4 cells without a value in column site: left out' "${where[@]}" 'site!=x' -o out.h5 "${few[@]}"
says 2 'in several ways' "${where[@]}" 'type=T|B|X' -o out.h5
takes cells 'c10 c11 c2 c3 c6 c7' "${where[@]}" 'type="T|B"|X'
says 3 "no cell has the value 'Q', 'R' in column type" "${where[@]}" 'type=T|Q|R' -o out.h5

# All unknown names in one error, with the reason; --ignore-missing goes on.
printf 'gene3\nAbc\ngene4\nXyz\n' >unknown.txt
says 3 'no gene named Abc \(line 2\), Xyz \(line 4\)' "$DKO" run data.csv --genes unknown.txt -o out.h5
says 0 'warning: .*Abc \(line 2\), Xyz \(line 4\); left out' \
  "$DKO" run data.csv --genes unknown.txt --ignore-missing -o out.h5 "${few[@]}"
says 3 'none is left' "$DKO" run data.csv --genes Abc --ignore-missing -o out.h5
for gene in $(seq 0 29); do echo gene$gene; done >all.txt
says 3 'in the file, but not among the 5 chosen by --top-genes' \
  "$DKO" run data.csv --top-genes 5 --knockout-genes all.txt -o out.h5 "${few[@]}"
"$DKO" train data.csv --genes gene1,gene2,gene3 -o three.h5 -q "${few[@]}"
says 3 'no gene named gene7: three.h5 has no such gene \(the data have it\)' "$DKO" explain three.h5 data.csv -k gene7
says 3 'no gene named gene7: three.h5 has no such gene' \
  "$DKO" screen data.csv --model three.h5 --knockout-genes gene7 -o out.h5

# Empty values: every option of a command refuses them.
for command in run train screen predict explain effects top; do
  for option in $("$DKO" $command --help | grep -oE '^  (-[a-z] \[ )?--[a-z-]+( \])? (arg|[^ ]+)' |
    grep -oE -- '--[a-z-]+' | grep -vE -- '--(help|quiet|verbose|force|resume|raw|ignore-missing|untouched)$'); do
    case $command in
      run | train | predict) needed=(data.csv -o out.h5) ;;
      screen) needed=(data.csv -o out.h5 --model model.h5) ;;
      explain) needed=(model.h5 data.csv -k gene1) ;;
      effects) needed=(model.h5 data.csv -o out.h5ad) ;;
      top) needed=(screen.h5) ;;
    esac
    case $option in
      --out | --model | --knockout) continue ;;  # which are given already
    esac
    says 2 "$option needs a value: it is empty" "$DKO" $command "${needed[@]}" "$option" ''
  done
done
says 2 '^dko: error: --genes needs a value: it is empty$' "$DKO" run data.csv -o out.h5 --genes=

# What comes to nothing is said.
again - <<'DATA'
with open("two.csv", "w") as file:
    file.write("gene," + ",".join(f"c{cell}" for cell in range(8)) + "\n")
    for gene in range(5):
        file.write(f"g{gene}," + ",".join(str((gene < 2 or cell > 0) + cell) for cell in range(8)) + "\n")
DATA
says 0 '1 cell expresses only two genes, whose pair is not scored' "$DKO" run two.csv --order 2 -o out.h5 "${few[@]}"
says 2 'names a single gene: name more, or give --order 1' \
  "$DKO" run data.csv --order 2 --knockout-genes gene3 -o out.h5 "${few[@]}"
says 0 'warning: --knockout-genes: 1 of 2 genes without a knockout, .*: g4$' \
  "$DKO" run two.csv --knockout-genes g0,g4 --knockout-cells c0 -o out.h5 "${few[@]}"
printf 'gene1_name,gene2_name,cell_name\ngene1,gene2,cell0\ngene3,,cell0\n' >mixed.csv
says 3 'mixed.csv, line 3: has 1 of 2 genes: .*lists of their own|mixed.csv, line 2: ' \
  "$DKO" run data.csv --events mixed.csv -o out.h5 "${few[@]}"
sed 's/^gene1,/ERCC-00002,/; s/^gene2,/CD3_TotalSeqB,/' data.csv >no_genes.csv
says 0 '1 spike-in is taken as a gene, such as ERCC-00002' "$DKO" train no_genes.csv -o out.h5 "${few[@]}"
says 0 '1 antibody tag is taken as a gene' "$DKO" train no_genes.csv -o out.h5 "${few[@]}"
for m in 0 2; do "$DKO" train data.csv --ensemble 3 --member $m -o m$m.h5 -q "${few[@]}"; done
says 0 'member 1 of 3 is not among these models' "$DKO" ensemble m0.h5 m2.h5 -o out.h5
says 3 'give more cells, or --batch 60 or less' "$DKO" train data.csv -o out.h5 --batch 61 --validation 0
says 0 'warning: --time-limit does not end this fit: --checkpoint none' \
  "$DKO" train data.csv --mapping sparse --checkpoint none --time-limit 60 -o out.h5
says 0 'warning: --time-limit does not end this training: --checkpoint none' \
  "$DKO" train data.csv --checkpoint none --time-limit 60 -o out.h5 "${few[@]}"
echo "$rows rows"
