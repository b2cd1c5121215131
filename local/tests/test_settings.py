from stack import settings as all_settings
from stack.errors import StackError
from tests.support import StackTestCase


class Ports(StackTestCase):
    def test_tests_have_ports_of_their_own(self):
        dev = all_settings.load(self.root, "dev", {})
        tests = all_settings.load(self.root, "test", {})
        shared = {port.number for port in dev.ports.all()} & {port.number for port in tests.ports.all()}
        self.assertEqual(shared, set())

    def test_one_setting_moves_all_and_another_moves_one(self):
        moved = all_settings.load(self.root, "dev", {"ADOLOGY_PORT_BASE": "7000", "ADOLOGY_WEB_PORT": "8080"})
        self.assertEqual((moved.ports.web.number, moved.ports.aws.number), (8080, 7006))

    def test_the_environment_wins_over_the_env_file(self):
        (self.root / ".env").write_text("# ports\nADOLOGY_PORT_BASE=7000\nADOLOGY_WEB_PORT=7500\n")
        read = all_settings.load(self.root, "dev", {"ADOLOGY_WEB_PORT": "7600"})
        self.assertEqual((read.ports.web.number, read.ports.aws.number), (7600, 7006))

    def test_nonsense_is_named(self):
        with self.assertRaisesRegex(StackError, "ADOLOGY_WEB_PORT=http"):
            all_settings.load(self.root, "dev", {"ADOLOGY_WEB_PORT": "http"})


class Folders(StackTestCase):
    def test_stacks_share_tools_and_nothing_else(self):
        dev, tests = self.load("dev"), self.load("test")
        self.assertEqual(dev.shared_home, tests.shared_home)
        self.assertNotEqual(dev.data, tests.data)
        self.assertNotEqual(dev.database, tests.database)
        self.assertNotEqual(dev.stack_name, tests.stack_name)
