"""program: runs parsum as a user does. The tests of the command line share it."""
import os
import re
import subprocess
import unittest

PARSUM = os.environ.get("PARSUM", "build/release/parsum")
TIMEOUT = 120
HELP_LINE = re.compile(r"^  (?:-(\w), |    )--([a-z-]+)(?:\[?=([^\s\]]+)\]?)?  +\S", re.M)


def environment(**changes):
    """This environment without what would change what parsum does, and with `changes`. The cache of
    compiled terms is off: a test must not see what another has left there."""
    kept = {key: value for key, value in os.environ.items()
            if not key.startswith(("OMP_", "GOMP_", "KMP_", "NO_COLOR"))}
    return {**kept, "PARSUM_CACHE": "off", **changes}


def strike_times(text):
    text = re.sub(r"(took using \w+ is )\d+\.\d{6}", r"\1TIME", text)
    return re.sub(r"Speedup \d+\.\d\dx", "Speedup RATIOx", text)


class Result:
    def __init__(self, status, out, err):
        self.status = status
        self.out = out.decode()
        self.err = err.decode(errors="replace")

    @property
    def timeless(self):
        """Standard output with its times struck out."""
        return strike_times(self.out)


def run(*arguments, stdin=b"", **changes):
    """Runs parsum to its end; stdin is bytes or a descriptor, `changes` are to the environment."""
    source = {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    done = subprocess.run([PARSUM, *map(str, arguments)], **source, capture_output=True,
                          env=environment(**changes), timeout=TIMEOUT, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


def help_options():
    """{long name: (short name or "", argument or "")} as --help=all has it."""
    lines = HELP_LINE.findall(run("--help=all").out)
    return {name: (short, argument) for short, name, argument in lines}


class Case(unittest.TestCase):
    def assert_prints(self, expected, *arguments, **options):
        """parsum succeeds, prints `expected`, times aside, and has nothing to complain of."""
        result = run(*arguments, **options)
        self.assertEqual((result.status, result.err), (0, ""))
        self.assertEqual(result.timeless, expected)

    def assert_refuses(self, result, *fragments, status=2, out=""):
        """One line on standard error, which names the program and holds the fragments."""
        self.assertRegex(result.err, r"\Aparsum: [^\n]+\n\Z")
        for fragment in fragments:
            self.assertIn(fragment, result.err)
        self.assertEqual(result.status, status)
        self.assertEqual(result.timeless, out)
