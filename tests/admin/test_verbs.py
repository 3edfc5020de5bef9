"""Pages on which one acts: possible verbs with their forms, the others with the reason, refusals beside the field."""

import datetime as dt

import pytest
from django import forms
from django.contrib import admin
from django.urls import clear_url_caches, set_urlconf

from staffing.actions import end_assistant
from staffing.admin.verbs import Verb, VerbsAdmin
from staffing.models import Assistant, Membership
from staffing.policies import may_appoint
from tests.admin.desk import enter, page, said
from yuhu.kit import clock
from yuhu.kit.desk.forms import Named, VerbForm
from yuhu.kit.exceptions import Invalid
from yuhu.kit.verdicts import Denied


class EndForm(VerbForm):
    """Asks for a day and, to show the search boxes, for units."""

    ends_on = forms.DateField(label="until")
    named = {"units": Named(Membership, "unit", "units", required=False, many=True)}


def end(*, assistant, ends_on, units, **who):
    if len(units) > 1:
        raise Invalid("At most one.", field="units")
    return end_assistant(assistant=assistant, ends_on=ends_on, **who)


class HelpersAdmin(VerbsAdmin):
    """Helpers whose posts end by a verb."""

    noun = "assistant"
    fields = ("user", "kind")
    verbs = (
        Verb(
            "end",
            "End it",
            lambda user, row, at: may_appoint(user, area=row.block.code, on=clock.local_date(at)),
            end,
            EndForm,
        ),
        Verb("never", "Never", lambda user, row, at: Denied("Not on earth."), end),
    )

    def journal_subject(self, request, obj):
        return "block", obj.block.code


@pytest.fixture
def helpers():
    """The desk with that page in the place of its own one."""
    usual = admin.site._registry[Assistant]
    admin.site._registry[Assistant] = HelpersAdmin(Assistant, admin.site)
    _forget_addresses()
    yield
    admin.site._registry[Assistant] = usual
    _forget_addresses()


def _forget_addresses():
    """The desk's addresses are drawn up once: here they are drawn up again."""
    from importlib import reload

    from yuhu import urls

    clear_url_caches()
    reload(urls)
    set_urlconf(None)


@pytest.fixture
def row(world):
    return Assistant.objects.get(user=world.assistant)


def test_what_is_possible_stands_there_with_its_form_and_the_rest_with_the_reason(world, helpers, row):
    text = enter(world.streetleader).get(page("staffing.assistant", "change", row.pk)).content.decode()
    assert "End it" in text
    assert 'name="ends_on"' in text
    assert "Not on earth." in text


def test_a_verb_is_carried_out_and_told(world, helpers, row):
    browser = enter(world.streetleader)
    address = page("staffing.assistant", "do", row.pk, "end")
    answer = browser.post(address, {"ends_on": "2027-01-01"}, follow=True)
    assert "End it" in said(answer)
    row.refresh_from_db()
    assert row.ends_on == dt.date(2027, 1, 1)
    assert "2027-01-01" in answer.content.decode()


def test_a_refusal_stands_beside_its_field_and_nothing_is_lost(world, helpers, row):
    browser = enter(world.streetleader)
    keys = [world.unit("coordination").pk, world.unit("block_service").pk]
    answer = browser.post(
        page("staffing.assistant", "do", row.pk, "end"), {"ends_on": "2027-01-01", "units": keys}
    )
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "At most one." in text
    assert "2027-01-01" in text
    assert all(f'value="{key}" selected' in text for key in keys)
    row.refresh_from_db()
    assert row.ends_on is None


def test_units_are_named_without_a_script_too(world, helpers, row):
    code = world.unit("coordination").code
    sent = {"ends_on": "2027-01-01", "units-typed": f"{code}，"}
    assert (
        enter(world.streetleader).post(page("staffing.assistant", "do", row.pk, "end"), sent).status_code
        == 302
    )


@pytest.mark.parametrize("typed", ["nothing", "1 2 3"])
def test_what_names_no_row_is_refused(world, helpers, row, typed):
    sent = {"ends_on": "2027-01-01", "units-typed": typed}
    assert (
        enter(world.streetleader).post(page("staffing.assistant", "do", row.pk, "end"), sent).status_code
        == 200
    )


def test_whoever_may_not_is_told_why_and_nothing_happens(world, helpers, row):
    answer = enter(world.handler).post(
        page("staffing.assistant", "do", row.pk, "end"), {"ends_on": "2027-01-01"}, follow=True
    )
    assert said(answer)
    row.refresh_from_db()
    assert row.ends_on is None


@pytest.mark.parametrize("verb", ["never", "unknown"])
def test_verbs_that_are_not_possible_or_not_known_do_nothing(world, helpers, row, verb):
    assert enter(world.streetleader).post(page("staffing.assistant", "do", row.pk, verb)).status_code == 302


def test_looking_at_a_verb_leads_to_the_page(world, helpers, row):
    answer = enter(world.streetleader).get(page("staffing.assistant", "do", row.pk, "end"))
    assert answer.status_code == 302
    assert answer["Location"] == page("staffing.assistant", "change", row.pk)
