"""Mediation of a dispute: by the law's steps, kept by the mediators of the unit, unseen by everybody else."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings

from cases.actions import mediation as actions
from cases.exceptions import NotYourMove
from cases.figures.mediation import results
from cases.models import Case, Mediation, MediationParty, MediationRecord
from staffing.actions import join
from staffing.models import Membership, Unit
from staffing.policies import scope_of
from tests.admin.desk import enter
from tests.cases.mediation_makers import NAME, PHONE, a_dispute, agreed, by, clear, opened, seat, with_parties
from tests.world import AT, START, World, a_dispatched, a_report, do, kinds_of
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit import clock
from yuhu.kit.exceptions import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(world: World) -> World:
    """The cast, with a mediator in the community, one in the district's justice office, and one elsewhere."""
    seats = {
        "stranger": Unit.objects.get(community=world.b1.community, kind=Unit.Kind.COMMUNITY),
        "handler2": Unit.objects.get(name="区司法局"),
        "governor9": Unit.objects.get(community=world.b9.community, kind=Unit.Kind.COMMUNITY),
    }
    for name, unit in seats.items():
        join(
            unit=unit,
            user=world.people[name],
            role=Membership.Role.MEDIATOR,
            starts_on=START,
            at=AT,
            actor=SYSTEM,
        )
    return world


# --- Beginning ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["dispatcher", "governor", "block_head"])
def test_whoever_works_on_a_dispute_opens_its_mediation(world, who):
    row = opened(world, who=who)
    assert row.is_open
    assert clock.local(row.due_at).date() == clock.local_date(AT) + dt.timedelta(days=30)
    assert kinds_of(row.case)[-1] == "case.mediation_opened"


@pytest.mark.parametrize("who", ["dispatcher9", "leader", "supervisor", "handler2", "admin"])
def test_nobody_else_opens_one(world, who):
    with pytest.raises(NotYourMove):
        opened(world, who=who)


def test_only_disputes_that_have_not_ended_are_mediated_one_at_a_time(world):
    with pytest.raises(NotYourMove) as refused:
        opened(world, a_dispatched(world))
    assert refused.value.code == "no_dispute"
    row = opened(world)
    with pytest.raises(NotYourMove) as refused:
        opened(world, row.case)
    assert refused.value.code == "running"
    ended = do(world, a_dispute(world, category="0802"), "void", "dispatcher", reason="误报")
    with pytest.raises(NotYourMove) as refused:
        opened(world, ended)
    assert refused.value.code == "ended"


def test_the_database_keeps_one_running_mediation_a_case(world):
    row = opened(world)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_mediator_has_a_seat_in_the_unit(world):
    with pytest.raises(Invalid) as refused:
        actions.open_mediation(
            case=a_dispute(world),
            kind="people",
            basis="own",
            unit=seat(world, "stranger"),
            mediator=world.handler,
            by=world.by("dispatcher"),
            at=AT,
        )
    assert refused.value.field == "mediator"


@override_settings(MEDIATION_DAYS={"people": 10, "administrative": 20, "judicial": 30})
def test_limits_are_settings(world):
    row = opened(world, kind="administrative")
    assert clock.local(row.due_at).date() == clock.local_date(AT) + dt.timedelta(days=20)


# --- Who sees it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "dispatcher",
        "streetleader",
        "leader",
        "governor",
        "auditor",
        "admin",
        "security",
        "governor9",
        "handler2",
    ],
)
def test_no_rank_opens_a_mediation_of_another_unit(world, name):
    opened(world)
    assert not Mediation.objects.within(scope_of(world.people[name], clock.local_date(AT))).exists()


def test_its_mediators_see_it_and_the_case_but_not_the_other_cases_of_the_unit(world):
    row = opened(world)
    a_report(world, description="别的事", category="0102")
    scope = scope_of(world.stranger, clock.local_date(AT))
    assert [one.pk for one in Mediation.objects.within(scope)] == [row.pk]
    assert [one.pk for one in Case.objects.within(scope)] == [row.case_id]


