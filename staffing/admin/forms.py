"""Forms of the desk for accounts, seats and rosters. Each ends in an action; a refusal stands beside its field."""

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from staffing.models import Assistant, Membership, PartnerClient, PlatformLink, RosterImport, Tenure, User
from staffing.posts import SCOPE_LABELS
from yuhu.kit.desk.forms import ActionForm, DayField, SheetForm


def _from() -> DayField:
    return DayField(label=_("From"))


def _until(*, required: bool = True) -> DayField:
    return DayField(label=_("Until (exclusive)"), required=required, help_text=_("The first day without it."))


class AccountForm(ActionForm):
    """A new account."""

    password = forms.CharField(
        label=_("First password"),
        max_length=128,
        help_text=_(
            "At least 12 characters. Hand it over in person; it must be replaced at the first log-in."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField"}),
        strip=False,
    )

    class Meta:
        model = User
        fields = ("username", "password", "name", "employee_number", "phone", "email")


class AccountChangeForm(ActionForm):
    """Facts of an account, whether it is open, and another first password for somebody who forgot his."""

    password = forms.CharField(
        label=_("New first password"),
        max_length=128,
        required=False,
        help_text=_("Only for somebody who forgot the password. Empty: it stays as it is."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "vTextField"}),
        strip=False,
    )
    second_factor = forms.BooleanField(
        label=_("Remove the second factor"),
        required=False,
        help_text=_(
            "Only for somebody who lost the phone and stands before you. A new one is set up at the next log-in."
        ),
    )

    class Meta:
        model = User
        fields = ("name", "employee_number", "phone", "email", "is_active", "password", "second_factor")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.pop("password", None)  # never the hash


class CodesField(forms.CharField):
    """Codes separated by commas or blanks."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return str(value or "").replace(",", " ").replace("，", " ").split()


class _BindingForm(ActionForm):
    """What a partner's system is bound to."""

    categories = CodesField(
        label=_("categories"),
        required=False,
        max_length=400,
        help_text=_("Codes of categories or of whole branches; none: all of them."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("scopes"),
        choices=[(scope.value, label) for scope, label in SCOPE_LABELS.items()],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "admin-choices"}),
    )
    ends_on = DayField(
        label=_("Until (exclusive)"),
        required=False,
        help_text=_("The first day on which it opens nothing. Empty: until further notice."),
    )


# The toolkit's own words for its columns are English, or those for a person.
CLIENT_LABELS = {"client_id": _("client id"), "name": _("name of the system")}


class ClientForm(_BindingForm):
    """A new system; its secret is shown on the next page, once."""

    class Meta:
        model = PartnerClient
        fields = (
            *("client_id", "name", "area", "categories", "channel", "scopes"),
            *("requests_per_minute", "ends_on"),
        )
        labels = CLIENT_LABELS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["client_id"] = ""  # a name that people recognise, not the toolkit's random one
        self.fields["name"].required = True


class ClientChangeForm(_BindingForm):
    """What a system is bound to from now on, and whether it is open."""

    class Meta:
        model = PartnerClient
        fields = (
            *("name", "area", "categories", "channel", "scopes"),
            *("requests_per_minute", "ends_on", "is_active"),
        )
        labels = CLIENT_LABELS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True


class SeatForm(ActionForm):
    """Somebody takes a seat in a unit."""

    starts_on = _from()

    class Meta:
        model = Membership
        fields = ("unit", "user", "role", "starts_on")


class SeatEndForm(ActionForm):
    """A seat ends."""

    ends_on = _until()

    class Meta:
        model = Membership
        fields = ("ends_on",)


class OfficeForm(ActionForm):
    """An office moves to another platform."""

    starts_on = _from()

    class Meta:
        model = PlatformLink
        fields = ("office", "platform", "starts_on")


class Change(TextChoices):
    """What can happen to a post of a block."""

    APPOINT = "appoint", _("Appoint (whoever holds it hands over)")
    STAND_IN = "stand_in", _("Let somebody stand in")
    RELIEVE = "relieve", _("Relieve (the post is vacant)")
    END_STANDING_IN = "end_standing_in", _("End the standing in")


class TenureForm(ActionForm):
    """A post of a block changes hands."""

    change = forms.ChoiceField(
        label=_("What happens"),
        choices=Change.choices,
        initial=Change.APPOINT,
        widget=forms.RadioSelect(attrs={"class": "admin-choices"}),
        help_text=_("Open cases of the block go to whoever is answerable then."),
    )
    post = forms.ChoiceField(
        label=_("post"),
        choices=[(seat.value, seat.label) for seat in (Tenure.Seat.GOVERNOR, Tenure.Seat.SUPERVISOR)],
    )
    starts_on = _from()
    ends_on = DayField(
        label=_("Until (exclusive)"),
        required=False,
        help_text=_("Only for standing in. Empty: until further notice."),
    )

    class Meta:
        model = Tenure
        fields = ("change", "block", "post", "holder", "starts_on", "ends_on")

    def clean(self) -> dict[str, Any]:
        """Whoever appoints names somebody; whoever relieves names nobody."""
        data = super().clean() or self.cleaned_data
        names_somebody = data.get("change") in (Change.APPOINT, Change.STAND_IN)
        if names_somebody and "holder" in data and data["holder"] is None:
            self.add_error("holder", _("Please name the person."))
        if data.get("ends_on") and data.get("change") != Change.STAND_IN:
            self.add_error("ends_on", _("Only standing in has an end that is known before."))
        return data


class AssistantForm(ActionForm):
    """Somebody helps in a block."""

    starts_on = _from()

    class Meta:
        model = Assistant
        fields = ("block", "user", "kind", "starts_on")


class AssistantEndForm(ActionForm):
    """The help ends."""

    ends_on = _until()

    class Meta:
        model = Assistant
        fields = ("ends_on",)


class RosterSheetForm(SheetForm):
    """A roster as a sheet. What it would change is shown before anything does."""

    sheet = forms.FileField(
        label=_("Sheet"),
        help_text=_(
            "Excel (.xlsx) or CSV in the form of the export: one row a seat, with block code, post and name. "
            "Nothing is changed yet: you see first what the sheet would change."
        ),
    )
    effective_on = DayField(
        label=_("Takes effect on"), help_text=_("For rows that name no day of their own.")
    )

    class Meta:
        model = RosterImport
        fields = ("sheet", "effective_on", "replaces")
