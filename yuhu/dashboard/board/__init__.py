"""The board (运行看板): how an area runs, for those who see its figures; by tab, by period, down to the block.

``now``, ``trends``, ``kinds``, ``work``, ``people`` and ``places`` say what a tab shows and ask the figures; ``wall``
does so for the wall screen. ``tables`` knows what a table is, ``periods`` for which days, ``readings`` how an indicator
is told with its changes, ``formulas`` how it is made. No model and no query of its own.
"""
