"""What happens to a partner's system: made, changed, given another secret, closed and opened, refused a token.

A secret is shown once and stored as a password is; whoever loses it gets another one. Every event is journaled under
the client's key without an area. Leaves to others: giving tokens out (yuhu.api.tokens), who may do this (policies).
"""

import datetime as dt
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _
from oauth2_provider.models import get_access_token_model

from blocks.models import Block, Community, District, Street
from staffing.exceptions import NameTaken
from staffing.models import PartnerClient, User
from staffing.posts import ApiScope
from yuhu.journal.actions import Actor, record
from yuhu.kit.exceptions import Invalid
from yuhu.kit.text import clean_text

CLIENT_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,49}")
CATEGORY = re.compile(r"[0-9]{2}|[0-9]{4}")
MOST_REQUESTS = 100_000
BATCH = 1_000
# What may be said about a client; each is optional when it is changed.
FACTS = ("name", "area", "categories", "channel", "scopes", "requests_per_minute", "ends_on")

# Those who know which of these codes of categories do not exist.
CodeCheck = Callable[[Collection[str]], Collection[str]]
_checks: list[CodeCheck] = []


def check_categories_by(check: CodeCheck) -> None:
    """Ask ``check`` about the categories of a client, which stand in an app above this one."""
    if check not in _checks:
        _checks.append(check)


def unknown_categories(codes: Collection[str]) -> list[str]:
    """Which of these are no categories, as the apps above say."""
    return sorted({code for check in _checks for code in check(codes)})


def add_client(
    *,
    client_id: str,
    facts: Mapping[str, Any],
    at: dt.datetime,
    actor: Actor,
    secret: str | None = None,
    source: str = "",
) -> tuple[PartnerClient, str]:
    """A new client with its technical account, and its secret in clear text, which nobody can read again.

    ``facts``: ``name``, ``area`` and ``scopes`` are required, see ``FACTS``. ``secret`` is made here unless a demo
    needs one that everybody knows.

    Raises:
        NameTaken: another client has this ``client_id``.
        Invalid: a code, scope or number that cannot be.
    """
    if not CLIENT_ID.fullmatch(client_id):
        message = _("A client's name has 2 to 50 small letters, digits, dots or hyphens.")
        raise Invalid(message, code="invalid_client_id", field="client_id")
    values = _clean(facts, required=("name", "area", "scopes"))
    secret = secret or new_secret()
    hashed = make_password(secret)
    with transaction.atomic():
        # No person's log-in name holds a colon, so the two can never be one.
        username = f"client:{client_id}"
        if User.objects.filter(username=username).exists():
            raise NameTaken(field="client_id")
        user = User(username=username, name=values["name"], is_technical=True, source=source)
        user.set_unusable_password()
        user.save(force_insert=True)
        client = PartnerClient.objects.create(
            client_id=client_id,
            client_secret=hashed,
            client_type=PartnerClient.CLIENT_CONFIDENTIAL,
            authorization_grant_type=PartnerClient.GRANT_CLIENT_CREDENTIALS,
            user=user,
            source=source,
            **values,
        )
        _told("client.created", client, at, actor, fields=sorted(values))
    return client, secret


@transaction.atomic
def change_client(
    *, client: PartnerClient, facts: Mapping[str, Any], at: dt.datetime, actor: Actor
) -> PartnerClient:
    """Change what the client is bound to. It holds from the next request on, for tokens given out before as well.

    Raises:
        Invalid: as ``add_client``.
    """
    row = _locked(client)
    changed = {name: value for name, value in _clean(facts).items() if getattr(row, name) != value}
    if not changed:
        return row
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=[*changed, "updated"])
    if "name" in changed:
        User.objects.filter(pk=row.user_id).update(name=row.name)
    _told("client.changed", row, at, actor, fields=sorted(changed))
    return row


def renew_secret(*, client: PartnerClient, at: dt.datetime, actor: Actor) -> tuple[PartnerClient, str]:
    """Another secret from now on; the old one and every token that it got are worth nothing any more."""
    secret = new_secret()
    hashed = make_password(secret)
    with transaction.atomic():
        row = _locked(client)
        row.client_secret = hashed
        row.save(update_fields=["client_secret", "updated"])
        _revoke_tokens(row)
        _told("client.secret_renewed", row, at, actor)
    return row, secret


