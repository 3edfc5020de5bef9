"""Two or more who do something at the same moment, each with a connection of its own (PostgreSQL)."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from django.db import connections

# How long one waits for the other at a meeting: long enough for a busy machine, short where a lock keeps one out.
PATIENCE = 0.5


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run all at the same time; what each returned or raised, in their order."""
    results: list[object] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            start.wait(10)
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return results


def meeting_after(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``; whoever returns from it first waits for the other, unless a lock keeps the other out."""
    barrier = threading.Barrier(2)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(PATIENCE)
        return result

    return wrapped


def meeting_before(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``; whoever is about to call it first waits for the other, unless a lock keeps the other out."""
    meet = meeting_after(lambda: None)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        meet()
        return function(*args, **kwargs)

    return wrapped


def kinds(results: list[object]) -> list[str]:
    """The types of what happened, sorted."""
    return sorted(type(result).__name__ for result in results)
