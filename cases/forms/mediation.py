"""What the verbs of a mediation ask for at the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Mediation, MediationParty
from yuhu.kit import clock
from yuhu.kit.desk.forms import ActionForm, DayField, Named, VerbForm

_LONG = 5000
Choices = list[tuple[str, Any]]


def _text(label: Any, *, help_text: Any = "") -> forms.CharField:
    area = forms.Textarea({"rows": 5, "class": "vLargeTextField"})
    return forms.CharField(label=label, max_length=_LONG, widget=area, help_text=help_text)


class OpenForm(ActionForm):
    """A mediation begins."""

    number = forms.CharField(
        label=_("Case number"), max_length=32, help_text=_("The dispute that is mediated.")
    )

    class Meta:
        model = Mediation
        fields = ("number", "kind", "basis", "unit", "mediator")


class PartyForm(VerbForm):
    """Somebody between whom it is mediated."""

    side = forms.ChoiceField(label=_("side"), choices=MediationParty.Side.choices)
    name = forms.CharField(label=_("Name"), max_length=50)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)


class ConsentForm(VerbForm):
    """What a party said when it was asked."""

    party = forms.ChoiceField(label=_("Party"))
    consents = forms.TypedChoiceField(
        label=_("Answer"),
        choices=[("yes", _("Agrees to the mediation")), ("no", _("Refuses: this ends the mediation"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["party"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(party.pk), str(party)) for party in self.obj.parties.order_by("side", "pk")]


class SessionForm(VerbForm):
    """What was said."""

    text = _text(_("Record of the session"))


class ExtendForm(VerbForm):
    """The consent of both."""

    both_agree = forms.BooleanField(label=_("Both sides agree to go on"), required=False)


class PoliceForm(VerbForm):
    """What was reported to the police."""

    text = _text(_("What was reported, to which station, and when"))


class AgreeForm(VerbForm):
    """The agreement."""

    form = forms.ChoiceField(label=_("form of the agreement"), choices=Mediation.Form.choices)
    text = _text(_("Content of the agreement"))
    agreed_on = DayField(label=_("Agreed on"))
    signed = forms.BooleanField(
        label=_("Signed by the parties and the mediator, and sealed"),
        required=False,
        help_text=_("Needed for a written agreement (People's Mediation Law, art. 29)."),
    )
    perform_by = DayField(label=_("to be performed by"), required=False)

    @classmethod
    def initial_of(cls, obj: Any) -> dict[str, Any]:
        return {"agreed_on": clock.today()}


class FailForm(VerbForm):
    """Why there is no agreement."""

    text = _text(_("Why no agreement was reached"))
    told = forms.BooleanField(
        label=_("The parties were told the other ways: arbitration, administrative review, a court"),
        required=False,
    )


class ReferForm(VerbForm):
    """To another kind of mediation."""

    kind = forms.ChoiceField(label=_("kind"), choices=Mediation.Kind.choices)
    text = _text(_("Why it is referred"))
    named = {
        "unit": Named(Mediation, "unit", _("mediating unit")),
        "mediator": Named(Mediation, "mediator", _("mediator")),
    }
    order = ("kind", "unit", "mediator", "text")


class PerformanceForm(VerbForm):
    """How the agreement is performed."""

    performance = forms.ChoiceField(label=_("performance"), choices=Mediation.Performance.choices)
    text = _text(_("What the visit found"))


class AskConfirmationForm(VerbForm):
    """When the court was asked."""

    asked_on = DayField(label=_("Asked for on"))


class DecideConfirmationForm(VerbForm):
    """What the court decided."""

    confirmed = forms.TypedChoiceField(
        label=_("Decision of the court"),
        choices=[("yes", _("Confirmed by the court")), ("no", _("Declined by the court"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


class RevealForm(forms.Form):
    """Why names and phones are needed in clear, and the password unless it was given just now."""

    reason = forms.CharField(label=_("Reason"), min_length=2, max_length=200)
    password = forms.CharField(
        label=_("Your password"), max_length=128, strip=False, widget=forms.PasswordInput, required=False
    )

    def __init__(self, *args: Any, ask_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_password:
            del self.fields["password"]
