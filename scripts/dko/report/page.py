"""The page of the report: HTML, styles and words. Everything that comes from a file is escaped."""
from __future__ import annotations

import html
import math

# Names of the figures, in the page and as files, in their order.
FIGURES = ("quality", "losses", "genes", "share", "distribution", "pairs", "heat_map")

STYLE = """
:root { --ink: #1f2933; --soft: #52606d; --line: #e4e7eb; --blue: #0072b2; --panel: #f5f7fa; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 56rem; padding: 2.2rem 1.2rem 4rem; color: var(--ink); background: #fff;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 3rem 0 .6rem; padding-top: 1.1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.02rem; margin: 1.6rem 0 .4rem; }
p { margin: .5rem 0; max-width: 44rem; }
.lead, .soft, figcaption { color: var(--soft); }
nav { margin: 1rem 0 0; font-size: .92rem; display: flex; flex-wrap: wrap; gap: .2rem .9rem; }
a { color: var(--blue); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .7rem;
  margin: 1.4rem 0; }
.card { background: var(--panel); border-radius: .5rem; padding: .7rem .9rem; }
.card b { display: block; font-size: 1.3rem; line-height: 1.3; overflow-wrap: anywhere; }
.card span { color: var(--soft); font-size: .86rem; }
.findings { border-left: 4px solid var(--blue); background: var(--panel); border-radius: 0 .5rem .5rem 0;
  padding: .5rem 1rem .6rem 1.2rem; margin: 1.2rem 0; }
.findings ul { margin: .2rem 0; padding-left: 1.1rem; } .findings li { margin: .3rem 0;
  overflow-wrap: anywhere; }
.note { background: #fdf6e3; border-left: 4px solid #e69f00; border-radius: 0 .5rem .5rem 0;
  padding: .5rem 1rem; margin: 1rem 0; max-width: none; overflow-wrap: anywhere; }
figure { margin: 1.3rem 0; }
figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
figcaption { font-size: .92rem; margin-top: .5rem; max-width: 46rem; overflow-wrap: anywhere; }
.table { overflow-x: auto; margin: .8rem 0; border: 1px solid var(--line); border-radius: .5rem;
  -webkit-overflow-scrolling: touch; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .38rem .7rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
th { background: var(--panel); font-weight: 600; vertical-align: bottom; }
tr:last-child td { border-bottom: 0; }
th.text, td.text { text-align: left; }
td.text span.long { display: inline-block; min-width: 11rem; max-width: 18rem; white-space: normal;
  overflow-wrap: anywhere; }
td.text { position: sticky; left: 0; background: #fff; } th.text { position: sticky; left: 0; }
td.text + td.text, th.text + th.text { position: static; }
td i { font-style: normal; color: var(--soft); font-size: .9em; }
.facts td.text { white-space: normal; overflow-wrap: anywhere; position: static; vertical-align: top; }
.facts td.text:first-child { color: var(--soft); white-space: nowrap; overflow-wrap: normal; width: 1%; }
code, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: .88em; overflow-wrap: anywhere; }
pre { background: var(--panel); border-radius: .5rem; padding: .8rem 1rem; overflow-x: auto;
  font-size: .88rem; }
footer { margin-top: 3rem; color: var(--soft); font-size: .86rem; border-top: 1px solid var(--line);
  padding-top: 1rem; }
@media (max-width: 600px) {
  body { padding: 1.3rem 1rem 3rem; } h1 { font-size: 1.5rem; } h2 { margin-top: 2.2rem; }
  .facts td { display: block; width: auto !important; border: 0; padding: .1rem .7rem; }
  .facts td:first-child { padding-top: .5rem; font-size: .85rem; }
  .facts tr { display: block; border-bottom: 1px solid var(--line); padding-bottom: .4rem; }
  .facts tr:last-child { border-bottom: 0; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; } nav { display: none; }
  h2, h3 { break-after: avoid; } figure, .card, tr, .findings { break-inside: avoid; }
  .table { overflow: visible; border: 0; } th, .card, .findings, .note { -webkit-print-color-adjust: exact;
  print-color-adjust: exact; }
}
"""


def clean(value) -> str:
    """Text of a file as it may stand in HTML: escaped, control characters shown as a dot."""
    text = "".join(letter if letter.isprintable() else "·" for letter in str(value))
    return html.escape(text)


