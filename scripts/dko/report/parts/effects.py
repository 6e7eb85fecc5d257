"""What the loss of each gene does to the others: a network of the largest effects, and sets of genes."""
from __future__ import annotations

from dko.q_values import RATE
from dko.report.page import figure, name_of, note, number, section, table
from dko.report.parts.words import NAMES, bold, counted, few
from dko.report.sets import FEWER, sets_of_losses

SETS_SHOWN = 20


def part(report, drawn) -> str:
    if report.effects is None:
        return ""
    effects = report.effects.effects
    network = report.effects.network()
    if network.empty:
        return section("effects", "Who changes whom",
                       note(f"No effect of a {gene_word(report)} on another one was found: that is not to say that there is "
                            "none."))
    return section("effects", "Who changes whom", words(report, effects), strongest(network, report.top),
                   figure(drawn, "effects", caption(network), "Effects of the top regulators as a network"),
                   sets(report, drawn))


def gene_word(report) -> str:
    """Of the genes that were lost, as far as the file of effects tells."""
    return "visible gene" if report.effects.not_visible else "gene"


def words(report, effects) -> str:
    of_all = (" They are means over all cells that <code>dko effects</code> was given, not over those of A: what a loss does "
              "in A alone can differ." if report.toward is not None else "")
    kind = report.kind
    of_all += (f" They are of the whole loss of a gene, as <code>dko effects</code> has them: the {kind.events} of this "
               f"screen, which leave {kind.keeps:g} of it, change less." if kind.keeps else "")
    return (f"<p>{counted(len(effects), 'effect')} of the loss of one gene on another: the mean change of its share beyond "
            f"rescaling, over the cells that express the lost gene.{of_all} "
            f"The largest of {gene_word(report)}s, either way:</p>")


def strongest(network, top: int) -> str:
    shown = network.head(top)
    columns = ["#", "~lost → changed", "change", "relative", "cells"] + (["q of the effect"] if "q" in shown else [])
    rows = []
    for at, (_, row) in enumerate(shown.iterrows()):
        cells = [number(at + 1), f'{name_of(row["gene_lost"])} → {name_of(row["gene"])}', number(float(row["change"])),
                 f"{100 * float(row['relative']):+.0f} %".replace("-", "−"), number(int(row["cells"]))]
        rows.append(cells + ([number(float(row["q"]), 2)] if "q" in shown else []))
    return table(columns, rows)


def caption(network) -> str:
    lost = network["gene_lost"].astype(str)
    genes = set(lost) | set(network["gene"].astype(str))
    most = lost.value_counts(sort=True)
    text = (f"<b>The {counted(len(network), 'largest effect')} among {counted(len(genes), 'gene')}.</b> Arrows lead from the "
            "gene that is lost (bold) to the gene that changes. Blue: its share falls without the lost gene; red: it rises; "
            "wider and darker: by more. ")
    if "q" in network:
        likely = int((network["q"] <= RATE).sum())
        some = "None" if likely == 0 else number(likely)
        text += f"{some} of these {'has' if likely < 2 else 'have'} a q-value up to {RATE}. "
    return text + f"Most effects here: {few([f'{bold(gene)} ({number(int(count))})' for gene, count in most.head(3).items()])}."


def sets(report, drawn) -> str:
    """The sets that change most."""
    change, relative = report.effects.sets, report.effects.sets_relative
    if change is None:
        return ""
    hidden = [gene for gene in change.index if report.effects.not_visible.get(gene)]
    long = change.drop(index=hidden).stack()
    long = long[long != 0]
    long = long.reindex(long.abs().sort_values(ascending=False, kind="stable").index).head(min(report.top, SETS_SHOWN))
    if long.empty:
        return note(f"No set of genes changes by the loss of a {gene_word(report)}.")
    rows = [[number(at + 1), f"{name_of(lost)} → {name_of(name)}", number(float(value)),
             f"{100 * float(relative.loc[lost, name]):+.1f} %".replace("-", "−")]
            for at, ((lost, name), value) in enumerate(long.items())]
    left_out = f'<p class="soft">Left out: losses of {counted(len(hidden), "gene")} that are not visible.</p>' if hidden else ""
    return (f"<h3>Sets of genes</h3><p>The mean change of the total share of {counted(change.shape[1], 'set')} beyond "
            "rescaling, without the lost gene itself; the largest, either way:</p>" +
            table(["#", "~lost → set", "change", "relative"], rows) + left_out +
            figure(drawn, "sets", sets_caption(report), "Sets of genes that the highest losses change"))


def sets_caption(report) -> str:
    known = sets_of_losses(report)
    if known is None:
        return ""
    change, _, first = known
    by = "mean shift toward B" if report.toward is not None else f"mean {NAMES[report.gene_score]}"
    order = f"the genes rank by {by}" if first == len(change) else \
        f"the first {counted(first, 'gene')} rank by {by}, the others by their largest change" if first else \
        "the genes rank by their largest change"
    return (f"<b>The {counted(change.shape[1], 'set')} that losing {counted(len(change), 'gene')} changes most</b>; "
            f"{order}. Size: the change of the set's share; red: it rises, blue: it falls, by that part of the set's "
            "share; where nothing changes, there is no dot."
            f'<span class="narrow"> Here the first {FEWER} genes.</span>')
