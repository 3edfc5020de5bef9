"""Workbooks as people really make them, read row by row with the name of every cell; and clean ones to give out.

No domain words. Leaves to others: which columns there are and what a row means (each app's ``sheets``).
"""
