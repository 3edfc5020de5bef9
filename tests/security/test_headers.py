"""What every answer carries, and that no rendered page holds anything that its policy would have to forbid."""

import re
from typing import Any

import pytest
from django.test import Client, override_settings

from cases.models import Case
from tests.architecture.test_pages import faults
from tests.pages.conftest import jpeg
from tests.world import PASSWORD, World, a_handled, a_report, an_evaluated, do
from yuhu.delivery import tasks as notices
from yuhu.journal import tasks as journal
from yuhu.kit import clock

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}${7*7}"
PAGES = [
    "/", "/cases/", "/cases/new/", "/cases/unsent/", "/cases/{number}/", "/cases/{number}/print/",
    "/cases/{number}/sent/", "/cases/{number}/person/", "/cases/{number}/moves/urge/", "/inbox/", "/outbox/",
    "/roster/", "/services/", "/password/", "/second-factor/", "/cases/?q=nothing", "/cases/430302-20991231-000001/",
    "/nowhere/",
]  # fmt: skip
DESK = [
    "/admin/", "/admin/cases/case/", "/admin/staffing/user/", "/admin/staffing/user/add/", "/admin/blocks/block/",
    "/admin/duties/dutylist/", "/admin/delivery/delivery/", "/admin/staffing/membership/add/",
    "/admin/services/serviceitem/",
]  # fmt: skip
PUBLIC = [
    "/login/",
    "/logged-out/",
    "/offline/",
    "/f/{token}/",
    "/f/nothing-like-it/",
    "/services/",
    "/api/docs/",
]


@pytest.fixture
def case(world: World) -> Case:
    return an_evaluated(world)


