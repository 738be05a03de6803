"""Overflows that a compiler meets before its checks do, as it computes constants and simplifies."""
import os
import tempfile
import unittest

from program import Case, run
from test_terms import COMPILERS, total


class Folding(Case):
    def test_a_constant_that_overflows_is_an_error_whatever_warnings_are_asked_for(self):
        for compiler in (*COMPILERS, f"{COMPILERS[0]} -w"):
            for expression in ("N*N+i", "M+1+i", "abs(INT32_MIN)+i", "imaxabs(INT64_MIN)+i"):
                result = run("-e", expression, "-D", "N=100000", "-D", f"M={2**63 - 1}", "3",
                             PARSUM_CC=compiler)
                self.assertIn(result.status, (1, 2), result)
                self.assertIn("overflow", result.err)
                self.assertEqual(result.out, "")
            self.assertEqual(total("-e", "N*N+i", "-D", "N=100000", "--wrap", "3",
                                   PARSUM_CC=compiler)[0], str(3 * 1410065408 + 3))

    def test_what_a_compiler_simplifies_away_is_an_error_or_right(self):
        """GCC takes i*2/2 for i before it looks for an overflow."""
        for compiler in COMPILERS:
            for expression in ("i*2/2", "(i+i)/2", "(i+1)*2/2-1"):
                first = 2**63 - 9
                result = run("-q", "-e", expression, f"{first}:{first + 3}", PARSUM_CC=compiler)
                if result.status == 0:
                    self.assertTrue(result.out.endswith(f" {3 * first + 3}\n"), result)
                else:
                    self.assertIn("overflow", result.err)

    def test_an_overflow_everywhere_is_seen_though_the_wrapped_range_decides_the_rest(self):
        """GCC drops the check: all that it wraps around to has the same highest bits."""
        for compiler in COMPILERS:
            for expression, job in (("(i-INT64_MAX)>>55", "-5:-2"),
                                    ("((i & 7) + 1 + INT64_MAX) >> 62", "0:10"),
                                    ("1.0/((i & 7) + 1 + INT64_MAX >> 62)", "0:10")):
                for saved in (False, True):
                    with self.subTest(compiler=compiler, expression=expression, saved=saved):
                        self.assert_overflows(expression, job, compiler, saved)

    def assert_overflows(self, expression, job, compiler, saved):
        term = ["-e", expression]
        if saved:
            directory = tempfile.TemporaryDirectory()
            self.addCleanup(directory.cleanup)
            path = os.path.join(directory.name, "term.so")
            self.assertEqual(run(*term, "--save-term", path, "0:0", PARSUM_CC=compiler).status, 0)
            term = ["-f", path]
        result = run(*term, "--", job, PARSUM_CC=compiler)
        self.assertEqual((result.status, result.out), (1, ""), result)
        self.assertIn(f"overflows in the term at i = {job.split(':')[0]};", result.err)


if __name__ == "__main__":
    unittest.main()
