"""Who gets which address of the whole system: one table over every route, everybody of the cast and everybody outside.

What the answer is inside (which rows, which buttons) is told elsewhere: tests/pages/test_access.py,
tests/admin/test_rights.py, tests/api/test_permissions.py. A route without a line here fails.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from cases.actions import attach
from cases.models import Case
from cases.photos import prepare
from duties.models import DutyList
from staffing.models import User
from tests.admin.test_rights import ROWS as LISTS_OF_THE_DESK
from tests.pages.conftest import jpeg
from tests.pages.test_access import HAS_POST, MAY_REPORT, MAY_UNMASK, SEES, SEES_NOT
from tests.world import AT, STREET, World, a_handled

pytestmark = pytest.mark.django_db

CAST = SEES | SEES_NOT
# Without a log-in; and somebody whose account was closed while he or she was logged in.
NOBODY, CLOSED = "nobody", "closed"
FIGURES = frozenset(
    {"dispatcher", "dispatcher9", "coordinator", "block_head", "streetleader", "leader", "auditor"}
)
GROUPS: dict[str, frozenset[str]] = {
    "anybody": CAST | {NOBODY, CLOSED},
    "account": CAST,
    "post": HAS_POST,
    "sees": SEES,
    # Whose posts open an area.
    "area": HAS_POST
    - {"handler", "handler2", "office_head", "department", "department_head", "admin", "security"},
    # Whose posts open an area or a unit.
    "after": HAS_POST - {"admin", "security"},
    # The three levels of cadres (三级干部); those who hold a post in a block; those who tell what was pushed to them.
    "visits": HAS_POST
    - {"governor", "governor2", "governor9", "supervisor", "assistant", "auditor", "admin", "security"},
    "block": frozenset({"governor", "governor2", "governor9", "supervisor", "assistant", "liaison"}),
    "pushed": frozenset({"governor", "governor2", "governor9", "streetleader", "office_head", "block_head"})
    | {"dispatcher", "dispatcher9", "coordinator"},
    "reports": frozenset(MAY_REPORT),
    "unmasks": frozenset(MAY_UNMASK),
    "figures": FIGURES,
    # Of the first street.
    "board": FIGURES - {"dispatcher9"},
    "audits": frozenset({"auditor"}),
    "none": frozenset(),
}
# Route; how it is asked; who gets it; what others get who are logged in. Who is not gets the log-in page (API: 401).
# Last, what changes the session that asks.
TABLE = """
/                                             GET   account   -
/roster/                                      GET   figures   403/404
/board/                                       GET   figures   403/404
/board/<slug:area>/                           GET   board     403/404
/board/<slug:area>/trends/                    GET   board     403/404
/board/<slug:area>/kinds/                     GET   board     403/404
/board/<slug:area>/work/                      GET   board     403/404
/board/<slug:area>/people/                    GET   board     403/404
/board/<slug:area>/map/                       GET   board     403/404
/board/<slug:area>/map/points/                GET   board     403/404
/board/<slug:area>/wall/                      GET   board     403/404
/board/<slug:area>/indicators/                GET   board     403/404
/board/<slug:area>/indicators/<slug:key>/     GET   none      403/404
/board/<slug:area>/export/<slug:tab>/<slug:table>.xlsx GET board 403/404
/journal/                                     GET   audits    403
/manifest.webmanifest                         GET   anybody   -
/sw.js                                        GET   anybody   -
/offline/                                     GET   anybody   -
/healthz                                      GET   anybody   -
/readyz                                       GET   anybody   -
/login/                                       GET   anybody   -
/logout/                                      GET   anybody   -
/logged-out/                                  GET   anybody   -
/password/                                    GET   account   -
/password/done/                               GET   account   -
/second-factor/                               GET   account   -
/cases/                                       GET   account   -
/cases/new/                                   GET   reports   403
/cases/new/similar/                           GET   account   -
/cases/unsent/                                GET   account   -
/cases/unsent/who/                            GET   account   -
/cases/unsent/send/                           POST  none      403
/cases/drafts/<slug:key>/                     GET   none      404
/cases/<slug:number>/                         GET   sees      404
/cases/<slug:number>/sent/                    GET   sees      404
/cases/<slug:number>/print/                   GET   sees      404
/cases/<slug:number>/person/                  GET   unmasks   403/404
/cases/<slug:number>/erase/                   GET   none      403/404
/cases/<slug:number>/moves/<slug:name>/       GET   sees      404
/cases/<slug:number>/photos/<int:pk>/         GET   sees      404
/cases/<slug:number>/photos/<int:pk>/small/   GET   sees      404
/meetings/<int:pk>/                           GET   none      404
/meetings/<int:pk>/minutes.pdf                GET   none      404
/visits/                                      GET   after     403
/visits/new/                                  GET   visits    403
/visits/<int:pk>/                             GET   none      404
/visits/<int:pk>/<slug:name>/                 GET   none      404
/findings/<int:pk>/case/                      GET   none      404
/here/                                        GET   post      404
/my-block/                                    GET   block     404
/off-list/                                    GET   pushed    403
/off-list/new/                                GET   pushed    403
/off-list/<int:pk>/                           GET   none      404
/certificates/                                GET   post      403
/posters/blocks/<slug:code>/                  GET   none      404
/posters/blocks/<slug:code>.pdf               GET   none      404
/posters/streets/<slug:code>/                 GET   none      404
/posters/streets/<slug:code>.pdf              GET   none      404
/r/                                           GET   anybody   -
/r/<slug:token>/                              GET   none      404
/f/<slug:token>/sent/                         GET   anybody   -
/f/<slug:token>/                              GET   anybody   -
/f/<slug:token>/<slug:name>/                  GET   anybody   -
/f/<slug:token>/photos/<int:pk>/              GET   none      404
/f/<slug:token>/photos/<int:pk>/small/        GET   none      404
/inbox/                                       GET   account   -
/inbox/read/                                  POST  account   -
/inbox/<int:pk>/read/                         POST  none      404
/outbox/                                      GET   post      403
/i18n/setlang/                                GET   anybody   -
/services/                                    GET   anybody   -
/services/<slug:code>/                        GET   none      404
/leave/<int:pk>/                              GET   none      404
/admin/login/                                 GET   anybody   -
/admin/logout/                                GET   anybody   -
/admin/password_change/                       GET   anybody   -
/api/schema/                                  GET   anybody   -
/api/docs/                                    GET   anybody   -
/api/v1/streets/                              GET   post      403
/api/v1/communities/                          GET   post      403
/api/v1/blocks/                               GET   post      403
/api/v1/blocks/{code}/                        GET   post      403
/api/v1/blocks/locate/                        GET   post      403
/api/v1/blocks.geojson                        GET   post      403
/api/v1/units/                                GET   post      403
/api/v1/duty-lists/                           GET   post      403
/api/v1/duty-lists/{pk}/items/                GET   post      403
/api/v1/categories/                           GET   post      403
/api/v1/service-items/                        GET   post      403
/api/v1/cases/                                GET   account   -
/api/v1/cases/{number}/                       GET   sees      404
/api/v1/cases/{number}/events/                GET   sees      404
/api/v1/cases/{number}/attachments/           GET   sees      404
/api/v1/cases/{number}/attachments/{pk}/file/ GET   sees      404
/api/v1/cases/{number}/moves/{move}/          POST  sees      404
/api/v1/events/                               GET   post      403
/api/v1/figures/                              GET   area      403/404
/api/v1/                                      GET   none      403/404
/oauth/token/                                 GET   none      405
/oauth/revoke/                                GET   none      405
/metrics                                      GET   anybody   -
/board/<slug:area>/wall/keep/                 POST  board     403/404
"""
# Who asks where the answer differs by group only: of each group somebody who is in it, and somebody who is not.
SOME = ("governor", "governor2", "dispatcher9", "auditor", "admin", "stranger", NOBODY, CLOSED)
# The desk's own addresses; its lists are the lines of tests/admin/test_rights.py, with these below each.
DESK = ["/admin/", "/admin/autocomplete/", "/admin/jsi18n/", "/admin/password_change/done/"]
DESK += ["/admin/staffing/partnerclient/<path:object_id>/secret/"]
DESK += ["/admin/staffing/rosterimport/<int:pk>/apply/"]
DESK += ["/admin/cases/mediation/<int:pk>/parties/"]
DESK += ["/admin/staffing/absence/<path:object_id>/do/<slug:verb>/", "/admin/blocks/block/vacancies/"]
DESK += ["/admin/duties/admission/<int:pk>/print/"]
DESK += ["/admin/duties/dutylist/compare/", "/admin/duties/dutylist/<int:pk>/export/"]
DESK += [
    f"/admin/duties/{model}/<path:object_id>/do/<slug:verb>/"
    for model in ("dutylist", "dutyitem", "certificaterule", "consultation", "streetanswer")
]
DESK += [
    f"/admin/cases/{name}/<path:object_id>/do/<slug:verb>/"
    for name in ("whistle", "whistlecall", "followupcall", "outsidefigure")
]
DESK += [f"/admin/cases/whistlecall/scorecard/{what}" for what in ("", "export/")]
DESK += [f"/admin/staffing/{name}/<path:object_id>/do/<slug:verb>/" for name in ("training", "reserve")]
DESK += ["/admin/staffing/counselappointment/<path:object_id>/do/<slug:verb>/"]
DESK += ["/admin/staffing/training/coverage/", "/admin/staffing/training/<int:pk>/sheet/"]
DESK += ["/admin/staffing/reserve/matching/", "/admin/staffing/counselappointment/without/"]
DESK += ["/admin/staffing/shift/week/", "/admin/staffing/shift/<path:object_id>/do/<slug:verb>/"]
DESK += ["/admin/staffing/shiftswap/<path:object_id>/do/<slug:verb>/"]
DESK += ["/admin/staffing/visit/figures/"]
OF_A_LIST = ["", "add/", "<path:object_id>/history/", "<path:object_id>/delete/", "<path:object_id>/change/"]
OF_A_LIST += ["<path:object_id>/", "import/", "export/", "process_import/"]
OF_A_LIST += ["<path:object_id>/do/<slug:verb>/", "filters/"]


class Row(NamedTuple):
    """One line of the table."""

    route: str
    method: str
    who: str
    others: str


ROWS = [Row(*line.split()) for line in TABLE.strip().splitlines()]


def _walk(patterns: Any, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for one in patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route)
        else:
            yield _readable(route), one


def _readable(route: str) -> str:
    """Regular expressions as the table writes them; the many moves are one line."""
    plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", route).replace("/^", "/").removesuffix("$")
    return re.sub(r"/moves/[a-z-]+/$", "/moves/{move}/", plain)


def routes() -> set[str]:
    """Every address that the project answers."""
    return {route for route, _pattern in _walk(get_resolver().url_patterns)}


def missing(known: set[str]) -> set[str]:
    """Routes that no line of a table speaks of."""
    lists = {f"/admin/{line[0].replace('.', '/')}/{rest}" for line in LISTS_OF_THE_DESK for rest in OF_A_LIST}
    whole = {"/admin/{app_label}/", "/admin/{url}"}
    return known - {row.route for row in ROWS} - lists - set(DESK) - whole


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    assert len(routes()) > 150
    assert missing(routes()) == set()
    assert {row.route for row in ROWS} - routes() == set()


def test_a_new_route_without_a_line_would_be_found() -> None:
    assert missing(routes() | {"/cases/<slug:number>/secret/"}) == {"/cases/<slug:number>/secret/"}


@pytest.fixture(autouse=True)
def _demo_outbox(settings: Any) -> None:
    """The demo's page, on whichever database: in production it is off, which its own tests show."""
    settings.DEMO_OUTBOX = True


