"""The demo tells the report's figures, satisfies the loop's invariants, and never touches real data."""

from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.test import Client

from blocks.models import Block, Street
from cases.figures.outside import change_of, known
from cases.models import Case, Category, Deadline, Evaluation, FollowUpCall, OutsideFigure, Rating
from cases.outside import Outside, Span, days_of, year_before
from cases.states import OPEN, State, reachable
from duties.models import Admission, DutyItem, OffListReport
from services.models import ServiceItem
from staffing.figures import counsel_coverage
from staffing.models import Assistant, PartnerClient, Reserve, Tenure, Training, User
from staffing.policies import scope_of
from staffing.posts import ApiScope
from tests.world import World
from yuhu.journal.models import Entry
from yuhu.journal.verification import verify
from yuhu.kit import clock
from yuhu.runtime import demo

pytestmark = pytest.mark.django_db


def load() -> str:
    said = StringIO()
    call_command("load_demo", stdout=said)
    return said.getvalue()


def test_a_database_with_real_people_is_refused(world: World) -> None:
    with pytest.raises(CommandError, match="empty database"):
        load()


@pytest.mark.slow
def test_the_demo_tells_what_the_report_tells_and_keeps_every_rule(tmp_path: Path) -> None:
    load()
    _people()
    _registers()
    _history()
    _admissions()
    _figures()
    _board()
    _rules(tmp_path)
    assert "nothing to do" in load()


def _people() -> None:
    assert (Street.objects.count(), Block.objects.count()) == (8, 326)
    assert (Category.objects.usable().count(), ServiceItem.objects.count()) == (60, 18)
    published = DutyItem.objects.filter(list__published_at__isnull=False)
    assert published.count() == 35 + 21 + 20 + 30 + 8 + 8
    seats = Tenure.objects.values_list("post", flat=True)
    assert (list(seats).count("governor"), list(seats).count("supervisor")) == (326, 326)
    assert Assistant.objects.count() == 2373
    for name in demo.LOGINS:
        assert User.objects.get(username=name).check_password(demo.PASSWORD)
    others = User.objects.exclude(username__in=demo.LOGINS)
    assert not any(user.has_usable_password() for user in others)
    systems = {client.client_id: client for client in PartnerClient.objects.all()}
    assert {name: client.area for name, client in systems.items()} == {
        "partner-demo": "430302",
        "partner-other": "430302008",
    }
    for client in systems.values():
        assert check_password(demo.PASSWORD, client.client_secret)
        assert client.scopes == [scope.value for scope in ApiScope]


def _registers() -> None:
    assert Training.objects.filter(held_on__year=2022).count() == 120
    assert Training.objects.filter(held_on__gt=clock.today()).exists()
    assert set(Reserve.objects.values_list("tier", flat=True)) == {1, 2, 3}
    counsel = counsel_coverage(clock.today())
    assert (counsel.others.numerator.number, counsel.communities.is_whole) == (27, True)


def _history() -> None:
    closed = Case.objects.filter(state=State.CLOSED, reported_at__year=2022)
    count = {name: closed.filter(programme=name).count() for name in ("instant_response", "hazard", "visit")}
    assert count == {"instant_response": 3378, "hazard": 4363, "visit": 330}
    rated = Rating.objects.filter(case__in=closed)
    assert round(rated.count() / 3378, 2) == 0.80
    satisfied = rated.exclude(satisfaction="dissatisfied").count()
    assert round(satisfied / rated.count(), 3) == 0.995
    shown = set(Case.objects.filter(state__in=OPEN).values_list("state", flat=True))
    assert shown == set(OPEN)
    assert 150 <= Case.objects.filter(state__in=OPEN).count() <= 250


def _board() -> None:
    """What the report tells stands on the board's pages: of its year, and of the posts of today."""
    client = Client()
    client.force_login(User.objects.get(username="leader"))

    def tables(page: str) -> dict[str, dict[str, tuple[object, ...]]]:
        answer = client.get(f"/board/430302/{page}/?from=2022-01-01&to=2022-12-31")
        found = answer.context["tables"]
        return {
            key: {row.key: tuple(cell.value for cell in row.cells) for row in table.rows}
            for key, table in found.items()
        } | {"text": {"": (answer.content.decode(),)}}

    promises = tables("trends")["promises"]
    assert promises["instant_response"][:1] == (3378,)
    assert [str(value) for value in promises["instant_response"][2:4]] == ["99.48", "79.99"]
    assert (promises["instant_response"][4], promises["hazard"][4]) == (3378, 4363)
    people = tables("people")
    assert "326 / 2,373 / 326" in str(people["text"][""][0])
    assert people["trainings"]["2022"] == (120,)
    seats = people["seats"].values()
    assert [sum(row[place] for row in seats) for place in (2, 3, 4)] == [326, 2373, 326]  # type: ignore[misc]


def _admissions() -> None:
    """Requests in every state, and a report of each outcome."""
    assert set(Admission.objects.values_list("state", flat=True)) == set(Admission.State)
    assert sorted(OffListReport.objects.values_list("state", flat=True)) == [
        "confirmed",
        "dismissed",
        "reported",
    ]


def _figures() -> None:
    """The two numbers of the report, and calls of every kind that leave the report's satisfaction as it was."""
    days = days_of(Span.YEAR_TO_DATE, 2022, 10)
    leader = scope_of(User.objects.get(username="leader"), clock.today())
    found = known(leader, "430302", [days, year_before(days)])

    def pair(kind: Outside) -> list[Decimal]:
        return [told.value for one in (days, year_before(days)) if (told := found.of(kind, one))]

    now, base = pair(Outside.SPENDING)
    assert base - now == 51_000, "5.1 亿元, in 10,000 yuan"
    assert change_of(*pair(Outside.CRIMINAL_CASES)) == Decimal("-0.1195")
    assert set(OutsideFigure.objects.values_list("state", flat=True)) == set(OutsideFigure.State) - {
        "withdrawn"
    }
    assert set(OutsideFigure.objects.values_list("source", flat=True)) == {"demo"}
    assert {"", "refused", "wrong_number"} <= set(FollowUpCall.objects.values_list("outcome", flat=True))
    assert not Rating.objects.filter(channel="call").exists()


def _rules(tmp_path: Path) -> None:
    assert verify(head_file=tmp_path / "heads.txt").findings == []
    for data in Entry.objects.filter(subject_type="case", data__has_key="from").values_list(
        "data", flat=True
    ):
        assert reachable(State(data["from"]), State(data["to"]))
    for evaluation in Evaluation.objects.select_related("order"):
        assert evaluation.evaluator_id not in (
            evaluation.order.signed_by_id,
            evaluation.order.handed_back_by_id,
        )
    assert not Deadline.objects.filter(is_running=True, case__state=State.CLOSED).exists()
