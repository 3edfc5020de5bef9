"""Posters: what a block's poster carries so that residents report from there; a code that leaked is replaced."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from blocks.models import Block, Poster, new_token
from yuhu.journal.actions import Actor, record


def issue_posters(codes: Iterable[str]) -> None:
    """Give every block of these codes a secret that has none; posters that hang already stay good."""
    Poster.objects.bulk_create([Poster(code=code) for code in sorted(set(codes))], ignore_conflicts=True)


def renew_poster(*, block: Block, at: dt.datetime, actor: Actor) -> Poster:
    """A new secret for the block: from now on its posters that hang lead nowhere and must be replaced."""
    with transaction.atomic():
        values = {"token": new_token(), "renewed_at": at}
        poster, _is_new = Poster.objects.update_or_create(code=block.code, defaults=values)
        record(kind="poster.renewed", subject=("block", block.code), at=at, actor=actor, area=block.code)
    return poster
