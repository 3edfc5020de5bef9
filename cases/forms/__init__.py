"""HTML forms of cases: they read what a page sends; what is right is decided by policies and actions."""

from cases.forms.erase import EraseForm
from cases.forms.filters import FilterForm
from cases.forms.moves import MoveForm
from cases.forms.photos import PhotoTray
from cases.forms.report import ReportForm
from cases.forms.resident import LookUpForm, ResidentForm
from cases.forms.unmask import UnmaskForm

__all__ = [
    "EraseForm",
    "FilterForm",
    "LookUpForm",
    "MoveForm",
    "PhotoTray",
    "ReportForm",
    "ResidentForm",
    "UnmaskForm",
]
