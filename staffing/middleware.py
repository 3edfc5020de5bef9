"""Puts the person's posts, scope and journal name on the request, lazily, and ends idle sessions."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from staffing.models import User
from staffing.policies import posts_of, scope_of
from staffing.posts import Post
from yuhu.journal.actions import Actor
from yuhu.kit import clock
from yuhu.kit.scope import Scope

SEEN, DEVICE = "seen", "device"


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
        decorated.posts = cast("tuple[Post, ...]", SimpleLazyObject(lambda: posts_of(request.user, clock.today())))  # type: ignore[arg-type]
        decorated.scope = cast(Scope, SimpleLazyObject(lambda: scope_of(request.user, clock.today())))  # type: ignore[arg-type]
        decorated.actor = cast(Actor, SimpleLazyObject(lambda: actor_of(decorated)))
        return self.get_response(request)


def actor_of(request: StaffRequest) -> Actor:
    """Who the journal will name: the person with the first post of today and the address."""
    user = request.user
    posts = posts_of(user, clock.today())
    return Actor(
        id=user.pk,
        name=getattr(user, "name", "") or str(user),
        post=posts[0].title if posts else "",
        address=request.META.get("REMOTE_ADDR", "") or "",
    )


def _end_if_idle(request: HttpRequest) -> None:
    """Log out after the idle limit; stamp activity at most every five minutes, so that reads stay reads."""
    now = int(time.time())
    remembered = request.session.get(DEVICE) == "phone"
    limit = settings.PHONE_IDLE_SECONDS if remembered else settings.DESK_IDLE_SECONDS
    seen = request.session.get(SEEN)
    if seen is not None and now - seen > limit:
        logout(request)
        request.session["idle"] = True
    elif seen is None or now - seen >= settings.SESSION_STAMP_SECONDS:
        request.session[SEEN] = now
