"""The demo's logins, as the start of the system shows them. Leaves to others: loading the demo (``load_demo``)."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model

PASSWORD = "demo-yuhu-2022"
# In English like the rest of the console; the pages name posts in the language of the person.
LOGINS: dict[str, str] = {
    "governor": "governor of block 43030200100101",
    "assistant": "assistant of the same block",
    "supervisor": "supervisor of the same block",
    "governor2": "governor of a block in another street",
    "handler": "member of the city management office of street 430302001",
    "dispatcher": "duty officer of the street's rapid response platform",
    "coordinator": "duty officer of its coordination platform: calls residents back, evaluates",
    "streetleader": "leader of the street",
    "mediator": "head of the community of the same block, and its mediator",
    "department": "member of the district's market regulation department",
    "leader": "leader of the district",
    "auditor": "auditor: reads everything, changes nothing",
    "admin": "system administrator",
}


# Partner systems for trying the API; the same password is their secret.
OTHER_AREA = "430302008"
CLIENTS: dict[str, tuple[str, str]] = {
    "partner-demo": ("12345热线平台（演示）", "430302"),
    "partner-other": ("街道网格系统（演示）", OTHER_AREA),
}


@dataclass(frozen=True)
class Login:
    """A name to log in with and who it is."""

    username: str
    role: str


def is_empty() -> bool:
    """Whether this database has no person yet, so that the demo may be loaded into it."""
    return not get_user_model()._default_manager.exists()


def logins() -> list[Login]:
    """The demo's logins, if this database holds the demo; none where somebody merely has one of the names."""
    users = {
        user.get_username(): user
        for user in get_user_model()._default_manager.filter(username__in=LOGINS, is_active=True)
    }
    if "governor" not in users or not users["governor"].check_password(PASSWORD):
        return []
    return [Login(username, role) for username, role in LOGINS.items() if username in users]
