"""Terms of the user's own: their types, their sums against Python's, and what is refused."""
import json
import math
import os
import random
import shutil
import tempfile
import unittest
from fractions import Fraction

from program import Case, run

COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]
INT64_MAX = 2**63 - 1


def total(*arguments, **changes):
    """The total and the name of the kernel."""
    result = run("--format", "json", "--quiet", *arguments, **changes)
    if result.status != 0:
        raise AssertionError(result.err)
    told = json.loads(result.out)
    return told["total"], told["kernel"]


def wrapped(value, bits=64):
    return (value + 2**(bits - 1)) % 2**bits - 2**(bits - 1)


class Term(Case):
    """A test with a directory of its own."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w") as file:
            file.write(text)
        return path

    def save(self, *arguments, **changes):
        """A term that is compiled once, for many runs."""
        path = os.path.join(self.directory, "saved.so")
        result = run(*arguments, "--save-term", path, **changes)
        self.assertEqual((result.status, result.out, result.err), (0, "", ""))
        return path


class Types(Term):
    def test_the_type_of_the_expression_decides_by_the_rules_of_c(self):
        rows = [("i", "4950"), ("i*i", "328350"), ("i%3==0", "34"), ("(bool)(i%5)", "80"),
                ("(char)1", "100"), ("(signed char)i", "4950"),
                ("(unsigned char)(i+200)", str(sum((i + 200) % 256 for i in range(100)))),
                ("(short)(i*1000)", str(sum(wrapped(i * 1000, 16) for i in range(100)))),
                ("(uint16_t)-i", str(sum(-i % 2**16 for i in range(100)))), ("(int)-i", "-4950"),
                ("(unsigned)i-50", str(sum((i - 50) % 2**32 for i in range(100)))),
                ("i-50u", "-50"),
                ("(uint64_t)i-50", str(sum((i - 50) % 2**64 for i in range(100)))),
                ("(long long)i", "4950"), ("(__int128)i*INT64_MAX", str(4950 * INT64_MAX)),
                ("(unsigned __int128)i*INT64_MAX", str(4950 * INT64_MAX)), ("i/2", "2450"),
                ("i/2.0", "2475"), ("0.1*i", "495"),
                ("0.5f*i", "2475"), ("i, i+1", "5050"), ("i ? 1 : 0", "99"), ("i // 1", "4950"),
                ("sqrt(i)", repr(math.fsum(map(math.sqrt, range(100))))), ("'a'", "9700")]
        for compiler in COMPILERS:
            for expression, expected in rows:
                with self.subTest(expression=expression):
                    self.assertEqual(total("-e", expression, "100", PARSUM_CC=compiler)[0],
                                     expected)

    def test_types_that_cannot_be_summed_are_refused_with_a_reason(self):
        rows = [("(long double)i", "long double"), ("1.0i*i", "complex"), ("&i", "pointer"),
                ('"text"', "pointer"), ("(void)i", "no value"), ("div(7, 3)", "struct")]
        for compiler in COMPILERS:
            for expression, reason in rows:
                self.assert_refuses(run("-e", expression, "9", PARSUM_CC=compiler), expression,
                                    reason)

    def test_a_file_may_have_helpers_tables_includes_and_macros_of_its_own(self):
        os.mkdir(os.path.join(self.directory, "sub"))
        self.write("sub/table.h", "static const int table[4] = {1, 10, 100, 1000};\n")
        path = self.write("sub/own.c", """
            #include <string.h>
            #include "table.h"
            #define start 3
            #define end 4
            #define n x
            #define sum total
            #define low high
            static int64_t helper(int64_t n) { return (int64_t)strlen("four") * n; }
            int64_t term(int64_t i) { return helper(table[i % 4]) + start + end; }
            #define term_value 1
            #pragma GCC optimize("fast-math")
            """)
        for compiler in COMPILERS:
            self.assertEqual(total("--term-file", path, "8", PARSUM_CC=compiler)[0], "8944")

    @unittest.skipUnless("gcc" in COMPILERS, "Clang keeps a copy that others could call")
    def test_a_term_of_a_file_need_not_be_static_to_be_proved(self):
        path = self.write("square.c", "int64_t term(int64_t i) { return i * i; }\n")
        self.assertEqual(total("-f", path, "10", PARSUM_CC="gcc"), ("285", "proved"))

    def test_a_file_may_return_any_arithmetic_type(self):
        for compiler in COMPILERS:
            for kind, expected in (("bool", "9"), ("float", "45"), ("double", "45"), ("int", "45"),
                                   ("unsigned __int128", "45"), ("static inline short", "45")):
                path = self.write("any.c", f"{kind} term(int64_t i) {{ return i; }}\n")
                self.assertEqual(total("-f", path, "10", PARSUM_CC=compiler)[0], expected)


class Integers(Term):
    # expression, its value in Python, the kernel where it can be proved
    ROWS = [("i*i+3", lambda i: i * i + 3), ("i", lambda i: i), ("-i", lambda i: -i),
            ("i%1000", lambda i: i % 1000), ("INT64_MAX-i", lambda i: INT64_MAX - i),
            ("INT64_MIN+i", lambda i: -2**63 + i), ("(i&1)?INT64_MIN:INT64_MAX",
             lambda i: -2**63 if i & 1 else INT64_MAX),
            ("(i&1023)<<50", lambda i: (i & 1023) << 50),
            ("(i&1023)<<53", lambda i: (i & 1023) << 53),
            ("-((i&1023)<<50)", lambda i: -((i & 1023) << 50)),
            ("~(uint64_t)i", lambda i: 2**64 - 1 - i),
            ("(uint64_t)i*0x9e3779b97f4a7c15u", lambda i: i * 0x9e3779b97f4a7c15 % 2**64),
            ("(uint32_t)-i", lambda i: -i % 2**32), ("(__int128)i*i*i*i", lambda i: i**4),
            ("-(__int128)i*INT64_MAX*i", lambda i: -i * INT64_MAX * i),
            ("(unsigned __int128)i<<64", lambda i: i << 64)]
    JOBS = [(0, 1), (0, 4095), (0, 4096), (5, 4102), (1, 12289), (100000, 120003)]

    def test_sums_are_pythons_whatever_the_kernel(self):
        jobs = [f"{start}:{end}" for start, end in self.JOBS]
        lines = "\n".join(jobs).replace(":", " ").encode()
        for k, (expression, value) in enumerate(self.ROWS):
            expected = [sum(map(value, range(*job))) for job in self.JOBS]
            for way, arguments in enumerate((jobs, ["-i", "-"])):
                compiler = COMPILERS[(k + way) % len(COMPILERS)]
                with self.subTest(expression=expression, way=way, compiler=compiler):
                    result = run("-e", expression, "-o", "json", *arguments, stdin=lines,
                                 PARSUM_CC=compiler)
                    self.assertEqual(result.err, "")
                    sums = [int(job["sum"]) for job in json.loads(result.out)["jobs"]]
                    self.assertEqual(sums, expected)

    def test_a_term_that_cannot_overflow_is_proved_not_to(self):
        for compiler in COMPILERS:
            for expression in ("i*i+3", "i%3==0", "i*(i-1)/2", "(i<<3)-1", "(__int128)i*i",
                               "i > 3 ? i*i : -i"):
                self.assertEqual(total("-e", expression, "1e5", PARSUM_CC=compiler)[1], "proved")
            self.assertEqual(total("-e", "i*i*i", "1e5", PARSUM_CC=compiler)[1], "proved")
            self.assertEqual(total("-e", "i*i", "--wrap", "1e5", PARSUM_CC=compiler)[1], "wrapping")
            path = self.write("steps.c",
                              "int64_t term(int64_t i) { int64_t s = 0; for (i++; i != 1; s++) "
                                         "i = i % 2 ? 3 * i + 1 : i / 2; return s; }\n")
            self.assertEqual(total("-f", path, "1000", PARSUM_CC=compiler), ("59542", "checked"))

    def test_an_overflow_names_the_job_and_the_first_integer_and_the_remedies(self):
        rows = [("i*i", "3037000500", "3037000400:3037001000"), ("i*i*i", "2097152", "1e7"),
                ("INT64_MAX-99+i", "100", "1000"), ("-(INT64_MIN+5-i)", "5", "6"),
                ("INT64_MIN/(i-5)", "4", "5000"), ("INT64_MIN%(i-5)", "4", "5000"),
                ("1<<i", "31", "40"),
                ("(int)i*1000", "2147484", "1e7"), ("INT64_C(1)<<i", "63", "64"),
                ("1.0/(i*i)", "3037000500", "3037000400:3037001000"),
                ("(__int128)1<<i", "127", "127:128")]
        for compiler in COMPILERS:
            for expression, first, job in rows:
                with self.subTest(expression=expression):
                    result = run("-e", expression, "0", job,
                                 PARSUM_CC=f"{compiler} -include limits.h")
                    self.assert_refuses(result, "job 2 ", f"at i = {first};", "overflow",
                                        "(__int128)", "--wrap",
                                        status=1, out="Run #1, sum is: 0\n")

    def test_the_smallest_integer_has_no_absolute_value(self):
        rows = [("labs(i)", -2**63), ("llabs(i - 1)", 1 - 2**63), ("abs((int)(i + 1))", -2**31 - 1)]
        for compiler in COMPILERS:
            for expression, low in rows:
                result = run("-e", expression, "--", f"{low}:{low + 9}", PARSUM_CC=compiler)
                self.assert_refuses(result, "overflows", f"at i = {low};", status=1)

    def test_no_option_of_the_compilers_does_away_with_the_checks(self):
        for compiler in COMPILERS:
            for option in ("-fsanitize-undefined-trap-on-error", "-fno-sanitize-recover=all",
                           "-fno-sanitize=all", "-fno-strict-overflow", "-fwrapv"):
                result = run("-e", "i*i*i", "1e7", PARSUM_CC=f"{compiler} {option}")
                self.assert_refuses(result, "overflows", "at i = 2097152;", status=1)

    def test_the_first_of_many_overflows_is_named_with_any_team(self):
        saved = self.save("-e", "i > 54321 ? i+INT64_MAX : 1")
        for threads in range(1, 9):
            for grain in ("1", "1000", "job"):
                result = run("-f", saved, "-t", threads, "-g", grain, "60000")
                self.assertIn("job 1 [0, 60000): a signed integer overflows in the term at i = "
                              "54322;", result.err)

    def test_wrap_wraps(self):
        rows = [("i*i*i*i", lambda i: wrapped(i**4)),
                ("(int)i*100000", lambda i: wrapped(i * 100000, 32)),
                ("INT64_MIN-i", lambda i: wrapped(-2**63 - i)),
                ("i<<60", lambda i: wrapped(i << 60))]
        for compiler in COMPILERS:
            for expression, value in rows:
                expected = str(sum(map(value, range(90000, 100000))))
                self.assertEqual(total("-e", expression, "--wrap", "90000:100000",
                                       PARSUM_CC=compiler)[0], expected)

    def test_shifts_and_conversions_that_c_leaves_undefined_are_errors(self):
        for compiler in COMPILERS:
            for wrap in ([], ["--wrap"]):
                for expression, first, what in (("1u<<i", "32", "shifts"),
                                                ("i>>(i-3)", "0", "shifts"),
                                                ("(int64_t)(1e17*i)", "93", "converts"),
                                                ("(int)(0.0/(i-7))", "7", "converts")):
                    self.assert_refuses(run("-e", expression, "1", "200", *wrap,
                                            PARSUM_CC=compiler),
                                        "job ", what, f"at i = {first};", status=1,
                                        out="" if first == "0" else "Run #1, sum is: "
                                        + ("1\n" if expression[0] == "1" else "0\n"))
            self.assertEqual(total("-e", "-1<<i", "8", PARSUM_CC=compiler)[0], "-255")

    def test_a_sum_of_128_bits_that_does_not_fit_is_an_error(self):
        self.assert_refuses(run("-e", "(__int128)INT64_MAX*INT64_MAX*2", "1", "2"), "job 2",
                            "too large", status=1,
                            out=f"Run #1, sum is: {2 * INT64_MAX**2}\n")


class Reals(Term):
    def table(self, values):
        """A C file whose terms are the values, to the bit."""
        rows = ",".join(float(value).hex() for value in values)
        return self.write("table.c", f"static const double table[] = {{{rows}}};\n"
                                     "double term(int64_t i) { return table[i]; }\n")

    def assert_sum(self, values, **changes):
        expected = float(sum(map(Fraction, values)))
        try:
            self.assertEqual(math.fsum(values).hex(), expected.hex())
        except OverflowError:
            pass  # math.fsum gives up where a partial sum is infinite
        got = float(total("-f", self.table(values), len(values), **changes)[0])
        self.assertEqual(got.hex(), expected.hex())

    def cases(self):
        chance = random.Random(1)

        def any_double(low, high):
            return math.ldexp(chance.uniform(-1, 1), chance.randint(low, high))

        yield [any_double(-20, 20) for _ in range(2000)]
        yield [any_double(-1000, 1000) for _ in range(2000)]
        yield [any_double(-1074, -1000) for _ in range(2000)]
        some = [any_double(-100, 100) for _ in range(1000)]
        yield some + [-x for x in reversed(some)]  # 0
        yield some + [-x for x in some] + [5e-324]
        yield [1e308] * 17 + [-1e308] * 16  # finite, though its parts are not
        yield [1.7976931348623157e308, 1.7976931348623157e308, -1.7976931348623157e308]
        yield [1, 2.0**-53] + [0] * 99  # a tie, to even
        yield [1, 2.0**-53, 2.0**-1074]  # just above it
        yield [1 + 2.0**-52, 2.0**-53]  # a tie, to even, upwards
        yield [5e-324] * 3 + [2.2250738585072014e-308]
        yield [2.0**k for k in range(-1074, 1023)]
        yield [0.1] * 10000
        yield [x * y for x in (1, -1) for y in [1e16, 1, 1e-16] * 1000] + [3.5]

    def test_sums_are_the_exact_ones_rounded_once(self):
        for k, values in enumerate(self.cases()):
            for compiler in COMPILERS[k % len(COMPILERS):][:1]:
                with self.subTest(case=k, compiler=compiler):
                    self.assert_sum(values, PARSUM_CC=compiler)

    def test_each_of_many_short_jobs_and_their_total_are_exact(self):
        chance = random.Random(2)
        values = []
        for spread in (3, 3, 40, 110, 900):  # what two doubles hold, or three, or no few of them
            values += [math.ldexp(chance.uniform(-1, 1), chance.randint(-spread, spread))
                       for _ in range(2000)]
        values += [1, 2.0**-53, -0.0, 2.0**-1074, -1, -(2.0**-53)] * 200
        jobs = [(start, min(start + chance.choice([0, 1, 2, 3, 5, 10, 19, 63, 64, 65, 512, 513]),
                            len(values))) for start in chance.sample(range(len(values)), 2000)]
        lines = self.write("jobs", "".join(f"{start} {end}\n" for start, end in jobs))
        expected = [sum(map(Fraction, values[start:end])) for start, end in jobs]
        term = self.save("-f", self.table(values))
        for options in ((), ("-t", "3"), ("-g", "7"), ("-g", "100"), ("-g", "job")):
            with self.subTest(options=options):
                told = json.loads(run("-o", "json", "-f", term, "-i", lines, *options).out)
                self.assertEqual([float(job["sum"]).hex() for job in told["jobs"]],
                                 [float(value).hex() for value in expected])
                self.assertEqual(float(told["total"]).hex(), float(sum(expected)).hex())

    def test_options_that_bend_arithmetic_do_not_bend_the_sum(self):
        values = next(self.cases())
        tiny = [5e-324 * k for k in range(1000)]
        for compiler in COMPILERS:
            for option in ("-ffast-math", "-Ofast", "-O0"):
                self.assert_sum(values, PARSUM_CC=f"{compiler} {option}")
                self.assert_sum(tiny, PARSUM_CC=f"{compiler} {option}")

    def test_zero_has_no_minus_sign(self):
        self.assertEqual(total("-e", "-0.0", "5")[0], "0")

    def test_no_product_is_contracted_with_a_sum(self):
        expected = math.fsum(0.1 * i * i + 0.7 for i in range(1000))
        for compiler in COMPILERS:
            self.assertEqual(float(total("-e", "0.1*i*i+0.7", "1000", PARSUM_CC=compiler)[0]),
                             expected)

    def test_the_bits_are_the_same_for_all_teams_grains_and_compilers(self):
        outputs = set()
        for compiler in COMPILERS:
            saved = self.save("-e", "(i%2?1e10:-1e10)/(i*i+0.5)+i*1e-30", PARSUM_CC=compiler)
            for threads in range(1, 9):
                for grain in ([], ["-g", "1"], ["-g", "777"], ["-g", "job"]):
                    result = run("-f", saved, "-t", threads, *grain, "-o", "csv", "3", "1000",
                                 "20011", "5:5000")
                    self.assertEqual(result.status, 0)
                    outputs.add(result.out)
        self.assertEqual(len(outputs), 1)

    def test_a_total_that_is_too_large_though_no_job_is(self):
        self.assert_refuses(run("-e", "1.7e308", "1", "1"), "the total is too large", status=1,
                            out="Run #1, sum is: 1.7e+308\nRun #2, sum is: 1.7e+308\n")

    def test_an_infinite_term_and_a_nan_name_the_job_and_the_first_integer(self):
        for compiler in COMPILERS:
            for expression, what in (("1.0/(i-4321)", "infinite"), ("0.0/(i-4321)", "NaN"),
                                     ("i == 4321 ? -HUGE_VAL : i", "infinite"),
                                     ("1.0f/(i-4321)", "infinite")):
                result = run("-e", expression, "0", "5000", PARSUM_CC=compiler)
                self.assert_refuses(result, "job 2 ", what, "at i = 4321;", status=1,
                                    out="Run #1, sum is: 0\n")
            for bad, what in (("INFINITY", "infinite"), ("NAN", "NaN")):
                path = self.write("bad.c", f"double table[5000] = {{[4321] = {bad}}};\n"
                                           "double term(int64_t i) { return table[i]; }\n")
                result = run("-f", path, "0", "5000", PARSUM_CC=compiler + " -ffast-math")
                self.assert_refuses(result, "job 2 ", what, "at i = 4321;", status=1,
                                    out="Run #1, sum is: 0\n")

    def test_a_term_may_not_leave_the_rounding_changed(self):
        path = self.write("up.c", "#include <fenv.h>\n"
                                  "double term(int64_t i) { if (i == 9) fesetround(FE_UPWARD);\n"
                                  "return 0.1; }\n")
        self.assert_refuses(run("-f", path, "20"), "job 1 ", "rounded", status=1)
        path = self.write("back.c", "#include <fenv.h>\n"
                                    "double term(int64_t i) { fesetround(FE_UPWARD);\n"
                                    "volatile double x = 0.1;\n"
                                    "x = x * i; fesetround(FE_TONEAREST); return x - x + 0.1; }\n")
        self.assertEqual(total("-f", path, "10")[0], "1")


class Constants(Term):
    def test_a_constant_is_a_number_by_the_rules_of_c(self):
        rows = [("3", "3"), ("-3", "-3"), ("+3", "3"), ("010", "10"), ("0x10", "16"),
                ("-0x10", "-16"), ("1.5", "1.5"),
                ("1e3", "1000"), ("25_000_000", "25000000"), ("1.0/4", "0.25"),
                ("1/3", "0"), ("1/4.0", "0.25"), ("(1+2)*3", "9"), ("-.5", "-0.5"),
                ("0x1p-1", "0.5"), ("M_PI", "3.141592653589793"), ("INT64_MAX", str(INT64_MAX)),
                ("9223372036854775807", str(INT64_MAX)),
                ("-9223372036854775808", str(-2**63)), ("18446744073709551615", str(2**64 - 1)),
                ("1e-320", "1e-320"), ("3u", "3"), ("0xFFll", "255"), ("0.1f", repr(0.10000000149011612))]
        for text, expected in rows:
            with self.subTest(text=text):
                self.assertEqual(total("-e", "N", "-D", f"N={text}", "1")[0], expected)

    def test_any_name_that_is_not_taken_will_do(self):
        names = ["n", "x", "k", "start", "end", "sum", "low", "high", "left", "a", "b", "r", "s",
                 "N", "M_PI", "total",
                 "begin", "I", "_x", "value", "size", "first", "add", "lanes", "group", "fault",
                 "x1", "eight"]
        constants = [f"-D{name}=3" for name in names]
        for kind, expected in (("", 30 * len(names)), ("/2.0", 15 * len(names))):
            expression = f"({'+'.join(names)}){kind}*i"
            self.assertEqual(total("-e", expression, *constants, "5")[0], str(expected))

    def test_several_constants_reach_a_file(self):
        path = self.write("own.c",
                          "#ifndef N\n#define N 5\n#endif\n"
                          "int64_t term(int64_t i) { return N * i + M; }\n")
        self.assertEqual(total("-f", path, "-D", "N=2", "--define", "M=1", "10")[0], "100")
        self.assertEqual(total("-f", path, "-D", "M=1", "10")[0], "235")

    def test_a_constant_that_is_none_is_refused(self):
        for constant, reason in (("N", "no value"), ("N=", "not a number"), ("=3", "not a name"),
                                 ("3N=3", "not a name"),
                                 ("N-M=3", "not a name"), ("i=3", "taken"), ("term=3", "taken"),
                                 ("parsum_x=3", "taken"),
                                 ("__x=3", "taken"),
                                 ("_Bool=1", "taken"), ("N=abc", "no constant"),
                                 ("N=system(1)", "no constant"), ("N=inf", "no constant"),
                                 ("N=nan", "no constant"), ("N=i", "no constant"),
                                 ("N=100000*100000", "overflow"),
                                 ("N=1)+(2", "not a number"), ("N=1;2", "not a number"),
                                 ("N=1e999", "not a number"),
                                 ("N=18446744073709551616", "too large"),
                                 ("N=-9223372036854775809", "so large"),
                                 ("N=0x10000000000000000", "too large"),
                                 ("N=3x", "not a number"), ("N=010u", "not a number")):
            self.assert_refuses(run("-e", "i", "-D", constant, "3"), "--define: ", reason)
        self.assert_refuses(run("-e", "i", "-D", "N=1", "-D", "N=2", "3"),
                            "--define: 'N' is given twice")
        many = [word for k in range(65) for word in ("-D", f"N{k}=1")]
        self.assert_refuses(run("-e", "i", *many, "3"), "--define: more than 64")
        path = self.write("own.c", "#define N 5\nint64_t term(int64_t i) { return N * i; }\n")
        for compiler in COMPILERS:
            self.assert_refuses(run("-f", path, "-D", "N=2", "10", PARSUM_CC=compiler), "own.c",
                                "defines N itself", "#ifndef N")

    def test_the_term_is_told_with_its_constants(self):
        self.assertEqual(json.loads(run("-qo", "json", "-e", "N*i", "-D", "N=3", "5").out)["term"],
                         "N*i with N=3")


class Classics(Term):
    def test_what_is_known_of_old(self):
        terms = os.path.join(os.environ.get("PARSUM_SOURCE_DIR", "."), "tests", "terms")
        rows = [(["-f", os.path.join(terms, "primes.c"), "1e6"], "78498"),
                (["-f", os.path.join(terms, "totients.c"), "1:1000001"], "303963552392"),
                (["-e", "1.0/((double)i*i)", "1:1000001"],
                 str(math.fsum(1.0 / (float(i) * i) for i in range(1, 1000001))))]
        for compiler in COMPILERS:
            for arguments, expected in rows:
                self.assertEqual(total(*arguments, PARSUM_CC=compiler)[0], expected)
            arguments = ["-e", "4/(1 + (i+0.5)/N*((i+0.5)/N))/N", "-D", "N=1e6", "1e6"]
            self.assertAlmostEqual(float(total(*arguments, PARSUM_CC=compiler)[0]), math.pi, places=12)


if __name__ == "__main__":
    unittest.main()
