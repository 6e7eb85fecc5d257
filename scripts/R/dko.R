# Reads screens of dko in R:
#
#   source("dko.R")                                   # share/dko/R/dko.R where dko is installed
#   dko_genes("screen.h5", by = "network")            # every gene over its cells, ranked: a data.frame
#   dko_singles("screen.h5", gene = "Cst3")           # single knockouts: gene, cell, impact, network, share
#   dko_pairs("screen.h5", cell = "AAACCTGCAAGGACAC") # the pairs of a cell, with their interactions
#   dko_scores("screen.h5", "network")                # genes x cells, a dgCMatrix
#   dko_visibility("screen.h5")                       # which genes are visible, and why others are not
#   dko_groups("screen.h5")                           # the columns of the cells that the screen keeps
#   dko_contrast("screen.h5", "type", "A", "B")       # every gene in cells of A compared with those of B
#
# Of a screen by --activate the events are genes that are switched on: their names then have a + before them, and are asked for
# without. Lists (--events, --sample, --keep top:K) are not read.
#
# Needs hdf5r and Matrix (Debian: r-cran-hdf5r, r-cran-matrix). Genes and cells are named. What a function does not ask for is
# not read. The manual (include/dko/knockout/README.md) says what the scores mean.
#
# These calls alone come into the workspace: all else stays in an environment of its own.
local({

dko_directed <- c("shift", "approach", "shift_sd", "approach_sd")
dko_single_scores <- c("impact", "network", "share", "impact_sd", "network_sd", dko_directed)
dko_of_others <- c("network", "shift", "approach")  # unknown of genes that are not visible
dko_pair_scores <- c("impact", "network", "impact_sd", "network_sd", dko_directed)
dko_least_information <- 5  # below, a gene counts as not visible
dko_most_rounded <- 99.9  # per cent

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

# The names of genes as events have them: with + where the screen switches them on (--activate).
dko_labels <- function(file) {
  activates <- "activation" %in% hdf5r::h5attr_names(file) && hdf5r::h5attr(file, "activation") == 1
  paste0(if (activates) "+" else "", dko_names(file, "genes/name"))
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

# Why genes are not visible, in the words of the program; "" for visible ones. `genes` are rows of dko_visibility.
dko_why_not_visible <- function(genes) {
  with <- genes$cells_with
  without <- genes$cells_without
  cells <- with + without
  percent <- 100 * with / cells
  why <- sprintf("%.3g %% of the cells express it", percent)
  say <- function(rows, words) why[which(rows)] <<- words[which(rows)]  # what is said later counts
  say(percent > dko_most_rounded, sprintf("all but %d of %d cells express it", without, cells))
  say(genes$unexplained < without / 2,
      sprintf("counting explains %.0f of its %d absences in %d cells", without - genes$unexplained, without, cells))
  say(with < dko_least_information, sprintf("%d of %d cells express it", with, cells))
  say(without == 0, rep("all cells express it", nrow(genes)))
  say(with == 0, rep("no cell expresses it", nrow(genes)))
  say(genes$visible, rep("", nrow(genes)))
  why
}

dko_read_visibility <- function(file) {
  if (!dko_has(file, "visibility")) return(NULL)
  values <- function(name) dko_values(file, paste0("visibility/", name))
  table <- data.frame(gene = dko_names(file, "genes/name"), cells_with = as.integer(values("cells_with")),
                      cells_without = as.integer(values("cells_without")), unexplained = values("unexplained"),
                      information = values("information"))
  table$visible <- table$information >= dko_least_information
  table$by_level <- if (dko_has(file, "visibility/by_level")) values("by_level") != 0 & !table$visible else FALSE
  table$visible <- table$visible | table$by_level
  table$why <- dko_why_not_visible(table)
  table
}

# How well the cells that made the mapping show the absence of each gene, in the order of the file: gene, cells_with,
# cells_without, unexplained (absences that counting does not explain), information (in cells), visible, by_level (visible by
# its level alone), and why it is not (empty for a visible gene). What the loss of a gene that is not visible does to others is unknown, whatever its scores.
# NULL where the file does not say (made by 0.1).
dko_visibility <- function(path) dko_with_screen(path, dko_read_visibility)

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
  genes <- dko_labels(file)
  cells <- dko_names(file, "cells/name")
  methods::new(methods::getClass("dgCMatrix", where = asNamespace("Matrix")),
               i = as.integer(dko_values(file, paste0(place, "/indices"))), p = as.integer(starts),
               x = dko_values(file, paste0(place, "/data")), Dim = c(length(genes), length(cells)), Dimnames = list(genes, cells))
})

# Single knockouts of some genes, in some cells, or all: gene, cell and the stored scores, in the order of the file, and
# not_visible where the file tells: why the gene is not visible ("" for a visible one).
dko_singles <- function(path, gene = NULL, cell = NULL) dko_with_screen(path, function(file) {
  dko_need_singles(file, path)
  genes <- dko_names(file, "genes/name")
  labels <- dko_labels(file)
  cells <- dko_names(file, "cells/name")
  starts <- dko_values(file, "single/indptr")
  chosen <- if (is.null(gene)) seq_along(genes) else dko_places(path, "gene", genes, gene)
  within <- if (is.null(cell)) seq_along(cells) else dko_places(path, "cell", cells, cell)
  ranges <- if (is.null(cell)) list(c(1, tail(starts, 1))) else lapply(within, function(at) c(starts[at] + 1, starts[at + 1]))
  of_cells <- if (is.null(cell)) list(rep(within, diff(starts))) else
    lapply(within, function(at) rep(at, starts[at + 1] - starts[at]))
  visibility <- dko_read_visibility(file)
  parts <- Map(function(range, of_cell) {
    lost <- dko_values(file, "single/indices", range[1], range[2]) + 1
    kept <- lost %in% chosen
    scores <- lapply(stats::setNames(nm = dko_stored(file, "single", dko_single_scores)), function(score)
      dko_values(file, paste0("single/", score, "/data"), range[1], range[2])[kept])
    part <- data.frame(gene = labels[lost[kept]], cell = cells[of_cell[kept]], scores)
    part$not_visible <- visibility$why[lost[kept]]
    part
  }, ranges, of_cells)
  do.call(rbind, parts)
})

# Every gene over the cells in which it was lost: rank, gene, id, cells (their number), NAME_mean and NAME_sd of every score
# (standard deviation over cells), q_value, shift_q_value, cells_without, information, not_visible (why it is not; "" for a
# visible gene) and visible where the file has them. Highest mean `by` first (shift where there is a direction, else impact,
# else network); by shift, approach and network genes that are not visible come last: what their loss does is unknown.
dko_genes <- function(path, by = NULL) {
  known <- dko_with_screen(path, function(file) {
    dko_need_singles(file, path)
    names <- dko_names(file, "genes/name")
    list(scores = dko_stored(file, "single", dko_single_scores), names = dko_labels(file),
         id = if (dko_has(file, "genes/id")) dko_names(file, "genes/id") else names,
         q_value = if (dko_has(file, "fdr/gene_q_value")) dko_values(file, "fdr/gene_q_value"),
         shift_q_value = if (dko_has(file, "direction/gene_q_value")) dko_values(file, "direction/gene_q_value"),
         visibility = dko_read_visibility(file))
  })
  if (is.null(by)) by <- if ("shift" %in% known$scores) "shift" else known$scores[1]
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
  table$shift_q_value <- known$shift_q_value
  table$cells_without <- known$visibility$cells_without
  table$information <- known$visibility$information
  table$not_visible <- known$visibility$why
  table$visible <- known$visibility$visible
  table <- table[table$cells > 0, ]
  unknown <- by %in% dko_of_others && !is.null(table$visible)
  last <- if (unknown) !table$visible else rep(FALSE, nrow(table))
  table <- table[order(last, -table[[paste0(by, "_mean")]]), ]
  data.frame(rank = seq_len(nrow(table)), table, row.names = NULL)
}

# The columns of the cells that the screen keeps (--obs), a row for each cell, named by it: factors and numbers.
dko_groups <- function(path) dko_with_screen(path, function(file) {
  cells <- dko_names(file, "cells/name")
  table <- data.frame(row.names = make.unique(cells))
  if (!dko_has(file, "obs")) return(table)
  for (title in hdf5r::h5attr(file[["obs"]], "column-order")) {
    place <- paste0("obs/", title)
    if (!inherits(file[[place]], "H5Group")) {
      table[[title]] <- dko_values(file, place)
    } else {
      labels <- dko_names(file, paste0(place, "/categories"))
      codes <- dko_values(file, paste0(place, "/codes"))
      table[[title]] <- factor(labels[ifelse(codes < 0, NA, codes + 1)], levels = labels)
    }
  }
  table
})

# Values of a column as the labels of groups: numbers as dko writes them, and NA where there is none.
dko_group_labels <- function(values) {
  if (!is.numeric(values)) return(as.character(values))
  ifelse(is.na(values), NA_character_, vapply(values, format, "", digits = 15, scientific = FALSE))
}

# Every gene in the cells of one group by a column of dko_groups compared with those of another, or with all others that have a
# label: gene, cells and cells_against (those that lost it), mean, mean_against, difference, p (two-sided rank-sum test, normal
# approximation) and q (Benjamini and Hochberg) of a score (by default network, or impact where that is not stored);
# not_visible and visible where the file tells. The lowest p first, by network genes that are not visible last. As dko
# summarize --contrast: p takes cells as independent, which they are not.
dko_contrast <- function(path, column, group, against = NULL, score = NULL, min_cells = 3) {
  groups <- dko_groups(path)
  if (!column %in% names(groups)) stop(path, ": the screen keeps no column ", column, " of its cells; it keeps ",
                                       if (length(groups)) paste(names(groups), collapse = ", ") else "none", call. = FALSE)
  label <- dko_group_labels(groups[[column]])
  group <- dko_group_labels(group)
  if (!is.null(against)) against <- dko_group_labels(against)
  for (one in c(group, against)) if (!one %in% label) stop(path, ": no cell has ", one, " in ", column, call. = FALSE)
  in_group <- !is.na(label) & label == group
  in_other <- if (is.null(against)) !is.na(label) & !in_group else !is.na(label) & label == against
  if (identical(group, against) || !any(in_other)) stop(path, ": there is nothing to compare ", group, " with", call. = FALSE)
  if (is.null(score)) {
    stored <- dko_with_screen(path, function(file) dko_stored(file, "single", dko_single_scores))
    score <- if (length(stored) && !"network" %in% stored) stored[1] else "network"
  }
  values <- dko_scores(path, score)
  by_gene <- split(data.frame(cell = rep(seq_along(label), diff(values@p)), value = values@x),
                   factor(values@i, levels = seq_len(nrow(values)) - 1))
  rows <- lapply(seq_along(by_gene), function(at) {
    x <- by_gene[[at]]$value[in_group[by_gene[[at]]$cell]]
    y <- by_gene[[at]]$value[in_other[by_gene[[at]]$cell]]
    if (min(length(x), length(y)) < max(1, min_cells)) return(NULL)
    p <- if (length(unique(c(x, y))) > 1) stats::wilcox.test(x, y, exact = FALSE)$p.value else 1
    data.frame(number = at, gene = rownames(values)[at], cells = length(x), cells_against = length(y), mean = mean(x),
               mean_against = mean(y), difference = mean(x) - mean(y), p = p)
  })
  none <- data.frame(number = integer(0), gene = character(0), cells = integer(0), cells_against = integer(0), mean = numeric(0),
                     mean_against = numeric(0), difference = numeric(0), p = numeric(0))
  table <- do.call(rbind, c(list(none), rows))
  table$q <- stats::p.adjust(table$p, "BH")
  visibility <- dko_visibility(path)
  table$not_visible <- visibility$why[table$number]
  table$visible <- visibility$visible[table$number]
  last <- if (score %in% dko_of_others && !is.null(table$visible)) !table$visible else rep(FALSE, nrow(table))
  table <- table[order(last, table$p, -abs(table$difference), table$number), names(table) != "number"]
  data.frame(rank = seq_len(nrow(table)), table, row.names = NULL)
}

# A pair beyond the sum of its singles, in single precision and 0 where that cannot tell it from 0: bit for bit as dko does.
dko_interaction <- function(pair, first, second) {
  interaction <- pair - first - second
  interaction[abs(interaction) <= (abs(pair) + abs(first) + abs(second)) / 2^21] <- 0
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
  labels <- dko_labels(file)
  table <- data.frame(gene1 = labels[lost[first]], gene2 = labels[lost[second]], cell = rep(cell, length(first)))
  stored <- dko_stored(file, "double", dko_pair_scores)
  for (score in stored) table[[score]] <- dko_values(file, paste0("double/", score), places[1] + 1, places[2])
  for (score in intersect(dko_stored(file, "single", c("impact", "network", "shift")), stored)) {
    singles <- dko_values(file, paste0("single/", score, "/data"), range[1] + 1, range[2])
    name <- if (score == "impact") "interaction" else paste0(score, "_interaction")
    table[[name]] <- dko_interaction(table[[score]], singles[first], singles[second])
  }
  if (!is.null(gene)) {
    chosen <- dko_places(path, "gene", genes, gene)
    table <- table[lost[first] %in% chosen | lost[second] %in% chosen, ]
  }
  data.frame(table, row.names = NULL)
})

calls <- c("dko_genes", "dko_singles", "dko_pairs", "dko_scores", "dko_visibility", "dko_groups", "dko_contrast")
invisible(list2env(mget(calls), envir = parent.env(environment())))
})
