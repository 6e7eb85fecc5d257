. "$(dirname "$0")/lib.sh"
make_data
on 2 "$DKO" predict data.csv -o p.h5 --steps 300 --batch 10 --json p.json >table.txt 2>log.txt
grep -q 'mean-share baseline' table.txt || fail "no baseline beside the mapping"
grep -q '"held_out_cells": 12' p.json || fail "not a fifth of the cells was held out"
"$DKO" export p.h5 --true t.csv --predicted q.csv
lines t.csv 12
[ "$(head -n 1 q.csv | tr ',' '\n' | wc -l)" = 30 ] || fail "a predicted profile has not 30 genes"
# Rows sum to one.
awk -F, '{s = 0; for (k = 1; k <= NF; ++k) s += $k; if (s < 0.99999 || s > 1.00001) exit 1}' t.csv || fail "true profiles do not sum to 1"
awk -F, '{s = 0; for (k = 1; k <= NF; ++k) s += $k; if (s < 0.99999 || s > 1.00001) exit 1}' q.csv || fail "predicted profiles do not sum to 1"
# Named cells are held out, whatever the order they are named in.
printf 'cell7\n3\ncell51\n' >cells.txt
"$DKO" predict data.csv -o named.h5 --held-out cells.txt -q "${short[@]}"
"$DKO" export named.h5 --true named.csv
lines named.csv 3
awk -F, 'NR > 1 {for (k = 2; k <= NF; ++k) {x[NR - 1, k - 2] = $k; s[k - 2] += $k}} END {printf "%.6f\n%.6f\n%.6f\n", x[1, 3] / s[3], x[1, 7] / s[7], x[1, 51] / s[51]}' data.csv >first_gene.txt
awk -F, '{printf "%.6f\n", $1}' named.csv >first_column.txt
same first_gene.txt first_column.txt
expect 0 'mapping_bray_curtis' "$DKO" info p.h5
