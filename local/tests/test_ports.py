import os
import socket
import threading
from pathlib import Path

from stack import ports
from stack.errors import StackError
from stack.settings import Port
from tests.support import StackTestCase, free_port


class RequireFree(StackTestCase):
    def test_a_free_port_is_taken_without_a_word(self):
        ports.require_free(Port(free_port(), "ADOLOGY_WEB_PORT", "the dashboard"))

    def test_a_taken_port_is_named_with_its_setting_and_its_holder(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            number = listener.getsockname()[1]
            with self.assertRaises(StackError) as caught:
                ports.require_free(Port(number, "ADOLOGY_WEB_PORT", "the dashboard"))
            text = "\n".join(caught.exception.lines())
            self.assertIn(f"Port {number}, meant for the dashboard, is taken", text)
            self.assertIn("ADOLOGY_WEB_PORT=", text)
            if Path("/proc/net/tcp").exists():
                self.assertIn(f"(process {os.getpid()})", text)

    def test_a_port_that_nobody_holds_any_more_is_waited_for(self):
        number = free_port()
        # Bound without listening: taken, and no program is found that listens there.
        leaving = socket.socket()
        leaving.bind(("127.0.0.1", number))
        self.assertFalse(ports.is_free(number))
        timer = threading.Timer(0.3, leaving.close)
        timer.start()
        self.addCleanup(timer.join)
        ports.require_free(Port(number, "ADOLOGY_WEB_PORT", "the dashboard"))
