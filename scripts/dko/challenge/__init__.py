"""The measures of the Virtual Cell Challenge 2026 for predicted losses: dko-challenge (command.py)."""
from dko.challenge.command import main

__all__ = ["main"]
