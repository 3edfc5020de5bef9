"""What the verbs of lists, certificates and consultations ask for. Each ends in an action."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blocks.models import Street
from duties.models import CertificateRule, Consultation, DutyItem, DutyList, StreetAnswer
from duties.models.consultations import LONGEST_TEXT
from yuhu.kit.desk.forms import ActionForm, DayField, Named, VerbForm

if TYPE_CHECKING:
    # Generic in the stubs only.
    ModelMultipleChoiceField = forms.ModelMultipleChoiceField[Any]
else:
    ModelMultipleChoiceField = forms.ModelMultipleChoiceField


def _words(label: Any, *, required: bool = True, rows: int = 4, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_TEXT,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"}),
    )


def _line(label: Any, length: int, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=length,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class PublishForm(VerbForm):
    """The day from which the list counts."""

    effective_from = DayField(
        label=_("takes effect on"),
        help_text=_("From this day on it is the list in force; the one before ends."),
    )

    @classmethod
    def initial_of(cls, obj: DutyList) -> dict[str, Any]:
        return {"effective_from": obj.effective_from}


class RescheduleForm(PublishForm):
    """Date and source of a draft."""

    effective_from = DayField(label=_("takes effect on"))
    source = _line(_("source"), 100, help_text=_("The document that issued it."))

    @classmethod
    def initial_of(cls, obj: DutyList) -> dict[str, Any]:
        return {"effective_from": obj.effective_from, "source": obj.source}


class StartDraftForm(VerbForm):
    """A draft that begins as a copy."""

    effective_from = DayField(
        label=_("takes effect on"), help_text=_("It can be changed until the draft is published.")
    )
    source = _line(_("source"), 100, help_text=_("The document that issued it."))


class AddItemForm(VerbForm):
    """One more item of a draft; the rest is filled in on the item's own page."""

    code = _line(_("code"), 20, help_text=_("Never used before in any list; later versions keep it."))
    name = _line(_("item"), 200)
    category = _line(_("category"), 60, required=False)
    lead = _line(_("in charge"), 100, required=False)
    basis = _line(_("basis"), 500, required=False)
    named = {"lead_unit": Named(DutyItem, "lead_unit", _("department in charge"), required=False)}
    order = ("code", "name", "category", "lead", "lead_unit", "basis")


class CorrectCertificateForm(VerbForm):
    """What counts for a certificate from a day on."""

    starts_on = DayField(label=_("From"))
    office = _line(_("office that issues it"), 100)
    aliases = _line(
        _("other names"), 300, required=False, help_text=_("With “；” between; the search finds these.")
    )
    way = _words(_("what to do instead"), required=False, rows=2)
    basis = _line(_("basis"), 300, required=False)
    office_source = _line(_("source of the office"), 100, help_text=_("The document that says so."))
    named = {"unit": Named(CertificateRule, "unit", _("unit in the district"), required=False)}
    order = ("starts_on", "office", "unit", "way", "aliases", "basis", "office_source")

    @classmethod
    def initial_of(cls, obj: CertificateRule) -> dict[str, Any]:
        kept = {name: getattr(obj, name) for name in ("office", "aliases", "way", "basis")}
        return {**kept, "unit": obj.unit_id, "office_source": "" if obj.is_demo else obj.office_source}


class EndCertificateForm(VerbForm):
    """The certificate leaves the list."""

    ends_on = DayField(label=_("Until (exclusive)"), help_text=_("The first day without it."))


class StreetsField(ModelMultipleChoiceField):
    """The asked streets as boxes to tick."""

    def __init__(self) -> None:
        super().__init__(
            Street.objects.defer("boundary").order_by("code"),
            label=_("streets that are asked"),
            widget=forms.CheckboxSelectMultiple(attrs={"class": "admin-choices"}),
        )

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class ConsultationForm(ActionForm):
    """A new consultation."""

    about = _words(
        _("what it is about"),
        rows=6,
        help_text=_("What is planned, where, when, and what streets should look at."),
    )
    due_on = DayField(label=_("answers due by"), help_text=_("The last day on which streets answer in time."))
    streets = StreetsField()

    class Meta:
        model = Consultation
        fields = ("unit", "title", "about", "basis", "due_on", "streets")


class AmendForm(VerbForm):
    """The same for a draft."""

    title = _line(_("plan or project"), 100)
    about = _words(_("what it is about"), rows=6)
    basis = _line(_("basis"), 300, required=False)
    due_on = DayField(label=_("answers due by"), help_text=_("The last day on which streets answer in time."))
    streets = StreetsField()

    @classmethod
    def initial_of(cls, obj: Consultation) -> dict[str, Any]:
        facts = {name: getattr(obj, name) for name in ("title", "about", "basis", "due_on")}
        return {**facts, "streets": [answer.street_id for answer in obj.answers.all()]}


class AnswerForm(VerbForm):
    """What the street says."""

    position = forms.ChoiceField(
        label=_("position"),
        choices=StreetAnswer.Position.choices,
        widget=forms.RadioSelect(attrs={"class": "admin-choices"}),
    )
    comment = _words(
        _("comment"),
        required=False,
        help_text=_("Needed with conditions and with an objection: which ones, or why."),
    )
    proposal = _words(
        _("proposal"),
        required=False,
        help_text=_("What should be done differently. The department must reply to it. Empty: no proposal."),
    )

    @classmethod
    def initial_of(cls, obj: StreetAnswer) -> dict[str, Any]:
        return {"position": obj.position, "comment": obj.comment, "proposal": obj.proposal}


class ReplyForm(VerbForm):
    """What becomes of the proposal."""

    outcome = forms.ChoiceField(
        label=_("what becomes of the proposal"),
        choices=StreetAnswer.Outcome.choices,
        widget=forms.RadioSelect(attrs={"class": "admin-choices"}),
    )
    reply = _words(
        _("reply"), required=False, help_text=_("Needed unless the whole proposal is adopted: the reason.")
    )


class AssessForm(VerbForm):
    """Points for the project."""

    score = forms.TypedChoiceField(
        label=_("assessment (1 to 5)"),
        coerce=int,
        choices=[
            (5, _("5 — very good")),
            (4, _("4 — good")),
            (3, _("3 — fair")),
            (2, _("2 — poor")),
            (1, _("1 — very poor")),
        ],
        widget=forms.RadioSelect(attrs={"class": "admin-choices"}),
    )
    remark = _words(
        _("remark on the assessment"), required=False, help_text=_("Needed with 1 or 2: what was wrong.")
    )