@pytest.fixture
def case(world: World) -> Case:
    handled = a_handled(world)
    attach(case_id=handled.pk, photo=prepare(jpeg()), stage="after", by=world.by("governor"), at=AT)
    return handled


@pytest.fixture
def addresses(case: Case, world: World) -> dict[str, list[str]]:
    """Real addresses of each route, by its line."""
    photo = str(case.attachments.get().pk)
    here = f"?longitude={world.b1.centroid_longitude}&latitude={world.b1.centroid_latitude}"
    values = {
        "slug:number": case.number,
        "number": case.number,
        "slug:token": case.reporter.token,
        "int:pk": photo,
        "pk": photo,
        "slug:name": "evaluate",
        "slug:verb": "x",
        "slug:key": "k" * 8,
        "slug:area": STREET,
        "slug:tab": "now",
        "slug:table": "parts",
        "slug:code": "x",
        "code": world.b1.code,
        "path:object_id": "1",
        "app_label": "cases",
        "url": "x",
    }
    listed = DutyList.objects.order_by("pk").values_list("pk", flat=True)[0]
    made: dict[str, list[str]] = {}
    for route, pattern in _walk(get_resolver().url_patterns):
        text = route.replace("{move}", str(pattern.pattern).rpartition("moves/")[2].strip("/$"))
        values["pk"] = str(listed) if "/duty-lists/" in text else photo
        text = re.sub(r"[<{]([^>}]+)[>}]", lambda found: values[found[1]], text)
        if route in ("/f/<slug:token>/<slug:name>/",):
            text = text.replace("evaluate", "rate")
        made.setdefault(route, []).append(
            text + (here if route in ("/here/", "/api/v1/blocks/locate/") else "")
        )
    return made


