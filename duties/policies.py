"""May this person do this now: edit lists, ask streets, answer for a street; may a community issue a certificate.

Verdicts on the state alone (``answerable`` …) are asked again by the actions under their locks, so that page and
action cannot disagree. Leaves to others: what anybody may see (``within``).
"""

import datetime as dt

from django.contrib.auth.models import AnonymousUser
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duties.models import CertificateRule, Consultation, DutyItem, DutyList, StreetAnswer
from duties.models.certificates import certificate_key
from staffing.models import User
from staffing.policies import may, may_in, posts_of
from staffing.posts import Capability, PostKind
from yuhu.kit import clock
from yuhu.kit.verdicts import Allowed, Denied, Verdict

Person = User | AnonymousUser
_ASKING = frozenset({PostKind.MEMBER, PostKind.HEAD, PostKind.DUTY_OFFICER})
_ANSWERING = frozenset({PostKind.HEAD, PostKind.DUTY_OFFICER, PostKind.STREET_LEADER})
_UNITS_OF_A_STREET = frozenset({"street", "platform"})
_SHORTEST_KEY = 2


# Lists.


def may_edit_lists(user: Person, at: dt.datetime) -> Verdict:
    """Whoever keeps the reference data."""
    return may(user, Capability.EDIT_REFERENCE, on=clock.local_date(at))


def may_change_list(user: Person, row: DutyList, at: dt.datetime) -> Verdict:
    """Publish, reschedule, discard, add items: drafts only."""
    if row.is_published:
        return Denied(_("This list is published and cannot be changed. Import a new version instead."))
    return may_edit_lists(user, at)


def may_start_draft(user: Person, row: DutyList, at: dt.datetime) -> Verdict:
    """Begin the next version from a published one."""
    if not row.is_published:
        return Denied(_("This is a draft already."))
    return may_edit_lists(user, at)


def may_change_item(user: Person, row: DutyItem, at: dt.datetime) -> Verdict:
    """Take an item out of a draft."""
    return may_change_list(user, row.list, at)


def may_change_certificate(user: Person, row: CertificateRule, at: dt.datetime) -> Verdict:
    """Correct or end a rule that still counts."""
    if row.ends_on is not None:
        return Denied(_("This rule has an end. Change the one that follows it."))
    return may_edit_lists(user, at)


# Certificates.


def rule_for(name: str, *, on: dt.date) -> CertificateRule | None:
    """The rule that forbids the certificate ``name`` on the day ``on``; a longer name that holds a forbidden one is
    forbidden too (``张三的亲属关系证明``). One query."""
    asked = certificate_key(name)
    if len(asked) < _SHORTEST_KEY:
        return None
    rules = CertificateRule.objects.on(on).select_related("unit")
    exact = next((rule for rule in rules if asked in rule.keys), None)
    held = [(len(key), rule.number, rule) for rule in rules for key in rule.keys if key in asked]
    return exact or (max(held, key=lambda one: (one[0], -one[1]))[2] if held else None)


def check_certificate(name: str, *, on: dt.date) -> Verdict:
    """May a community issue the certificate ``name``? A no names the office that does.

    Source: 民发〔2020〕20号 with its first list of 20 certificates; what stands on no list still needs a basis in law.
    """
    rule = rule_for(name, on=on)
    if rule is not None:
        values = {"certificate": str(rule), "office": rule.office}
        return Denied(
            gettext("The community does not issue the %(certificate)s. It is issued by: %(office)s.")
            % values,
            code="not_to_be_issued",
        )
    return Allowed(
        reason=gettext(
            "It is not on the list of certificates that a community must not issue. Issue it only if a law or the "
            "list of certificates kept by the State Council names it and the community itself knows the facts."
        ),
        code="not_on_the_list",
    )


# Consultations: who.


def own_departments(user: Person, on: dt.date) -> frozenset[int]:
    """The departments for which the person asks streets, by key."""
    return frozenset(
        post.unit_id
        for post in posts_of(user, on)
        if post.unit_id and post.unit_kind == "department" and post.kind in _ASKING
    )


def own_streets(user: Person, on: dt.date) -> frozenset[str]:
    """The streets for which the person prepares answers: heads and duty officers of its platforms, and its leaders."""
    return frozenset(
        post.area
        for post in posts_of(user, on)
        if post.unit_kind in _UNITS_OF_A_STREET and post.kind in _ANSWERING
    )


def led_streets(user: Person, on: dt.date) -> frozenset[str]:
    """The streets for which the person signs off answers and assesses projects."""
    return frozenset(post.area for post in posts_of(user, on) if post.kind is PostKind.STREET_LEADER)


def may_consult(user: Person, at: dt.datetime) -> Verdict:
    """Ask streets at all."""
    if own_departments(user, clock.local_date(at)):
        return Allowed()
    return Denied(_("Streets are asked by the people of a district department."))


