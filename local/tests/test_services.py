import json
import os
import signal
import subprocess
import sys
import time
import unittest

from stack import ports, process, services
from stack.commands import down
from stack.errors import StackError
from tests.support import StackTestCase

# A parent with a child of its own; the child ignores the polite signal.
_STUBBORN = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
_FAMILY = f"import subprocess,sys,time; subprocess.Popen([sys.executable,'-c',{_STUBBORN!r}]); time.sleep(60)"


class Services(StackTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.settings.home.mkdir(parents=True)
        self.addCleanup(lambda: down.stop(self.settings, services.recorded(self.settings)))

    def service(self, **changes) -> services.Service:
        port = self.settings.ports.aws
        argv = (sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port.number))
        values = {"name": "page", "label": "The page", "argv": argv, "ports": (port,), "cwd": self.root}
        return services.Service(**(values | {"ready": lambda: ports.answers(port.number)} | changes))

    def test_a_running_service_is_found_again(self):
        self.assertTrue(services.ensure(self.settings, self.service()))
        self.assertFalse(services.ensure(self.settings, self.service()))

    def test_a_changed_one_is_started_anew(self):
        services.ensure(self.settings, self.service())
        before = services.read(self.settings, "page").identity
        self.assertTrue(services.ensure(self.settings, self.service(env={"A": "1"})))
        self.assertFalse(before.is_alive())

    def test_after_a_crash_it_is_started_anew(self):
        services.ensure(self.settings, self.service())
        os.kill(services.read(self.settings, "page").identity.pid, signal.SIGKILL)
        process.wait_until(lambda: not services.is_running(self.settings, "page"), 5)
        self.assertTrue(services.ensure(self.settings, self.service()))

    def test_one_that_ends_at_once_is_reported_with_its_last_words(self):
        argv = (sys.executable, "-c", "print('no disk'); raise SystemExit(3)")
        with self.assertRaises(StackError) as caught:
            services.ensure(self.settings, self.service(argv=argv, ready=lambda: False))
        self.assertIn("ended with code 3", caught.exception.message)
        self.assertIn("no disk", caught.exception.hint)
        self.assertEqual(services.recorded(self.settings), [])

    def test_children_end_with_it_even_stubborn_ones(self):
        services.ensure(self.settings, self.service(argv=(sys.executable, "-c", _FAMILY), ports=(), ready=lambda: True))
        parent = services.read(self.settings, "page").identity
        self.assertTrue(process.wait_until(lambda: process.descendants(parent), 5))
        child = process.descendants(parent)[0]
        time.sleep(0.3)
        self.assertEqual(down.stop(self.settings, ["page"]), ["page"])
        self.assertFalse(parent.is_alive() or child.is_alive())

    @unittest.skipUnless(sys.platform.startswith("linux"), "reads /proc")
    def test_orphans_of_a_killed_service_are_ended(self):
        services.ensure(self.settings, self.service(argv=(sys.executable, "-c", _FAMILY), ports=(), ready=lambda: True))
        parent = services.read(self.settings, "page").identity
        process.wait_until(lambda: process.descendants(parent), 5)
        child = process.descendants(parent)[0]
        os.kill(parent.pid, signal.SIGKILL)
        process.wait_until(lambda: not parent.is_alive(), 5)
        self.assertTrue(child.is_alive())
        services.end_strays(self.settings)
        self.assertFalse(child.is_alive())

    def test_a_stranger_with_a_recorded_id_is_left_alone(self):
        with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
            self.settings.run.mkdir(parents=True)
            record = {"pid": stranger.pid, "started": "another time", "fingerprint": "", "stop_signal": 15}
            (self.settings.run / "page.json").write_text(json.dumps(record))
            self.assertEqual(down.stop(self.settings, ["page"]), [])
            self.assertIsNone(stranger.poll())
            stranger.kill()
