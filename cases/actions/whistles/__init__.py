"""Verbs of whistles: the street's (``street``), the departments' (``department``), what happens by itself
(``automatic``). Every verb locks case, whistle and call in this order, asks the policy again, writes and journals.
"""
