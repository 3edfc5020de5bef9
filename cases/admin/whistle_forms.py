"""Forms of the desk for whistles: what each verb asks for. Rules and refusals are the actions'."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.actions.whistles.base import LONGEST
from cases.models import Whistle, WhistleCall
from yuhu.kit.desk.forms import ActionForm, MomentField, Named, VerbForm

SCORES: list[tuple[str, str | Promise]] = [
    ("5", _("5: very good")),
    ("4", _("4: good")),
    ("3", _("3: fair")),
    ("2", _("2: poor")),
    ("1", _("1: very poor")),
]
TASK_HELP = _("What exactly each of them shall do. A department with a task of its own is added afterwards.")


def text(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Something to be written."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )


def score(label: Any) -> forms.ChoiceField:
    """One to five."""
    return forms.ChoiceField(
        label=label, choices=SCORES, widget=forms.RadioSelect(attrs={"class": "admin-choices"})
    )


class WhistleForm(ActionForm):
    """A whistle is asked for."""

    units = forms.Field()  # the desk puts its search box here
    reason = text(_("Why the street cannot solve it alone"))
    task = text(_("Task of the departments"), help_text=TASK_HELP)
    gather_at = MomentField(
        label=_("They meet at"),
        required=False,
        help_text=_("Needed for joint enforcement; else by the limits."),
    )
    place = forms.CharField(
        label=_("They meet where"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    class Meta:
        model = Whistle
        fields = ("case", "kind", "reason", "units", "task", "gather_at", "place")
        help_texts = {
            "kind": _("A duty officer's emergency calls at once, and the leader approves afterwards."),
        }


class ReasonForm(VerbForm):
    """Needs a reason."""

    reason = text(_("Reason"))


class RemarkForm(VerbForm):
    """A remark, if there is something to say."""

    reason = text(_("Comment"), required=False)


class CallForm(VerbForm):
    """Further departments, with their task."""

    named = {"units": Named(WhistleCall, "unit", _("Departments"), many=True)}
    order = ("units", "task")
    task = text(_("Task of the departments"))


class CheckInForm(VerbForm):
    """Who comes, and where they are."""

    coming = text(_("Who comes"), help_text=_("Names or number of people, and how to reach them."))
    longitude = forms.FloatField(label=_("longitude"), required=False, min_value=-180, max_value=180)
    latitude = forms.FloatField(label=_("latitude"), required=False, min_value=-90, max_value=90)


class ExplainForm(VerbForm):
    """Why the department does not come."""

    explanation = text(
        _("Why you do not come"), help_text=_("The street decides whether your department may stay away.")
    )


class DecideForm(VerbForm):
    """Accept or refuse an explanation."""

    accept = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Accept: it may stay away")), ("no", _("Refuse: it must come"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect(attrs={"class": "admin-choices"}),
    )
    reason = text(_("Reason"), required=False, help_text=_("Needed when you refuse."))


class AttendForm(VerbForm):
    """Was the department there?"""

    attended = forms.TypedChoiceField(
        label=_("On site"),
        choices=[("yes", _("Yes, was on site")), ("no", _("No, did not come"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect(attrs={"class": "admin-choices"}),
    )
    proof = text(_("What shows it"), help_text=_("Minutes, list of those present, number of a photo."))


class ResultForm(VerbForm):
    """What the department did."""

    result = text(_("Result"), help_text=_("What was done, or will be done by whom until when."))


class RateDepartmentForm(VerbForm):
    """The street rates a department."""

    score = score(_("What the department did"))
    comment = text(_("Comment"), required=False, help_text=_("Needed for 1 and 2."))


class RateStreetForm(VerbForm):
    """A department rates the whistle."""

    justified = score(_("Was the whistle justified?"))
    prepared = score(_("Was it well prepared?"))
    comment = text(_("Comment"), required=False, help_text=_("Needed for 1 and 2."))
