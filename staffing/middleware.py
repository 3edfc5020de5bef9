"""Puts the person's posts, scope and journal name on the request, lazily, and ends idle sessions."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from staffing.models import User
from staffing.policies import posts_of, scope_of
from staffing.posts import Post
from yuhu.journal.actions import Actor
from yuhu.kit import clock
from yuhu.kit.scope import Scope

# What the session keeps: when it was last used, on what it runs, when the password was last given, and afterwards
# that it ended by itself.
SEEN, DEVICE, PROVEN, IDLE = "seen", "device", "proven", "idle"
PHONE = "phone"


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
        decorated = cast(StaffRequest, request)
        decorated.posts = cast(
            "tuple[Post, ...]", SimpleLazyObject(lambda: posts_of(request.user, clock.today()))
        )
        decorated.scope = cast(Scope, SimpleLazyObject(lambda: scope_of(request.user, clock.today())))
        decorated.actor = cast(Actor, SimpleLazyObject(lambda: actor_of(decorated)))
        return self.get_response(request)


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
    remembered = request.session.get(DEVICE) == PHONE
    limit = settings.PHONE_IDLE_SECONDS if remembered else settings.DESK_IDLE_SECONDS
    seen = request.session.get(SEEN)
    if seen is not None and now - seen > limit:
        logout(request)
        request.session[IDLE] = True
    elif seen is None or now - seen >= settings.SESSION_STAMP_SECONDS:
        request.session[SEEN] = now
        if seen is None:
            request.session[PROVEN] = now


def has_proven(request: HttpRequest, *, within_seconds: int) -> bool:
    """Whether the person gave the password in this session a short time ago: what a delicate step asks for."""
    proven = request.session.get(PROVEN)
    return isinstance(proven, int) and 0 <= int(time.time()) - proven <= within_seconds


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
