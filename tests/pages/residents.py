"""What the tests of residents' reports share: the door of a block, its form as drawn, how a person sends it."""

from typing import Any

from django.test import Client

from blocks.models import Block, Poster
from cases.models import Case
from tests.pages.conftest import Clock
from tests.pages.forms import Form, Page

TEXT = "三栋楼下垃圾堆了三天 😀 & <b>臭</b>"
PERSON: dict[str, Any] = {"reporter_name": "欧阳静", "reporter_phone": "139 7321 0042"}
PHONE = "13973210042"


def code_of(block: Block) -> str:
    return Poster.objects.get(code=block.code).token


def drawn(client: Client, door: str) -> Form:
    return Page(client.get(door)).form("/r/")


def send(client: Client, door: str, time: Clock, *, form: Form | None = None, **values: Any) -> Any:
    """As a person does: look at the form, type for a while, send."""
    form = form or drawn(client, door)
    time.go(seconds=20)
    return client.post(door, form.data(**{"description": TEXT, **values}))


def only() -> Case:
    return Case.objects.get()


def look_up(client: Client, number: str, phone: str) -> Any:
    form = Page(client.get("/r/")).form("/r/")
    return client.post("/r/", form.data(number=number, phone=phone))
