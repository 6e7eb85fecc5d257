# Reads screens of dko in R:
#
#   source("dko.R")                                   # share/dko/R/dko.R where dko is installed
#   dko_genes("screen.h5", by = "network")            # every gene over its cells, ranked: a data.frame
#   dko_singles("screen.h5", gene = "Cst3")           # single knockouts: gene, cell, impact, network, share
#   dko_pairs("screen.h5", cell = "AAACCTGCAAGGACAC") # the pairs of a cell, with their interactions
#   dko_scores("screen.h5", "network")                # genes x cells, a dgCMatrix
#
# Needs hdf5r and Matrix (Debian: r-cran-hdf5r, r-cran-matrix). Genes and cells are named. What a function does not ask for is
# not read. The manual (include/dko/knockout/README.md) says what the scores mean.

dko_single_scores <- c("impact", "network", "share", "impact_sd", "network_sd")
dko_pair_scores <- c("impact", "network", "impact_sd", "network_sd")
dko_least_information <- 5  # below, a gene counts as not visible

# Calls work(file) with the open file of a finished screen.
dko_with_screen <- function(path, work) {
  if (!file.exists(path)) stop(path, ": there is no such file", call. = FALSE)
  file <- tryCatch(hdf5r::H5File$new(path, "r"), error = function(error)
    stop(path, ": is no HDF5 file, or is corrupt", call. = FALSE))
  on.exit(file$close_all())
  attribute <- function(name) if (name %in% hdf5r::h5attr_names(file)) hdf5r::h5attr(file, name) else ""
  if (attribute("format") != "dko screen") stop(path, ": is not a dko screen", call. = FALSE)
  if (attribute("version") != 1) stop(path, ": is of a newer version: use the dko.R of the dko that wrote it", call. = FALSE)
  if (attribute("complete") != 1) stop(path, ": the screen is not finished: continue it by its command with --resume",
                                       call. = FALSE)
  if (identical(as.numeric(attribute("activation")), 1) || (file$exists("list") && file$exists("list/added")))
    stop(path, ": switches genes on, which dko.R cannot tell apart: use dko export", call. = FALSE)
  work(file)
}

# Values first to last (counted from 1) of an array as numbers; all of it by default.
dko_values <- function(file, name, first = 1, last = file[[name]]$dims) {
  if (last < first) return(numeric(0))
  as.numeric(file[[name]][first:last])
}

dko_names <- function(file, name) {
  values <- if (file[[name]]$dims == 0) character(0) else file[[name]][]
  Encoding(values) <- "UTF-8"
  values
}

# HDF5 looks for a/b only where there is an a.
dko_has <- function(file, name) {
  parts <- strsplit(name, "/")[[1]]
  for (depth in seq_along(parts)) if (!file$exists(paste(parts[seq_len(depth)], collapse = "/"))) return(FALSE)
  TRUE
}

dko_stored <- function(file, group, scores) Filter(function(score) dko_has(file, paste0(group, "/", score)), scores)

# Which of `names` is the wanted one, or are those; each must be there once.
dko_places <- function(path, kind, names, wanted) {
  places <- match(wanted, names)
  if (anyNA(places)) stop(path, ": there is no ", kind, " named ", paste(wanted[is.na(places)], collapse = ", "), call. = FALSE)
  repeated <- wanted[wanted %in% names[duplicated(names)]]
  if (length(repeated)) stop(path, ": several ", kind, "s are named ", paste(repeated, collapse = ", "), call. = FALSE)
  places
}

dko_need_singles <- function(file, path) {
  if (!dko_has(file, "single")) stop(path, ": has no single knockouts of every gene", call. = FALSE)
}

# One score of all single knockouts: genes x cells, a dgCMatrix with names. Where a gene was not lost in a cell there is no
# entry, which reads as 0. Loads 12 bytes a knockout.
dko_scores <- function(path, score = "impact") dko_with_screen(path, function(file) {
  dko_need_singles(file, path)
  stored <- dko_stored(file, "single", dko_single_scores)
  if (!score %in% stored) stop(path, ": has no ", score, " of single knockouts, only ", paste(stored, collapse = ", "),
                               call. = FALSE)
  place <- paste0("single/", score)
  starts <- dko_values(file, paste0(place, "/indptr"))
  if (tail(starts, 1) > .Machine$integer.max) stop(path, ": has more knockouts than a matrix of R can hold: ask for genes ",
                                                   "by dko_singles, or export some", call. = FALSE)
  genes <- dko_names(file, "genes/name")
  cells <- dko_names(file, "cells/name")
  methods::new(methods::getClass("dgCMatrix", where = asNamespace("Matrix")),
               i = as.integer(dko_values(file, paste0(place, "/indices"))), p = as.integer(starts),
               x = dko_values(file, paste0(place, "/data")), Dim = c(length(genes), length(cells)), Dimnames = list(genes, cells))
})

