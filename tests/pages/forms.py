"""Reads pages as a browser without script does: forms with what is filled in, and the text that one sees."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client

VOID = {"input", "img", "meta", "link", "br", "hr", "source", "use"}


@dataclass
class Form:
    """A form as the server drew it: where it goes, what is filled in, which buttons it has."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def data(self, **changes: Any) -> dict[str, Any]:
        """What is sent when these fields are filled in; None clears a field."""
        unknown = changes.keys() - self.names - {name for name, _value in self.buttons}
        assert not unknown, f"the form has no field {sorted(unknown)}: {sorted(self.names)}"
        sent: dict[str, Any] = {name: list(values) for name, values in self.values.items()}
        sent.update(changes)
        return {name: value for name, value in sent.items() if value is not None}


class Page(HTMLParser):
    """A page taken apart."""

    def __init__(self, response: Any) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.links: list[str] = []
        self._words: list[str] = []
        self._form: Form | None = None
        self._select = ""
        self._area = ""
        self.html = response.content.decode()
        self.feed(self.html)

    @property
    def text(self) -> str:
        """What one reads, blanks folded."""
        return " ".join(" ".join(self._words).split())

    def form(self, part: str) -> Form:
        """The one form whose address contains ``part``."""
        found = [form for form in self.forms if part in form.action]
        assert len(found) == 1, f"{len(found)} forms go to {part!r}: {[form.action for form in self.forms]}"
        return found[0]

    def has_form(self, part: str) -> bool:
        return any(part in form.action for form in self.forms)

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element of this kind."""
        return [attributes for name, attributes in self.tags if name == tag]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.tags.append((tag, said))
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        if tag == "form":
            self._form = Form(said.get("action", ""), said.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, said)

    def _control(self, tag: str, said: dict[str, str]) -> None:
        form, name = self._form, said.get("name", "")
        assert form is not None
        if tag == "select":
            self._select = name
            form.names.add(name)
        elif tag == "option" and "selected" in said and said.get("value"):
            form.values.setdefault(self._select, []).append(said["value"])
        elif tag == "textarea":
            self._area = name
            form.names.add(name)
            form.values[name] = [""]
        elif tag == "button" and said.get("type") != "button":
            form.buttons.append((name, said.get("value", "")))
        elif tag == "input" and name:
            form.names.add(name)
            ticked = said.get("type") not in ("checkbox", "radio") or "checked" in said
            if ticked and said.get("type") != "file":
                form.values.setdefault(name, []).append(said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            held = self._form.values[self._area]
            # The first line break after <textarea> belongs to the mark-up.
            held[0] = (
                (held[0] + data).removeprefix("\r\n").removeprefix("\n") if not held[0] else held[0] + data
            )
        self._words.append(data)


TEXT = "三栋楼下垃圾堆了三天 😀 & <b>臭</b>"


def blank(client: Client) -> Form:
    """The report form as it is drawn first."""
    return Page(client.get("/cases/new/")).form("/cases/new/")


def send(client: Client, form: Form | None = None, **changes: Any) -> Any:
    """Fill the report form in as it was drawn, and send it."""
    form = form or blank(client)
    values = {"description": TEXT, "category": "0101", **changes}
    return client.post("/cases/new/", form.data(**values))
