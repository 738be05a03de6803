"""Overflows that a compiler meets before its checks do, as it computes constants and simplifies."""
import os
import re
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

    def test_constants_that_are_added_one_after_the_other(self):
        """GCC would add them first, and not mind an overflow."""
        for compiler in COMPILERS:
            for saved in (False, True):
                for expression in ("i+N+N", "(int)i+2000000000+2000000000",
                                   "(i-9000000000000000000)-900000000000000000",
                                   "INT64_MIN-5+i"):
                    result = self.sum_up(expression, "1:4", compiler, saved,
                                         "-D", f"N={5 * 10**18}")
                    with self.subTest(compiler=compiler, expression=expression, saved=saved):
                        self.assertIn(result.status, (1, 2), result)
                        self.assertIn("overflow", result.err)
                        self.assertEqual(result.out, "")

    def test_constants_of_tables(self):
        """No compiler checks what is computed before the program runs, but they warn of it."""
        path = self.path("table.c")
        for table in ("static const int64_t t[] = {1000000*1000000, 1};",
                      "enum { A = 50000*50000 }; static const int t[] = {A, 1};"):
            with open(path, "w", encoding="ascii") as file:
                file.write(f"{table}\nint64_t term(int64_t i) {{ return i + t[i & 1]; }}\n")
            for compiler in COMPILERS:
                result = run("-f", path, "9", PARSUM_CC=compiler)
                self.assertEqual((result.status, result.out), (2, ""))
                for what in ("table.c:1:", "overflow in expression", "--wrap", "-Wno-"):
                    self.assertIn(what, result.err)
                self.assertEqual(run("-f", path, "9", "--wrap", PARSUM_CC=compiler).status, 0)

    def test_constants_that_are_cut_get_a_note(self):
        path = self.path("cut.c")
        with open(path, "w", encoding="ascii") as file:
            file.write("static const int8_t t[] = {0xF0, 300};\n"
                       "int64_t term(int64_t i) { uint32_t k = 0x9E3779B97F4A7C15;"
                       " return i + t[i & 1] + k; }\n")
        for compiler in COMPILERS:
            result = run("-qf", path, "4", PARSUM_CC=compiler)
            self.assertEqual(result.status, 0)
            self.assertTrue(result.out.endswith(f"{6 + 2 * (44 - 16) + 4 * 0x7F4A7C15}\n"), result.out)
            self.assertRegex(result.err, r"\Aparsum: .*cut.c:[12]:.*cast it where that is meant\n\Z")

    def test_constants_of_tables_that_no_option_excuses(self):
        path = self.path("table.c")
        with open(path, "w", encoding="ascii") as file:
            file.write("static const int64_t t[] = {100000000000000000000, 1};\n"
                       "int64_t term(int64_t i) { return i + t[i & 1]; }\n")
        for compiler in COMPILERS:
            for options in ([], ["--wrap"]):
                result = run("-f", path, "9", *options, PARSUM_CC=compiler)
                self.assertEqual((result.status, result.out), (2, ""))
                self.assertIn("table.c", result.err)
                self.assertIn("too large", result.err)

    def test_a_shift_that_is_never_computed_is_no_error(self):
        path = self.path("mix.c")
        with open(path, "w", encoding="ascii") as file:
            file.write("static unsigned mix(unsigned x) { if (sizeof x > 4) x ^= x >> 32;"
                       " return x ^ x >> 16; }\n"
                       "int64_t term(int64_t i) { return mix(i); }\n")
        for compiler in COMPILERS:
            self.assertEqual(total("-f", path, "10", PARSUM_CC=compiler)[0], "45")

    def test_a_real_constant_that_no_integer_holds(self):
        for compiler in COMPILERS:
            for options in ([], ["--wrap"]):
                result = run("-e", "(int)1e10+i", "4", *options, PARSUM_CC=compiler)
                self.assertIn(result.status, (1, 2), result)
                self.assertIn("can't hold it", result.err)
                self.assertIn("take a wider integer, or none", result.err)

    def test_the_switch_that_a_message_names_lets_a_constant_pass(self):
        for compiler in COMPILERS:
            name = re.search(r"-Wno-[a-z-]+", run("-e", "i+100000*100000", "1",
                                                  PARSUM_CC=compiler).err)[0]
            result = run("-qe", "(i+100000*100000)*0", "1", PARSUM_CC=f"{compiler} {name}")
            self.assertNotEqual(result.status, 2, result.err)

    def test_literals_that_c_does_not_have(self):
        """GCC takes what is left of them in 64 bits."""
        for compiler in COMPILERS:
            for expression in ("(__int128)100000000000000000000+i", "i+18446744073709551616",
                               "i-9223372036854775808"):
                result = run("-e", expression, "4", PARSUM_CC=compiler)
                self.assertEqual((result.status, result.out), (2, ""))
                self.assertIn("large", result.err)

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

    def test_an_overflow_is_seen_though_the_wrapped_range_decides_the_rest(self):
        """All that it wraps around to has the same highest bits, so GCC needs no more of it."""
        for compiler in COMPILERS:
            for expression, job, first in (
                    ("(i-INT64_MAX)>>55", "-5:-2", -5),
                    ("((i & 7) + 1 + INT64_MAX) >> 62", "0:10", 0),
                    ("1.0/((i & 7) + 1 + INT64_MAX >> 62)", "0:10", 0),
                    ("i>=50 && i<52 ? (i+INT64_MAX)>>62 : 0", "0:1000", 50)):
                for saved in (False, True):
                    with self.subTest(compiler=compiler, expression=expression, saved=saved):
                        self.assert_overflows(expression, job, first, compiler, saved)

    def test_an_overflow_is_seen_though_its_result_moves_to_where_nobody_needs_it(self):
        path = self.path("moves.c")
        with open(path, "w", encoding="ascii") as file:
            file.write("""int term(int64_t i) {
                int v = -i * (-100 - i), w = v + 2147483598 <= v;
                return v + w - 2u - ((w >> 11) - (i >= 49 && i < 79 ? w : -1156841472))
                    != v + (i >> 54) - (v ? -1 : v) * (w >> 9);
            }""")
        for compiler in COMPILERS:
            result = run("-f", path, "1:61", PARSUM_CC=compiler)
            self.assertEqual((result.status, result.out), (1, ""), result)
            self.assertIn("overflows in the term at i = 1;", result.err)

    def path(self, name):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        return os.path.join(directory.name, name)

    def sum_up(self, expression, job, compiler, saved, *constants):
        term = ["-e", expression, *constants]
        if saved:
            path = self.path("term.so")
            result = run(*term, "--save-term", path, "0:0", PARSUM_CC=compiler)
            if result.status:
                return result
            term = ["-f", path]
        return run(*term, "--", job, PARSUM_CC=compiler)

    def assert_overflows(self, expression, job, first, compiler, saved):
        result = self.sum_up(expression, job, compiler, saved)
        self.assertEqual((result.status, result.out), (1, ""), result)
        self.assertIn(f"overflows in the term at i = {first};", result.err)


if __name__ == "__main__":
    unittest.main()
