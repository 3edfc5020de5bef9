"""Verbs of the tallies (日统计): keep, by day, what the figures of cases add up.

``counting`` says what is counted, ``grouping`` asks the rows, ``folding`` keeps the sums.
"""
