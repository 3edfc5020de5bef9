"""The rows of the table, by what they measure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """How long and on what a run measures."""

    small: str
    big: str
    big_count: int
    rounds: int
    seconds: float
    loaded: int

    @property
    def quick(self) -> bool:
        return self.seconds < 10


CSRF = "b" * 32
REPORT = {
    "category": "0101",
    "description": "小区门口的垃圾堆了三天没人清,有异味。",
    "reporter": {"name": "张三", "phone": "13800005678"},
}


def as_person(session: str) -> dict[str, str]:
    """Headers of a browser that is logged in."""
    return {"Cookie": f"sessionid={session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
