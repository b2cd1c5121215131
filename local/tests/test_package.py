import os
import shutil
import sys
import zipfile

from stack import package
from tests.support import StackTestCase


class Packages(StackTestCase):
    def test_the_program_is_an_executable_bootstrap(self):
        made = package.make(self.settings, "worker", self.binary())
        with zipfile.ZipFile(made.path) as archive:
            (entry,) = archive.infolist()
        self.assertEqual((entry.filename, entry.external_attr >> 16), ("bootstrap", 0o100755))

    def test_the_same_program_gives_the_same_zip_whenever_it_was_built(self):
        binary = self.binary()
        first = package.make(self.settings, "worker", binary)
        content = first.path.read_bytes()
        os.utime(binary, (1, 1))
        second = package.make(self.settings, "worker", binary)
        self.assertEqual((second.digest, second.path.read_bytes()), (first.digest, content))

    def test_another_program_gives_another_digest(self):
        binary = self.binary()
        first = package.make(self.settings, "worker", binary)
        shutil.copyfile("/bin/sh", binary)
        self.assertNotEqual(package.make(self.settings, "worker", binary).digest, first.digest)

    def binary(self):
        path = self.root / "worker"
        shutil.copyfile(sys.executable, path)
        return path
