"""Adjectives of the ledger: what is due, a person's inbox, what went to residents, what a scope opens."""

import datetime as dt
from typing import Self, TypeVar

from django.db.models import Model, Q, QuerySet

from cases.models import Case
from yuhu.delivery.states import Channel, State
from yuhu.kit.scope import Scope

M = TypeVar("M", bound=Model)


class DeliveryQuerySet(QuerySet[M]):
    """Rows of the ledger."""

    def due(self, at: dt.datetime) -> Self:
        """To be sent now, and nobody is at it (or whoever was has lost the claim)."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=at)
        return self.filter(free, state=State.PENDING, next_at__lte=at)

    def inbox_of(self, user_id: int) -> Self:
        """One person's notices, newest first."""
        return self.filter(channel=Channel.INBOX, user=user_id).order_by("-at", "-id")

    def unread_by(self, user_id: int) -> Self:
        """Those of the inbox that the person has not read."""
        return self.filter(channel=Channel.INBOX, user=user_id, read_at__isnull=True)

    def read_before(self, moment: dt.datetime) -> Self:
        """Inbox notices that were read before ``moment``, oldest first."""
        return self.filter(channel=Channel.INBOX, read_at__lt=moment).order_by("read_at", "pk")

    def to_residents(self) -> Self:
        """What goes to people outside, newest first."""
        return self.filter(channel=Channel.SMS).order_by("-at", "-id")

    def within(self, scope: Scope) -> Self:
        """Rows about the cases that this scope opens; empty means none. What is about something else is the reader's
        own and the system administrator's."""
        return self.filter(about="case", subject__in=Case.objects.within(scope).values("number"))
