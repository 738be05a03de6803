"""data: runs with arrays, in a directory of a test's own. Their terms are kept from test to test: compiling takes
nearly all the time.
"""
import atexit
import json
import os
import tempfile

import program
from program import Case

CACHE = tempfile.TemporaryDirectory()
atexit.register(CACHE.cleanup)


def run(*arguments, **changes):
    return program.run(*arguments, **{"PARSUM_CACHE": "on", "XDG_CACHE_HOME": CACHE.name, **changes})


class DataCase(Case):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.directory = scratch.name

    def path(self, name):
        return os.path.join(self.directory, name)

    def file(self, content, name="x.npy"):
        with open(self.path(name), "wb") as file:
            file.write(content)
        return self.path(name)

    def array(self, content, name="x"):
        """The argument of --data for a file with that content."""
        return f"{name}={self.file(content, name + '.npy')}"

    def total(self, *arguments, **changes):
        result = run("-q", "-ojson", *arguments, **changes)
        self.assertEqual((result.status, result.err), (0, ""))
        return json.loads(result.out)

    def assert_total(self, expected, *arguments, **changes):
        """The total is that integer, or that double to the last bit."""
        total = self.total(*arguments, **changes)["total"]
        self.assertEqual(float(total) if isinstance(expected, float) else total, expected)
