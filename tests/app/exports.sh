. "$(dirname "$0")/lib.sh"
# A screen as AnnData and as tables, read by Python and compared with the CSV export.
need anndata h5py numpy pandas
make_hidden
on 2 "$DKO" run data.csv --order 2 --ensemble 2 --score impact,network -o full.h5 --save-model model.h5 -q "${short[@]}"
"$DKO" export full.h5 --single s.csv --double d.csv --names --score impact,network,impact-sd,share,interaction
"$DKO" export full.h5 --h5ad s.h5ad --table t.h5
"$DKO" export full.h5 --table one.h5 --score interaction
"$DKO" screen data.csv --model model.h5 --score network -o network.h5 -q
"$DKO" export network.h5 --h5ad n.h5ad --table n.h5
"$DKO" screen data.csv --model model.h5 --order 2 --sample 40 -o sample.h5 -q
"$DKO" export sample.h5 --table l.h5 --list l.csv --names
head -n 3 s.csv | cut -d, -f1,2 >events.csv
"$DKO" screen data.csv --model model.h5 --events events.csv -o listed.h5 -q
"$DKO" export listed.h5 --table listed_t.h5
# Some genes in some cells: cells without knockouts.
printf 'gene1\ngene2\n' >genes.txt
printf 'cell0\ncell7\n' >cells.txt
"$DKO" screen data.csv --model model.h5 --knockout-genes genes.txt --knockout-cells cells.txt -o few.h5 -q
"$DKO" export few.h5 --h5ad few.h5ad
# Genes whose absence the cells do not show; and a file that does not tell, as dko 0.1 wrote it.
"$DKO" run hidden.csv --score network -o hidden.h5 -q "${short[@]}"
"$DKO" export hidden.h5 --h5ad hidden.h5ad
cp few.h5 old.h5
"$python" -c 'import h5py; h5py.File("old.h5", "a").pop("visibility")'
"$DKO" export old.h5 --h5ad old.h5ad
# switch_on NAME MODEL SCORES OPTION...: genes that are switched on, as AnnData and as CSV.
switch_on() {
  on 2 "$DKO" screen hidden.csv --model "$2" "${@:4}" -o "$1.h5" -q
  "$DKO" export "$1.h5" --h5ad "$1.h5ad"
  "$DKO" export "$1.h5" --single "$1.csv" --names --score "$3"
}
"$DKO" train hidden.csv --mapping sparse -o sparse.h5 -q
"$DKO" train hidden.csv --ensemble 2 -o dense.h5 -q "${short[@]}"
way=(--activate all --from 'gene:gene3<=0' --toward 'gene:gene3>0' --score impact,network,shift,approach)
switch_on on_sparse sparse.h5 impact,network,share,shift,approach "${way[@]}"
switch_on on_dense dense.h5 impact,network,share,shift,approach,impact-sd "${way[@]}"
switch_on on_some dense.h5 network,share --activate gene1,gene2,gene3,gene5,gene6,gene7,gene8 --score network
"$python" -W ignore "$(dirname "$0")/check_exports.py"
expect 0 'file +single activations of a screen, as AnnData' "$DKO" info on_sparse.h5ad
expect 0 '' "$DKO" info --verify on_sparse.h5ad

expect 0 'file +single knockouts of a screen, as AnnData' "$DKO" info s.h5ad
expect 0 'file +scores of a screen, as tables' "$DKO" info t.h5
expect 2 'holds single knockouts, and the screen has none' "$DKO" export listed.h5 --h5ad x.h5ad
expect 2 'the screen has no interaction;' "$DKO" export network.h5 --table x.h5 --score interaction
expect 2 '--score is for' "$DKO" export full.h5 --h5ad x.h5ad --score network
expect 2 't.h5 exists' "$DKO" export full.h5 --h5ad x.h5ad --table t.h5
expect 2 '--h5ad and --table are the same file' "$DKO" export full.h5 --h5ad x.h5 --table x.h5
expect 4 'there is no directory' "$DKO" export full.h5 --table no/x.h5
expect 3 'not a dko screen' "$DKO" export model.h5 --table x.h5
expect 4 'writing failed|cannot be' bash -c "trap '' XFSZ; ulimit -f 8; exec \"\$0\" \"\$@\"" "$DKO" export full.h5 --table x.h5
absent x.h5ad x.h5
