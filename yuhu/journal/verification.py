"""Is the journal as it was written? Recomputes both chains and names what was changed, removed or inserted.

Reads only. Two passes: every subject's history with its digests and its place in outbox or feed, then the
feed with its HMAC chain, compared with the head file and the relay's own memory of the end. What nobody can
find: an entry that is removed together with its outbox row before the relay has fed it (seconds).
Leaves to others: printing and exit codes (``management/commands/verify_journal.py``).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from yuhu.journal import heads, keys, triggers
from yuhu.journal.digests import content_digest, next_link, outbox_seal
from yuhu.journal.models import Entry, FeedEntry, Outbox, RelayLease

CHUNK = 5_000
KEEP = 100

Progress = Callable[[int], object]


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was written. ``code``: changed, removed, inserted, head, key or unguarded."""

    code: str
    message: str
    entry_id: int | None = None
    subject: str = ""
    feed_no: int | None = None


@dataclass
class Report:
    """What was looked at and what was found; ``findings`` keeps the first hundred, ``count`` knows all."""

    entries: int = 0
    fed: int = 0
    waiting: int = 0
    heads: int = 0
    count: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, finding: Finding) -> None:
        """Keep a finding."""
        self.count += 1
        if len(self.findings) < KEEP:
            self.findings.append(finding)


@dataclass(frozen=True)
class _Row:
    """One entry with its place in feed or outbox."""

    id: int
    at: Any
    actor_id: int | None
    actor_name: str
    actor_post: str
    actor_address: str
    kind: str
    subject_type: str
    subject_id: str
    seq: int
    area: str
    data: Any
    previous: str
    digest: str
    feed_no: int | None
    seal: str | None

    def __str__(self) -> str:
        return f"{self.id} ({self.subject_type} {self.subject_id} #{self.seq}, {self.kind})"

    @property
    def subject(self) -> tuple[str, str]:
        return self.subject_type, self.subject_id

    def is_intact(self) -> bool:
        return self.digest == content_digest(
            at=self.at,
            actor=(self.actor_id, self.actor_name, self.actor_post, self.actor_address),
            kind=self.kind,
            subject=self.subject,
            seq=self.seq,
            area=self.area,
            data=self.data,
            previous=self.previous,
        )

    def finding(self, code: str, message: str) -> Finding:
        subject = f"{self.subject_type} {self.subject_id} #{self.seq}"
        return Finding(code, message % {"entry": str(self)}, self.id, subject, self.feed_no)


_COLUMNS = [column.attname for column in Entry._meta.concrete_fields]


def verify(*, head_file: Path, progress: Progress | None = None) -> Report:
    """Check everything; ``progress`` is told how many rows were done since it was last told."""
    report, tell = Report(), progress or (lambda rows: None)
    for name in triggers.missing(connection):
        report.add(Finding("unguarded", _("The trigger %(name)s is missing.") % {"name": name}))
    _check_entries(report, tell)
    _check_outbox(report)
    _check_feed(report, _Anchors(report, head_file), tell)
    return report


def rows_to_check() -> int:
    """How many rows ``verify`` will go through, for a progress bar."""
    return Entry.objects.count() + FeedEntry.objects.count()


def _check_entries(report: Report, tell: Progress) -> None:
    """Pass one: every subject from its first entry to its last."""
    last: _Row | None = None
    for row in _entries(report, tell):
        first = last is None or last.subject != row.subject
        expected = 1 if first or last is None else last.seq + 1
        if row.seq > expected:
            _add_gap(report, row, expected)
        if not row.is_intact():
            report.add(row.finding("changed", _("Entry %(entry)s was changed: its digest does not fit.")))
        elif last is not None and row.seq == expected > 1 and row.previous != last.digest:
            message = _("Entry %(entry)s was changed: the entry after it remembers another digest.")
            report.add(last.finding("changed", message))
        _check_place(report, row)
        last = row


