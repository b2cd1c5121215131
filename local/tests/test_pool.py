from stack import pool
from stack import settings as all_settings
from stack.errors import StackError
from tests.support import StackTestCase


class Wanted(StackTestCase):
    def ask(self, *running: str, **environ: str) -> int:
        settings = all_settings.load(self.root, "dev", environ)
        settings.run.mkdir(parents=True, exist_ok=True)
        for name in running:
            (settings.run / f"{name}.json").touch()
        return pool.wanted(settings)

    def test_there_is_none_where_nobody_says_so(self):
        self.assertEqual(self.ask("postgres", "emulator"), 0)

    def test_as_many_as_run_stay_where_nobody_says_otherwise(self):
        self.assertEqual(self.ask("pool-1", "pool-2", "postgres"), 2)
        self.assertEqual(self.ask("pool-1", "pool-2", POOL=""), 2)

    def test_who_says_a_number_gets_it(self):
        self.assertEqual(self.ask("pool-1", POOL="3"), 3)
        self.assertEqual(self.ask("pool-1", POOL="0"), 0)

    def test_nonsense_is_named(self):
        for text in ("two", "9", "-1"):
            with self.assertRaisesRegex(StackError, f"POOL={text}"):
                self.ask(POOL=text)