def may_open(user: Person, row: Consultation, at: dt.datetime) -> Verdict:
    return _of_department(user, row, at) and openable(row, clock.local_date(at))


def may_amend(user: Person, row: Consultation, at: dt.datetime) -> Verdict:
    """Change or discard a draft."""
    return _of_department(user, row, at) and amendable(row)


def may_close(user: Person, row: Consultation, at: dt.datetime) -> Verdict:
    return _of_department(user, row, at) and closable(row, clock.local_date(at))


def may_reply(user: Person, row: StreetAnswer, at: dt.datetime) -> Verdict:
    return _of_department(user, row.consultation, at) and repliable(row)


def may_answer(user: Person, row: StreetAnswer, at: dt.datetime) -> Verdict:
    if row.street_id not in own_streets(user, clock.local_date(at)):
        return Denied(
            _("Answers are given by the leaders and the heads and duty officers of the asked street.")
        )
    return answerable(row)


def may_sign(user: Person, row: StreetAnswer, at: dt.datetime) -> Verdict:
    return _leads(user, row, at) and signable(row)


def may_assess(user: Person, row: StreetAnswer, at: dt.datetime) -> Verdict:
    return _leads(user, row, at) and assessable(row)


def may_erase_texts(user: Person, row: Consultation, at: dt.datetime) -> Verdict:
    """Leaders of the area for which the department works."""
    entitled = may_in(user, Capability.ERASE, area=row.unit.area, on=clock.local_date(at))
    return entitled and erasable(row)


def _of_department(user: Person, row: Consultation, at: dt.datetime) -> Verdict:
    if row.unit_id in own_departments(user, clock.local_date(at)):
        return Allowed()
    return Denied(_("This is done by the people of the department that asks."))


def _leads(user: Person, row: StreetAnswer, at: dt.datetime) -> Verdict:
    if row.street_id in led_streets(user, clock.local_date(at)):
        return Allowed()
    return Denied(_("This is done by a leader of the street."))


# Consultations: when.

State = Consultation.State


def _unless(said: bool, reason: str | Promise) -> Verdict:
    return Denied(reason) if said else Allowed()


def amendable(row: Consultation) -> Verdict:
    return _unless(
        row.state != State.DRAFT, _("It has been opened. What the streets have read stays as it is.")
    )


def openable(row: Consultation, on: dt.date) -> Verdict:
    """A draft whose due day still lies ahead: streets need at least one day."""
    if row.state != State.DRAFT:
        return amendable(row)
    return _unless(
        row.due_on <= on, _("The day on which answers are due must lie ahead. Change the draft first.")
    )


def closable(row: Consultation, on: dt.date) -> Verdict:
    """Every proposal has its reply, and every street has answered or let its time pass."""
    if row.state == State.DRAFT:
        return Denied(_("It has not been opened yet."))
    if row.state == State.CLOSED:
        return Denied(_("It is closed already."))
    answers = StreetAnswer.objects.filter(consultation=row)
    if answers.to_reply().exists():
        return Denied(_("Proposals are without a reply. Reply to each of them first."))
    return _unless(
        row.due_on >= on and answers.filter(signed_at__isnull=True).exists(),
        _("Streets still have time to answer. Wait for them, or for the day after the due day."),
    )


def answerable(row: StreetAnswer) -> Verdict:
    if row.consultation.state != State.OPEN:
        return Denied(_("The consultation is not open for answers."))
    return _unless(row.signed_at is not None, _("The answer has been signed off and stays as it is."))


def signable(row: StreetAnswer) -> Verdict:
    if not (open_for := answerable(row)):
        return open_for
    return _unless(row.answered_at is None, _("Nobody has prepared an answer yet. Give it yourself."))


def repliable(row: StreetAnswer) -> Verdict:
    if row.consultation.state != State.OPEN:
        return Denied(_("The consultation is not open."))
    if row.signed_at is None:
        return Denied(_("The street has not answered yet."))
    if not row.proposes:
        return Denied(_("The street has made no proposal, so no reply is owed."))
    return _unless(row.replied_at is not None, _("The proposal has its reply."))


def assessable(row: StreetAnswer) -> Verdict:
    if row.consultation.state != State.CLOSED:
        return Denied(_("A project is assessed once its consultation is closed."))
    if row.consultation.erased_at is not None:
        return Denied(_("The texts have been erased already."))
    return _unless(row.assessed_at is not None, _("The street has assessed it already."))


def erasable(row: Consultation) -> Verdict:
    if row.state != State.CLOSED:
        return Denied(_("Only the texts of a closed consultation can be erased."))
    return _unless(row.erased_at is not None, _("The texts have been erased already."))