def browser(world: World, name: str) -> Client:
    """Somebody's browser; it opens no second session of its own."""
    client = Client()
    if name == CLOSED:
        client.force_login(world.handler2)
        User.objects.filter(pk=world.handler2.pk).update(is_active=False)
    elif name != NOBODY:
        client.force_login(world.people[name])
    return client


def got(client: Client, method: str, address: str) -> str:
    """What the answer means: "in", "login", or the number that refuses. Nothing stays changed."""
    with transaction.atomic():
        sends_json = method == "POST" and "/api/" in address
        kind = "application/json" if sends_json else "application/octet-stream"
        answer = client.generic(method, address, "{}" if sends_json else "", content_type=kind)
        # Closes a photo's file; the connection, which holds the test's transaction, stays open.
        request_finished.disconnect(close_old_connections)
        answer.close()
        request_finished.connect(close_old_connections)
        transaction.set_rollback(True)
    to_log_in = answer.status_code == 302 and answer["Location"].startswith(("/login/", "/admin/login/"))
    if answer.status_code == 401 or (to_log_in and not address.startswith("/admin/login/")):
        return "login"
    # A move's guard or a missing field: the door was open.
    open_door = answer.status_code < 400 or answer.status_code in (400, 409, 422)
    open_door = open_door or ("/moves/" in address and answer.status_code == 403)
    return "in" if open_door else str(answer.status_code)


