"""What happened, once and for ever: entries, the outbox that waits for the relay, the numbered feed.

Rows of ``Entry`` and ``FeedEntry`` are never updated and never deleted; triggers refuse it (``triggers.py``).
Leaves to others: digests (``digests.py``), writing (``actions.py``), checking (``verification.py``).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yuhu.journal.digests import content_digest
from yuhu.journal.drafts import LENGTHS, Actor
from yuhu.journal.querysets import EntryQuerySet, FeedQuerySet, OutboxQuerySet


class Entry(models.Model):
    """One event of one subject. ``seq`` counts per subject from 1; ``previous`` is the digest before it.

    The actor is plain text of that moment. ``data`` holds codes, keys, dates, numbers and digests only.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("time of the event"))
    actor_id = models.BigIntegerField(_("person's key"), null=True)
    actor_name = models.CharField(_("acting person"), max_length=LENGTHS["name"])
    actor_post = models.CharField(_("acting post"), max_length=LENGTHS["post"], blank=True)
    actor_address = models.CharField(_("network address"), max_length=LENGTHS["address"], blank=True)
    kind = models.CharField(_("kind of event"), max_length=LENGTHS["kind"])
    subject_type = models.CharField(_("kind of subject"), max_length=LENGTHS["type"])
    subject_id = models.CharField(_("subject's key"), max_length=LENGTHS["id"])
    seq = models.PositiveIntegerField(_("number in the subject's history"))
    area = models.CharField(_("area code"), max_length=LENGTHS["area"], blank=True)
    data = models.JSONField(_("recorded data"), default=dict)
    previous = models.CharField(_("digest before"), max_length=64, blank=True)
    digest = models.CharField(_("digest"), max_length=64)

    objects = EntryQuerySet["Entry"].as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = [
            # Refuses forks; its index serves a subject's timeline and the look-up of its last entry.
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "seq"], name="journal_entry_no_fork"
            ),
            models.CheckConstraint(
                condition=Q(seq=1, previous="") | (Q(seq__gt=1) & ~Q(previous="")),
                name="journal_entry_chained",
            ),
        ]
        indexes = [
            # The audit page by period, newest first.
            models.Index(fields=["at"], name="journal_entry_at"),
            # The audit page by person: what did he or she do, and when.
            models.Index(
                fields=["actor_id", "at"], name="journal_entry_actor", condition=Q(actor_id__isnull=False)
            ),
            # The audit page by event, such as every look at a clear phone number.
            models.Index(fields=["kind", "at"], name="journal_entry_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type} {self.subject_id} #{self.seq}"

    @property
    def actor(self) -> Actor:
        """Who acted, as it was then."""
        return Actor(id=self.actor_id, name=self.actor_name, post=self.actor_post, address=self.actor_address)

    def computed_digest(self) -> str:
        """The digest that the content should have."""
        return content_digest(
            at=self.at,
            actor=(self.actor_id, self.actor_name, self.actor_post, self.actor_address),
            kind=self.kind,
            subject=(self.subject_type, self.subject_id),
            seq=self.seq,
            area=self.area,
            data=self.data,
            previous=self.previous,
        )


class Outbox(models.Model):
    """An entry that waits for its number in the feed; the relay deletes the row when it gives the number.

    ``seal`` is made with the journal's key, so a row that somebody writes into the table by hand is not relayed.
    """

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="outbox")
    seal = models.CharField(max_length=64)

    objects = OutboxQuerySet["Outbox"].as_manager()

    class Meta:
        verbose_name = _("entry to be fed")
        verbose_name_plural = _("entries to be fed")

    def __str__(self) -> str:
        return f"outbox {self.pk}"


class FeedEntry(models.Model):
    """An entry's place in the feed. Numbers have no gap; ``chain`` is an HMAC over everything before it."""

    feed_no = models.BigIntegerField(_("feed number"), primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="feed")
    chain = models.CharField(max_length=64)

    objects = FeedQuerySet["FeedEntry"].as_manager()

    class Meta:
        verbose_name = _("feed entry")
        verbose_name_plural = _("feed entries")
        constraints = [models.CheckConstraint(condition=Q(feed_no__gte=1), name="journal_feed_from_one")]

    def __str__(self) -> str:
        return f"feed {self.feed_no}"


class RelayLease(models.Model):
    """The single row that says who may extend the feed (``kit.leases``), and where the feed ends.

    The end stands here as well as in the feed, so that a removed tail leaves a gap for ever instead of
    numbers that are given twice.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.BigIntegerField(default=0)
    feed_no = models.BigIntegerField(default=0)
    chain = models.CharField(max_length=64, blank=True)
    # The name of the key that made ``chain`` (journal.keys); blank: by a release that knew only one key.
    key_name = models.CharField(max_length=16, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("relay's lease")
        verbose_name_plural = _("relay's lease")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="journal_lease_single")]

    def __str__(self) -> str:
        return f"relay at {self.feed_no}"
