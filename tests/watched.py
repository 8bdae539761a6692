"""An engine whose questions a test looks at, and answers itself where it wants to."""

from __future__ import annotations

from collections.abc import Callable

from ecp_graph.engine import NOBODY, Answer, Asker, Engine, Question

__all__ = ["Watched"]


class Watched(Engine):
    """Another engine, with what it is asked in order; ``refuse`` may raise an error in place of the answer."""

    def __init__(self, engine: Engine, refuse: Callable[[Question], None] = lambda question: None) -> None:
        self.inner = engine
        self.asked: list[Question] = []
        self.refuse = refuse

    @property
    def texts(self) -> list[str]:
        """The texts of the questions."""
        return [question.text for question in self.asked]

    def answer(self, question: Question, asker: Asker = NOBODY) -> Answer:
        """Return the answer of the other engine; raises what ``refuse`` raises."""
        self.asked.append(question)
        self.refuse(question)
        return self.inner.answer(question, asker)

    def describe(self) -> str:
        """Return the words of the engine behind."""
        return self.inner.describe()

    def close(self) -> None:
        """Close the engine behind."""
        self.inner.close()
