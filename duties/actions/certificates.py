"""Keep the certificates that a community must not issue: load the national list, correct an office, end a rule.

What counted stays: a correction ends the row and begins another on its day.
"""

import csv
import datetime as dt

from django.db import transaction

from duties.actions.lists import DATA, DEMO_EFFECTIVE_FROM
from duties.exceptions import Overlaps
from duties.models import CertificateRule
from staffing.models import Unit
from yuhu.journal.actions import Actor, record
from yuhu.kit.text import clean_text

SHEET = "certificates.csv"
_LENGTHS = {"office": 100, "aliases": 300, "way": 300, "basis": 300, "office_source": 100}
_MAY_BE_EMPTY = frozenset({"aliases", "way", "basis"})


@transaction.atomic
def load_certificates(*, at: dt.datetime, actor: Actor) -> int:
    """Load the list where a certificate has no rule yet. Returns how many are new; safe to repeat."""
    present = set(CertificateRule.objects.values_list("name", flat=True))
    with (DATA / SHEET).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["name"] not in present]
    units = {unit.name: unit for unit in Unit.objects.filter(name__in={row["unit"] for row in rows})}
    made = CertificateRule.objects.bulk_create(
        CertificateRule(
            number=int(row["number"]),
            unit=units.get(row["unit"]),
            starts_on=DEMO_EFFECTIVE_FROM,
            **{
                name: row[name]
                for name in ("name", "aliases", "office", "way", "basis", "source", "office_source")
            },
        )
        for row in rows
    )
    if made:
        data = {"rules": len(made)}
        record(kind="certificate_rule.loaded", subject=("certificates", "all"), at=at, actor=actor, data=data)
    return len(made)


@transaction.atomic
def correct_certificate(
    *,
    rule: CertificateRule,
    starts_on: dt.date,
    unit: Unit | None,
    at: dt.datetime,
    actor: Actor,
    **texts: str,
) -> CertificateRule:
    """From ``starts_on`` on, ``texts`` (office, aliases, way, basis, office_source) and ``unit`` count for it.

    Raises:
        Overlaps: a rule for the certificate begins on that day or later, or this one has ended.
        Invalid: a text is missing or too long.
    """
    rule = _lock_open(rule, starts_on)
    cleaned = {
        name: clean_text(
            texts[name], field=name, min_length=0 if name in _MAY_BE_EMPTY else 1, max_length=length
        )
        for name, length in _LENGTHS.items()
    }
    CertificateRule.objects.filter(pk=rule.pk).update(ends_on=starts_on)
    kept = {"number": rule.number, "name": rule.name, "source": rule.source}
    new = CertificateRule.objects.create(**kept, **cleaned, unit=unit, starts_on=starts_on)
    _record("certificate_rule.corrected", new, at, actor, starts_on=starts_on)
    return new


@transaction.atomic
def end_certificate(
    *, rule: CertificateRule, ends_on: dt.date, at: dt.datetime, actor: Actor
) -> CertificateRule:
    """From ``ends_on`` on the certificate is on the list no more. Raises Overlaps."""
    rule = _lock_open(rule, ends_on, field="ends_on")
    rule.ends_on = ends_on
    rule.save(update_fields=["ends_on"])
    _record("certificate_rule.ended", rule, at, actor, ends_on=ends_on)
    return rule


def _lock_open(rule: CertificateRule, on: dt.date, field: str = "starts_on") -> CertificateRule:
    """All rules for the certificate are locked; the one that is meant must still be open and begin before ``on``."""
    rows = list(CertificateRule.objects.select_for_update().filter(name=rule.name).order_by("pk"))
    locked = next(row for row in rows if row.pk == rule.pk)
    if locked.ends_on is not None or locked.starts_on >= on:
        raise Overlaps(field=field)
    return locked


def _record(kind: str, rule: CertificateRule, at: dt.datetime, actor: Actor, **more: object) -> None:
    subject = ("certificate_rule", rule.number)
    record(kind=kind, subject=subject, at=at, actor=actor, data={"rule": rule.pk, **more})
