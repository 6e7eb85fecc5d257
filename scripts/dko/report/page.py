"""The page of the report as HTML: its elements. Everything that comes from a file is escaped."""
from __future__ import annotations

import html
import math

from dko.report.style import STYLE

# Names of the figures, in the page and as files, in their order.
FIGURES = ("shifts", "cell_map", "quality", "losses", "genes", "share", "distribution", "groups", "contrast", "umap", "pairs",
           "heat_map", "effects", "sets")


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
    """`columns`: titles, with a leading "~" where text stands; `rows`: of text that is escaped already. On a phone each
    row is a paragraph, its values behind their titles."""
    titles = [title.lstrip("~") for title in columns]
    classes = {"~cell": "text cell", "#": "rank"}
    kinds = [classes.get(title, "text" if title.startswith("~") else "") for title in columns]
    sides = [f'class="{words}"' if words else "" for words in kinds]
    head = "".join(f"<th {side} scope=\"col\">{title}</th>" for title, side in zip(titles, sides))
    notes = ["" if side else f'data-title="{title}"' for title, side in zip(titles, sides)]
    body = "".join("<tr>" + "".join(f"<td {side}{note}>{value}</td>" for value, side, note in zip(row, sides, notes)) + "</tr>"
                   for row in rows)
    head = f"<thead><tr>{head}</tr></thead>" if kind != "facts" else ""
    return f'<div class="table {kind or "rows"}" tabindex="0"><table>{head}<tbody>{body}</tbody></table></div>'


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
