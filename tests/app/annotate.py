"""Gives the simulated cells of an AnnData file types, batches and depths, and its genes accessions."""
import sys

import anndata
import numpy as np
import pandas as pd

data = anndata.read_h5ad(sys.argv[1])
data.obs["kind"] = pd.Categorical(["T cell", "B cell"] * 30)
data.obs["batch"] = [1, 2, 3] * 20
data.obs["batch_kind"] = pd.Categorical([1, 2, 3] * 20)
data.obs["depth"] = np.arange(60, dtype=np.float32)
data.obs["lost"] = pd.Categorical(["x", "y", None] * 10 + ["y", "y", None] * 10)
data.var["gene_ids"] = [f"ENS{at}" for at in range(30)]
data.write_h5ad(sys.argv[1])
