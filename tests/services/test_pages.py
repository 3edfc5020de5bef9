"""The public pages: open to everybody, the same for one item and for many, harmless to ask."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from services.models import ServiceItem
from tests.services.makers import TODAY, content, loaded, person, publish
from yuhu.kit import clock

pytestmark = pytest.mark.django_db
LIST = "/services/"


def codes(page: str) -> list[str]:
    """The items that a page links to."""
    return re.findall(r'href="/services/([A-Z0-9]+)/"', page)


def get(client: Client, address: str, **data: str) -> str:
    response = client.get(address, data)
    assert response.status_code == 200
    return str(response.content.decode())


def test_everybody_sees_all_items_without_a_login(client: Client) -> None:
    loaded()
    assert reverse("services:catalogue") == LIST
    assert codes(get(client, LIST)) == [f"S{number:02}" for number in range(1, 19)]


def test_the_search_box_works_by_a_plain_form(client: Client) -> None:
    loaded()
    page = get(client, LIST, q="低保申请")
    assert codes(page) == ["S03"]
    assert 'value="低保申请"' in page
    assert re.search(r'<form[^>]*method="get"', page)


def test_domains_narrow_the_list_and_are_offered(client: Client) -> None:
    loaded()
    page = get(client, LIST, domain="household")
    assert codes(page) == ["S08", "S09"]
    assert '<option value="household" selected>户政</option>' in page
    assert page.count("<option") == 1 + ServiceItem.objects.values("domain").distinct().order_by().count()


def test_words_and_domain_work_together(client: Client) -> None:
    loaded()
    assert codes(get(client, LIST, q="身份证", domain="household")) == ["S08"]


def test_when_nothing_fits_the_page_says_what_to_do(client: Client) -> None:
    loaded()
    page = get(client, LIST, q="月球旅行")
    assert codes(page) == []
    assert 'class="empty"' in page
    assert f'href="{LIST}"' in page


def test_an_empty_catalogue_is_a_page_too(client: Client) -> None:
    assert 'class="empty"' in get(client, LIST)


@pytest.mark.parametrize(
    "q",
    [
        "\x00",
        "低保\x00",
        "字" * 10_000,
        "😀" * 500,
        "<script>alert(1)</script>",
        '"><img src=x>',
        "%",
        "\ud800",
    ],
)
def test_a_hostile_question_is_harmless(client: Client, q: str) -> None:
    loaded()
    for data in ({"q": q.encode("utf-8", "surrogatepass")}, {"domain": q.encode("utf-8", "surrogatepass")}):
        response = client.get(LIST, data)
        page = response.content.decode()
        assert response.status_code == 200
        assert codes(page) == []
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "\x00" not in page
        assert "字" * 101 not in page


def test_an_item_tells_what_to_bring_and_how_long_it_takes(client: Client) -> None:
    loaded()
    page = get(client, "/services/S03/")
    item = ServiceItem.objects.get(code="S03")
    for words in (item.name, item.eligible, *item.materials, item.deciding_department, item.legal_basis):
        assert words in page
    assert item.legal_limit in page
    assert item.promised_limit in page
    for way in item.ways_of_help:
        assert str(way.label) in page


def test_a_legal_limit_that_was_not_found_is_a_dash(client: Client) -> None:
    loaded()
    assert "<dd>—</dd>" in get(client, "/services/S01/")
    assert "<dd>—</dd>" not in get(client, "/services/S03/")


def test_notes_for_staff_are_not_shown(client: Client) -> None:
    publish(note="只给工作人员看")
    assert "只给工作人员看" not in get(client, "/services/S90/") + get(client, LIST)


def test_demo_items_say_so_and_others_do_not(client: Client) -> None:
    publish("S90", source="demo")
    publish("S91", source="雨政办发〔2022〕1号")
    with translation.override("zh-hans"):
        hint = gettext("Demo")
    assert f'<span class="tag">{hint}</span>' in get(client, "/services/S90/")
    assert f'<span class="tag">{hint}</span>' not in get(client, "/services/S91/")
    assert get(client, LIST).count(f'<span class="tag">{hint}</span>') == 1


def test_english_readers_get_english(client: Client) -> None:
    loaded()
    page = client.get("/services/S17/", headers={"accept-language": "en"}).content.decode()
    assert "Veteran card" in page
    assert "discharge paper" in page
    assert "10 working days" in page


@pytest.mark.parametrize("code", ["S99", "s03", "S03-", "S" * 300])
def test_an_unknown_item_is_a_404_that_leads_back(client: Client, code: str) -> None:
    loaded()
    response = client.get(f"/services/{code}/")
    assert response.status_code == 404
    assert f'href="{LIST}"' in response.content.decode()


def test_what_has_ended_is_neither_listed_nor_open(client: Client) -> None:
    publish()
    publish(effective_from=TODAY.replace(day=23), offered=False)
    assert codes(get(client, LIST)) == []
    assert client.get("/services/S90/").status_code == 404


def test_what_is_announced_is_told_and_not_yet_valid(client: Client) -> None:
    tomorrow = clock.today().replace(year=clock.today().year + 1)
    publish(materials=("身份证",))
    publish(effective_from=tomorrow, materials=("社会保障卡",))
    page = get(client, "/services/S90/")
    assert tomorrow.isoformat() in page
    assert "身份证" in page
    assert "社会保障卡" not in page


def test_a_page_is_kept_for_minutes_by_its_reader_alone(client: Client) -> None:
    loaded()
    for address in (LIST, "/services/S03/"):
        response = client.get(address)
        assert "private" in response["Cache-Control"]
        assert "max-age=300" in response["Cache-Control"]
        assert {"Cookie", "Accept-Language"} <= {name.strip() for name in response["Vary"].split(",")}


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_pages_only_read(client: Client, method: str) -> None:
    loaded()
    assert getattr(client, method)(LIST).status_code == 405


def test_the_number_of_queries_does_not_grow_with_the_items(client: Client) -> None:
    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    publish()
    one = cost(LIST), cost("/services/S90/")
    loaded()
    for number in range(100, 140):
        publish(f"S{number}", **vars(content()))
    assert (cost(LIST), cost("/services/S90/")) == one
    assert max(one) <= 8


def test_staff_see_the_same_page(client: Client) -> None:
    loaded()
    client.force_login(person("member"), backend="django.contrib.auth.backends.ModelBackend")
    assert len(codes(get(client, LIST))) == 18
