"""Deployment check: which rules for accounts (GB/T 22239-2019) are switched off."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

_OFF = {
    "PASSWORD_MAX_DAYS": ("Passwords never have to be changed.", "staffing.W001"),
    "UNUSED_ACCOUNT_DAYS": ("Accounts that nobody uses stay open.", "staffing.W002"),
    "SINGLE_SESSION": ("One person may have many sessions at once.", "staffing.W003"),
    "SECOND_FACTOR": ("Administrators log in with a password alone.", "staffing.W004"),
}


@register(Tags.security, deploy=True)
def account_rules(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """One warning for each rule that is off."""
    return [
        Warning(said, hint=f"Set {name} (.env.example, docs/security.md).", id=code)
        for name, (said, code) in _OFF.items()
        if getattr(settings, name) in (0, False, "off")
    ]
