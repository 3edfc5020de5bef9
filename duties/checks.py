"""Warns at ``migrate`` and ``check --database`` of a calendar with gaps; pages warn with ``figures`` as well."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from duties.figures import calendar_warnings
from duties.models import CalendarVersion
from yuhu.kit import clock


@register(Tags.database)
def calendar_is_complete(
    *, app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """``duties.W001``: the holidays of a year that is needed are unknown, or office hours are missing."""
    if not databases or "default" not in databases:
        return []
    if CalendarVersion._meta.db_table not in connections["default"].introspection.table_names():
        return []  # before the first migration
    return [Warning(text, id="duties.W001") for text in calendar_warnings(clock.today())]
