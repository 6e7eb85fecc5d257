"""The styles of the page."""

STYLE = """
:root { --ink: #1f2933; --soft: #52606d; --grey: #8a95a0; --line: #e4e7eb; --blue: #0072b2; --panel: #f5f7fa; }
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
th, td { padding: .38rem .6rem; text-align: right; white-space: nowrap;
  border-bottom: 1px solid var(--line); }
th { background: var(--panel); font-weight: 600; vertical-align: bottom; white-space: normal; }
tr:last-child td { border-bottom: 0; }
th.text, td.text { text-align: left; } th.text { white-space: nowrap; }
td.text span.long { display: inline-block; min-width: 7rem; max-width: 14rem; white-space: normal;
  overflow-wrap: anywhere; }
.word { white-space: nowrap; }
.unseen, .unseen i { color: var(--grey); } td .why { display: block; min-width: 11rem; max-width: 15rem;
  margin-left: auto; white-space: normal; font-size: .92em; color: var(--soft); }
@media (min-width: 601px) { .narrow { display: none; } }
td i { font-style: normal; color: var(--soft); font-size: .9em; }
.facts td.text { white-space: normal; overflow-wrap: anywhere; vertical-align: top; }
.facts td.text:first-child { color: var(--soft); white-space: nowrap; overflow-wrap: normal; width: 1%; }
code, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: .88em; overflow-wrap: anywhere; }
pre { background: var(--panel); border-radius: .5rem; padding: .8rem 1rem; white-space: pre-wrap;
  overflow-wrap: anywhere; font-size: .85rem; margin: .6rem 0; }
footer { margin-top: 3rem; color: var(--soft); font-size: .86rem; border-top: 1px solid var(--line);
  padding-top: 1rem; }
@media (max-width: 600px) {
  .wide { display: none; }
  body { padding: 1.3rem 1rem 3rem; } h1 { font-size: 1.5rem; } h2 { margin-top: 2.2rem; }
  .rows thead { display: none; } .rows table, .rows tbody { display: block; }
  .rows tr { display: block; position: relative; padding: .45rem .8rem .5rem; border-bottom: 1px solid var(--line); }
  .rows tr:last-child { border-bottom: 0; }
  .rows td { display: inline; padding: 0; border: 0; white-space: normal; text-align: left; }
  .rows td.rank { color: var(--soft); } .rows td.rank::after { content: ". "; }
  .rows td.text { font-weight: 600; overflow-wrap: anywhere; } .rows td.text + td.text::before { content: " + "; }
  .rows td.text + td.cell::before { content: " in "; font-weight: 400; color: var(--soft); }
  .rows td[data-title] { display: inline-block; margin-right: .9rem; }
  .rows td[data-title]::before { content: attr(data-title) " "; color: var(--soft); font-size: .92em; }
  .rows td.text span.long, .rows td .why { display: inline; max-width: none; }
  .rows td.text:not(:has(+ td.text))::after { content: "\\A"; white-space: pre; }
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
