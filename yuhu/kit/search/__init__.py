"""Search for words in texts: Chinese and Latin, exact, the same on both engines, flat however many rows there are.

A model keeps a column ``FoldedText`` of the texts that can be searched; ``filter(words__has=asked(query))`` finds
the rows in which every word occurs, and ``head(rows, n)`` reads the first n of them in their order without
touching the others. ``index.py`` keeps the engines' indexes. Leaves to others: who may see a row (``within``).
"""

from yuhu.kit.search.fields import FoldedText, asked
from yuhu.kit.search.pages import head, keys
from yuhu.kit.search.pending import refold

__all__ = ["FoldedText", "asked", "head", "keys", "refold"]