@transaction.atomic
def set_client_active(*, client: PartnerClient, active: bool, at: dt.datetime, actor: Actor) -> PartnerClient:
    """Close the client, with all its tokens at once, or open it again: then it asks for new ones."""
    row = _locked(client)
    if row.is_active == active:
        return row
    row.is_active = active
    row.save(update_fields=["is_active", "updated"])
    if not active:
        _revoke_tokens(row)
    _told("client.activated" if active else "client.deactivated", row, at, actor)
    return row


@transaction.atomic
def refuse_token(*, client: PartnerClient, at: dt.datetime, address: str) -> None:
    """Somebody at ``address`` gave a wrong secret, or the client is closed. Who it was is not known."""
    _told("client.token_refused", _locked(client), at, Actor(id=None, name="", address=address))


def forget_tokens(at: dt.datetime) -> int:
    """Remove a batch of tokens that have ended; returns how many."""
    rows = get_access_token_model().objects
    keys = list(rows.filter(expires__lte=at).order_by("pk").values_list("pk", flat=True)[:BATCH])
    return int(rows.filter(pk__in=keys).delete()[0]) if keys else 0


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def _locked(client: PartnerClient) -> PartnerClient:
    rows = PartnerClient.objects.select_for_update(of=("self",)).select_related("user")
    row: PartnerClient = rows.get(pk=client.pk)
    return row


def _revoke_tokens(client: PartnerClient) -> None:
    get_access_token_model().objects.filter(application=client).delete()


def _told(kind: str, client: PartnerClient, at: dt.datetime, actor: Actor, **data: Any) -> None:
    record(kind=kind, subject=("client", client.pk), at=at, actor=actor, data=data)


def _clean(facts: Mapping[str, Any], *, required: Collection[str] = ()) -> dict[str, Any]:
    """The facts as they are stored."""
    readers: dict[str, Callable[[Any], Any]] = {
        "name": lambda value: clean_text(value, field="name", max_length=50),
        "area": _area,
        "categories": _categories,
        "channel": _channel,
        "scopes": _scopes,
        "requests_per_minute": _requests,
        "ends_on": lambda value: value,
    }
    return {name: readers[name](facts.get(name)) for name in FACTS if name in facts or name in required}


def _area(code: Any) -> str:
    text = str(code or "")
    model = {6: District, 9: Street, 12: Community, 14: Block}.get(len(text))
    plain = text.isascii() and text.isdigit()
    if model is None or not plain or not model._default_manager.filter(code=text).exists():
        message = _("No district, street, community or block has this code.")
        raise Invalid(message, code="unknown", field="area")
    return text


def _categories(codes: Any) -> list[str]:
    found = sorted({str(code) for code in codes or ()})
    if not all(CATEGORY.fullmatch(code) for code in found):
        message = _("A category has four digits, a branch of categories two.")
        raise Invalid(message, code="unknown", field="categories")
    unknown = unknown_categories(found)
    if unknown:
        message = _("There is no category with the code %(codes)s.") % {"codes": "、".join(unknown)}
        raise Invalid(message, code="unknown", field="categories")
    return found


def _channel(channel: Any) -> str:
    if channel not in PartnerClient.Channel.values:
        raise Invalid(_("There is no such channel."), code="unknown", field="channel")
    return str(channel)


def _scopes(scopes: Any) -> list[str]:
    known = [scope.value for scope in ApiScope]
    if not scopes or not set(scopes) <= set(known):
        raise Invalid(_("Please choose at least one of the scopes."), code="unknown", field="scopes")
    return [scope for scope in known if scope in scopes]


def _requests(number: Any) -> int | None:
    if number is not None and not 1 <= number <= MOST_REQUESTS:
        message = _("Please give a number from 1 to %(most)d.") % {"most": MOST_REQUESTS}
        raise Invalid(message, code="range", field="requests_per_minute")
    return int(number) if number is not None else None
