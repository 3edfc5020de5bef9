"""Measures how fast the product is and how it grows: each figure beside its limit in the same run (``make bench``).

Stands beside ``tests``; the product does not know it. ``python -m bench --help`` says what can be chosen.
"""
