"""What the events of a screen are, in words and numbers: knockouts, activations or knockdowns. All parts and figures of the
page take what they call them from here."""
from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Kind:
    event: str  # "single knockout", "double knockout"
    a_event: str
    loss: str  # of a gene: "the loss of a gene"
    a_loss: str
    losses: str
    doing: str  # with a gene behind it: "losing both"
    lost: str  # "genes were lost"
    done: str  # of one gene: "no gene was knocked out"
    express: str  # what the cells of an event do with its gene
    expresses: str
    have_pair: str  # and those of an event of two
    genes_of_cell: str  # the genes of a cell's events; SEEN is "visible " where they are these alone
    share: str  # the name of the score share
    baseline: str  # what the impact is where nothing else changes
    on_the_line: str  # what a gene does whose impact is its baseline
    every: str  # all events that there can be
    none: str  # why there is none
    seen_by: str  # what too few cells show of a gene that is not visible
    learnt_from: str
    in_the_lab: str
    what: str = ""  # the events in a line, where they are no knockouts
    sign: str = ""  # before the names of genes in tables
    keeps: float = 0.0  # part of their presence and share that lost genes keep

    @property
    def events(self) -> str:
        return self.event + "s"

    @property
    def activates(self) -> bool:
        return self.sign == "+"

    @property
    def takes(self) -> float:
        """The part of the share that the baseline of the impact is."""
        return 1 - self.keeps

    @property
    def extent(self) -> str:
        """How far genes are lost, behind what is said to be lost; "" where they are lost whole."""
        return f", to {self.keeps:g} of their presence," if self.keeps else ""

    def bare(self, label) -> str:
        """The name of a gene by its label in tables."""
        return str(label)[len(self.sign):]

    def pair(self, one, other, between: str = " + ") -> str:
        """Two labels as one; their own signs stand between them where they have some."""
        return f"{one}{between.replace(' +', '') if self.sign else between}{other}"


KNOCKOUT = Kind(
    event="knockout", a_event="a knockout", loss="loss", a_loss="a loss", losses="losses", doing="losing", lost="lost",
    done="knocked out", express="express", expresses="expresses", have_pair="have the pair",
    genes_of_cell="a cell's SEENgenes", share="own share", baseline="the gene's own share",
    on_the_line="On the dashed line a gene does nothing but leave: its impact is the share it takes with it.",
    every="every expressed gene of every cell",
    none="No gene could be knocked out: a knockout must leave at least one other expressed gene in the cell.",
    seen_by="a real absence", learnt_from="from the cells that lack it",
    in_the_lab="no cell here has lost a gene in the lab")

ACTIVATION = Kind(
    event="activation", a_event="an activation", loss="activation", a_loss="an activation", losses="activations",
    doing="switching on", lost="switched on", done="switched on", express="lack", expresses="lacks",
    have_pair="lack both genes", genes_of_cell="the SEENgenes that a cell lacks",
    share="predicted share", baseline="the share that the mapping predicts of the gene",
    on_the_line="On the dashed line a gene does nothing but enter: its impact is the share that is predicted of it.",
    every="every gene that a cell lacks, in every cell",
    none="No gene could be switched on: no cell lacks one of the chosen genes and expresses another.",
    seen_by="both its presence and a real absence", learnt_from="from the cells that have it and those that lack it",
    in_the_lab="in no cell here was a gene switched on in the lab", what="genes that the cells lack are switched on (+)",
    sign="+")

KNOCKDOWN = replace(
    KNOCKOUT, event="knockdown", a_event="a knockdown", loss="knockdown", a_loss="a knockdown", losses="knockdowns",
    doing="knocking down", lost="knocked down", done="knocked down",
    none="No gene could be knocked down: there must be at least one other expressed gene in the cell.",
    in_the_lab="in no cell here was a gene knocked down in the lab")


def kind_of_screen(screen) -> Kind:
    """Of its single and double events, and of a list that does not switch genes on beside others."""
    if screen.activates:
        return ACTIVATION
    if not screen.presence > 0:
        return KNOCKOUT
    keeps = screen.presence
    takes = f"{1 - keeps:g}"
    return replace(
        KNOCKDOWN, keeps=keeps, baseline=f"{takes} of the gene's own share",
        on_the_line=f"On the dashed line a gene does nothing but shrink: its impact is the {takes} of its share that goes.",
        what=f"lost genes keep {keeps:g} of their presence and of their share")
