"""What one version of a service item says, and what makes it fit to be published (pure: no database, no clock).

Leaves to others: storing versions (actions), finding them (querysets) and showing them (views, admin).
"""

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from services.exceptions import UnfitContent
from yuhu.kit.text import clean_text

SHEET = Path(__file__).parent / "data" / "service_items.csv"
DEMO = "demo"
NOT_FOUND = "—"
MAX_AMOUNT = 1_000
MAX_LINE = 200


class AcceptanceLevel(TextChoices):
    """Whose counter takes the application."""

    COMMUNITY = "community", _("Community counter")
    STREET = "street", _("Street counter")


class LimitUnit(TextChoices):
    """Units of the promised and the legal limit."""

    INSTANT = "instant", _("at once")
    WORKING_HOUR = "working_hour", _("working hours")
    WORKING_DAY = "working_day", _("working days")
    NATURAL_HOUR = "natural_hour", _("hours, day and night")
    NATURAL_DAY = "natural_day", pgettext_lazy("time limit", "calendar days")


class AgentHelp(TextChoices):
    """Whether somebody can do it for the resident (帮代办)."""

    FULL = "yes", _("Can be done for you")
    PARTIAL = "partial", _("Some steps can be done for you")
    NONE = "no", _("You have to come yourself")


class AgentMode(TextChoices):
    """How the governor, an assistant or the counter helps."""

    DOORSTEP = "doorstep", _("At your home: somebody comes and does it with you")
    COLLECT = "collect", _("Collected: somebody takes your papers to the counter and brings the result")
    ONLINE_HELP = "online_help", _("Online: somebody does it with you on a phone")


class Frequency(TextChoices):
    """How often a resident needs it."""

    ONCE = "once", _("Once only")
    YEARLY = "yearly", _("Every year")
    EVERY_10_YEARS = "every_10_years", _("Every ten years")
    PER_BIRTH = "per_birth", _("For each birth")
    PER_ILLNESS = "per_illness", _("For each illness")
    PER_CHANGE = "per_change", _("At each change")
    PER_NEED = "per_need", _("As needed")


@dataclass(frozen=True)
class Content:
    """Everything that a version says. A legal limit of None means: not found, so none is shown.

    A limit with the unit ``instant`` has the amount 0. ``domain`` is a key, ``domain_name`` its name.
    ``offered`` False takes the item off the public pages from the version's day on.
    """

    name: str
    domain: str
    domain_name: str
    eligible: str
    materials: tuple[str, ...]
    acceptance_level: str
    deciding_department: str
    promised_limit_amount: int
    promised_limit_unit: str
    source: str
    name_en: str = ""
    aliases: tuple[str, ...] = ()
    eligible_en: str = ""
    materials_en: tuple[str, ...] = ()
    legal_limit_amount: int | None = None
    legal_limit_unit: str = ""
    legal_basis: str = ""
    agent_help: str = AgentHelp.NONE
    agent_modes: tuple[str, ...] = ()
    sensitive: bool = True
    frequency: str = Frequency.ONCE
    note: str = ""
    offered: bool = True


# Field → shortest and longest text; the columns are as long.
TEXTS: dict[str, tuple[int, int]] = {
    "name": (1, 100),
    "name_en": (0, 100),
    "domain": (1, 40),
    "domain_name": (1, 40),
    "eligible": (1, 1_000),
    "eligible_en": (0, 1_000),
    "deciding_department": (1, 100),
    "legal_basis": (0, 500),
    "source": (1, 20),
    "note": (0, 1_000),
}
# Field → fewest and most lines.
LISTS: dict[str, tuple[int, int]] = {"aliases": (0, 20), "materials": (1, 30), "materials_en": (0, 30)}
CHOICES: dict[str, type[TextChoices]] = {
    "acceptance_level": AcceptanceLevel,
    "promised_limit_unit": LimitUnit,
    "agent_help": AgentHelp,
    "frequency": Frequency,
}


def checked(content: Content) -> Content:
    """``content`` with its texts cleaned, as it may be published.

    Raises:
        Invalid: a text with control characters, too short or too long; ``field`` names it.
        UnfitContent: a choice that does not exist, too many lines, limits that contradict themselves.
    """
    changes: dict[str, Any] = {}
    for name, (shortest, longest) in TEXTS.items():
        changes[name] = clean_text(
            getattr(content, name), field=name, min_length=shortest, max_length=longest
        )
    for name, (fewest, most) in LISTS.items():
        changes[name] = _checked_lines(getattr(content, name), name, fewest, most)
    for name, choices in CHOICES.items():
        _check_choice(getattr(content, name), choices, name)
    for mode in content.agent_modes:
        _check_choice(mode, AgentMode, "agent_modes")
    _check_limits(content)
    if (content.agent_help == AgentHelp.NONE) == bool(content.agent_modes):
        message = _("Name the ways of help, or say that nobody can do it for the resident.")
        raise UnfitContent(message, code="help_contradicts", field="agent_modes")
    return replace(content, **changes)


