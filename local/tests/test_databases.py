from pathlib import Path
from unittest import mock

from stack.databases import docker, engine_install, mongod, postgres, resolve
from stack.databases.resolve import Plan, Source
from stack.errors import StackError
from tests.support import StackTestCase

_FOLDER = Path("/somewhere")


class Resolution(StackTestCase):
    def plan(self, *, pg=None, mongo=None, engine="", has_docker=False, **environ) -> Plan:
        with (
            mock.patch.object(postgres, "find", return_value=pg),
            mock.patch.object(mongod, "find", return_value=mongo),
            mock.patch.object(docker, "answers", return_value=has_docker),
            mock.patch.object(engine_install, "unavailable_because", return_value=engine),
        ):
            return resolve.resolve(self.load(**environ))

    def test_addresses_come_before_everything(self):
        found = self.plan(pg=_FOLDER, mongo=_FOLDER, DATABASE_URL="postgres://db/x", MONGODB_URI="mongodb://m/x")
        self.assertEqual(found, Plan(Source.URL, Source.URL))

    def test_each_database_is_resolved_on_its_own(self):
        self.assertEqual(self.plan(pg=_FOLDER, has_docker=True), Plan(Source.PATH, Source.DOCKER))
        self.assertEqual(self.plan(pg=_FOLDER), Plan(Source.PATH, Source.EMBEDDED))
        self.assertEqual(self.plan(), Plan(Source.EMBEDDED, Source.EMBEDDED))

    def test_a_source_can_be_demanded(self):
        self.assertEqual(self.plan(pg=_FOLDER, ADOLOGY_POSTGRES_FROM="embedded").postgres, Source.EMBEDDED)
        with self.assertRaisesRegex(StackError, "ADOLOGY_MONGO_FROM=magic"):
            self.plan(ADOLOGY_MONGO_FROM="magic")

    def test_our_own_address_in_the_environment_is_not_taken_for_another_server(self):
        self.settings.home.mkdir()
        self.settings.stack_env.write_text("DATABASE_URL=postgres://adology@127.0.0.1:4561/adology\n")
        found = self.plan(pg=_FOLDER, DATABASE_URL="postgres://adology@127.0.0.1:4561/adology")
        self.assertEqual(found.postgres, Source.PATH)

    def test_with_nothing_at_hand_the_ways_out_are_named(self):
        with self.assertRaises(StackError) as caught:
            self.plan(engine="it needs Linux")
        self.assertIn("DATABASE_URL", caught.exception.hint)
        self.assertIn("it needs Linux", caught.exception.hint)
