"""Who may do what at the desk, as one table; nobody without a post of the desk comes in."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from staffing.models import Assistant, Membership, PlatformLink, Tenure, User
from tests.admin.desk import enter, page
from yuhu.kit.scope import Scope

# l: look at the list and its rows, a: add (alone: and look at nothing), c: change (at least one row); "-": refused.
# Nobody ever deletes.
PEOPLE = [
    "handler", "office_head", "dispatcher", "streetleader", "leader", "department", "auditor", "admin", "security",
]  # fmt: skip
TABLE = """
                       member  head  duty  street  district  department  auditor  system  security
cases.case             l       l     l     l       l         l           l        -       -
cases.meeting          l       l     la    la      la        l           l        -       -
cases.agendaitem       l       l     l     l       l         l           l        -       -
cases.category         l       l     l     l       l         l           l        lc      l
cases.whistle          la      la    la    l       l         l           l        -       -
cases.whistlecall      l       l     l     l       l         l           l        -       -
staffing.user          l       l     l     l       l         l           l        lac     lac
staffing.partnerclient -       -     -     -       -         -           -        la      la
staffing.unit          l       l     l     l       l         l           l        l       l
staffing.platformlink  l       l     l     l       l         l           l        la      l
staffing.membership    l       l     lac   lac     lac       l           l        lac     lac
staffing.tenure        l       l     la    la      la        l           l        l       l
staffing.assistant     l       l     lac   lac     lac       l           l        l       l
staffing.absence      l       l     la    la      la        l           l        l       l
staffing.training      l       l     la    la      la        l           l        l       l
staffing.reserve       -       -     la    la      la        -           l        -       -
staffing.counselappointment l  l     la    la      la        l           l        l       l
staffing.shift         l       l     la    la      la        l           l        l       l
staffing.shiftswap     l       l     l     l       l         l           l        l       l
staffing.rosterimport  -       -     la    la      la        -           -        -       -
cases.followupcall     -       l     l     l       l         -           l        -       -
cases.outsidefigure    -       la    la    l       l         -           l        -       -
cases.mediation        a       a     a     -       -         a           -        -       -
staffing.visit         la      la    la    la      la        la          l        -       -
staffing.finding       l       l     l     l       l         l           l        -       -
blocks.district        l       l     l     l       l         l           l        l       l
blocks.street          l       l     l     l       l         l           l        l       l
blocks.community       l       l     l     l       l         l           l        l       l
blocks.division        l       l     l     l       l         l           l        l       l
blocks.block           l       l     l     l       l         l           l        l       l
duties.dutylist        l       l     l     l       l         l           l        la      l
duties.dutyitem        l       l     l     l       l         l           l        l       l
duties.calendarday     l       l     l     l       l         l           l        lac     l
duties.calendaryear    l       l     l     l       l         l           l        la      l
duties.workwindow      l       l     l     l       l         l           l        la      l
duties.steplimit       l       l     l     l       l         l           l        lac     l
duties.certificaterule l      l     l     l       l         l           l        l       l
duties.admission       l       l     l     l       l         la          l        l       l
duties.offlistreport   -       la    la    la      l         -           l        -       -
duties.consultation    l       l     l     l       l         la          l        l       l
duties.streetanswer    l       l     l     l       l         l           l        l       l
services.serviceitem   l       l     l     l       l         l           l        la      l
delivery.delivery      -       -     l     -       -         -           -        l       -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]
WITHOUT_A_DESK = ["governor", "supervisor", "assistant", "liaison", "stranger"]


def test_the_table_names_every_list_of_the_desk():
    registered = {f"{model._meta.app_label}.{model._meta.model_name}" for model in admin.site._registry}
    assert {row[0] for row in ROWS} == registered


