"""What every channel is: it takes a message and a time-out, and returns or raises ``Failed``."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, repr=False)
class Message:
    """What is sent, with the address in clear text: made at the moment of sending, never stored, never logged."""

    to: str
    subject: str
    text: str


class Failed(Exception):
    """It did not go out. ``code`` is short and says nothing about the person; ``for_good``: trying again is no use."""

    def __init__(self, code: str, *, for_good: bool = False) -> None:
        self.code = code[:60]
        self.for_good = for_good
        super().__init__(self.code)


class Channel(Protocol):
    """A way out. Sending may happen twice (a worker that dies after sending is not believed): at least once."""

    def send(self, message: Message, *, timeout: float) -> None:
        """Hand the message over; no single wait for the other side is longer than ``timeout`` seconds.

        Raises:
            Failed: the other side refused or did not answer in time.
        """
