"""What was found at a visit or an open-talk meeting becomes a case: one finding, one case, however often it is asked.

Leaves to others: the finding itself (staffing.actions.visits), everything that the case goes through (``report``).
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.attach import attach_all
from cases.actions.base import By
from cases.actions.report import NewCase, report
from cases.exceptions import UnknownCode
from cases.models import Attachment, Case, Category
from cases.photos import Photo
from cases.policies import may_report_finding
from staffing.models import Finding, Visit
from yuhu.journal.actions import record
from yuhu.kit import clock
from yuhu.kit.exceptions import Forbidden

HAZARDS = "07"  # the branch of public safety


def report_finding(
    *,
    finding: Finding,
    category: str,
    description: str,
    by: By,
    at: dt.datetime,
    photos: Sequence[Photo] = (),
) -> Case:
    """Report what was found, in the visit's block, with what was photographed there; a hazard comes under the programme
    of hazards, everything else under that of visits. A finding that is a case already gives that case.

    Raises:
        Forbidden: neither took part nor works in the area; or it was solved on the spot.
        UnknownCode: no such category, or a hazard under another branch than public safety.
        Invalid: no description, or one that cannot be stored.
    """
    assert by.user is not None
    with transaction.atomic():
        # The visit is the journal's subject, and the parent: first.
        visits = (
            Visit.objects.select_for_update(of=("self",)).select_related("block").defer("block__boundary")
        )
        visit = visits.get(pk=finding.visit_id)
        finding = Finding.objects.select_for_update().get(pk=finding.pk)
        finding.visit = visit
        if (case := Case.objects.filter(finding=finding).first()) is not None:
            return case
        verdict = may_report_finding(by.user, finding, on=clock.local_date(at))
        if not verdict:
            raise Forbidden(verdict.reason, code=verdict.code)
        if finding.is_hazard and not _is_of_safety(category):
            message = _("A safety hazard needs a category of public safety (codes that begin with 07).")
            raise UnknownCode(message, field="category")
        case = report(_new_case(visit, finding, category, description), by=by, at=at)
        attach_all(case_id=case.pk, photos=photos, stage=Attachment.Stage.BEFORE, by=by, at=at)
        record(
            kind="visit.case_made",
            subject=("visit", visit.pk),
            at=at,
            actor=by.actor,
            area=visit.block.code,
            data={"no": finding.no, "case": case.number},
        )
        return case


def _new_case(visit: Visit, finding: Finding, category: str, description: str) -> NewCase:
    return NewCase(
        category=category,
        description=description,
        channel=Case.Channel.MEETING if visit.is_talk else Case.Channel.VISIT,
        programme=Case.Programme.HAZARD if finding.is_hazard else Case.Programme.VISIT,
        block=visit.block.code,
        finding=finding.pk,
    )


def _is_of_safety(category: str) -> bool:
    plain = category.isascii() and category.isdigit()
    return plain and Category.objects.filter(pk=category, parent=HAZARDS).exists()
