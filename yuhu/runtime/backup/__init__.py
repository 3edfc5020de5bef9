"""Backup and restore: database and files in one sealed archive, and back again.

From below: ``sealing`` (encryption of a stream), ``archive`` (parts and their checksums in a sealed tar), ``engines``
(what only one database engine knows), ``content`` (what a database says about itself and which files it names),
``making`` and ``restoring``. Leaves to others: talking to the person (``manage.py backup`` and ``restore``).
"""


class BackupError(Exception):
    """It cannot be done, or must not be; the sentence says what to do."""