def browser(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def shown(world: World, case: Case) -> list[tuple[str, Any]]:
    """Every page of the lists above as somebody gets it."""
    values = {"number": case.number, "token": case.reporter.token}
    asked = [(browser(world, "dispatcher"), path) for path in PAGES]
    asked += [(browser(world, "leader"), "/"), (browser(world, "auditor"), "/journal/")]
    asked += [(browser(world, "admin"), path) for path in DESK]
    asked += [(Client(), path) for path in PUBLIC]
    return [(path, client.get(path.format(**values))) for client, path in asked]


def test_every_page_carries_the_policy_and_holds_nothing_inline(world: World, case: Case) -> None:
    wrong = []
    for path, answer in shown(world, case):
        policy = answer.headers.get("Content-Security-Policy", "")
        if "default-src 'self'" not in policy or "unsafe" in policy or "nonce" in policy:
            wrong.append(f"{path}: {policy!r}")
        if not answer.streaming:
            wrong += [f"{path} {answer.status_code}: {fault}" for fault in faults(answer.content.decode())]
    assert wrong == []


def test_every_answer_carries_the_other_headers(world: World, case: Case) -> None:
    answers = shown(world, case)
    answers += [
        (path, Client().get(path)) for path in ("/healthz", "/api/v1/cases/", "/api/schema/", "/cases/")
    ]
    wrong = []
    for path, answer in answers:
        wanted = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        wrong += [
            f"{path}: {name} is {answer.headers.get(name)!r}"
            for name, value in wanted.items()
            if answer.headers.get(name) != value
        ]
        if "frame-ancestors 'none'" not in answer.headers.get("Content-Security-Policy", ""):
            wrong.append(f"{path}: may be framed")
    assert wrong == []


def test_cookies_are_for_the_browser_alone_and_for_tls_alone_where_there_is_tls(world: World) -> None:
    for secure in (False, True):
        with override_settings(SESSION_COOKIE_SECURE=secure, CSRF_COOKIE_SECURE=secure):
            client = Client()
            client.get("/login/")
            client.post("/login/", {"username": "governor", "password": PASSWORD})
            session, token = client.cookies["sessionid"], client.cookies["csrftoken"]
            assert session["httponly"]
            assert {session["samesite"], token["samesite"]} == {"Lax"}
            assert bool(session["secure"]) == bool(token["secure"]) == secure


def test_behind_tls_everything_turns_strict_by_itself() -> None:
    """A process of its own: settings are read once."""
    import json
    import os
    import subprocess
    import sys

    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"]
    script = (
        f"import json; from yuhu import settings as s; print(json.dumps([getattr(s, n) for n in {names!r}]))"
    )
    given = {**os.environ, "SITE_URL": "https://blocks.example"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=given, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [True, True, True, 31_536_000]


def test_a_strange_host_is_refused_and_never_repeated(world: World) -> None:
    for path in ("/login/", "/cases/", "/api/v1/cases/"):
        answer = Client().get(path, headers={"host": "evil.example"})
        assert answer.status_code == 400, path
        assert "evil.example" not in answer.content.decode(), path


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_nobody_is_led_to_another_site(world: World, where: str) -> None:
    answers = [
        Client().post("/login/", {"username": "governor", "password": PASSWORD, "next": where}),
        Client().post("/i18n/setlang/", {"language": "en", "next": where}),
        browser(world, "governor").get("/admin/login/", {"next": where}),
    ]
    for answer in answers:
        assert answer.status_code == 302
        assert answer["Location"].startswith("/"), answer["Location"]
        assert not answer["Location"].startswith("//")


def test_a_form_from_another_site_does_nothing(world: World) -> None:
    case = a_report(world)
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.dispatcher)
    for path in (
        f"/cases/{case.number}/moves/reject/",
        f"/cases/{case.number}/person/",
        "/password/",
        "/logout/",
    ):
        assert client.post(path, {"reason": "x"}).status_code == 403, path
    public = Client(enforce_csrf_checks=True)
    assert public.post(f"/f/{case.reporter.token}/rate/", {"solved": "solved"}).status_code == 403


# --- what people write is shown as it was written ---------------------------------------------------------------


def test_mark_up_in_every_text_is_shown_as_text_on_every_page(world: World) -> None:
    """Each text that a person can write holds mark-up; every page that shows it is read."""
    case = a_handled(world, description=EVIL, address=EVIL[:200])
    do(world, case, "urge", "leader", comment=EVIL)
    do(world, case, "supervise", "leader", comment=EVIL)
    do(world, case, "evaluate", "supervisor", effective=False, comment=EVIL)
    do(world, case, "return", "governor", reason=EVIL)
    type(world.governor).objects.filter(pk=world.governor.pk).update(name=EVIL[:50])
    journal.relay_sweep(clock.now())
    notices.fan_out_sweep(clock.now())
    read, told = 0, []
    for path, answer in shown(world, case):
        if answer.streaming:
            continue
        html = answer.content.decode()
        read += "&lt;script&gt;" in html
        told += [f"{path}: {what}" for what in ("<script>alert", "<img src=x", ">14$", "$49") if what in html]
    assert told == []
    assert read >= 5, "the pages show the text"


def test_answers_of_the_api_are_never_read_as_a_page(world: World) -> None:
    case = a_report(world, description=EVIL)
    answer = browser(world, "governor").get(f"/api/v1/cases/{case.number}/")
    assert answer["Content-Type"] == "application/json"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_name_with_a_line_break_makes_no_header_of_a_mail(world: World) -> None:
    """A line break in what becomes a subject is refused by the mail itself; none comes that far."""
    from django.core.mail import BadHeaderError, EmailMessage

    from yuhu.kit.exceptions import Refusal
    from yuhu.kit.text import clean_text

    with pytest.raises(BadHeaderError):
        EmailMessage("x\nBcc: all@evil.example", "", to=["a@b.example"]).message()
    with pytest.raises(Refusal):
        clean_text("x\rBcc: all@evil.example\x00", field="name", max_length=50)


# --- files --------------------------------------------------------------------------------------------------------


def test_a_stored_photo_is_served_as_nothing_else_and_from_no_folder(world: World, settings) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = a_report(world)
    me = browser(world, "governor")
    evil = SimpleUploadedFile("../../x.php\r\nSet-Cookie: a=b.html", jpeg(), content_type="text/html")
    sent = me.post(f"/api/v1/cases/{case.number}/attachments/", {"file": evil, "stage": "before"})
    assert sent.status_code == 201, sent.content
    row = case.attachments.get()
    assert re.fullmatch(r"cases/\d{4}/\d{2}/[\w-]+\.jpg", str(row.file.name)), "no word of the sender's name"
    assert str(row.file.path).startswith(str(settings.MEDIA_ROOT))
    assert not str(settings.MEDIA_ROOT).startswith(str(settings.STATIC_ROOT))
    answer = me.get(f"/cases/{case.number}/photos/{row.pk}/")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie: a=b" not in str(answer.headers)
    for path in (f"/media/{row.file.name}", f"/files/{row.file.name}", f"/static/{row.file.name}"):
        assert me.get(path).status_code == 404, path
