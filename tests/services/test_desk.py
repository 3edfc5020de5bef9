"""The desk: everybody with a post reads the versions, the system administrator publishes the next, nobody edits."""

import datetime as dt
from dataclasses import fields
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from services.catalogue import Content
from services.forms import VersionForm
from services.models import ServiceItem
from staffing.models import User
from tests.services.makers import loaded, person, publish
from yuhu.journal.models import Entry
from yuhu.kit import clock

pytestmark = pytest.mark.django_db
LIST, ADD = "admin:services_serviceitem_changelist", "admin:services_serviceitem_add"

FORM = {
    "code": "S90",
    "effective_from": "2099-01-01",
    "offered": "on",
    "name": "老年食堂就餐补贴",
    "domain": "elder_care",
    "domain_name": "养老服务",
    "eligible": "年满70周岁的老年人",
    "materials": "身份证\r\n\r\n 照片 \r\n",
    "acceptance_level": "community",
    "deciding_department": "区民政局",
    "promised_limit_amount": "5",
    "promised_limit_unit": "working_day",
    "agent_help": "yes",
    "agent_modes": ["collect", "doorstep"],
    "frequency": "once",
    "source": "雨政办发〔2022〕1号",
}


@pytest.fixture
def desk(client: Client) -> Client:
    return entered(client, person("system_admin"))


def entered(client: Client, user: User) -> Client:
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_list_shows_what_counts_today(desk: Client) -> None:
    loaded()
    publish("S03", effective_from=dt.date(2022, 12, 1), name="低保新办法")
    publish("S03", effective_from=dt.date(2099, 1, 1), name="低保将来办法")
    page = desk.get(reverse(LIST)).content.decode()
    assert "低保新办法" in page
    assert "最低生活保障申请" not in page
    assert "低保将来办法" not in page


@pytest.mark.parametrize(("versions", "count"), [("announced", 1), ("all", 20)])
def test_other_versions_are_a_click_away(desk: Client, versions: str, count: int) -> None:
    loaded()
    publish("S03", effective_from=dt.date(2022, 12, 1))
    publish("S03", effective_from=dt.date(2099, 1, 1))
    response = desk.get(reverse(LIST), {"versions": versions})
    assert response.context["cl"].result_count == count


@pytest.mark.parametrize(("q", "count"), [("低保申请", 1), ("", 18), ("月球", 0), ("字" * 10_000, 0)])
def test_the_search_is_that_of_the_public_page(desk: Client, q: str, count: int) -> None:
    loaded()
    response = desk.get(reverse(LIST), {"q": q})
    assert response.status_code == 200
    assert response.context["cl"].result_count == count


def test_a_question_with_control_characters_is_refused_in_words(desk: Client) -> None:
    loaded()
    response = desk.get(reverse(LIST), {"q": "\x00"})
    assert response.status_code == 200
    assert 'class="messagelist"' in response.content.decode()


def test_a_version_opens_for_reading_only(desk: Client) -> None:
    item = publish(note="只给工作人员看")
    address = reverse("admin:services_serviceitem_change", args=[item.pk])
    page = desk.get(address).content.decode()
    assert "只给工作人员看" in page
    assert "照片<br>" in page
    assert 'name="name"' not in page
    assert f"{reverse(ADD)}?after={item.pk}" in page
    assert desk.post(address, FORM).status_code == 403
    assert desk.post(reverse("admin:services_serviceitem_delete", args=[item.pk])).status_code == 403
    assert ServiceItem.objects.get().name == item.name


def test_a_new_version_starts_from_the_one_before(desk: Client) -> None:
    item = publish(aliases=("老人饭堂", "长者食堂"))
    page = desk.get(reverse(ADD), {"after": item.pk}).content.decode()
    assert 'value="老年食堂就餐补贴"' in page
    assert "老人饭堂\n长者食堂" in page
    assert "身份证\n照片" in page


@pytest.mark.parametrize("after", ["", "x", "999", "-1", "9" * 40])
def test_an_unknown_version_before_is_an_empty_form(desk: Client, after: str) -> None:
    assert desk.get(reverse(ADD), {"after": after}).status_code == 200


def test_the_form_publishes_through_the_action(desk: Client) -> None:
    publish()
    assert desk.post(reverse(ADD), FORM).status_code == 302
    item = ServiceItem.objects.get(version=2)
    assert item.materials == ["身份证", "照片"]
    assert item.agent_modes == ["collect", "doorstep"]
    assert item.legal_limit_amount is None
    entry = Entry.objects.filter(subject_type="service_item", subject_id="S90").latest("seq")
    assert (entry.actor_name, entry.data["version"]) == ("陈晨", 2)


def test_the_form_asks_for_everything_that_a_version_says() -> None:
    said = {field.name for field in fields(Content)}
    assert set(VersionForm.Meta.fields) == said | {"code", "effective_from"}
    assert set(VersionForm.base_fields) == set(VersionForm.Meta.fields)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"effective_from": clock.today() - dt.timedelta(days=1)}, "effective_from"),
        ({"effective_from": "0001-01-01"}, "effective_from"),
        ({"effective_from": "2099-02-30"}, "effective_from"),
        ({"code": "s 90"}, "code"),
        ({"materials": " \n "}, "materials"),
        ({"materials": "证\n" * 31}, "materials"),
        ({"promised_limit_amount": "0"}, "promised_limit_amount"),
        ({"promised_limit_amount": "99999999999"}, "promised_limit_amount"),
        ({"legal_limit_unit": "working_day"}, "legal_limit_amount"),
        ({"agent_modes": []}, "agent_modes"),
        ({"agent_modes": ["telepathy"]}, "agent_modes"),
        ({"name": "字" * 10_000}, "name"),
        ({"eligible": "a\x00b"}, "eligible"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(
    desk: Client, changes: dict[str, Any], field: str
) -> None:
    response = desk.post(reverse(ADD), {**FORM, "note": "写了很久的备注", **changes})
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [field]
    assert "写了很久的备注" in response.content.decode()
    assert not ServiceItem.objects.exists()
    assert not Entry.objects.filter(subject_type="service_item").exists()


@pytest.mark.parametrize("role", ["member", "head", "duty_officer", "auditor", "security_admin"])
def test_others_with_a_post_read_and_cannot_publish(client: Client, role: str) -> None:
    loaded()
    entered(client, person(role))
    assert client.get(reverse(LIST)).context["cl"].result_count == 18
    assert client.get(reverse(ADD)).status_code == 403
    assert client.post(reverse(ADD), FORM).status_code == 403
    assert ServiceItem.objects.count() == 18


def test_without_a_post_the_desk_shows_nothing(client: Client) -> None:
    loaded()
    entered(client, User.objects.create_user("nobody", name="无岗", is_staff=True))
    assert client.get(reverse(LIST)).status_code == 403


def test_demo_items_are_marked_in_the_list(desk: Client) -> None:
    publish("S90", source="demo")
    publish("S91", source="雨政办发〔2022〕1号")
    page = desk.get(reverse(LIST)).content.decode()
    rows = dict(zip(("S90", "S91"), page.split('class="field-demo"')[1:], strict=True))
    assert "admin-demo" in rows["S90"]
    assert "admin-demo" not in rows["S91"]
