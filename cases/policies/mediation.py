"""Who opens a mediation, and who keeps it: mediators of the mediating unit, nobody else, whatever the rank."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from cases.models import Case, Mediation
from cases.policies.guards import when
from cases.policies.standing import Look
from cases.states import Relation
from staffing.models import User
from staffing.policies import posts_of
from staffing.posts import PostKind
from yuhu.kit import clock
from yuhu.kit.verdicts import Denied, Verdict

DISPUTE = "dispute"
NOT_KEPT = _("Only the mediators of the unit in charge keep this mediation.")


def mediates(user: User, unit_id: int, at: dt.datetime) -> bool:
    """Whether the person has a mediator's seat in the unit on the day."""
    posts = posts_of(user, clock.local_date(at))
    return any(post.kind is PostKind.MEDIATOR and post.unit_id == unit_id for post in posts)


def may_open_mediation(user: User, case: Case, at: dt.datetime) -> Verdict:
    """Duty officers of the case's street, whoever holds its order, and mediators who have a part in it; for disputes
    that have not ended and of which none is mediated now."""
    if case.category.kind != DISPUTE:
        return Denied(
            _("Only disputes are mediated. Change the category or choose another way."), code="no_dispute"
        )
    if case.is_final:
        return Denied(_("The case has ended."), code="ended")
    if case.mediations.running().exists():
        return Denied(_("This dispute is being mediated already."), code="running")
    look = Look(case, user, at)
    works = bool(look.relations & {Relation.DUTY_OFFICER, Relation.HOLDER})
    takes_part = (
        any(post.kind is PostKind.MEDIATOR for post in look.posts)
        and Case.objects.filter(pk=case.pk, parties__user=user).exists()
    )
    return when(works or takes_part, _("A mediation is opened by whoever works on the case."), "not_yours")


def may_keep(user: User, mediation: Mediation, at: dt.datetime) -> Verdict:
    """Whether the person writes in this mediation at all."""
    return when(mediates(user, mediation.unit_id, at), NOT_KEPT, "not_kept")


def may_go_on(user: User, mediation: Mediation, at: dt.datetime) -> Verdict:
    """While it runs."""
    if not (verdict := may_keep(user, mediation, at)):
        return verdict
    return when(mediation.is_open, _("The mediation has ended."), "ended")


def may_extend(user: User, mediation: Mediation, at: dt.datetime) -> Verdict:
    """Once, before the limit, and if both sides agree (S41 of the domain brief)."""
    if not (verdict := may_go_on(user, mediation, at)):
        return verdict
    if mediation.extended:
        return Denied(_("It was extended once already. Agree, end it or refer it."), code="extended")
    return when(at <= mediation.due_at, _("The limit has passed. Agree, end it or refer it."), "too_late")


def may_agree(user: User, mediation: Mediation, at: dt.datetime) -> Verdict:
    """With a party on each side, each of whom agreed to be mediated."""
    if not (verdict := may_go_on(user, mediation, at)):
        return verdict
    parties = list(mediation.parties.all())
    if len({party.side for party in parties}) < 2:
        return Denied(_("Record at least one party on each side first."), code="parties_missing")
    asked = all(party.consents for party in parties)
    return when(asked, _("Record first that every party agrees to the mediation."), "consent_missing")


def may_follow_up(user: User, mediation: Mediation, at: dt.datetime) -> Verdict:
    """How the agreement is performed (PML 31)."""
    if not (verdict := may_keep(user, mediation, at)):
        return verdict
    agreed = mediation.state == Mediation.State.AGREED
    return when(agreed, _("There is no agreement to perform."), "no_agreement")


def may_ask_confirmation(user: User, mediation: Mediation, at: dt.datetime) -> Verdict:
    """Of an agreement of people's mediation, once, within the days of the law (PML 33)."""
    if not (verdict := may_follow_up(user, mediation, at)):
        return verdict
    if mediation.kind != Mediation.Kind.PEOPLE:
        return Denied(_("Courts confirm agreements of people's mediation."), code="wrong_kind")
    asked = mediation.confirmation != Mediation.Confirmation.NONE
    return when(not asked, _("The confirmation was asked for already."), "asked")


def may_decide_confirmation(user: User, mediation: Mediation, at: dt.datetime) -> Verdict:
    """What the court decided."""
    if not (verdict := may_keep(user, mediation, at)):
        return verdict
    asked = mediation.confirmation == Mediation.Confirmation.ASKED
    return when(asked, _("No confirmation was asked for."), "not_asked")
