"""The cells on the UMAP of the input, by their group and by a score."""
from __future__ import annotations

from dko.report.page import clean, figure, number, section
from dko.report.parts.words import counted


def part(report, drawn) -> str:
    if report.umap is None:
        return ""
    return section("cells", "The cells on a UMAP", figure(drawn, "umap", caption(report), "UMAP of the cells"))


def caption(report) -> str:
    words = []
    for panel in report.umap.panels:
        count = number(int((~panel.without()).sum()))
        if panel.labels is not None:
            grey = f"; grey: {panel.without_label}" if panel.without().any() else ""
            both = f"; {counted(panel.both, 'cell')} of both A and B drawn as B" if panel.both else ""
            words.append(f"{clean(panel.title)}: {count} cells{both}{grey}")
        else:
            words.append(f"{clean(panel.title)}, in {count} cells" + (
                "; red: toward B, blue: away from B" if panel.signed else "") +
                ("; grey: not known there" if panel.without().any() else ""))
    return (f"<b>The UMAP that the input has</b> (<code>X_umap</code>). {'. '.join(words)}. A UMAP shows neighbours; distances "
            "and directions on it mean nothing.")
