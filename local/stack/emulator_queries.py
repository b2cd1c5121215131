"""Queries of the emulator that take no longer than a long partition needs.

DynamoDB reads from the first item that the condition on the keys meets, and stops at the limit. ministack 1.5.33 holds
the condition against every item of the partition, and reads its text anew for each: a second of the emulator's only
processor for one look at a tenant with 10,000 waiting tasks, and one look is made for every task that ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

Item = dict[str, dict[str, Any]]
Matches = Callable[[Item], bool]
_SLOT = "KeyConditionExpression"
_NAMES = ("IDENT", "NAME_REF")
_EQUAL = ("EQ", "VALUE_REF")
_BETWEEN = ("IDENT", "VALUE_REF", "IDENT", "VALUE_REF")


@dataclass(frozen=True)
class _Read:
    """The condition of the latest query."""

    words: tuple[Any, ...]
    matches: Matches

    def is_of(self, words: tuple[Any, ...]) -> bool:
        # The very same objects: those of another query are others, and these cannot go while they are held here.
        return all(mine is theirs for mine, theirs in zip(self.words, words, strict=True))


def with_key_conditions_read_once(tables: ModuleType) -> None:
    """Have each query read its condition once. The first item is left to the emulator, which refuses what is wrong."""
    evaluate = tables._evaluate_condition
    latest = _Read((None, None, None), bool)

    def evaluate_read(expression: str, item: Item, values: Any, names: Any, slot: str = "ConditionExpression") -> bool:
        nonlocal latest
        if slot != _SLOT:
            return bool(evaluate(expression, item, values, names, slot=slot))
        read = latest
        if read.is_of((expression, values, names)):
            return read.matches(item)
        matched = bool(evaluate(expression, item, values, names, slot=slot))
        latest = _Read((expression, values, names), _matches(tables, expression, values, names))
        return matched

    tables._evaluate_condition = evaluate_read


def _matches(tables: ModuleType, expression: str, values: Any, names: Any) -> Matches:
    tokens = tables._tokenize(expression)
    clauses = [_of_texts(clause, values, names) for clause in tables._key_condition_clauses(tokens)]
    known = [clause for clause in clauses if clause]
    if len(known) < len(clauses):
        return lambda item: bool(tables._ExprEval(tokens, item, values, names).evaluate())
    return lambda item: all(clause(item) for clause in known)


def _of_texts(clause: list[tuple[str, str]], values: Any, names: Any) -> Matches | None:
    """`name = :text` and `name BETWEEN :text AND :text`; nothing for others, which the emulator evaluates. Texts sort
    by their code points here and by their UTF-8 there, which is the same."""
    kinds = tuple(kind for kind, _ in clause)
    if kinds[:1] not in [(name,) for name in _NAMES] or kinds[1:] not in (_EQUAL, _BETWEEN):
        return None
    bounds = [values.get(word, {}).get("S") for kind, word in clause if kind == "VALUE_REF"]
    if None in bounds or (kinds[1:] == _BETWEEN and clause[1][1].upper() != "BETWEEN"):
        return None
    name = names.get(clause[0][1], clause[0][1])
    first, last = bounds[0], bounds[-1]

    def within(item: Item) -> bool:
        text = item.get(name, {}).get("S")
        return text is not None and first <= text <= last

    return within
