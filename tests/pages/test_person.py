"""Name and phone in clear: for those who may, for a reason, after a fresh log-in, once, and never without a trace."""

import time as wall

import pytest

from cases.actions import Person
from tests.pages.forms import Page
from tests.world import PASSWORD, World, a_report, kinds_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def hours_pass(monkeypatch: pytest.MonkeyPatch):
    """The clock of sessions."""
    real, shift = wall.time, [0.0]
    monkeypatch.setattr("staffing.middleware.time.time", lambda: real() + shift[0])

    def go(seconds: float) -> None:
        shift[0] += seconds

    return go


def address(case) -> str:
    return f"/cases/{case.number}/person/"


def test_the_reason_is_enough_right_after_the_log_in(world: World, as_) -> None:
    case, client = a_report(world), as_("governor")
    form = Page(client.get(address(case))).form("/person/")
    assert "password" not in form.names
    answer = client.post(address(case), {"reason": "回电核实地址"})
    assert "张三" in answer.content.decode()
    assert "13800005678" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert kinds_of(case)[-1] == "case.unmasked"


def test_it_is_shown_on_that_answer_only(world: World, as_) -> None:
    case, client = a_report(world), as_("governor")
    client.post(address(case), {"reason": "回电核实地址"})
    for path in (address(case), case.get_absolute_url(), "/cases/"):
        assert "13800005678" not in client.get(path).content.decode()


def test_after_ten_minutes_the_password_is_asked_for_again(world: World, as_, hours_pass) -> None:
    case, client = a_report(world), as_("governor")
    client.get("/cases/")
    hours_pass(11 * 60)
    page = Page(client.get(address(case)))
    assert "password" in page.form("/person/").names
    refused = client.post(address(case), {"reason": "回电核实", "password": "wrong"})
    assert refused.status_code == 400
    assert "This is not your password" in Page(refused).text
    assert "wrong" not in refused.content.decode()
    assert kinds_of(case)[-1] == "case.reported"
    shown = client.post(address(case), {"reason": "回电核实", "password": PASSWORD})
    assert "13800005678" in shown.content.decode()
    assert "password" not in Page(client.get(address(case))).form("/person/").names, "fresh again for a while"


def test_leaving_the_password_out_does_not_help(world: World, as_, hours_pass) -> None:
    case, client = a_report(world), as_("governor")
    client.get("/cases/")
    hours_pass(11 * 60)
    answer = client.post(address(case), {"reason": "回电核实"})
    assert answer.status_code == 400
    assert "13800005678" not in answer.content.decode()


def test_guessing_here_is_locked_out_as_at_the_log_in(world: World, as_, hours_pass) -> None:
    case, client = a_report(world), as_("governor")
    client.get("/cases/")
    hours_pass(11 * 60)
    answers = [
        client.post(address(case), {"reason": "回电", "password": f"guess {n}"}).status_code for n in range(6)
    ]
    assert answers[0] == 400
    assert answers[-1] == 429
    assert client.post(address(case), {"reason": "回电", "password": PASSWORD}).status_code == 429


@pytest.mark.parametrize("reason", ["", " ", "x", "长" * 201, "\0\0\0"])
def test_without_a_proper_reason_nothing_is_shown(world: World, as_, reason: str) -> None:
    case, client = a_report(world), as_("governor")
    answer = client.post(address(case), {"reason": reason})
    assert answer.status_code == 400
    assert "13800005678" not in answer.content.decode()
    assert kinds_of(case) == ["case.reported"]


def test_where_nobody_left_a_contact_there_is_nothing_to_show(world: World, as_) -> None:
    case, client = a_report(world, reporter=Person()), as_("governor")
    assert client.get(address(case)).status_code == 403
    assert address(case) not in Page(client.get(case.get_absolute_url())).links


def test_the_button_is_offered_to_those_who_may(world: World, as_) -> None:
    case = a_report(world)
    assert address(case) in Page(as_("governor").get(case.get_absolute_url())).links
    assert address(case) not in Page(as_("supervisor").get(case.get_absolute_url())).links
