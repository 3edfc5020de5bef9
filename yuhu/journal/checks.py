"""System check: are the triggers there that keep the journal append-only?"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from yuhu.journal import triggers


@register(Tags.database)
def journal_is_guarded(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """A warning, not an error: ``migrate`` runs this check first, and it is ``migrate`` that makes them again.

    ``verify_journal`` counts missing triggers as a finding.
    """
    return [
        Warning(
            f"The journal's triggers are missing or switched off on '{alias}': {', '.join(absent)}.",
            hint="Find out who removed them, then run: manage.py migrate && manage.py verify_journal",
            id="journal.W001",
        )
        for alias in databases or ()
        if (absent := triggers.missing(connections[alias]))
    ]
