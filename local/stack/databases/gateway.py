"""Our wire gateway: the MongoDB protocol in front of the embedded document engine."""

from __future__ import annotations

from stack import services
from stack.databases import mongo_client
from stack.databases.mongod import uri_of
from stack.errors import StackError
from stack.settings import Settings

BINARY = "document-gateway"


def start(settings: Settings, engine_url: str) -> str:
    """Have the gateway up; gives the URI it serves."""
    program = settings.target_dir / "debug" / BINARY
    if not program.exists():
        raise StackError(f"{program} was not built.", hint=f"cargo build -p {BINARY}")
    port = settings.ports.mongo
    uri = uri_of(settings)
    service = services.Service(
        name="document-gateway",
        label="The document gateway",
        argv=(str(program), "--listen", f"127.0.0.1:{port.number}", "--postgres", engine_url),
        ports=(port,),
        ready=lambda: mongo_client.answers(uri),
        cwd=settings.home,
    )
    services.ensure(settings, service)
    return uri
