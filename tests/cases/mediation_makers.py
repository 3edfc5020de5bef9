"""Makers of mediations: a dispute, its parties, an agreement."""

from cases.actions import mediation as actions
from cases.models import Case, Mediation
from staffing.models import Membership, Unit
from tests.world import AT, World, a_dispatched
from yuhu.kit import clock, people

LIST = "cases.mediation"


NAME, PHONE = "欧阳修文", "13900001111"


def seat(world: World, name: str) -> Unit:
    return Unit.objects.get(memberships__user=world.people[name], memberships__role=Membership.Role.MEDIATOR)


def a_dispute(world, **changes):
    return a_dispatched(world, **{"category": "0801", "description": "楼上漏水赔偿谈不拢", **changes})


def opened(
    world: World, case: Case | None = None, *, who: str = "dispatcher", kind: str = "people"
) -> Mediation:
    mediator = "stranger" if kind == "people" else "handler2"
    return actions.open_mediation(
        case=case or a_dispute(world),
        kind=kind,
        basis="request",
        unit=seat(world, mediator),
        mediator=world.people[mediator],
        by=world.by(who),
        at=AT,
    )


def with_parties(world, row, *, consents=True):
    for side, name in (("applicant", NAME), ("respondent", "李四")):
        party = actions.add_mediation_party(
            mediation=row, side=side, name=name, phone=PHONE, by=by(world), at=AT
        )
        if consents:
            actions.note_consent(mediation=row, party=str(party.pk), consents=True, by=by(world), at=AT)
    row.refresh_from_db()
    return row


def clear(sealed: bytes | memoryview | None) -> str:
    assert sealed is not None
    return people.unseal(sealed)


def by(world, name="stranger"):
    return world.by(name)


def agreed(world, **changes):
    row = with_parties(world, opened(world))
    what = {"form": "written", "text": "赔偿三千元", "signed": True, "agreed_on": clock.local_date(AT)}
    return actions.agree(mediation=row, **{**what, **changes}, by=by(world), at=AT)
