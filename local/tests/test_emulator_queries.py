import types
import unittest

from ministack.services import dynamodb

from stack.emulator_queries import with_key_conditions_read_once

_VALUES = {
    ":t": {"S": "acme"},
    ":first": {"S": "wait#2"},
    ":last": {"S": "wait#4~"},
    ":wait": {"S": "wait#"},
    ":number": {"N": "3"},
}
_EXPRESSIONS = (
    "tenant = :t",
    "tenant = :t AND slot BETWEEN :first AND :last",
    "#tenant = :t AND #slot between :first AND :last",
    "tenant = :t AND slot = :first",
    "tenant = :t AND slot >= :first",
    "tenant = :t AND begins_with(slot, :wait)",
    "tenant = :t AND turn BETWEEN :number AND :number",
)
_NAMES = {"#tenant": "tenant", "#slot": "slot"}
_ITEMS = [
    {"tenant": {"S": tenant}, "slot": {"S": slot}, "turn": {"N": str(number)}}
    for tenant in ("acme", "globex")
    for number, slot in enumerate(("lane", "wait#1", "wait#2", "wait#3é", "wait#4", "wait#4~", "wait#4€", "wait#5"))
]


def patched():
    """The module with a condition of its own, so that the tests beside this one keep theirs; counts its readings."""
    tables = types.SimpleNamespace(**vars(dynamodb))
    read = []

    def evaluate(expression, *args, **kwargs):
        read.append(expression)
        return dynamodb._evaluate_condition(expression, *args, **kwargs)

    tables._evaluate_condition = evaluate
    with_key_conditions_read_once(tables)
    return tables, read


class KeyConditions(unittest.TestCase):
    def test_every_item_is_judged_as_the_emulator_does(self):
        for expression in _EXPRESSIONS:
            tables, read = patched()
            names = _NAMES if "#" in expression else {}
            for item in _ITEMS:
                words = (expression, item, _VALUES, names)
                expected = dynamodb._evaluate_condition(*words, slot="KeyConditionExpression")
                self.assertEqual(tables._evaluate_condition(*words, slot="KeyConditionExpression"), expected)
            self.assertEqual(len(read), 1, expression)

    def test_another_query_with_the_same_words_is_another(self):
        tables, _ = patched()
        item = _ITEMS[0]
        for tenant in ("acme", "globex", "acme"):
            values, names = {":t": {"S": tenant}}, {}
            for _ in range(2):
                found = tables._evaluate_condition("tenant = :t", item, values, names, slot="KeyConditionExpression")
                self.assertEqual(found, tenant == "acme")

    def test_what_is_wrong_is_refused_every_time(self):
        tables, _ = patched()
        for _ in range(2):
            with self.assertRaises(ValueError):
                tables._evaluate_condition("tenant = ", _ITEMS[0], _VALUES, {}, slot="KeyConditionExpression")

    def test_conditions_of_writes_are_left_alone(self):
        tables, read = patched()
        for _ in range(2):
            self.assertTrue(tables._evaluate_condition("attribute_not_exists(gone)", _ITEMS[0], {}, {}))
        self.assertEqual(len(read), 2)