def _entries(report: Report, tell: Progress) -> Iterator[_Row]:
    # One statement, so that each entry is seen together with its outbox or feed row of the same moment.
    columns = [*_COLUMNS, "feed__feed_no", "outbox__seal"]
    rows = Entry.objects.order_by("subject_type", "subject_id", "seq").values_list(*columns)
    for values in rows.iterator(chunk_size=CHUNK):
        report.entries += 1
        if report.entries % CHUNK == 0:
            tell(CHUNK)
        yield _Row(*values)
    tell(report.entries % CHUNK)


def _add_gap(report: Report, row: _Row, expected: int) -> None:
    numbers = f"#{expected}" if row.seq == expected + 1 else f"#{expected}–#{row.seq - 1}"
    subject = f"{row.subject_type} {row.subject_id} {numbers}"
    message = _("Removed: %(subject)s; the next entry that stands is %(entry)s.")
    report.add(Finding("removed", message % {"subject": subject, "entry": str(row)}, subject=subject))


def _check_place(report: Report, row: _Row) -> None:
    """Each entry stands in the feed, or waits in the outbox under the program's seal, and never both."""
    if row.seal is None:
        if row.feed_no is None:
            report.add(
                row.finding("inserted", _("Entry %(entry)s was inserted: it is in neither outbox nor feed."))
            )
        return
    report.waiting += 1
    if row.feed_no is not None:
        message = _("Entry %(entry)s is in the feed and was put into the outbox again.")
        report.add(row.finding("inserted", message))
    elif row.seal != outbox_seal(keys.present(), entry_id=row.id, digest=row.digest):
        message = _(
            "Entry %(entry)s was inserted or changed: its outbox row does not bear the program's seal."
        )
        report.add(row.finding("inserted", message))


def _check_outbox(report: Report) -> None:
    """Outbox rows whose entry is gone."""
    entries = Entry.objects.filter(pk=OuterRef("pk"))
    for entry_id in Outbox.objects.filter(~Exists(entries)).order_by("pk").values_list("pk", flat=True):
        message = _("Removed: entry %(id)d, which waits in the outbox.") % {"id": entry_id}
        report.add(Finding("removed", message, entry_id=entry_id))


class _Keys:
    """Which key each link must be made with: one hands over to the next at an entry that the feed itself holds."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.known = keys.known()
        rows = Entry.objects.filter(
            kind=keys.CHANGED, subject_type=keys.SUBJECT[0], subject_id=keys.SUBJECT[1]
        )
        self.changes: dict[int, dict[str, Any]] = dict(rows.order_by("seq").values_list("pk", "data"))
        first = next(iter(self.changes.values()), None)
        lease = RelayLease.objects.first()
        unchanged = lease.key_name if lease and lease.key_name else keys.present_name()
        self.name = str(first.get("old")) if first else unchanged
        self.missed: set[str] = set()

    def link(self, **facts: Any) -> str | None:
        """The link as the key of this place makes it; None when that key is not known."""
        key = self.known.get(self.name)
        if key is None:
            if self.name not in self.missed:
                self.missed.add(self.name)
                message = _("The key %(name)s is not known: name it in JOURNAL_OLD_KEYS.") % {
                    "name": self.name
                }
                self.report.add(Finding("key", message, feed_no=facts["feed_no"]))
            return None
        return next_link(key, **facts)

    def passed(self, entry_id: int) -> None:
        """Behind the link of such an entry, which was found good, the next key counts."""
        if entry_id in self.changes:
            self.name = str(self.changes[entry_id].get("new"))

    def finish(self, last: int) -> None:
        """SECURITY: under an older key a finder of that key could have written the whole feed anew."""
        if last and self.name != keys.present_name():
            message = _("The feed ends under an older key than JOURNAL_KEY: run rotate_keys.")
            self.report.add(Finding("key", message, feed_no=last))


class _Anchors:
    """Where the feed ended at known moments: the head file's lines and the relay's own memory."""

    def __init__(self, report: Report, head_file: Path) -> None:
        self.report = report
        self.known: dict[int, list[tuple[str, str]]] = {}
        file = heads.read(head_file)
        report.heads = len(file.heads)
        for number in file.unreadable:
            message = _("Line %(line)d of the head file cannot be read.") % {"line": number}
            report.add(Finding("head", message))
        for head in file.heads:
            name = _("the head file's line of %(at)s") % {"at": head.at.isoformat()}
            self._add(head.feed_no, head.chain, name)
        lease = RelayLease.objects.first()
        self.end = lease.feed_no if lease else 0
        if lease is not None and lease.feed_no:
            self._add(lease.feed_no, lease.chain, _("the relay"))

    def _add(self, feed_no: int, chain: str, name: str) -> None:
        self.known.setdefault(feed_no, []).append((chain, name))

    def compare(self, feed_no: int, chain: str) -> None:
        """The feed's row against what was remembered of it."""
        for remembered, name in self.known.get(feed_no, ()):
            if remembered != chain:
                message = _(
                    "The feed up to number %(number)d was rewritten: %(name)s remembers another chain."
                )
                text = message % {"number": feed_no, "name": name}
                self.report.add(Finding("changed", text, feed_no=feed_no))

    def finish(self, last: int) -> None:
        """After the feed's last row: does anybody remember a later one?"""
        later = max((number for number in self.known if number > last), default=None)
        if later is not None:
            message = _("Removed: feed numbers %(first)d–%(last)d at the end; %(name)s remembers them.")
            text = message % {"first": last + 1, "last": later, "name": self.known[later][0][1]}
            self.report.add(Finding("removed", text, feed_no=last + 1))


