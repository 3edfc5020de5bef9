"""``/oauth/token/`` and ``/oauth/revoke/``: who gets a token for how long, errors in OAuth's shape, the throttle."""

import base64
import datetime as dt
import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from oauth2_provider.models import get_access_token_model

from staffing.actions import change_client, forget_tokens, renew_secret, set_client_active
from staffing.models import PartnerClient
from tests.api.callers import errors
from tests.api.partners import ALL, SECRET, Partner, a_client, ask_token, token_of
from tests.world import AT, World
from yuhu.api import throttles, tokens
from yuhu.journal.actions import SYSTEM
from yuhu.journal.models import Entry
from yuhu.kit import clock

pytestmark = pytest.mark.django_db
AccessToken = get_access_token_model()


@pytest.fixture
def client(world: World) -> PartnerClient:
    return a_client()


def kinds(client: PartnerClient) -> list[str]:
    return list(Entry.objects.for_subject("client", client.pk).values_list("kind", flat=True))


def later(monkeypatch, **step: int) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT + dt.timedelta(**step))


def test_a_client_gets_a_bearer_token_for_an_hour_and_nothing_else(client):
    answer = ask_token(client.client_id)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"access_token", "expires_in", "token_type", "scope"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert body["scope"].split() == ALL
    assert answer["Cache-Control"] == "no-store"
    row = AccessToken.objects.get()
    assert row.expires == AT + dt.timedelta(hours=1)
    assert row.token == "", "the token itself is not stored"
    assert body["access_token"] not in json.dumps(list(AccessToken.objects.values()), default=str)


def test_the_secret_may_stand_in_the_form_instead_of_the_header(client):
    form = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": SECRET}
    assert Client().post("/oauth/token/", form).status_code == 200


def test_neither_secret_nor_token_is_stored_in_clear_text(client):
    stored = PartnerClient.objects.values_list("client_secret", flat=True).get()
    assert SECRET not in stored
    assert stored.startswith(("md5$", "pbkdf2"))


def test_a_client_may_ask_for_less_than_it_has_but_not_for_more(world: World):
    client = a_client(scopes=["cases:read", "cases:write"])
    assert ask_token(client.client_id).json()["scope"] == "cases:read cases:write"
    assert ask_token(client.client_id, scope="cases:read").json()["scope"] == "cases:read"
    for scope in ("events:read", "cases:read events:read", "nonsense", "*"):
        answer = ask_token(client.client_id, scope=scope)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope"), scope


def test_the_demos_secret_and_a_wrong_one(client):
    for secret in ("wrong", "", SECRET + "x", SECRET.upper(), "字"):
        answer = ask_token(client.client_id, secret)
        assert answer.status_code == 401, secret
        assert answer.json()["error"] == "invalid_client"
        assert answer["WWW-Authenticate"] == 'Basic realm="oauth"'
    assert kinds(client) == ["client.created", *["client.token_refused"] * 5]
    assert Entry.objects.filter(kind="client.token_refused").first().actor_address == "127.0.0.1"


def test_an_unknown_client_is_told_the_same_and_fills_no_journal(world: World):
    known = a_client()
    before = Entry.objects.count()
    answer, other = ask_token("nobody"), ask_token(known.client_id, "wrong")
    assert (answer.status_code, answer.json()) == (401, other.json())
    assert Entry.objects.count() == before + 1, "of the known one only"