def rights(browser: Client, model: str) -> str:
    """What the answers say, in the letters of the table."""
    answer = browser.get(page(model))
    if answer.status_code == 403:
        return "a" if browser.get(page(model, "add")).status_code == 200 else "-"
    assert answer.status_code == 200
    found = "l"
    if browser.get(page(model, "add")).status_code == 200:
        found += "a"
    rows = list(answer.context["cl"].result_list)
    rows = list(dict.fromkeys([*rows[:2], rows[len(rows) // 2], rows[-1]])) if rows else []
    if rows:
        assert browser.post(page(model, "delete", rows[0].pk), {"post": "yes"}).status_code == 403
    return found + ("c" if any(may_change(browser, model, row.pk) for row in rows) else "")


def may_change(browser: Client, model: str, key: object) -> bool:
    """Whether the row opens with a form; it opens in any case. A case opens on its own page."""
    answer = browser.get(page(model, "change", key))
    if model == "cases.case":
        assert answer.status_code == 302
        return False
    assert answer.status_code == 200
    return bool(answer.context["has_change_permission"])


@pytest.mark.parametrize("column", range(len(PEOPLE)), ids=PEOPLE)
def test_every_right_is_as_the_table_says(world, column):
    browser = enter(world.people[PEOPLE[column]])
    found = {row[0]: rights(browser, row[0]) for row in ROWS}
    assert found == {row[0]: row[1 + column] for row in ROWS}


@pytest.mark.parametrize("name", WITHOUT_A_DESK)
def test_without_a_post_of_the_desk_every_address_is_refused(world, name):
    browser = enter(world.people[name])
    places = [
        reverse("admin:index"),
        reverse("admin:autocomplete"),
        reverse("admin:app_list", args=["cases"]),
    ]
    places += [page(row[0], what) for row in ROWS for what in ("changelist", "add")]
    places += [page("staffing.user", what, world.handler.pk) for what in ("change", "history", "delete")]
    assert {place: browser.get(place).status_code for place in places} == dict.fromkeys(places, 403)


def test_a_stranger_is_led_to_the_log_in(world):
    answer = Client().get(page("cases.case"), follow=True)
    assert answer.redirect_chain[-1][0].startswith("/login/?next=")


def test_the_flags_of_django_open_nothing(world):
    flagged = User.objects.create_superuser("root", password=None, name="无岗")
    assert enter(flagged).get(reverse("admin:index")).status_code == 403


def test_a_post_opens_the_desk_without_the_flag(world):
    User.objects.filter(pk=world.handler.pk).update(is_staff=False)
    assert enter(world.handler).get(reverse("admin:index")).status_code == 200


def test_a_closed_account_is_outside_at_once(world):
    browser = enter(world.dispatcher)
    assert browser.get(reverse("admin:index")).status_code == 200
    User.objects.filter(pk=world.dispatcher.pk).update(is_active=False)
    assert browser.get(reverse("admin:index")).status_code == 302


def test_lists_that_would_ask_the_tables_of_django_do_not_stand_at_the_desk(world):
    assert Group not in admin.site._registry
    admin.site.register(Group, admin.ModelAdmin)
    assert Group not in admin.site._registry


def test_the_first_page_shows_each_person_his_lists_in_chinese(world):
    leader = enter(world.streetleader).get(reverse("admin:index")).content.decode()
    system = enter(world.admin).get(reverse("admin:index")).content.decode()
    assert "人员与岗位" in leader
    assert page("cases.case") in leader
    assert page("cases.case") not in system


def test_no_address_of_the_desk_leads_from_a_number_to_a_page_unasked(world):
    assert enter(world.leader).get("/admin/r/1/1/").status_code == 404


@pytest.mark.parametrize("model", [Tenure, Assistant, Membership])
def test_without_a_post_one_sees_ones_own_seats_and_without_a_person_none(world, model):
    holder = {Tenure: world.governor, Assistant: world.assistant, Membership: world.handler}[model]
    own = model.objects.within(Scope(person=holder.pk))
    assert own.count() == 1 < model.objects.within(Scope(has_post=True)).count()
    assert not model.objects.within(Scope.nothing()).exists()
    assert not PlatformLink.objects.within(Scope(person=holder.pk)).exists()
