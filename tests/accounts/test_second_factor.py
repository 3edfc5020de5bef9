"""The second factor: set up with a phone, asked of administrators and before unmasking, locked like a password."""

import base64
import datetime as dt
import re

import pytest
from django.test import Client
from django_otp.oath import TOTP

from staffing.actions import confirm_second_factor, give_code, propose_second_factor, remove_second_factor
from staffing.exceptions import AlreadySetUp, CodesLocked, NothingSetUp, OwnAccount, WrongCode
from staffing.models import RecoveryCode, SecondFactor, User
from tests.admin.desk import page
from tests.cases.test_privacy import cells
from tests.world import AT, PASSWORD, World, a_report
from yuhu.journal.actions import Actor
from yuhu.journal.models import Entry
from yuhu.kit import clock

pytestmark = pytest.mark.django_db

ME = Actor(id=1, name="me")
STEP = dt.timedelta(seconds=30)


@pytest.fixture(autouse=True)
def now(monkeypatch) -> list[dt.datetime]:
    moment = [AT]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    return moment


@pytest.fixture
def required(settings) -> None:
    settings.SECOND_FACTOR = "required"


def code(secret: str, at: dt.datetime = AT) -> str:
    """What the phone shows."""
    totp = TOTP(base64.b32decode(secret))
    totp.time = at.timestamp()
    return f"{totp.token():06d}"


def set_up(user: User, at: dt.datetime = AT) -> tuple[str, list[str]]:
    secret = propose_second_factor(user=user)
    return secret, confirm_second_factor(user=user, code=code(secret, at), at=at, actor=ME)


def kinds(user: User) -> list[str]:
    return list(Entry.objects.for_subject("user", user.pk).values_list("kind", flat=True))


# --- codes --------------------------------------------------------------------------------------------------------


def test_the_next_code_opens_and_none_opens_twice(world: World) -> None:
    secret, _codes = set_up(world.admin)
    later = AT + STEP
    give_code(user=world.admin, code=code(secret, later), at=later, actor=ME)
    for used in (code(secret, later), code(secret, AT)):
        with pytest.raises(WrongCode):
            give_code(user=world.admin, code=used, at=later, actor=ME)
    told = ["user.second_factor_set_up", "user.second_factor_given", *["user.second_factor_failed"] * 2]
    assert kinds(world.admin) == told


def test_a_phone_whose_clock_is_half_a_minute_off_still_opens_and_two_minutes_do_not(world: World) -> None:
    secret, _codes = set_up(world.admin)
    at = AT + 20 * STEP
    with pytest.raises(WrongCode):
        give_code(user=world.admin, code=code(secret, at - 4 * STEP), at=at, actor=ME)
    give_code(user=world.admin, code=code(secret, at - STEP), at=at, actor=ME)


def test_five_wrong_codes_lock_for_half_an_hour_the_right_one_too(world: World) -> None:
    secret, _codes = set_up(world.admin)
    at = AT + 10 * STEP
    for _attempt in range(5):
        with pytest.raises(WrongCode):
            give_code(user=world.admin, code="000000", at=at, actor=ME)
    with pytest.raises(CodesLocked):
        give_code(user=world.admin, code=code(secret, at), at=at, actor=ME)
    later = at + dt.timedelta(minutes=31)
    give_code(user=world.admin, code=code(secret, later), at=later, actor=ME)


def test_each_recovery_code_opens_once(world: World) -> None:
    _secret, codes = set_up(world.admin)
    assert len(set(codes)) == 8
    give_code(user=world.admin, code=codes[0].upper().replace("-", " "), at=AT, actor=ME)
    with pytest.raises(WrongCode):
        give_code(user=world.admin, code=codes[0], at=AT, actor=ME)
    assert RecoveryCode.objects.count() == 7


def test_a_recovery_code_sets_nothing_up_and_an_old_secret_is_not_shown_again(world: World) -> None:
    with pytest.raises(NothingSetUp):
        give_code(user=world.admin, code="123456", at=AT, actor=ME)
    assert propose_second_factor(user=world.admin) == propose_second_factor(user=world.admin)
    set_up(world.admin)
    with pytest.raises(AlreadySetUp):
        propose_second_factor(user=world.admin)
    with pytest.raises(AlreadySetUp):
        confirm_second_factor(user=world.admin, code="123456", at=AT, actor=ME)


def test_secret_and_recovery_codes_stand_nowhere_in_clear(world: World) -> None:
    secret, codes = set_up(world.admin)
    told = [secret, *codes, *[one.replace("-", "") for one in codes]]
    assert [table for table, text in cells() if any(one in text for one in told)] == []


