"""How to cite the method and the program."""
from dko.report.page import clean, section

CITING = """
<p>Please cite the method and name this program with its version:</p>
<p>He Y, Klein V, Levy O, Wang X-W. <em>Predicting cell-specific gene expression profile and knockout impact
through deep learning.</em> arXiv 2510.03359.</p>
"""


def part(report, _) -> str:
    version = clean(report.screen.provenance.get("dko_version", "–"))
    return section("citing", "How to cite", CITING, f"<p>dko, version {version}.</p>")
