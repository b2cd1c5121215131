import os
import socket
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
