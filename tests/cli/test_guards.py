"""What C leaves undefined or allows without a word: errors, notes, and right terms that must pass."""
import os
import shutil
import tempfile
import unittest

from program import Case, run

COMPILERS = [name for name in ("gcc", "clang", "clang-19") if shutil.which(name)]


class Guards(Case):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def sum_up(self, text, *jobs, **changes):
        """A term as an expression, or, if it has a brace, as a file."""
        if "{" not in text:
            return run("-qe", text, *jobs, **changes)
        path = os.path.join(self.directory, "own.c")
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return run("-qf", path, *jobs, **changes)

    def assert_sum(self, expected, text, *jobs, **changes):
        for compiler in COMPILERS:
            with self.subTest(text=text, compiler=compiler):
                result = self.sum_up(text, *jobs, PARSUM_CC=compiler, **changes)
                self.assertEqual(result.status, 0, result.err)
                self.assertEqual(result.out.split()[-1], str(expected))

    def assert_error(self, fragments, text, *jobs, status=2):
        for compiler in COMPILERS:
            with self.subTest(text=text, compiler=compiler):
                result = self.sum_up(text, *jobs, PARSUM_CC=compiler)
                self.assertEqual((result.status, result.out), (status, ""), result.err)
                for fragment in fragments:
                    self.assertIn(fragment, result.err)

    def assert_note(self, expected, fragment, text, *jobs):
        for compiler in COMPILERS:
            with self.subTest(text=text, compiler=compiler):
                result = self.sum_up(text, *jobs, PARSUM_CC=compiler)
                self.assertEqual(result.status, 0, result.err)
                self.assertEqual(result.out.split()[-1], str(expected))
                self.assertEqual(result.err.count("parsum: "), 1)
                self.assertIn(fragment, result.err)

    def test_a_variable_that_may_not_be_set(self):
        self.assert_error(("'w'", "own.c:1:", "uninitialized", "-Wno-"),
                          "double term(int64_t i) { double w; switch (i % 4) { case 0: w = 1; break;"
                          " case 1: w = .5; break; case 2: w = .25; } return w; }", "10")
        for body in ("int64_t s; return s + i;", "int s; if (i > 2) s = 1; return s;",
                     "int64_t s; while (i > 0) s = i--; return s;",
                     "for (int k = 0; k < 3; k++) { int64_t s; if (k == 0) s = i; else s += k;"
                     " if (k == 2) return s; } return 0;"):
            self.assert_error(("'s'", "uninitialized"),
                              "int64_t term(int64_t i) { " + body + " }", "10")

    def test_the_switch_that_a_message_names_lets_a_variable_pass(self):
        text = "double term(int64_t i) { double w; if (i >= 0) w = 1; return w; }"
        for compiler in COMPILERS:
            names = ["maybe-uninitialized"] if compiler == "gcc" else [
                "sometimes-uninitialized", "conditional-uninitialized", "uninitialized"]
            options = "".join(f" -Wno-{name}" for name in names)
            result = self.sum_up(text, "10", PARSUM_CC=compiler + options)
            self.assertEqual((result.status, result.out.split()[-1]), (0, "10"), result.err)

    def test_an_index_that_an_array_does_not_have(self):
        ones = "static int64_t t[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};"
        self.assert_error(("index 10 at i = 10 of an array",),
                          ones + "int64_t term(int64_t i) { return t[i]; }", "11", status=1)
        self.assert_error(("index -1 at i = 4 of an array",),
                          ones + "int64_t term(int64_t i) { t[3 - i]++; return 1; }", "5", status=1)
        self.assert_error(("index", "at i = 3 of an array"), "int64_t term(int64_t i) "
                          "{ int64_t a[2][3] = {{1, 2, 3}, {4, 5, 6}}; return a[i / 9][i]; }", "5",
                          status=1)
        self.assert_error(("index 3 at i = 3 of an array",), "struct list { int64_t n, a[3]; };"
                          "int64_t term(int64_t i) { struct list s = {3, {1, 2, 3}};"
                          " return s.a[i]; }", "5", status=1)
        self.assert_sum(10, ones + "int64_t term(int64_t i) { return t[i]; }", "10")

    def test_the_zeros_of_zero(self):
        self.assert_error(("__builtin_clz", "at i = 0;"), "63-__builtin_clzll(i)", "4", status=1)
        self.assert_error(("__builtin_ctz", "at i = 0;"), "__builtin_ctz((int)i)", "4", status=1)
        self.assert_sum(2, "63-__builtin_clzll(i)", "1:4")

    def test_a_wide_integer_that_is_cut_gets_a_note(self):
        self.assert_note(5, "precision" if COMPILERS == ["clang"] else "int",
                         "bool q(int n) { return n % 2; }\nbool term(int64_t i) { return q(i); }",
                         "4294967296:4294967306")
        self.assert_note(5640261604, "int", "abs(i-5000000000)", "8")
        self.assert_sum(39999999972, "labs(i-5000000000)", "8")

    def test_narrowing_is_what_compilers_make_of_it(self):
        self.assert_sum(10, "(int)(i & 0xffffffff)", "5")
        self.assert_sum(-8202657629, "(int32_t)(i ^ 0x9E3779B9)", "5")
        self.assert_sum(0, "(int8_t)(i & 0xF0)", "5")
        self.assert_sum(-613349824, "(int)(-(i&1) & 0xEDB88320)", "5")
        self.assert_sum(-613349824, "int term(int64_t i) "
                        "{ int32_t c = (i & 1) ? 0xEDB88320 : 0; return c; }", "5")
        self.assert_sum(0, "int64_t term(int64_t i) "
                        "{ uint16_t v = (uint16_t)(i*1000); v >>= 20; return v; }", "5")

    def test_a_variable_that_is_set_on_all_ways_that_there_are(self):
        self.assert_sum(45, "int64_t term(int64_t i) { int64_t s; if (i > 2) s = 1; else s = i;"
                        " if (i > 5) { double t; do t = s * i; while (t < 0); return t; }"
                        " return i; }", "10")
        self.assert_sum(54, "int64_t term(int64_t i) { int r;"
                        " for (int k = 2;; k++) if ((i + 2) % k == 0) { r = k; break; } return r; }",
                        "12")

    def test_a_shift_in_a_table_gets_a_note(self):
        for compiler in COMPILERS:
            result = self.sum_up("static const int t[2] = {1 << 33, 1};"
                                 "int64_t term(int64_t i) { return t[i & 1]; }", "3",
                                 PARSUM_CC=compiler)
            self.assertEqual(result.status, 0, result.err)
            self.assertIn("shift count >= width", result.err)

    def test_what_is_wrong_is_not_hidden_by_what_is_a_note(self):
        text = "int term(int64_t i) {\nint a = i;\nreturn a + k; }"
        for compiler in COMPILERS:
            result = self.sum_up(text, "5", PARSUM_CC=compiler)
            self.assertEqual(result.status, 2)
            self.assertIn("'k'", result.err)
            self.assertNotIn("may change value", result.err)
            self.assertNotIn("precision", result.err)

    def test_the_largest_integers(self):
        self.assert_sum(2**128 - 1, "~(unsigned __int128)0", "1")
        self.assert_sum(2**128 - 2, "((unsigned __int128)1 << 127) - 1", "2")
        self.assert_error(("too large",), "~(unsigned __int128)0", "2", status=1)
        self.assert_sum(-2**127, "(-(__int128)INT64_MAX-1) * ((__int128)1 << 62) * 4", "1")

    def test_words_of_c_that_a_file_makes_macros_of(self):
        self.assert_sum(6, "#define int long long\n#define if while\n"
                        "int64_t term(int64_t i) { int x = i; return x; }", "4")
        self.assert_error(("overflows", "at i = 0;"), "(llabs)(INT64_MIN+i)", "4", status=1)

    def test_a_power_that_is_none_gets_a_note(self):
        self.assert_note(6, "exclusive or", "i^2", "4")
        self.assert_note(6, "exclusive or", "2 ^ i", "4")
        self.assert_note(sum(10 ^ i for i in range(4)), "exclusive or", "10^i", "4")
        self.assert_sum(sum(i ^ 1234 for i in range(4)), "i^1234", "4")
        self.assert_sum(sum(1234 ^ i for i in range(4)), "1234^i", "4")

    def test_a_comment_or_a_comma_in_an_expression_gets_a_note(self):
        self.assert_note(6, "// begins a comment", "i//2", "4")
        self.assert_note(6, "// begins a comment", "i // 2", "4")
        self.assert_note(30, "before a comma", "0,5*i", "4")
        self.assert_note(14, "before a comma", "i, i*i", "4")
        self.assert_sum(18, "fmod(i, 9)*3", "4")
        self.assert_sum(44 * 6, "','*i", "4")
        self.assert_sum(47 * 4, "\"//,\"[i%2]", "4")
        self.assert_sum(6, "i /* // , */", "4")

    def test_words_of_other_languages_get_what_c_has_for_them(self):
        for text, remedy in (("i**2", "pow(i, 3)"), ("i^2.0", "pow(i, 3)"), ("2*pi*i", "M_PI"),
                             ("ln(i+1)", "is log"), ("max(i, 3)", "fmax"), ("i mod 3", "is %"),
                             ("i and 1", "&&"), ("i\N{MINUS SIGN}1", "ASCII")):
            for compiler in COMPILERS:
                with self.subTest(text=text, compiler=compiler):
                    result = self.sum_up(text, "4", PARSUM_CC=compiler)
                    self.assertEqual(result.status, 2)
                    self.assertIn(remedy, result.err.splitlines()[0])
        for compiler in COMPILERS:
            result = self.sum_up("sin((i)", "4", PARSUM_CC=compiler)
            self.assert_refuses(result, "is a bracket missing?")
            self.assertNotIn("parsum_", result.err)

    def test_options_that_make_no_library_are_left_out(self):
        for options in "-c", "-S", "-E", "-M", "-MM", "-fsyntax-only", "-o x", "-o/dev/null":
            with self.subTest(options=options):
                result = self.sum_up("1.0*i", "4", PARSUM_CC=f"{COMPILERS[0]} {options}")
                self.assertEqual((result.status, result.err), (0, ""))
        for nothing in "true", "echo":
            self.assert_refuses(self.sum_up("1.0*i", "4", PARSUM_CC=nothing),
                                "PARSUM_CC", "made nothing", status=1)

    def test_compilers_that_are_of_no_use_are_named(self):
        for text in ("i", "int64_t term(int64_t i) { return i; }"):
            if shutil.which("g++"):
                self.assert_refuses(self.sum_up(text, "4", PARSUM_CC="g++"), "C++", "PARSUM_CC")
            self.assert_sum(6, text, "4")
        result = self.sum_up("1.0*i", "4", PARSUM_CC=f"{COMPILERS[0]} -static")
        self.assertEqual((result.status, result.err), (0, ""))

    def test_a_compiler_that_fails_once_is_not_asked_for_less(self):
        """Options are left out only where a compiler says that it does not know them."""
        path = os.path.join(self.directory, "once")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\nmkdir {self.directory}/seen 2>/dev/null && kill -9 $$\n"
                       f"exec {COMPILERS[0]} \"$@\"\n")
        os.chmod(path, 0o755)
        self.assert_refuses(run("-e", "i+INT64_MAX-9", "20", PARSUM_CC=path), "ended by a signal",
                            status=1)


if __name__ == "__main__":
    unittest.main()