def test_the_secret_survives_a_change_of_keys(world: World, settings) -> None:
    from django.core.management import call_command

    secret, _codes = set_up(world.admin)
    settings.PERSON_KEYS = ["a new key of the test", *settings.PERSON_KEYS]
    call_command("rotate_keys", verbosity=0)
    settings.PERSON_KEYS = settings.PERSON_KEYS[:1]
    give_code(user=world.admin, code=code(secret, AT + STEP), at=AT + STEP, actor=ME)


# --- the door -----------------------------------------------------------------------------------------------------


def enter(name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    assert client.post("/login/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize("name", ["admin", "security", "auditor"])
def test_nothing_opens_for_the_three_administrators_before_it_is_given(
    world: World, required, now, name: str
) -> None:
    secret, _codes = set_up(world.people[name])
    client, now[0] = enter(name), AT + STEP
    for path in ("/", "/cases/", "/admin/", "/journal/", "/password/"):
        assert client.get(path)["Location"].startswith("/second-factor/?next="), path
    refused = client.get("/api/v1/cases/")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "second_factor_required")
    before = client.session.session_key
    wrong = client.post("/second-factor/", {"code": "000000"})
    assert (wrong.status_code, client.get("/inbox/").status_code) == (400, 302)
    answer = client.post("/second-factor/", {"code": code(secret, now[0]), "next": "/inbox/"})
    assert answer["Location"] == "/inbox/"
    assert client.session.session_key != before
    assert client.get("/inbox/").status_code == 200


def test_others_are_not_asked_and_without_the_setting_nobody_is(world: World, required, settings) -> None:
    assert enter("governor").get("/inbox/").status_code == 200
    settings.SECOND_FACTOR = "off"
    assert enter("admin").get("/inbox/").status_code == 200


def test_whoever_has_none_sets_it_up_and_is_shown_recovery_codes_once(world: World, required) -> None:
    client = enter("admin")
    shown = client.get("/second-factor/").content.decode()
    assert 'src="data:image/svg+xml' in shown
    secret = re.search(r"<strong>([A-Z2-7 ]+)</strong>", shown)
    assert secret is not None
    answer = client.post("/second-factor/", {"code": code(secret[1].replace(" ", ""))})
    codes = re.findall(r"<li>((?:[a-z2-7]{4}-){3}[a-z2-7]{4})</li>", answer.content.decode())
    assert len(codes) == 8
    assert "no-store" in answer["Cache-Control"]
    assert client.get("/inbox/").status_code == 200
    assert codes[0] not in client.get("/second-factor/").content.decode()


def test_it_leads_to_no_other_site(world: World, required, now) -> None:
    secret, _codes = set_up(world.admin)
    client, now[0] = enter("admin"), AT + STEP
    data = {"code": code(secret, now[0]), "next": "https://evil.example/"}
    assert client.post("/second-factor/", data)["Location"] == "/"


def test_a_new_log_in_asks_again(world: World, required, now) -> None:
    secret, _codes = set_up(world.admin)
    client, now[0] = enter("admin"), AT + STEP
    client.post("/second-factor/", {"code": code(secret, now[0])})
    client.post("/logout/")
    client.post("/login/", {"username": "admin", "password": PASSWORD})
    assert client.get("/inbox/").status_code == 302


def test_a_reporter_is_unmasked_with_the_second_factor_only(world: World, required, now) -> None:
    case = a_report(world)
    client = enter("dispatcher")
    path = f"/cases/{case.number}/person/"
    for answer in (client.get(path), client.post(path, {"reason": "要回电话"})):
        assert answer["Location"] == f"/second-factor/?next=%2Fcases%2F{case.number}%2Fperson%2F"
    secret, _codes = set_up(world.dispatcher)
    now[0] = AT + STEP
    client.post("/second-factor/", {"code": code(secret, now[0]), "next": path})
    assert "13800005678" in client.post(path, {"reason": "要回电话"}).content.decode()


def test_an_administrator_removes_it_for_a_lost_phone_and_never_his_own(world: World) -> None:
    set_up(world.handler)
    desk = Client()
    desk.force_login(world.security)
    facts = {
        "name": world.handler.name,
        "employee_number": "E-handler",
        "phone": "",
        "email": "",
        "is_active": "on",
    }
    address = page("staffing.user", "change", world.handler.pk)
    assert desk.post(address, {**facts, "password": "", "second_factor": "on"}).status_code == 302
    assert not SecondFactor.objects.exists()
    assert kinds(world.handler)[-1] == "user.second_factor_removed"
    with pytest.raises(OwnAccount):
        remove_second_factor(user=world.admin, at=AT, actor=Actor(id=world.admin.pk, name="x"))
