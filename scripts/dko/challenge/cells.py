"""Control, perturbed and predicted cells as AnnData: what cell-eval2 and pertpy read."""
import numpy as np

from dko.challenge.panel import Panel
from dko.errors import InputError, NoFileError, UsageError

FEWEST_CELLS = 10


def _counts(data, path):
    values = data.X
    values = values.toarray() if hasattr(values, "toarray") else np.asarray(values)
    values = values.astype(np.float64)
    if not np.isfinite(values).all() or (values < 0).any() or (values != np.round(values)).any():
        raise InputError(f"{path}: X does not hold counts (whole numbers of 0 or more), of which the measures are")
    return values


def read_cells(path, by):
    """Counts (cells × genes), labels and gene names of an h5ad.
    @raises NoFileError, InputError"""
    import anndata
    try:
        data = anndata.read_h5ad(path)
    except FileNotFoundError:
        raise NoFileError(f"{path}: there is no such file") from None
    except Exception as error:  # of any kind: it is others' code
        raise InputError(f"{path}: cannot be read as AnnData: {' '.join(str(error).split())}") from None
    if by not in data.obs:
        raise InputError(f"{path}: obs has no column {by}; its columns: {', '.join(map(str, data.obs.columns)) or 'none'}")
    column = data.obs[by]
    labels = np.where(column.isna().values, "", column.astype(str).values)
    return _counts(data, path), labels, np.array(data.var_names.astype(str))


def panel_of(path, cells, control):
    """The panel of all labels that are genes and have cells enough, and the labels of its targets, in the order of the genes.
    @raises InputError"""
    counts, labels, genes = cells
    expressing = counts.sum(axis=1) > 0
    controls = counts[(labels == control) & expressing]
    if len(controls) < FEWEST_CELLS:
        raise InputError(f"{path}: {len(controls)} cells are {control}, at least {FEWEST_CELLS} are needed")
    own = [at for at, gene in enumerate(genes) if ((labels == gene) & expressing).sum() >= FEWEST_CELLS]
    if not own:
        raise InputError(f"{path}: no label is a gene of it with {FEWEST_CELLS} cells or more")
    groups = [counts[(labels == genes[at]) & expressing] for at in own]
    return Panel(controls, groups, np.array(own), genes), [str(genes[at]) for at in own]


def predicted_groups(path, by, panel, targets):
    """The cells that a file has for each target.
    @raises InputError"""
    counts, labels, genes = read_cells(path, by)
    if list(genes) != list(panel.genes):
        raise InputError(f"{path}: is of other genes, or in another order, than the real cells")
    lacking = [target for target in targets if not (labels == target).any()]
    if lacking:
        raise InputError(f"{path}: has no cells of {', '.join(lacking)}")
    return [counts[labels == target] for target in targets]


def predict(model, panel, targets, seed, activates=False, keeps=0.0):
    """Cells in which each target was lost, as many as there are real ones: control cells drawn at random. One that expresses
    the target changes its profile as the mapping predicts, p'_i ∝ p_i q'_i / q_i, at the same total, rounded to whole counts at
    random so that means are kept; one that does not express it stays as it is. Of a knockdown the target `keeps` that part of
    its presence and share. Where it is switched on (`activates`), cells that lack it change so beside the share q'_t that the
    mapping gives it, and those that express it stay.
    @raises UsageError"""
    place = {gene: at for at, gene in enumerate(panel.genes)}
    lacking = [gene for gene in model.genes if gene not in place]
    if lacking:
        raise UsageError(f"{model.path}: {len(lacking)} of its genes are not in the real cells: {', '.join(lacking[:10])}")
    genes = np.array([place[gene] for gene in model.genes])
    number = {gene: at for at, gene in enumerate(model.genes)}
    unknown = [target for target in targets if target not in number]
    if unknown:
        raise UsageError(f"{model.path}: does not have the targets {', '.join(unknown)}")
    random = np.random.RandomState(seed)
    groups = []
    for target, real in zip(targets, panel.groups):
        cells = panel.control[random.randint(len(panel.control), size=len(real))].copy()
        least = 0 if activates else 1
        able = np.flatnonzero(((cells[:, place[target]] > 0) != activates) & ((cells[:, genes] > 0).sum(axis=1) > least))
        if len(able):
            changed = _changed(model, cells[np.ix_(able, genes)], number[target], activates, keeps)
            cells[np.ix_(able, genes)] = np.floor(changed + random.uniform(size=changed.shape))
        groups.append(cells)
    return groups


def _changed(model, own, target, activates, keeps):
    """What becomes of these counts, which are whole no more."""
    shares = own / own.sum(axis=1, keepdims=True)
    lost, added = ([], [target]) if activates else ([target], [])
    before, after, *_ = model.knock_out((own > 0).astype(np.float64), lost, shares=shares, keeps=keeps, added=added)
    changed = own * np.divide(after, before, out=np.zeros_like(after), where=before > 0)
    taken = after[:, added].sum(axis=1, keepdims=True)  # of the whole, by what is switched on
    total, left = changed.sum(axis=1, keepdims=True), own.sum(axis=1, keepdims=True) * (1 - taken)
    changed *= np.divide(left, total, out=np.zeros_like(total), where=total > 0)
    changed[:, added] = after[:, added] * own.sum(axis=1, keepdims=True)
    return changed


def write_cells(path, panel, targets, groups, by, control):
    """Control cells as they are, and predicted ones: counts in X, the label in obs."""
    import anndata
    import pandas as pd
    import scipy.sparse

    from dko.outputs import write_complete
    labels = [control] * len(panel.control) + [target for target, cells in zip(targets, groups) for _ in cells]
    obs = pd.DataFrame({by: pd.Categorical(labels)}, index=[f"{label}_{at}" for at, label in enumerate(labels)])
    counts = scipy.sparse.csr_matrix(np.vstack([panel.control, *groups]).astype(np.float32))
    data = anndata.AnnData(counts, obs=obs, var=pd.DataFrame(index=panel.genes))

    def write(file):
        data.write_h5ad(file.name)

    write_complete(path, write)
