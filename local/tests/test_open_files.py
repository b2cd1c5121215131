"""The limit of open files is raised to what the user may have, and never lowered."""

import resource
import unittest

from stack.open_files import raise_limit


class OpenFiles(unittest.TestCase):
    def test_the_limit_is_raised(self) -> None:
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        raise_limit()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.assertEqual(hard, before[1])
        self.assertGreater(soft, 256)

    def test_a_higher_limit_stays(self) -> None:
        raise_limit()
        first = resource.getrlimit(resource.RLIMIT_NOFILE)
        raise_limit()
        self.assertEqual(resource.getrlimit(resource.RLIMIT_NOFILE), first)


if __name__ == "__main__":
    unittest.main()
