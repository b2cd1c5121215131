import asyncio
import types
import unittest

from stack.emulator_server import with_answered_handshakes, with_bounded_invocations, with_cors_on_refusals

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


class Handshakes(unittest.TestCase):
    def handshake(self, answer, *, extensions=("websocket.http.response",)):
        gateway = types.ModuleType("gateway")
        sent = []

        async def invoke(*_args, **_kwargs):
            return answer

        async def handle(_scope, _receive, send, _api):
            answered = await gateway._invoke_ws_lambda("api", "CONNECT")
            ok = int((answered or {}).get("statusCode", 200)) < 300
            await send({"type": "websocket.accept"} if ok else {"type": "websocket.close", "code": 1008})
            if ok:
                await gateway._invoke_ws_lambda("api", "DISCONNECT")
                await send({"type": "websocket.close", "code": 1000})

        async def send(message):
            sent.append(message)

        gateway._invoke_ws_lambda, gateway.handle_websocket = invoke, handle
        with_answered_handshakes(gateway)
        scope = {"type": "websocket", "extensions": {key: {} for key in extensions}}
        asyncio.run(gateway.handle_websocket(scope, None, send, "api"))
        return sent

    def test_the_chosen_subprotocol_is_said(self):
        chosen = {"statusCode": 200, "headers": {"sec-websocket-protocol": "adology.v1"}}
        self.assertEqual(self.handshake(chosen)[0], {"type": "websocket.accept", "subprotocol": "adology.v1"})
        for none in ({"statusCode": 200}, {"statusCode": 200, "headers": None}, None):
            self.assertIsNone(self.handshake(none)[0]["subprotocol"])

    def test_a_refusal_has_the_status_of_the_function(self):
        sent = self.handshake({"statusCode": 400, "headers": {}})
        self.assertEqual(sent[0]["status"], 400)
        old = self.handshake({"statusCode": 400}, extensions=())
        self.assertEqual(old, [{"type": "websocket.close", "code": 1008}])

    def test_an_open_connection_closes_as_ever(self):
        self.assertEqual(self.handshake({"statusCode": 200})[-1], {"type": "websocket.close", "code": 1000})


class Turns(unittest.TestCase):
    def test_no_more_invocations_than_turns_and_none_is_lost(self):
        gateway = types.ModuleType("gateway")
        at_once = most = 0

        async def invoke(event):
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0)
            at_once -= 1
            return event

        async def storm():
            gateway._invoke_ws_lambda = invoke
            with_bounded_invocations(gateway, 3)
            return await asyncio.gather(*(gateway._invoke_ws_lambda(event) for event in range(20)))

        self.assertEqual(asyncio.run(storm()), list(range(20)))
        self.assertEqual(most, 3)