@pytest.mark.parametrize("end", ["closed", "over", "account closed"])
def test_a_client_that_is_not_in_force_gets_no_token_and_its_tokens_end_at_once(client, end):
    me = Partner(token_of(client))
    assert me.get("cases/").status_code == 200
    if end == "closed":
        set_client_active(client=client, active=False, at=AT, actor=SYSTEM)
        assert not AccessToken.objects.exists()
    elif end == "over":
        change_client(client=client, facts={"ends_on": clock.today()}, at=AT, actor=SYSTEM)
    else:
        client.user.is_active = False
        client.user.save()
    refused = me.get("cases/")
    assert (refused.status_code, errors(refused)) == (401, [("invalid_token", None)])
    assert refused["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'
    assert ask_token(client.client_id).json()["error"] == "invalid_client"


def test_a_client_lasts_until_the_day_before_its_end(client, monkeypatch):
    change_client(client=client, facts={"ends_on": dt.date(2026, 11, 25)}, at=AT, actor=SYSTEM)
    assert ask_token(client.client_id).status_code == 200
    later(monkeypatch, days=1)
    assert ask_token(client.client_id).status_code == 401


def test_another_secret_ends_the_old_one_and_all_its_tokens(client):
    me = Partner(token_of(client))
    _row, secret = renew_secret(client=client, at=AT, actor=SYSTEM)
    assert len(secret) >= 43
    assert me.get("cases/").status_code == 401
    assert ask_token(client.client_id).status_code == 401
    assert ask_token(client.client_id, secret).status_code == 200
    assert "client.secret_renewed" in kinds(client)
    assert secret not in json.dumps(list(Entry.objects.values()), default=str)


def test_a_token_ends_after_an_hour(client, monkeypatch):
    me = Partner(token_of(client))
    later(monkeypatch, minutes=59)
    assert me.get("cases/").status_code == 200
    later(monkeypatch, minutes=60)
    answer = me.get("cases/")
    assert (answer.status_code, errors(answer)) == (401, [("invalid_token", None)])


def test_a_scope_that_is_taken_away_is_missing_at_the_next_request(client):
    me = Partner(token_of(client))
    assert me.get("streets/").status_code == 200
    change_client(client=client, facts={"scopes": ["cases:read"]}, at=AT, actor=SYSTEM)
    assert me.get("cases/").status_code == 200
    refused = me.get("streets/")
    assert (refused.status_code, errors(refused)) == (403, [("insufficient_scope", None)])


def test_a_client_gives_its_own_token_back_and_nobody_elses(client):
    token, other = token_of(client), a_client("other-system")
    form = {"token": token, "client_id": other.client_id, "client_secret": SECRET}
    assert Client().post("/oauth/revoke/", form).status_code == 200
    assert Partner(token).get("cases/").status_code == 200, "not the other's to revoke"
    form |= {"client_id": client.client_id}
    assert Client().post("/oauth/revoke/", {**form, "client_secret": "wrong"}).status_code == 401
    assert Client().post("/oauth/revoke/", form).status_code == 200
    assert Partner(token).get("cases/").status_code == 401
    assert Client().post("/oauth/revoke/", form).status_code == 200, "a second time is as good"


@pytest.mark.parametrize(
    "header",
    [
        "Bearer", "Bearer ", "Bearer x", "Bearer a b", "Bearer " + "x" * 5000, "bearer \xff", "Bearer 令牌",
        "Basic eDp4",
    ],
)  # fmt: skip
def test_what_is_no_token_opens_nothing(client, header):
    answer = Client().get("/api/v1/cases/", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer ")


def test_a_token_in_the_address_is_no_token(client):
    token = token_of(client)
    assert Client().get(f"/api/v1/cases/?access_token={token}").status_code == 401
    form = {"access_token": token}
    assert Client().post("/api/v1/cases/", form).status_code == 401


def test_a_bad_token_is_refused_though_a_session_is_there(as_, world: World):
    me = as_("governor")
    assert me.get("cases/").status_code == 200
    assert me.get("cases/", headers={"Authorization": "Bearer x"}).status_code == 401


def test_a_token_needs_no_form_token_and_a_session_still_does(client, world: World):
    good = {"category": "0101", "description": "垃圾", "block": world.b1.code}
    assert Partner(token_of(client)).post("cases/", good).status_code == 201


BAD_REQUESTS: list[tuple[dict[str, Any], int, str]] = [
    ({"data": {}}, 400, "invalid_request"),
    ({"data": {"grant_type": "password", "username": "governor", "password": "x"}}, 400, "unsupported_grant_type"),
    ({"data": {"grant_type": "authorization_code", "code": "x"}}, 400, "unsupported_grant_type"),
    ({"data": {"grant_type": "refresh_token", "refresh_token": "x"}}, 400, "unsupported_grant_type"),
    ({"data": {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}}, 400, "unsupported_grant_type"),
    ({"data": {"grant_type": "\x00"}}, 400, "unsupported_grant_type"),
    ({"data": {"grant_type": "client_credentials"}}, 401, "invalid_client"),
    ({"data": {"grant_type": "client_credentials", "client_id": "\x00"}}, 401, "invalid_client"),
    ({"data": {"grant_type": "client_credentials", "client_id": "x" * 9999}}, 401, "invalid_client"),
    ({"data": '{"grant_type": "client_credentials"}', "content_type": "application/json"}, 400, "invalid_request"),
    ({"data": b"\xff\xfe%ZZ=%", "content_type": "application/x-www-form-urlencoded"}, 400, "invalid_request"),
    ({"data": b"--x", "content_type": "multipart/form-data; boundary=y"}, 400, "invalid_request"),
    ({"data": b"x" * 3_000_000, "content_type": "application/x-www-form-urlencoded"}, 413, "invalid_request"),
]  # fmt: skip


def test_what_cannot_be_answered_is_told_in_oauths_own_shape(world: World):
    a_client()
    for request, status, error in BAD_REQUESTS:
        for path in ("/oauth/token/", "/oauth/revoke/"):
            answer = Client().post(path, **request)
            assert answer.status_code < 500, request
            assert set(answer.json()) >= {"error"}, request
            if path == "/oauth/token/":
                assert (answer.status_code, answer.json()["error"]) == (status, error), request


@pytest.mark.parametrize(
    "basic", ["", "x", "eA==", "/" * 99, "//79", "Og==", base64.b64encode(b"\x00:\x00").decode()]
)
def test_a_header_that_names_nobody_is_401(world: World, basic):
    form = {"grant_type": "client_credentials"}
    answer = Client().post("/oauth/token/", form, headers={"Authorization": f"Basic {basic}"})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_nothing_but_post_is_answered_and_an_address_carries_no_secret(client):
    for method in ("get", "put", "delete", "patch", "head", "options"):
        answer = getattr(Client(), method)("/oauth/token/")
        assert (answer.status_code, answer["Allow"]) == (405, "POST"), method
    query = f"?grant_type=client_credentials&client_id={client.client_id}&client_secret={SECRET}"
    assert Client().post(f"/oauth/token/{query}").status_code == 400
    assert Client().post("/oauth/token/?%zz").status_code == 400


def test_no_page_of_the_toolkit_is_there():
    for path in (
        "authorize/",
        "introspect/",
        "applications/",
        "authorized_tokens/",
        "register/",
        "userinfo/",
        "device/",
    ):
        assert Client().get(f"/oauth/{path}").status_code == 404, path


def test_a_database_that_is_away_is_503(world: World, monkeypatch):
    def away(*_args: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(tokens, "client_of", away)
    answer = ask_token("hotline-system")
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert int(answer["Retry-After"]) > 0


def test_after_too_many_wrong_secrets_even_the_right_one_waits(client, monkeypatch):
    other = a_client("other-system")
    for _ in range(throttles.FAILURES_OF_CLIENT):
        assert ask_token(client.client_id, "wrong").status_code == 401
    answer = ask_token(client.client_id)
    assert (answer.status_code, answer.json()["error"]) == (429, "temporarily_unavailable")
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert kinds(client).count("client.token_refused") == throttles.FAILURES_OF_CLIENT
    assert ask_token(other.client_id).status_code == 200, "another client is not locked with it"
    coded = base64.b64encode(f"{client.client_id}:{SECRET}".encode()).decode()
    elsewhere = Client().post(
        "/oauth/token/", {"grant_type": "client_credentials"}, REMOTE_ADDR="192.0.2.7",
        headers={"Authorization": f"Basic {coded}"},
    )  # fmt: skip
    assert elsewhere.status_code == 200, "whoever guesses from elsewhere locks nobody out"


def test_whoever_tries_many_names_is_stopped_too(world: World):
    statuses = [
        ask_token(f"name-{number}").status_code for number in range(throttles.FAILURES_OF_ADDRESS + 1)
    ]
    assert statuses == [401] * throttles.FAILURES_OF_ADDRESS + [429]


def test_a_right_secret_counts_for_nothing_bad(client):
    for _ in range(throttles.FAILURES_OF_CLIENT + 2):
        assert ask_token(client.client_id).status_code == 200


def test_tokens_that_have_ended_are_swept_away_in_batches(client, monkeypatch):
    for _ in range(3):
        token_of(client)
    assert forget_tokens(AT + dt.timedelta(minutes=59)) == 0
    monkeypatch.setattr("staffing.actions.clients.BATCH", 2)
    assert [forget_tokens(AT + dt.timedelta(hours=1)) for _ in range(3)] == [2, 1, 0]


def test_the_account_of_a_system_cannot_log_in_at_the_pages(client):
    assert client.user.username == "client:hotline-system"
    assert not client.user.has_usable_password()
    for password in (SECRET, ""):
        form = {"username": client.user.username, "password": password}
        assert Client().post("/login/", form).status_code == 200, "the form comes back"
        assert not client.user.check_password(password)


def test_secrets_and_tokens_stand_in_no_log_line(client, caplog):
    caplog.set_level("DEBUG")
    token = token_of(client)
    ask_token(client.client_id, "wrong-secret-of-mine")
    Partner(token).get("cases/")
    text = "\n".join(record.getMessage() for record in caplog.records)
    assert client.client_id in text
    assert not [one for one in (token, SECRET, "wrong-secret-of-mine") if one in text]