def test_its_mediator_goes_on_to_see_the_case_when_somebody_else_gets_it(world):
    row = opened(world)
    office = world.unit("city_management_office").code
    do(world, row.case, "reassign", "dispatcher", unit=office, duty_item="R1101", reason="转办")
    scope = scope_of(world.stranger, clock.local_date(AT))
    assert Case.objects.within(scope).filter(pk=row.case_id).exists()


def test_names_and_words_are_sealed_and_never_in_the_journal(world):
    row = with_parties(world, opened(world))
    actions.hold_session(mediation=row, text=f"{NAME}同意分期", by=by(world), at=AT)
    party = MediationParty.objects.get(side="applicant")
    assert (party.name_masked, party.phone_masked) == ("欧***", "139****1111")
    assert clear(party.name_sealed) == NAME
    assert NAME.encode() not in bytes(MediationRecord.objects.get().text_sealed or b"")
    told = " ".join(str(entry.data) for entry in Entry.objects.all())
    assert NAME not in told
    assert PHONE not in told
    assert not Entry.objects.filter(subject_type="mediation").exclude(area="").exists()


def test_the_case_tells_that_it_is_mediated_and_how_it_ended_nothing_more(world):
    row = agreed(world)
    text = enter(world.dispatcher).get(row.case.get_absolute_url()).content.decode()
    assert "启动人民调解" in text
    assert "人民调解结束：达成协议" in text
    assert "三千元" not in text


# --- Going on ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act",
    [
        lambda row, who: actions.hold_session(mediation=row, text="谈", by=who, at=AT),
        lambda row, who: actions.fail(mediation=row, text="谈不拢", told=True, by=who, at=AT),
        lambda row, who: actions.tell_police(mediation=row, text="扬言", by=who, at=AT),
        lambda row, who: actions.extend_mediation(mediation=row, both_agree=True, by=who, at=AT),
        lambda row, who: actions.reveal_parties(mediation=row, reason="联系", by=who, at=AT),
    ],
)
@pytest.mark.parametrize("name", ["dispatcher", "leader", "handler2"])
def test_only_mediators_of_the_unit_write_in_it(world, act, name):
    row = opened(world)
    with pytest.raises(NotYourMove):
        act(row, world.by(name))
    assert not row.records.exists()


def test_a_refusal_ends_it(world):
    row = with_parties(world, opened(world), consents=False)
    party = row.parties.get(side="respondent")
    ended = actions.note_consent(mediation=row, party=str(party.pk), consents=False, by=by(world), at=AT)
    assert ended.state == "refused"
    with pytest.raises(NotYourMove):
        actions.hold_session(mediation=row, text="再谈", by=by(world), at=AT)


@pytest.mark.parametrize("party", ["", "x", "999999", "1 or 1"])
def test_a_party_of_another_mediation_is_none(world, party):
    row = opened(world)
    with pytest.raises(Invalid):
        actions.note_consent(mediation=row, party=party, consents=True, by=by(world), at=AT)


def test_an_agreement_needs_both_sides_and_their_consent(world):
    row = opened(world)
    what = {
        "mediation": row,
        "form": "oral",
        "text": "口头",
        "agreed_on": clock.local_date(AT),
        "by": by(world),
    }
    with pytest.raises(NotYourMove) as refused:
        actions.agree(**what, at=AT)
    assert refused.value.code == "parties_missing"
    with_parties(world, row, consents=False)
    with pytest.raises(NotYourMove) as refused:
        actions.agree(**what, at=AT)
    assert refused.value.code == "consent_missing"


def test_a_written_agreement_is_signed_and_sealed_an_oral_one_recorded(world):
    with pytest.raises(Invalid) as refused:
        agreed(world, signed=False)
    assert refused.value.field == "signed"
    Mediation.objects.all().delete()
    row = agreed(world, form="oral", signed=False)
    assert (row.state, row.in_force_on) == ("agreed", clock.local_date(AT))


@pytest.mark.parametrize(("name", "days"), [("agreed_on", -1), ("agreed_on", 1), ("perform_by", -1)])
def test_days_of_an_agreement_must_fit(world, name, days):
    with pytest.raises(Invalid) as refused:
        agreed(world, **{name: clock.local_date(AT) + dt.timedelta(days=days)})
    assert refused.value.field == name


