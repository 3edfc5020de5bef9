"""The frame, the parts and the error pages: they compile, name existing icons, and say in words what colours say."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Engine, Template, loader
from django.template.loader import render_to_string
from django.utils import translation

TEMPLATES = settings.BASE_DIR / "templates"
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (settings.BASE_DIR / "static/img/icons.svg").read_text()))
STATES = [
    *("reported", "dispatched", "in_progress", "suspended", "handled"),
    *("evaluated", "closed", "rejected", "void", "merged"),
]


class Sample(forms.Form):
    """One field of each kind that a part treats in a way of its own."""

    description = forms.CharField(label="What happened", help_text="In a few words", widget=forms.Textarea)
    solved = forms.ChoiceField(
        label="Solved",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        help_text="As you saw it",
    )
    urgent = forms.BooleanField(label="Urgent", required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)


def case(**changes: object) -> SimpleNamespace:
    """A case as the parts read it."""
    start = datetime.now(UTC)
    facts = {
        "number": "430302-20261122-000001",
        "state": "dispatched",
        "get_state_display": "Dispatched",
        "category": SimpleNamespace(name="Manhole cover"),
        "severity": "critical",
        "get_severity_display": "Critical",
        "description": "<b>missing</b>",
        "address": "1 Lake Road",
        "block_name": "Block 1",
        "due_at": start - timedelta(hours=2, minutes=1),
        "is_overdue": True,
        "is_due_soon": False,
        "reported_at": start - timedelta(hours=5),
        "get_absolute_url": "/cases/430302-20261122-000001/",
    }
    return SimpleNamespace(**{**facts, **changes})


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles(name: str):
    assert Engine.get_default().get_template(name).name == name


def test_every_icon_that_a_template_names_is_drawn():
    source = {name: (TEMPLATES / name).read_text() for name in NAMES}
    named = {
        icon
        for text in source.values()
        for icon in re.findall(r'parts/icon\.html" with name="([a-z_-]+)"(?!\|add)', text)
    }
    assert len(named) > 15, "the search found the icons"
    assert named - SPRITE == set()


def test_every_state_severity_and_phase_has_a_shape_of_its_own():
    wanted = {f"state-{state}" for state in STATES}
    wanted |= {f"severity-{severity}" for severity in ("low", "normal", "high", "critical")}
    wanted |= {f"phase-{phase}" for phase in ("report", "dispatch", "evaluate", "feedback", "end")}
    assert wanted - SPRITE == set()


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_pages_for_the_worst_moments_need_no_context_at_all(name: str):
    page = loader.get_template(name).render()
    assert "<h1" in page
    assert "<li>" in page, "it says what to do next"


@pytest.mark.parametrize("name", ["500.html", "503.html"])
def test_pages_for_the_worst_moments_need_no_list_of_hashed_files(name: str, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    assert "/static/dist/app.css" in loader.get_template(name).render()


def test_a_refusal_is_shown_with_its_own_sentence():
    refusal = SimpleNamespace(status=409, message="Signed by somebody else <1 minute ago>.")
    page = render_to_string("refusal.html", {"refusal": refusal, "back_url": "/cases/1/"})
    assert "Signed by somebody else &lt;1 minute ago&gt;." in page
    assert 'href="/cases/1/"' in page


def test_a_field_with_an_error_joins_label_help_and_error_to_its_control():
    form = Sample({"description": ""})
    html = render_to_string("parts/field.html", {"field": form["description"]})
    assert '<label for="id_description">' in html
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described is not None
    for name in described.group(1).split():
        assert html.count(f'id="{name}"') == 1, name
    assert 'aria-invalid="true"' in html
    assert "This field is required." in html


def test_choices_stand_in_a_group_with_a_legend_and_its_help():
    html = render_to_string("parts/field.html", {"field": Sample()["solved"], "layout": "row"})
    assert re.search(r"<fieldset[^>]*aria-describedby=\"id_solved_helptext\"", html)
    assert "<legend>Solved" in html
    assert html.count('id="id_solved_helptext"') == 1


def test_only_fields_that_may_stay_empty_are_marked():
    form = Sample()
    assert "(optional)" not in render_to_string("parts/field.html", {"field": form["description"]})
    assert "<label" not in render_to_string("parts/field.html", {"field": form["key"]})


def test_the_head_of_a_refused_form_links_every_problem_to_its_field():
    html = render_to_string("parts/form_errors.html", {"form": Sample({})})
    assert 'href="#id_description"' in html
    assert 'href="#id_solved"' in html
    assert render_to_string("parts/form_errors.html", {"form": Sample()}).strip() == ""


def test_a_late_case_says_so_in_words_and_escapes_what_people_typed():
    html = render_to_string("parts/case_card.html", {"case": case()})
    assert "Overdue by 2" in html
    assert "&lt;b&gt;missing" in html
    assert "#state-dispatched" in html
    assert "#severity-critical" in html
    assert 'href="/cases/430302-20261122-000001/"' in html


def test_a_case_nearly_due_says_how_long_is_left_and_an_ended_one_has_no_clock():
    soon = case(due_at=datetime.now(UTC) + timedelta(minutes=95), is_overdue=False, is_due_soon=True)
    html = render_to_string("parts/case_card.html", {"case": soon})
    assert "left</time>" in html
    assert "clock--soon" in html
    ended = case(state="closed", due_at=None, is_overdue=False)
    assert "<time" not in render_to_string("parts/clock.html", vars(ended))


def test_an_empty_list_says_what_to_do():
    html = render_to_string(
        "parts/case_list.html",
        {"cases": [], "empty_title": "Nothing waits", "empty_url": "/report/", "empty_link": "Report"},
    )
    assert "Nothing waits" in html
    assert '<a class="btn btn-primary" href="/report/">Report</a>' in html


@pytest.mark.parametrize(("phase", "done"), [("report", 0), ("dispatch", 1), ("feedback", 3), ("end", 4)])
def test_the_stepper_marks_what_is_done_and_where_the_case_stands(phase: str, done: int):
    html = render_to_string("parts/stepper.html", {"phase": phase})
    assert html.count("stepper__step--done") == done
    assert html.count('aria-current="step"') == (0 if phase == "end" else 1)


def test_a_form_that_is_sent_once_carries_its_sentences():
    html = Template('<form {% include "parts/form_start.html" with draft="report" %}>').render(Context())
    assert 'data-draft="report"' in html
    assert "data-once" in html
    assert "data-text-offline" in html
