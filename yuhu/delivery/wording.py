"""Makes the sentence of a notice from its kind, the journal's data and the case. No database of its own.

The language is the active one: the reader's on a page, the district's when something is sent. What must not leave
the house (a restricted case's matter) is left out here, whatever the channel.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Case
from cases.states import Path, RejectCode, Satisfaction, Step
from yuhu.delivery.notices import BY_KIND
from yuhu.kit import clock


@dataclass(frozen=True)
class Facts:
    """What a sentence may say of the subject. Without a ``name`` it is called by its number: it is a case that the
    reader may not open."""

    number: str
    name: str = ""
    link: str = ""


@dataclass(frozen=True)
class Words:
    """A notice in the active language."""

    title: str
    text: str


def facts_of(about: Any, *, link: str = "") -> Facts:
    """What is no case is called by its own name. A case by category and block (both loaded with it); a restricted one
    by nothing but the number."""
    if not isinstance(about, Case):
        return Facts(str(about), name=str(about), link=link)
    case = about
    if case.restricted:
        return Facts(case.number, link=link)
    name = case.category.label
    if case.block is not None:
        name = _("%(category)s (%(block)s)") % {"category": name, "block": case.block.name}
    return Facts(case.number, name=name, link=link)


def words(kind: str, data: Mapping[str, Any], facts: Facts) -> Words:
    """Title and sentence of notice ``kind``. A kind of another release is told in general terms."""
    notice = BY_KIND.get(kind)
    case = facts.name or _("Case %(number)s") % {"number": facts.number}
    if notice is None:
        return Words(_("Notice"), _("Something happened: %(case)s.") % {"case": case})
    values = {
        "case": case,
        "what": case,
        "on": str(data.get("on") or "—"),
        "number": facts.number,
        "link": facts.link,
        "due": _moment(data.get("due_at")),
        "until": _moment(data.get("until")),
        "review": _moment(data.get("review_at"), with_time=False),
        "step": _label(Step, data.get("step")),
        "path": _label(Path, data.get("path")),
        "ground": _label(RejectCode, data.get("code")),
        "answer": _label(Satisfaction, data.get("satisfaction")),
        "into": str(data.get("into") or ""),
    }
    return Words(str(notice.title), str(notice.text) % values)


def private_path(token: str) -> str:
    """The reporter's page: whoever has the address may rate, so it stands in the message only, never in a log."""
    return reverse("cases:follow", args=[token])


def absolute(path: str) -> str:
    """``path`` as somebody outside can open it."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def _moment(value: Any, *, with_time: bool = True) -> str:
    """The journal's time (ISO, UTC) on the district's clock."""
    try:
        at = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return "—"
    return clock.local(at).strftime("%Y-%m-%d %H:%M" if with_time else "%Y-%m-%d")


def _label(choices: Any, value: Any) -> str:
    try:
        return str(choices(value).label)
    except ValueError:
        return "—"
