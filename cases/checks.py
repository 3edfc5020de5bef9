"""System check: are the triggers there that keep the index of the search?"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from yuhu.kit.search import index


@register(Tags.database)
def search_is_kept(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """A warning, not an error: ``migrate`` runs this check first, and it is ``migrate`` that makes them again."""
    return [
        Warning(
            f"The search does not follow what is written on '{alias}': {', '.join(absent)} missing or switched off.",
            hint="Run manage.py migrate: it makes the triggers and the index anew.",
            id="cases.W001",
        )
        for alias in databases or ()
        for kept in index.all_kept()
        if (absent := index.missing(connections[alias], kept))
    ]
