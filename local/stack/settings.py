"""Where a stack lives and which ports it takes. Everything has a default, every default can be changed."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError

DEFAULT_PORT_BASE = 4560
TEST_OFFSET = 100
REGION = "us-east-1"
# The emulator accepts any credentials; these are what its documentation uses.
ACCESS_KEY = SECRET_KEY = "test"


@dataclass(frozen=True)
class Port:
    """A port, and the setting that changes it."""

    number: int
    setting: str
    use: str


@dataclass(frozen=True)
class Ports:
    """The ports of one stack."""

    web: Port
    postgres: Port
    mongo: Port
    engine: Port
    aws: Port
    pool: Port

    def all(self) -> tuple[Port, ...]:
        """Every port of a stack without a pool, in the order people meet them."""
        return (self.web, self.aws, self.postgres, self.mongo, self.engine)


# Distance of each port from the base.
_OFFSETS = {"web": 0, "postgres": 1, "mongo": 2, "engine": 3, "aws": 6, "pool": 10}
_USES = {
    "web": "the dashboard",
    "postgres": "PostgreSQL",
    "mongo": "MongoDB",
    "engine": "the embedded document engine",
    "aws": "the AWS emulator",
    "pool": "the health of the first pool process",
}


@dataclass(frozen=True)
class Settings:
    """One stack of one checkout: the developer's (`dev`) or the tests' own (`test`)."""

    root: Path
    name: str
    ports: Ports
    environ: Mapping[str, str]

    @property
    def shared_home(self) -> Path:
        """What all stacks of the checkout share: tools, the document engine."""
        return self.root / ".local"

    @property
    def home(self) -> Path:
        """This stack's own folder."""
        return self.shared_home if self.name == "dev" else self.shared_home / self.name

    @property
    def data(self) -> Path:
        """What `make down` leaves."""
        return self.home / "data"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def run(self) -> Path:
        """Records of running processes."""
        return self.home / "run"

    @property
    def tmp(self) -> Path:
        return self.home / "tmp"

    @property
    def stack_env(self) -> Path:
        return self.home / "stack.env"

    @property
    def web_config(self) -> Path:
        return self.home / "web-config.json"

    @property
    def credentials(self) -> Path:
        return self.home / "credentials.json"

    @property
    def template(self) -> Path:
        return self.root / "template.yaml"

    @property
    def stack_name(self) -> str:
        return f"adology-{self.name}"

    @property
    def database(self) -> str:
        """Name of the database in both stores."""
        return "adology" if self.name == "dev" else f"adology_{self.name}"

    @property
    def keeps_data(self) -> bool:
        """The tests start from nothing each time."""
        return self.name == "dev"

    @property
    def aws_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.aws.number}"

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.web.number}"

    @property
    def target_dir(self) -> Path:
        return Path(self.environ.get("CARGO_TARGET_DIR") or self.root / "target")

    @property
    def marker(self) -> str:
        """Names this stack, in the environment of every process it starts."""
        return str(self.home)

    @property
    def checkout_id(self) -> str:
        """Eight characters that differ between checkouts."""
        return hashlib.sha256(str(self.root).encode()).hexdigest()[:8]

    @property
    def architecture(self) -> str:
        """This machine's, in Lambda's words."""
        return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def load(root: Path, name: str = "dev", environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment and from `.env`; the environment wins."""
    env = {**read_env_file(root / ".env"), **(os.environ if environ is None else environ)}
    base = _port_base(env, name)
    ports = {key: _port(env, name, key, base + offset) for key, offset in _OFFSETS.items()}
    return Settings(root=root, name=name, ports=Ports(**ports), environ=env)


def read_env_file(path: Path) -> dict[str, str]:
    """KEY=value lines; blank lines and comments are skipped."""
    if not path.exists():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, value in pairs}


def _port_base(env: Mapping[str, str], name: str) -> int:
    if name == "dev":
        return _number(env, "ADOLOGY_PORT_BASE", DEFAULT_PORT_BASE)
    return _number(env, "ADOLOGY_TEST_PORT_BASE", _port_base(env, "dev") + TEST_OFFSET)


def _port(env: Mapping[str, str], name: str, key: str, default: int) -> Port:
    prefix = "ADOLOGY" if name == "dev" else f"ADOLOGY_{name.upper()}"
    setting = f"{prefix}_{key.upper()}_PORT"
    return Port(_number(env, setting, default), setting, _USES[key])


def _number(env: Mapping[str, str], key: str, default: int) -> int:
    text = env.get(key) or str(default)
    if not text.isdigit() or not 1024 <= int(text) <= 65000:
        raise StackError(f"{key}={text} is not a port number between 1024 and 65000.")
    return int(text)
