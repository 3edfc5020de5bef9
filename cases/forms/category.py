"""The desk's form for a category: what the system administrator may change of it."""

from cases.models import Category
from yuhu.kit.desk.forms import ActionForm


class CategoryForm(ActionForm):
    """Limits, other names, in use. Everything else comes with the reference data."""

    class Meta:
        model = Category
        fields = ("aliases", "limit_amount", "limit_unit", "contact_hours", "active")