def search_text(code: str, content: Content) -> str:
    """Everything that a resident may search for, folded; one line per name, so that words do not run together."""
    parts = (
        code,
        content.name,
        content.name_en,
        content.domain_name,
        content.domain.replace("_", " "),
        content.eligible,
        content.eligible_en,
        *content.aliases,
        *content.materials,
        *content.materials_en,
    )
    return "\n".join(fold(part) for part in parts if part)


def fold(text: str) -> str:
    """Full-width as half-width, capitals as small letters: how texts and questions are compared."""
    return unicodedata.normalize("NFKC", text).casefold()


def limit_words(amount: int | None, unit: str) -> str:
    """A limit in words; "—" where none was found."""
    if amount is None:
        return NOT_FOUND
    words = {
        LimitUnit.WORKING_HOUR: lambda: ngettext("%(count)d working hour", "%(count)d working hours", amount),
        LimitUnit.WORKING_DAY: lambda: ngettext("%(count)d working day", "%(count)d working days", amount),
        LimitUnit.NATURAL_HOUR: lambda: ngettext("%(count)d hour", "%(count)d hours", amount),
        LimitUnit.NATURAL_DAY: lambda: ngettext("%(count)d calendar day", "%(count)d calendar days", amount),
    }
    if unit in words:
        return words[LimitUnit(unit)]() % {"count": amount}
    return gettext("At once")


def read_sheet(path: Path = SHEET) -> Iterator[tuple[str, Content]]:
    """Code and content of each row of the sheet that comes with the system."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["service_code"], _content(row)


def _content(row: Mapping[str, str]) -> Content:
    return Content(
        name=row["name_zh"],
        name_en=_title(row["name_en"]),
        aliases=_lines(row["aliases_zh"]),
        domain=row["domain_en"],
        domain_name=row["domain_zh"],
        eligible=row["eligible_zh"],
        eligible_en=row["eligible_en"],
        materials=_lines(row["materials_zh"]),
        materials_en=_lines(row["materials_en"]),
        acceptance_level=row["acceptance_level"],
        deciding_department=row["deciding_department_zh"].replace(";", "、"),
        legal_limit_amount=int(row["legal_limit_value"]) if row["legal_limit_value"] else None,
        legal_limit_unit=row["legal_limit_unit"],
        legal_basis=row["legal_basis_zh"],
        promised_limit_amount=int(row["promised_limit_value"]),
        promised_limit_unit=row["promised_limit_unit"],
        agent_help=row["agent_assisted"],
        agent_modes=_lines(row["agent_mode"]),
        sensitive=row["sensitive_data"] == "yes",
        frequency=row["frequency"].replace(" ", "_"),
        source=row["source"],
        note=row["note"],
    )


def _lines(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _title(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _checked_lines(lines: tuple[str, ...], field: str, fewest: int, most: int) -> tuple[str, ...]:
    if not fewest <= len(lines) <= most:
        message = gettext("Please give %(fewest)d to %(most)d lines.") % {"fewest": fewest, "most": most}
        raise UnfitContent(message, code="line_count", field=field)
    return tuple(clean_text(line, field=field, max_length=MAX_LINE) for line in lines)


def _check_choice(value: object, choices: type[TextChoices], field: str) -> None:
    if value not in choices.values:
        raise UnfitContent(_("Please choose one of the values offered."), code="unknown_choice", field=field)


def _check_limits(content: Content) -> None:
    """The unit ``instant`` means 0 and nothing else does; the legal limit has both parts or none."""
    legal, promised = content.legal_limit_amount, content.promised_limit_amount
    if (legal is None) != (content.legal_limit_unit == ""):
        message = _("Give the legal limit with its unit, or leave both empty.")
        raise UnfitContent(message, code="limit_half", field="legal_limit_amount")
    if legal is not None:
        _check_choice(content.legal_limit_unit, LimitUnit, "legal_limit_unit")
        _check_amount(legal, content.legal_limit_unit, "legal_limit_amount")
    _check_amount(promised, content.promised_limit_unit, "promised_limit_amount")


def _check_amount(amount: object, unit: str, field: str) -> None:
    whole = isinstance(amount, int) and not isinstance(amount, bool)
    if not whole or not 0 <= amount <= MAX_AMOUNT or (amount == 0) != (unit == LimitUnit.INSTANT):  # type: ignore[operator]
        message = _("Give a whole number from 1 on, or 0 for what is done at once.")
        raise UnfitContent(message, code="limit_amount", field=field)
