"""Partner systems at the desk: made with a secret that is shown once, changed, given another secret, closed."""

import re

import pytest
from oauth2_provider.models import get_access_token_model

from staffing.models import PartnerClient
from tests.admin.desk import enter, errors, page
from tests.api.partners import a_client, ask_token, token_of
from yuhu.journal.models import Entry

CLIENTS = "staffing.partnerclient"


def system(**fields: object) -> dict[str, object]:
    given = {"client_id": "hotline-system", "name": "热线平台", "area": "430302", "channel": "hotline"}
    more = {
        "categories": "",
        "scopes": ["cases:read", "cases:write"],
        "requests_per_minute": "",
        "ends_on": "",
    }
    return {**given, **more, **fields}


def changed(**fields: object) -> dict[str, object]:
    return {name: value for name, value in system(is_active="on").items() if name != "client_id"} | fields


@pytest.fixture(params=["security", "admin"])
def desk(world, request):
    return enter(world.people[request.param])


def kinds(client: PartnerClient) -> list[str]:
    return list(Entry.objects.for_subject("client", client.pk).values_list("kind", flat=True))


def shown(answer) -> str:
    found = re.search(r'id="id_shown_secret"[^>]*value="([^"]+)"', answer.content.decode())
    assert found, "the page shows a secret"
    return found[1]


def test_a_new_system_gets_a_secret_that_is_shown_once_and_opens_the_api(world, desk):
    answer = desk.post(page(CLIENTS, "add"), system(categories="0101，07", ends_on="2027-01-01"))
    client = PartnerClient.objects.get()
    secret = shown(answer)
    assert "no-store" in answer["Cache-Control"]
    assert (client.categories, client.scopes) == (["0101", "07"], ["cases:read", "cases:write"])
    assert client.user.is_technical
    assert kinds(client) == ["client.created"]
    assert ask_token("hotline-system", secret).status_code == 200
    for address in (page(CLIENTS), page(CLIENTS, "change", client.pk), page(CLIENTS, "history", client.pk)):
        text = desk.get(address).content.decode()
        assert secret not in text
        assert client.client_secret not in text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"client_id": "Hotline System"}, "client_id"),
        ({"client_id": "a:b"}, "client_id"),
        ({"client_id": ""}, "client_id"),
        ({"name": ""}, "name"),
        ({"area": "430399"}, "area"),
        ({"area": "43"}, "area"),
        ({"categories": "everything"}, "categories"),
        ({"categories": "0101，9999"}, "categories"),
        ({"channel": "desk"}, "channel"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["cases:delete"]}, "scopes"),
        ({"requests_per_minute": "0"}, "requests_per_minute"),
        ({"requests_per_minute": "999999999"}, "requests_per_minute"),
        ({"ends_on": "soon"}, "ends_on"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(world, wrong, field):
    answer = enter(world.admin).post(page(CLIENTS, "add"), system(**wrong))
    assert list(errors(answer)) == [field]
    assert not PartnerClient.objects.exists()


def test_a_name_is_given_once(world):
    a_client("hotline-system")
    assert list(errors(enter(world.admin).post(page(CLIENTS, "add"), system()))) == ["client_id"]


def test_another_secret_is_made_after_a_question_and_ends_the_old_one(world, desk):
    client = a_client("hotline-system")
    token_of(client)
    address = page(CLIENTS, "secret", client.pk)
    assert "id_shown_secret" not in desk.get(address).content.decode()
    assert kinds(client) == ["client.created"], "asking changes nothing"
    secret = shown(desk.post(address))
    assert ask_token("hotline-system").status_code == 401
    assert ask_token("hotline-system", secret).status_code == 200
    assert kinds(client)[:2] == ["client.created", "client.secret_renewed"]


def test_closing_a_system_ends_its_tokens_at_once(world, desk):
    client = a_client("hotline-system")
    token_of(client)
    answer = desk.post(page(CLIENTS, "change", client.pk), changed(is_active=""))
    assert answer.status_code == 302
    assert not get_access_token_model().objects.exists()
    assert kinds(client) == ["client.created", "client.changed", "client.deactivated"]
    assert desk.post(page(CLIENTS, "change", client.pk), changed()).status_code == 302
    assert ask_token("hotline-system").status_code == 200


def test_the_history_tells_what_happened(world, desk):
    client = a_client("hotline-system")
    ask_token("hotline-system", "wrong")
    text = desk.get(page(CLIENTS, "history", client.pk)).content.decode()
    assert "登记系统" in text
    assert "拒绝签发令牌" in text


def test_nobody_else_comes_near_a_secret(world):
    client = a_client("hotline-system")
    for name in ("leader", "auditor", "dispatcher"):
        browser = enter(world.people[name])
        for address in (page(CLIENTS), page(CLIENTS, "add"), page(CLIENTS, "secret", client.pk)):
            assert browser.get(address).status_code == 403, (name, address)
        assert browser.post(page(CLIENTS, "secret", client.pk)).status_code == 403
    assert kinds(client) == ["client.created"]


def test_a_system_stands_in_no_list_of_people(world, desk):
    a_client("hotline-system")
    assert "client:hotline-system" not in desk.get(page("staffing.user"), {"q": "热线"}).content.decode()
