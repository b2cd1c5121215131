import unittest

from stack.advisories import judge


class Advisories(unittest.TestCase):
    def test_a_vulnerability_fails_and_is_shown(self):
        found = judge(1, "error[vulnerability]: RUSTSEC-2026-0001 in something")
        self.assertTrue(found.failed)
        self.assertIn("RUSTSEC-2026-0001", found.output)

    def test_a_database_that_is_away_is_told_as_skipped(self):
        for words in (
            "error: failed to fetch advisory database https://github.com/RustSec/advisory-db",
            "npm error audit endpoint returned an error",
            "npm error code ENOTFOUND",
        ):
            outcome = judge(1, words)
            self.assertFalse(outcome.failed)
            self.assertIn("skipped", outcome.word)

    def test_nothing_found_is_well(self):
        self.assertEqual(judge(0, "").word, "ok")
