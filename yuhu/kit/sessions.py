"""Sessions in the database, which say so when the database is away.

Django takes every failed update of a session for one that was deleted meanwhile, and answers 400. A database that is
away is no fault of the caller: it must stay the error that it is, and become a 503.
"""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError


class SessionStore(db.SessionStore):
    """``SESSION_ENGINE``: the table, cookies and time-outs are Django's."""

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create)
        except UpdateError as told:
            cause = told.__context__
            if isinstance(cause, OperationalError | InterfaceError):
                raise cause from None
            raise
