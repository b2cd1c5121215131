import re
import sys
import unittest
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).absolute().parents[2]


class Context(unittest.TestCase):
    """What Docker is given to build the pool from."""

    def setUp(self):
        lines = (ROOT / ".dockerignore").read_text().splitlines()
        self.taken = {line[1:] for line in lines if line.startswith("!")}

    def has(self, path: str) -> bool:
        parts = Path(path).parts
        return any("/".join(parts[:count]) in self.taken for count in range(1, len(parts) + 1))

    def test_every_member_of_the_workspace_is_in_it(self):
        # cargo refuses a workspace with a member that is not there, whichever it is to build.
        members = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["members"]
        for member in members:
            self.assertTrue(self.has(member.removesuffix("/*")), member)

    def test_it_is_built_by_the_toolchain_of_the_workspace(self):
        wanted = tomllib.loads((ROOT / "rust-toolchain.toml").read_text())["toolchain"]["channel"]
        image = (ROOT / "pool/Dockerfile").read_text()
        self.assertEqual(re.findall(r"FROM .* rust:([\d.]+)-", image), [wanted])
        self.assertTrue(self.has("rust-toolchain.toml"))
