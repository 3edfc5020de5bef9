"""Small helpers of the desk's tests: a browser of somebody of the cast, addresses, and what a page says."""

from typing import Any

from django.test import Client
from django.urls import reverse

from staffing.models import User


def enter(person: User) -> Client:
    """A browser in which ``person`` is logged in."""
    browser = Client()
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def page(model: str, what: str = "changelist", *args: object) -> str:
    """``staffing.tenure`` and ``add`` → the address."""
    return reverse(f"admin:{model.replace('.', '_')}_{what}", args=args)


def listed(browser: Client, model: str, **query: Any) -> list[Any]:
    """The rows that the list shows on its first page."""
    answer = browser.get(page(model), query)
    assert answer.status_code == 200, answer.status_code
    return list(answer.context["cl"].result_list)


def rows_behind(browser: Client, url: str) -> int | None:
    """How many rows the list of a day's number shows; None where its page is no list (a week)."""
    answer = browser.get(url)
    assert answer.status_code == 200, url
    if "cl" in answer.context:
        return int(answer.context["cl"].result_count)
    return len(answer.context["rows"]) if "rows" in answer.context else None


def said(answer: Any) -> str:
    """The messages above a page."""
    return "\n".join(str(message) for message in answer.context["messages"])


def errors(answer: Any) -> dict[str, list[str]]:
    """The refusals beside the fields of a form that came back."""
    assert answer.status_code == 200, answer.status_code
    return {name: list(found) for name, found in answer.context["adminform"].form.errors.items()}
