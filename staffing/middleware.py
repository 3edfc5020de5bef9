"""Puts the person's posts, scope and journal name on the request, lazily, and ends idle or replaced sessions.

Also the rules that come before every page: an own password, and the second factor for administrators. Leaves to
others: what the rules are (policies), the pages that satisfy them (views).
"""

import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from staffing.models import User
from staffing.policies import must_choose_password, needs_second_factor, posts_of, scope_of
from staffing.posts import Post
from yuhu.journal.actions import Actor
from yuhu.kit import clock
from yuhu.kit.scope import Scope

# What the session keeps: when it was last used, on what it runs, when the password was last given, and afterwards
# that it ended by itself.
SEEN, DEVICE, PROVEN, IDLE = "seen", "device", "proven", "idle"
# Which log-in it came from, that another log-in ended it, and when the second factor was given.
MARK, ELSEWHERE, SECOND = "mark", "elsewhere", "second"
PHONE = "phone"
# The session of a wall screen: the address that it shows, and nothing else; and when it ends (decision 0041).
WALL, WALL_ENDS = "wall", "wall_ends"
# A page that asks anew by itself says so: nobody is there, and that is no activity.
BY_ITSELF = "X-By-Itself"
# Open before the password is one's own, or the second factor given.
ALWAYS = (
    *("/login/", "/logout/", "/logged-out/", "/i18n/", "/static/", "/healthz", "/readyz"),
    *("/manifest.webmanifest", "/sw.js", "/offline/"),
)
PASSWORD_PAGE, SECOND_PAGE = "/password/", "/second-factor/"


class StaffRequest(HttpRequest):
    """What a request looks like behind ``PostsMiddleware`` (for annotations)."""

    if TYPE_CHECKING:
        user: User
        posts: tuple[Post, ...]
        scope: Scope
        actor: Actor


class PostsMiddleware:
    """Adds ``posts``, ``scope`` and ``actor``; nothing is asked of the database until one is used."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.get("_auth_user_id"):
            _end_if_idle(request)
            _end_if_replaced(request)
        decorated = cast(StaffRequest, request)
        decorated.posts = cast(
            "tuple[Post, ...]", SimpleLazyObject(lambda: posts_of(request.user, clock.today()))
        )
        decorated.scope = cast(Scope, SimpleLazyObject(lambda: scope_of(request.user, clock.today())))
        decorated.actor = cast(Actor, SimpleLazyObject(lambda: actor_of(decorated)))
        # The journal's address. The logs' own search for one reads twenty headers that anybody may send.
        with structlog.contextvars.bound_contextvars(ip=address_of(request)):
            return self._first_of_all(request) or self.get_response(request)

    def _first_of_all(self, request: HttpRequest) -> HttpResponse | None:
        """What the person has to do before anything else opens."""
        if not request.session.get("_auth_user_id") or request.path.startswith(ALWAYS):
            return None
        user = request.user
        if not isinstance(user, User):
            return None
        chooses = must_choose_password(user, at=clock.now())
        lacks_second = not has_second(request) and needs_second_factor(user, on=clock.today())
        if wall := request.session.get(WALL):
            if chooses or lacks_second:
                logout(request)
                return None
            return None if request.path.startswith(WALL_NEEDS) else _only(request, wall, "wall_screen", _WALL)
        if chooses:
            return _only(request, PASSWORD_PAGE, "password_change_required", _CHOOSE)
        if lacks_second:
            return _only(request, SECOND_PAGE, "second_factor_required", _SECOND)
        return None


# What the wall's page asks for besides itself.
WALL_NEEDS = "/api/v1/blocks.geojson"
_WALL = _("This browser is a wall screen. Please log in again to do anything else.")
_CHOOSE = _("Please choose a password of your own first, on the page for it.")
_SECOND = _("Please give the code from your phone first, on the page for it.")


def _only(request: HttpRequest, page: str, code: str, detail: Promise) -> HttpResponse | None:
    """Leads to the one page that is open now; machines get the API's shape of an error."""
    if request.path.startswith(page):
        return None
    if request.path.startswith("/api/"):
        error = {"code": code, "detail": str(detail), "attr": None}
        return JsonResponse({"type": "client_error", "errors": [error]}, status=403)
    wanted = request.get_full_path() if request.method == "GET" else ""
    return redirect(f"{page}?{urlencode({'next': wanted})}" if wanted else page)