def _check_feed(report: Report, anchors: _Anchors, tell: Progress) -> None:
    """Pass two: the feed from number 1, gapless, each link made with the key."""
    digests = Entry.objects.filter(pk=OuterRef("entry_id")).values("digest")
    # A sub-query and not a join: a join would hide the rows whose entry is gone.
    rows = FeedEntry.objects.order_by("feed_no").annotate(entry_digest=Subquery(digests))
    made_with, last, chain = _Keys(report), 0, ""
    columns = rows.values_list("feed_no", "entry_id", "chain", "entry_digest")
    for feed_no, entry_id, link, digest in columns.iterator(chunk_size=CHUNK):
        if feed_no > last + 1:
            numbers = f"{last + 1}" if feed_no == last + 2 else f"{last + 1}–{feed_no - 1}"
            message = _("Removed: feed number %(numbers)s.") % {"numbers": numbers}
            report.add(Finding("removed", message, feed_no=last + 1))
        elif digest is not None:
            expected = made_with.link(previous=chain, feed_no=feed_no, entry_id=entry_id, digest=digest)
            if link == expected:
                made_with.passed(entry_id)
            elif expected is not None:
                # The relay moves its end in the transaction that makes the link.
                code = "changed" if feed_no <= anchors.end else "inserted"
                _add_broken_link(report, code, feed_no, entry_id)
        if digest is None:
            message = _("Removed: entry %(id)d, which is feed number %(number)d.")
            text = message % {"id": entry_id, "number": feed_no}
            report.add(Finding("removed", text, entry_id=entry_id, feed_no=feed_no))
        anchors.compare(feed_no, link)
        last, chain = feed_no, link
        report.fed += 1
        if report.fed % CHUNK == 0:
            tell(CHUNK)
    tell(report.fed % CHUNK)
    anchors.finish(last)
    made_with.finish(last)


def _add_broken_link(report: Report, code: str, feed_no: int, entry_id: int) -> None:
    message = _("Feed number %(number)d was changed or inserted: its chain does not fit entry %(entry)s.")
    entry = Entry.objects.filter(pk=entry_id).first()
    text = message % {"number": feed_no, "entry": f"{entry_id} ({entry})"}
    report.add(Finding(code, text, entry_id=entry_id, subject=str(entry), feed_no=feed_no))
