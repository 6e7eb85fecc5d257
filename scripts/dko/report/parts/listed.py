"""The highest of listed knockouts, or other events, each of one cell."""
from dko.report import suggest
from dko.report.page import number, section
from dko.report.parts.words import NAMES, counted, event_of, ranked


SIGNS = " Genes with a + were switched on in a cell that lacks them, those with a - were lost."


def part(report, _) -> str:
    if report.listed is None or report.listed.empty:
        return ""
    names = [name for name in report.listed if name.startswith("gene")] + ["cell"]
    scores = [name for name in report.listed if name not in names]
    scores.sort(key=lambda name: name != report.listed_by)
    columns = [(NAMES[name], lambda row, name=name: number(float(row[name]))) for name in scores]
    order = report.screen.list_order
    return section(
        "listed", f"Listed {event_of(report)}s",
        f"<p>{counted(report.screen.n_listed, event_of(report))} of {counted(order, 'gene')} each, every one in one cell; "
        f"here the {number(len(report.listed))} with the highest {NAMES[report.listed_by]}."
        f"{SIGNS if report.screen.list_adds_genes else ''}</p>",
        ranked(report.listed, names, columns),
        suggest.block("More of them:", [suggest.top_of_list(report)]))