def name_of(value) -> str:
    """A name in a table: short ones in one line, of very long ones the ends."""
    text = str(value)
    if len(text) <= 24:
        return clean(text)
    shown = text if len(text) <= 80 else f"{text[:50]}…{text[-25:]}"
    return f'<span class="long" title="{clean(text)}">{clean(shown)}</span>'


def number(value, digits: int = 3) -> str:
    """A figure with so many digits that count; – where there is none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    value = float(value)
    if value == 0:
        return "0"
    if 1e-5 <= abs(value) < 1e5:
        places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        text = f"{value:,.{places}f}"
    else:
        text = f"{value:.{digits - 1}e}"
    return text.replace("-", "−", 1) if value < 0 else text


def percent(value) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{100 * value:.0f} %"


def table(columns, rows, kind: str = "") -> str:
    """`columns`: titles, with a leading "~" where text stands; `rows`: of text that is escaped already."""
    sides = ['class="text"' if title.startswith("~") else "" for title in columns]
    head = "".join(f"<th {side} scope=\"col\">{title.lstrip('~')}</th>"
                   for title, side in zip(columns, sides))
    body = "".join("<tr>" + "".join(f"<td {side}>{value}</td>" for value, side in zip(row, sides)) + "</tr>"
                   for row in rows)
    head = f"<thead><tr>{head}</tr></thead>" if kind != "facts" else ""
    return f'<div class="table {kind}" tabindex="0"><table>{head}<tbody>{body}</tbody></table></div>'


def facts(rows) -> str:
    """Names and values, one below the other."""
    return table(["~", "~"], rows, "facts")


def figure(drawn, name: str, words: str, alt: str) -> str:
    """A picture and what there is to see in it, `words` escaped already; nothing if it was not drawn."""
    if name not in drawn:
        return ""
    wide, narrow = drawn[name]
    return (f'<figure id="{name}"><picture><source media="(max-width: 600px)" srcset="{narrow}">'
            f'<img src="{wide}" alt="{html.escape(alt)}"></picture><figcaption>{words}</figcaption></figure>')


def note(words: str) -> str:
    return f'<p class="note">{words}</p>'


def section(anchor: str, title: str, *parts: str) -> str:
    return f'<section id="{anchor}"><h2>{title}</h2>\n' + "\n".join(filter(None, parts)) + "</section>"


def page(title: str, lead: str, sections, links, footer: str) -> str:
    """The whole document; all parts but the title are HTML."""
    menu = "".join(f'<a href="#{anchor}">{words}</a>' for anchor, words in links)
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="color-scheme" content="light"><meta http-equiv="Content-Security-Policy" '
            'content="default-src \'none\'; img-src data:; style-src \'unsafe-inline\'">'
            f"<title>{clean(title)}</title><style>{STYLE}</style></head><body>\n"
            f'<header><h1>{clean(title)}</h1><p class="lead">{lead}</p><nav>{menu}</nav></header>\n' +
            "\n".join(sections) + f"\n<footer>{footer}</footer></body></html>\n")


GUIDE = """
<p><b>Impact</b> is how much the predicted make-up of the cell changes: the Bray-Curtis distance between its
predicted profile before and after the loss, from 0 (nothing) to 1 (everything). The lost gene's own share
is in it: an abundant gene has a high impact even where nothing else happens.</p>
<p><b>Network impact</b> leaves the own share out: it is what changes in the <em>other</em> genes beyond
their being rescaled to fill the gap. It is 0 for a gene that acts on no other.</p>
<p><b>Interaction</b> of a pair is the impact of losing both less the impacts of losing each: positive where
two losses do more than the sum of each, negative where they do less (as when both act on the same genes), 0
where each does its own.</p>
<h3>What they are not</h3>
<p>All scores are predictions from which genes occur together in unperturbed cells. They are no measurements
and no proof of cause: genes that merely go together, with depth, cell type or cycle, can look as if one
acted on the other. The standard deviation over cells tells how much cells differ, that over members how far
mappings trained anew disagree; neither tells how far from the truth all of them are. Pairs with few cells
have unsteady means. Before anything is built on a score, compare the mapping with its baselines (above, and
<code>dko evaluate</code>), and test in the lab.</p>
"""

CITING = """
<p>Please cite the method and name this program with its version:</p>
<p>He Y, Klein V, Levy O, Wang X-W. <em>Predicting cell-specific gene expression profile and knockout impact
through deep learning.</em> arXiv 2510.03359.</p>
"""
