import asyncio
import unittest

from stack.emulator_server import with_cors_on_refusals

_ORIGIN = b"http://127.0.0.1:4560"


class Refusals(unittest.TestCase):
    def headers(self, *, status=401, path="/_aws/execute-api/a/b/dashboard", origin=_ORIGIN, own=()):
        sent = []

        async def app(_scope, _receive, send):
            await send({"type": "http.response.start", "status": status, "headers": list(own)})

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"Origin", origin)]}
        asyncio.run(with_cors_on_refusals(app, _ORIGIN)(scope, None, send))
        return dict(sent[0]["headers"])

    def test_the_page_may_read_a_refusal(self):
        self.assertEqual(self.headers()[b"access-control-allow-origin"], _ORIGIN)

    def test_nothing_else_is_touched(self):
        self.assertEqual(self.headers(origin=b"http://elsewhere"), {})
        self.assertEqual(self.headers(path="/bucket/key"), {})
        self.assertEqual(self.headers(status=200), {})
        own = (b"Access-Control-Allow-Origin", b"*")
        self.assertEqual(self.headers(own=(own,)), dict([own]))