def expected(row: Row, name: str) -> set[str]:
    if name in GROUPS[row.who]:
        return {"in"}
    if name in (NOBODY, CLOSED):
        # What is closed for everybody and asks nobody's name says that it is not there.
        asks_nobody = row.who == "none" and row.route.startswith(("/f/", "/r/", "/services/", "/oauth/"))
        return {row.others} if asks_nobody else {"login"}
    return set(row.others.split("/"))


def faults(world: World, rows: list[Row], addresses: dict[str, list[str]], name: str) -> list[str]:
    client = browser(world, name)
    return [
        f"{name}: {address} gave {found}, not {expected(row, name)}"
        for row in rows
        for address in addresses[row.route]
        if (found := got(client, row.method, address)) not in expected(row, name)
    ]


PAGES = [row for row in ROWS if not row.route.startswith("/api/")]
API = [row for row in ROWS if row.route.startswith("/api/")]


@pytest.mark.parametrize("name", [*sorted(CAST), NOBODY, CLOSED])
def test_everybody_gets_the_pages_of_the_table(world: World, addresses, name: str) -> None:
    assert faults(world, PAGES, addresses, name) == []


@pytest.mark.parametrize("name", SOME)
def test_the_doors_of_the_api_are_as_the_table_says(world: World, addresses, name: str) -> None:
    assert faults(world, API, addresses, name) == []


@pytest.mark.parametrize(
    "name, answer", [(NOBODY, "login"), (CLOSED, "login"), ("stranger", "403"), ("governor", "403")]
)
def test_no_address_of_the_desk_opens_without_a_post_of_the_desk(
    world: World, addresses, name: str, answer: str
) -> None:
    client = browser(world, name)
    own = {row.route for row in ROWS}
    desk = [
        one
        for route, found in addresses.items()
        if route.startswith("/admin/") and route not in own
        for one in found
    ]
    assert len(desk) > 100
    wrong = {one: what for one in desk if (what := got(client, "GET", one)) != answer}
    assert wrong == {}
