"""What the events of a screen are: knockouts, knockdowns, or genes that are switched on."""
from __future__ import annotations

from dko.errors import UsageError


def is_summable(screen) -> bool:
    """False where the pairs are of a list in which the same two genes are different events."""
    return screen.has_all_pairs or not screen.list_adds_genes


def require_summable(screen):
    """@raises UsageError for pairs that cannot be summed up"""
    if not is_summable(screen):
        raise UsageError(f"{screen.path}: its list switches genes on, and is not summed up over cells: listed() has its events")
