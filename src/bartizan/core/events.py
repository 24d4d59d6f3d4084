"""How rooms hear of each other: an event in the past tense, published by one room, answered by any above it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

Event = TypeVar("Event")
_answers: dict[type, list[Callable[[Any], None]]] = defaultdict(list)


def answers(event: type[Event]) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register a function as an answer to ``event``; import it in the room's ``AppConfig.ready``."""

    def register(answer: Callable[[Event], None]) -> Callable[[Event], None]:
        if answer not in _answers[event]:
            _answers[event].append(answer)
        return answer

    return register


def publish(event: object) -> None:
    """Call every answer, in the publisher's transaction: what an answer raises undoes the whole."""
    for answer in _answers[type(event)]:
        answer(event)
