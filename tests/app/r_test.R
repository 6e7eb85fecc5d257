# Writes what dko.R reads as hexadecimal CSV, for r_test.py, and tries what must be refused.
options(warn = 2)
source(commandArgs(TRUE)[1])
stopifnot(identical(ls(), c("dko_contrast", "dko_genes", "dko_groups", "dko_pairs", "dko_scores", "dko_singles", "dko_visibility")))

written <- function(table, name) {
  numbers <- vapply(table, is.double, TRUE)
  table[numbers] <- lapply(table[numbers], function(values) sprintf("%a", values))
  utils::write.table(table, name, sep = "\t", quote = FALSE, row.names = FALSE, fileEncoding = "UTF-8")
}

refused <- function(words, call) {
  said <- tryCatch({call; "nothing"}, error = conditionMessage)
  if (!grepl(words, said)) stop("said '", said, "' instead of '", words, "'")
}

for (screen in c("sparse", "ensemble", "some", "compressed")) {
  path <- paste0(screen, ".h5")
  written(dko_singles(path), paste0(screen, ".singles.tsv"))
  written(dko_genes(path), paste0(screen, ".genes.tsv"))
  written(dko_visibility(path), paste0(screen, ".visibility.tsv"))
  scores <- dko_scores(path, if (screen == "ensemble") "impact" else "network")
  stopifnot(inherits(scores, "dgCMatrix"), methods::validObject(scores), identical(dim(scores), c(30L, 60L)))
  written(data.frame(gene = rownames(scores)[scores@i + 1], cell = colnames(scores)[rep(seq_len(60), diff(scores@p))],
                     value = scores@x), paste0(screen, ".scores.tsv"))
}
for (screen in c("sparse", "ensemble", "compressed")) written(dko_pairs(paste0(screen, ".h5"), "cell7"), paste0(screen, ".pairs.tsv"))
written(dko_genes("sparse.h5", by = "network"), "network.genes.tsv")
written(dko_singles("sparse.h5", gene = c("NA", "gene7"), cell = c("cell9", "cell3")), "chosen.singles.tsv")
written(dko_pairs("sparse.h5", "cell7", gene = "gene7"), "chosen.pairs.tsv")
stopifnot(nrow(dko_singles("some.h5", gene = "gene7")) == 0, is.null(dko_visibility("before.h5")),
          is.null(dko_singles("before.h5")$not_visible), is.null(dko_genes("before.h5")$visible))
written(dko_visibility("always.h5"), "always.visibility.tsv")
written(dko_genes("always.h5", by = "network"), "always.genes.tsv")
# A direction, and groups of cells.
written(dko_singles("types.h5"), "types.singles.tsv")
written(dko_genes("types.h5"), "types.genes.tsv")
written(dko_pairs("types.h5", "cell7"), "types.pairs.tsv")
groups <- dko_groups("all_types.h5")
stopifnot(is.factor(groups$type), is.numeric(groups$umi), nrow(dko_groups("sparse.h5")) == 60)
written(data.frame(cell = rownames(groups), type = as.character(groups$type), umi = groups$umi), "groups.tsv")
written(dko_contrast("all_types.h5", "type", "type0", "type1"), "contrast.tsv")
written(dko_contrast("all_types.h5", "type", "type1", score = "impact", min_cells = 5), "others.tsv")
# Where no gene is in enough cells the columns are there, without a row.
none <- dko_contrast("all_types.h5", "type", "type0", "type1", min_cells = 1000)
stopifnot(nrow(none) == 0, identical(names(none), names(dko_contrast("all_types.h5", "type", "type0", "type1"))), sum(none$q < 1) == 0)
groups <- dko_groups("unlabelled.h5")
written(data.frame(cell = rownames(groups), type = as.character(groups$type)), "unlabelled.tsv")
written(dko_contrast("unlabelled.h5", "type", "type0", "type1"), "unlabelled.contrast.tsv")
written(dko_contrast("impact.h5", "type", "type1"), "impact.contrast.tsv")
# Groups that are large numbers; cells without one are in none.
written(dko_contrast("halves.h5", "half", "x", "y", score = "shift"), "halves.tsv")
written(dko_contrast("batches.h5", "batch", 100000), "batches.tsv")
stopifnot(identical(dko_contrast("batches.h5", "batch", "100000"), dko_contrast("batches.h5", "batch", 1e5)))

# Genes that are switched on have a + before them, but for the list, which is not read.
written(dko_singles("on.h5"), "on.singles.tsv")
written(dko_singles("on.h5", gene = "gene7"), "on.chosen.tsv")
written(dko_genes("on.h5", by = "network"), "on.genes.tsv")
written(dko_pairs("on.h5", "cell7"), "on.pairs.tsv")
lacking <- substring(dko_pairs("on.h5", "cell7")$gene1[1], 2)
written(dko_pairs("on.h5", "cell7", gene = lacking), "on.some_pairs.tsv")
stopifnot(all(startsWith(rownames(dko_scores("on.h5")), "+")), !any(startsWith(dko_visibility("on.h5")$gene, "+")))
written(dko_singles("mixed.h5"), "mixed.singles.tsv")

refused("nothing.h5: there is no such file", dko_genes("nothing.h5"))
refused("text.h5: is no HDF5 file", dko_genes("text.h5"))
refused("cut.h5: is no HDF5 file, or is corrupt", dko_genes("cut.h5"))
refused("model.h5: is not a dko screen", dko_genes("model.h5"))
refused("has no impact of single knockouts, only network", dko_scores("some.h5"))
refused("no gene named gene99", dko_singles("sparse.h5", gene = c("gene7", "gene99")))
refused("no cell named cell99", dko_pairs("sparse.h5", "cell99"))
refused("keeps no column kind of its cells; it keeps ", dko_contrast("all_types.h5", "kind", "type0"))
refused("no cell has type9 in type", dko_contrast("all_types.h5", "type", "type9"))
refused("does not hold all pairs", dko_pairs("summary.h5", "cell7"))