def test_it_is_extended_once_before_its_limit_with_the_consent_of_both(world):
    row = opened(world)
    with pytest.raises(Invalid):
        actions.extend_mediation(mediation=row, both_agree=False, by=by(world), at=AT)
    longer = actions.extend_mediation(mediation=row, both_agree=True, by=by(world), at=AT)
    assert longer.due_at > row.due_at
    with pytest.raises(NotYourMove) as refused:
        actions.extend_mediation(mediation=row, both_agree=True, by=by(world), at=AT)
    assert refused.value.code == "extended"
    late = opened(world, a_dispute(world, category="0802"))
    with pytest.raises(NotYourMove) as refused:
        actions.extend_mediation(mediation=late, both_agree=True, by=by(world), at=AT + dt.timedelta(days=40))
    assert refused.value.code == "too_late"


def test_without_an_agreement_the_parties_are_told_the_other_ways(world):
    row = opened(world)
    with pytest.raises(Invalid) as refused:
        actions.fail(mediation=row, text="谈不拢", told=False, by=by(world), at=AT)
    assert refused.value.field == "told"
    assert actions.fail(mediation=row, text="谈不拢", told=True, by=by(world), at=AT).state == "failed"


def test_it_is_referred_with_its_parties_who_are_asked_again(world):
    row = with_parties(world, opened(world))
    following = actions.refer(
        mediation=row,
        kind="administrative",
        unit=seat(world, "handler2"),
        mediator=world.handler2,
        text="涉及行政",
        by=by(world),
        at=AT,
    )
    row.refresh_from_db()
    assert (row.state, following.state, following.referred_from_id) == ("referred", "open", row.pk)
    assert [party.consents for party in following.parties.all()] == [None, None]
    assert clear(following.parties.get(side="applicant").name_sealed) == NAME
    assert row.parties.count() == 2


def test_a_referral_goes_to_another_kind_and_otherwise_nothing_happens(world):
    row = opened(world)
    with pytest.raises(Invalid):
        actions.refer(
            mediation=row,
            kind="people",
            unit=seat(world, "stranger"),
            mediator=world.stranger,
            text="同类",
            by=by(world),
            at=AT,
        )
    row.refresh_from_db()
    assert row.is_open


# --- Afterwards ----------------------------------------------------------------------------------


def test_the_performance_is_followed_up(world):
    row = agreed(world)
    done = actions.note_performance(
        mediation=row, performance="performed", text="已付清", by=by(world), at=AT
    )
    assert done.performance == "performed"
    share = results(scope_of(world.stranger, clock.local_date(AT)))[0]
    assert (share.success.numerator.number, share.success.denominator.number) == (1, 1)
    assert (share.performance.numerator.number, share.performance.denominator.number) == (1, 1)


def test_the_court_is_asked_once_within_thirty_days_and_decides(world):
    row = agreed(world)
    on, later = clock.local_date(AT), AT + dt.timedelta(days=31)
    with pytest.raises(Invalid) as refused:
        actions.ask_confirmation(mediation=row, asked_on=on + dt.timedelta(days=31), by=by(world), at=later)
    assert refused.value.code == "too_late"
    with pytest.raises(NotYourMove):
        actions.decide_confirmation(mediation=row, confirmed=True, by=by(world), at=AT)
    asked = actions.ask_confirmation(
        mediation=row, asked_on=on + dt.timedelta(days=30), by=by(world), at=later
    )
    assert asked.confirmation == "asked"
    with pytest.raises(NotYourMove):
        actions.ask_confirmation(mediation=row, asked_on=on, by=by(world), at=later)
    assert (
        actions.decide_confirmation(mediation=row, confirmed=True, by=by(world), at=later).confirmation
        == "confirmed"
    )


def test_names_and_words_go_when_their_time_is_over_and_the_facts_stay(world):
    row = agreed(world)
    later = AT + dt.timedelta(days=1)
    assert actions.forgettable(later) == 3
    assert actions.forget_mediations(before=later, limit=500) == 3
    assert actions.forget_mediations(before=later, limit=500) == 0
    assert not MediationParty.objects.exclude(name_masked="", name_sealed=None, phone_sealed=None).exists()
    assert actions.texts_of(row)[0][1] == ""
    row.refresh_from_db()
    assert row.state == "agreed"