def actor_of(request: StaffRequest) -> Actor:
    """Who the journal will name: the person with the first post of today and the address."""
    return actor_for(request.user, address=address_of(request))


def actor_for(user: User | AnonymousUser, *, address: str) -> Actor:
    """The same for a person who is only about to be logged in."""
    posts = posts_of(user, clock.today())
    name = getattr(user, "name", "") or str(user)
    return Actor(id=user.pk, name=name, post=posts[0].title if posts else "", address=address)


def _end_if_idle(request: HttpRequest) -> None:
    """Log out after the idle limit; stamp activity at most every five minutes, so that reads stay reads."""
    now = int(time.time())
    if WALL in request.session:
        if now > request.session[WALL_ENDS]:
            logout(request)
            request.session[IDLE] = True
        return
    remembered = request.session.get(DEVICE) == PHONE
    limit = settings.PHONE_IDLE_SECONDS if remembered else settings.DESK_IDLE_SECONDS
    seen = request.session.get(SEEN)
    if seen is not None and now - seen > limit:
        logout(request)
        request.session[IDLE] = True
    elif seen is None or (now - seen >= settings.SESSION_STAMP_SECONDS and BY_ITSELF not in request.headers):
        request.session[SEEN] = now
        if seen is None:
            request.session[PROVEN] = now


def mark(request: HttpRequest) -> str:
    """A fresh mark for the session that a log-in begins: the latest one is the one that counts."""
    fresh = secrets.token_hex(16)
    request.session[MARK] = fresh
    # Whoever logs in at a wall screen makes a desk of it: Django keeps what the same person's session holds.
    if request.session.pop(WALL, None):
        del request.session[WALL_ENDS]
        request.session.set_expiry(None)
    return fresh


def _end_if_replaced(request: HttpRequest) -> None:
    """Log out where the person has logged in elsewhere since (``SINGLE_SESSION``)."""
    if not settings.SINGLE_SESSION or not isinstance(request.user, User):
        return
    if request.user.session_mark and request.session.get(MARK) != request.user.session_mark:
        logout(request)
        request.session[ELSEWHERE] = True


def has_second(request: HttpRequest) -> bool:
    """Whether the second factor was given in this session."""
    return isinstance(request.session.get(SECOND), int)


def prove_second(request: HttpRequest) -> None:
    """The person has just given the second factor; the session gets a new key, as at a log-in."""
    request.session.cycle_key()
    request.session[SECOND] = int(time.time())


def has_proven(request: HttpRequest, *, within_seconds: int) -> bool:
    """Whether the person gave the password in this session a short time ago: what a delicate step asks for."""
    proven = request.session.get(PROVEN)
    return isinstance(proven, int) and 0 <= int(time.time()) - proven <= within_seconds


def become_wall(request: HttpRequest, address: str, *, seconds: int) -> None:
    """From now on this session opens ``address`` only, and ends after ``seconds``, not when nobody touches it."""
    request.session.cycle_key()
    request.session[WALL] = address
    request.session[WALL_ENDS] = int(time.time()) + seconds
    request.session.set_expiry(seconds)


def prove(request: HttpRequest) -> None:
    """The person has just given the password once more."""
    request.session[PROVEN] = int(time.time())


def address_of(request: HttpRequest) -> str:
    """The caller's network address; behind our own proxy the one that the proxy saw (last of X-Forwarded-For)."""
    if settings.BEHIND_PROXY:
        seen = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
        if seen:
            return seen[:64]
    return str(request.META.get("REMOTE_ADDR") or "")
