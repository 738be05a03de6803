"""hardening: an optimised build is a PIE, its relocations are read-only and bound at the start, and
it has the compiler's guards of the stack and the C library's checks of buffers."""
import os
import platform
import re
import shutil
import subprocess
import unittest

PARSUM = os.environ["PARSUM"]
PROGRAMS = [path for path in (PARSUM, PARSUM + "-mpi") if os.path.exists(path)]


@unittest.skipUnless(shutil.which("readelf"), "readelf is not installed")
class Hardening(unittest.TestCase):
    def assert_each(self, option, *patterns):
        for program in PROGRAMS:
            text = subprocess.run(["readelf", option, "--wide", program], capture_output=True,
                                  text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout
            for pattern in patterns:
                with self.subTest(program=program):
                    self.assertTrue(re.search(pattern, text, re.M), f"{pattern} is not in {option}")

    def test_it_lies_at_an_address_of_chance(self):
        self.assert_each("--file-header", r"^ *Type: +DYN\b")
        self.assert_each("--dynamic", r"\bPIE\b")

    def test_what_the_loader_has_bound_stays_as_it_is(self):
        self.assert_each("--program-headers", r"^ *GNU_RELRO\b")
        self.assert_each("--dynamic", r"\((FLAGS|BIND_NOW)\).*\bBIND_NOW\b|\(FLAGS_1\).*\bNOW\b")

    def test_the_stack_holds_no_code(self):
        self.assert_each("--program-headers", r"^ *GNU_STACK .* RW +0x")

    def test_the_stack_is_guarded(self):
        self.assert_each("--dyn-syms", r"\b__stack_chk_fail\b")

    @unittest.skipUnless(platform.libc_ver()[0] == "glibc", "the checks of buffers are glibc's")
    def test_buffers_are_checked(self):
        self.assert_each("--dyn-syms", r"\b__mem(cpy|move|set)_chk\b",
                         r"\b__v?snprintf_chk\b")


if __name__ == "__main__":
    unittest.main()