# Single knockouts of some genes, in some cells, or all: gene, cell and the stored scores, in the order of the file.
dko_singles <- function(path, gene = NULL, cell = NULL) dko_with_screen(path, function(file) {
  dko_need_singles(file, path)
  genes <- dko_names(file, "genes/name")
  cells <- dko_names(file, "cells/name")
  starts <- dko_values(file, "single/indptr")
  chosen <- if (is.null(gene)) seq_along(genes) else dko_places(path, "gene", genes, gene)
  within <- if (is.null(cell)) seq_along(cells) else dko_places(path, "cell", cells, cell)
  ranges <- if (is.null(cell)) list(c(1, tail(starts, 1))) else lapply(within, function(at) c(starts[at] + 1, starts[at + 1]))
  of_cells <- if (is.null(cell)) list(rep(within, diff(starts))) else
    lapply(within, function(at) rep(at, starts[at + 1] - starts[at]))
  parts <- Map(function(range, of_cell) {
    lost <- dko_values(file, "single/indices", range[1], range[2]) + 1
    kept <- lost %in% chosen
    scores <- lapply(stats::setNames(nm = dko_stored(file, "single", dko_single_scores)), function(score)
      dko_values(file, paste0("single/", score, "/data"), range[1], range[2])[kept])
    data.frame(gene = genes[lost[kept]], cell = cells[of_cell[kept]], scores)
  }, ranges, of_cells)
  do.call(rbind, parts)
})

# Every gene over the cells in which it was lost: rank, gene, id, cells (their number), NAME_mean and NAME_sd of every score
# (standard deviation over cells), q_value, information and visible where the file has them. Highest mean `by` first
# (impact, else network); by network genes that are not visible come last: what their loss does is unknown.
dko_genes <- function(path, by = NULL) {
  known <- dko_with_screen(path, function(file) {
    dko_need_singles(file, path)
    names <- dko_names(file, "genes/name")
    list(scores = dko_stored(file, "single", dko_single_scores), names = names,
         id = if (dko_has(file, "genes/id")) dko_names(file, "genes/id") else names,
         q_value = if (dko_has(file, "fdr/gene_q_value")) dko_values(file, "fdr/gene_q_value"),
         information = if (dko_has(file, "visibility")) dko_values(file, "visibility/information"))
  })
  if (is.null(by)) by <- known$scores[1]
  if (!by %in% known$scores) stop(path, ": has no ", by, " of single knockouts, only ", paste(known$scores, collapse = ", "),
                                  call. = FALSE)
  table <- data.frame(gene = known$names, id = known$id)
  for (score in known$scores) {
    matrix <- dko_scores(path, score)
    lost <- factor(matrix@i, levels = seq_along(known$names) - 1)
    count <- as.integer(table(lost))
    if (is.null(table$cells)) table$cells <- count
    mean <- as.numeric(tapply(matrix@x, lost, sum)) / count
    table[[paste0(score, "_mean")]] <- mean
    if (endsWith(score, "_sd")) next
    squares <- as.numeric(tapply((matrix@x - mean[matrix@i + 1])^2, lost, sum))
    table[[paste0(score, "_sd")]] <- ifelse(count > 1, sqrt(squares / (count - 1)), NA)
  }
  table$q_value <- known$q_value
  if (!is.null(known$information)) {
    table$information <- known$information
    table$visible <- known$information >= dko_least_information
  }
  table <- table[table$cells > 0, ]
  last <- if (by == "network" && !is.null(table$visible)) !table$visible else rep(FALSE, nrow(table))
  table <- table[order(last, -table[[paste0(by, "_mean")]]), ]
  data.frame(rank = seq_len(nrow(table)), table, row.names = NULL)
}

# A pair beyond the sum of its singles, in single precision and 0 where that cannot tell it from 0: bit for bit as dko does.
dko_interaction <- function(pair, first, second) {
  interaction <- pair - first - second
  interaction[abs(interaction) <= (pair + first + second) / 2^21] <- 0
  readBin(writeBin(interaction, raw(), size = 4), "double", length(interaction), size = 4)
}

# The pairs of one cell, of a screen that holds all pairs (--order 2): gene1, gene2, cell, the stored scores, and interaction
# and network_interaction. With `gene` only those with it. Of all cells together: dko summarize --pair-table FILE writes a CSV.
dko_pairs <- function(path, cell, gene = NULL) dko_with_screen(path, function(file) {
  if (!dko_has(file, "double")) stop(path, ": does not hold all pairs of genes: screen with --order 2 and without --keep",
                                   call. = FALSE)
  genes <- dko_names(file, "genes/name")
  at <- dko_places(path, "cell", dko_names(file, "cells/name"), cell)
  if (length(at) != 1) stop("dko_pairs is of one cell", call. = FALSE)
  range <- dko_values(file, "single/indptr", at, at + 1)
  places <- dko_values(file, "double/indptr", at, at + 1)
  lost <- dko_values(file, "single/indices", range[1] + 1, range[2]) + 1
  if (places[1] == places[2]) lost <- lost[0]
  count <- length(lost)
  first <- rep(seq_len(count), times = count - seq_len(count))
  second <- first + sequence(rev(seq_len(max(count, 1) - 1)))
  table <- data.frame(gene1 = genes[lost[first]], gene2 = genes[lost[second]], cell = rep(cell, length(first)))
  stored <- dko_stored(file, "double", dko_pair_scores)
  for (score in stored) table[[score]] <- dko_values(file, paste0("double/", score), places[1] + 1, places[2])
  for (score in intersect(dko_stored(file, "single", c("impact", "network")), stored)) {
    singles <- dko_values(file, paste0("single/", score, "/data"), range[1] + 1, range[2])
    name <- if (score == "impact") "interaction" else "network_interaction"
    table[[name]] <- dko_interaction(table[[score]], singles[first], singles[second])
  }
  if (!is.null(gene)) {
    dko_places(path, "gene", genes, gene)
    table <- table[table$gene1 %in% gene | table$gene2 %in% gene, ]
  }
  data.frame(table, row.names = NULL)
})
