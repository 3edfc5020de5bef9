"""System checks: are the triggers there that keep the index of the search, and can the limits of whistles be read?"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from cases.actions.whistles.limits import faults
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


@register()
def limits_of_whistles(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """A limit that cannot be read would refuse every whistle."""
    return [
        Error(f"WHISTLE_LIMITS cannot be read: {fault}.", hint="See .env.example.", id="cases.E002")
        for fault in faults()
    ]
