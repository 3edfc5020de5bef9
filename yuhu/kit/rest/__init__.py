"""What the API doors of every app are made of: strict fields, strict filters, scoped views. No domain words.

Leaves to others: what a request means (each app's ``api``), and what all answers share (yuhu.api, by settings).
"""
