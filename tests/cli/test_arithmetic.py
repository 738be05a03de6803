"""gcd, isqrt, mulmod, powmod, isprime; and that what a user defines by such a name is the user's."""
import math
import os
import shutil
import tempfile
import unittest

from program import Case, run

COMPILERS = [name for name in ("gcc", "clang", "clang-19") if shutil.which(name)]


def is_prime(n):
    return n > 1 and all(n % d for d in range(2, math.isqrt(n) + 1))


class Texts(Case):
    """Cases with terms in files."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def assert_sum(self, expected, *arguments, **changes):
        result = run("-q", *arguments, **changes)
        self.assertEqual((result.status, result.err), (0, ""))
        self.assertEqual(result.out.split()[-1], str(expected))

    def assert_file(self, expected, text, *arguments, **changes):
        with self.subTest(text=text, **changes):
            self.assert_sum(expected, "-f", self.write("own.c", text), *arguments, **changes)


class Arithmetic(Texts):
    def test_the_functions_have_the_values_of_python(self):
        values = {
            "gcd(i, 360)": lambda i: math.gcd(i, 360),
            "gcd(i-700, i+300)": lambda i: math.gcd(i - 700, i + 300),
            "isqrt(i*i*i)": lambda i: math.isqrt(i**3),
            "mulmod(i-500, i+INT64_MAX/2, 1000003)": lambda i: (i - 500) * (i + 2**62 - 1) % 1000003,
            "mulmod(~0ull-i, ~0ull, ~0ull-2*i)": lambda i:
                (2**64 - 1 - i) * (2**64 - 1) % (2**64 - 1 - 2 * i),
            "powmod(i-500, i, 997)": lambda i: pow(i - 500, i, 997),
            "powmod(3, i, INT64_MAX)": lambda i: pow(3, i, 2**63 - 1),
            "isprime(i)": is_prime,
            "isprime(i+4294967000)": lambda i: is_prime(i + 4294967000),
        }
        names = [f"v{k}" for k in range(len(values))]
        terms = [word for name, text in zip(names, values) for word in ("-e", f"{name}={text}")]
        row = [sum(function(i) for i in range(1000)) for function in values.values()]
        for compiler in COMPILERS:
            result = run(*terms, 1000, "-ocsv", PARSUM_CC=compiler)
            self.assertEqual((result.status, result.err), (0, ""))
            self.assertEqual(result.out.splitlines()[1], ",".join(map(str, [1, 0, 1000, *row])))

    def test_there_are_as_many_primes_as_there_should_be(self):
        self.assert_sum(664579, "-e", "isprime(i)", "1e7")
        self.assert_sum(3, "-e", "isprime((uint64_t)i)", "--", "-100:-50")  # 2^64 - 59, - 83, - 95
        self.assert_sum(2, "-e", "isprime(i)", "--", "-100:4")

    def test_results_have_the_type_of_the_arguments(self):
        self.assert_sum(sum(i - 20 for i in range(10)), "-e", "gcd(i,i)-20", "10")
        self.assert_sum(10 * (2**64 - 1), "-e", "gcd(0*i,~0ull)", "10")
        self.assert_sum(10 * (2**64 - 2), "-e", "mulmod(-1,1,~0ull+0*i)", "10")

    def test_what_has_no_value_is_an_error_that_names_the_place(self):
        for term, i, compiler, *options in (
                ("isqrt(5-i)", 6, "cc"), ("powmod(2,3-i,7)", 4, "cc"), ("powmod(2,i,3-i)", 3, "cc"),
                ("gcd(INT64_MIN+i,0)", 0, "cc"), ("mulmod(i,i,3-i)", 3, "cc"),
                ("mulmod(i,i,3-i)", 3, "cc", "--wrap"), ("mulmod(i,i,3-i)", 3, COMPILERS[-1])):
            result = run("-qe", term, *options, 10, PARSUM_CC=compiler)
            self.assert_refuses(result, "has no value", f"at i = {i};", status=1)

    def test_where_there_is_always_a_value_nothing_is_checked(self):
        terms = ("isqrt(i)", "gcd(i,12)", "gcd(i,i+1)", "mulmod(i,i,1000003)", "isprime(i)",
                 "powmod(i,i,i+1)")
        for compiler in COMPILERS:
            result = run(*(word for term in terms for word in ("-e", term)), 1000, "--stats",
                         PARSUM_CC=compiler)
            self.assertIn("kernel proved", result.out + result.err, compiler)

    def test_reals_and_wide_integers_are_refused(self):
        for term in ("gcd(1.5,i)", "isqrt(2.0*i)", "isprime((__int128)i)", "mulmod(i,i,7.0)",
                     "powmod(i,(__int128)i,7)"):
            result = run("-qe", term, 10)
            self.assertEqual((result.status, result.out), (2, ""))
            self.assertIn("takes integers of up to 64 bits", result.err)


class Names(Texts):
    def test_a_function_of_the_users_is_the_users(self):
        use = "int64_t term(int64_t i) { return gcd(i, 2); }\n"
        for own in ("static long gcd(long a, long b) { return a + b; }\n",
                    "int64_t gcd(int64_t a, int64_t b) { return a + b; }\n",
                    "#define gcd(a, b) ((a) + (b))\n",
                    "static long plus(long a, long b) { return a + b; }\n"
                    "static long (*const gcd)(long, long) = plus;\n",
                    "#define DEFINE(name) static long name(long a, long b) { return a + b; }\n"
                    "DEFINE(gcd)\n",
                    "long gcd(a, b) long a, b; { return a + b; }\n"):
            self.assert_file(65, own + use, 10)
            if "(*const" in own or "DEFINE" in own:
                self.assert_file(65, own + use, 10, PARSUM_CC=COMPILERS[-1])
        plus = "static long plus(long a, long b) { return a + b; }\n"
        for own in ("int64_t term(int64_t i) { long (*gcd)(long, long) = plus; return gcd(i, 2); }\n",
                    "typedef long two(long, long);\n"
                    "static long call(two gcd, long i) { return gcd(i, 2); }\n"
                    "int64_t term(int64_t i) { return call(plus, i); }\n",
                    "struct s { long (*gcd)(long, long); };\n"
                    "int64_t term(int64_t i) { struct s s = {plus}, *p = &s; return i % 2 ? s.gcd(i, 2) : p -> gcd(i, 2); }\n"):
            self.assert_file(65, plus + own, 10)
        self.assert_file(15, "struct s { long gcd; };\n"
                         "int64_t term(int64_t i) { struct s s; s.gcd = gcd(i, 2); return s.gcd * (9 >gcd(i, 2)); }\n", 10)
        self.assert_file(65, "long gcd(long a, long b);\n" + use +
                         "long gcd(long a, long b) { return a + b; }\n", 10)

    def test_it_is_so_in_blocks_expressions_and_headers(self):
        own = "static long isprime(long n, long m) { return n + m; }\n"
        self.assert_file(65, own + "int64_t block(int64_t start, int64_t end)\n"
                         "{ int64_t n = 0; while (start < end) n += isprime(start++, 2); return n; }\n",
                         10)
        self.assert_file(65, own, "-e", "isprime(i,2)", 10)
        self.assert_file(65, own, "--let", "x=isprime(i,2)", "-e", "x", 10)
        self.write("mine.h", own)
        self.assert_file(65, '#include "mine.h"\n', "-e", "isprime(i,2)", 10)
        self.assert_file(65, '#include "mine.h"\nint64_t term(int64_t i) { return isprime(i,2); }\n', 10)
        self.assert_file(65, "#include <mine.h>\n", "-e", "isprime(i,2)", 10,
                         PARSUM_CC=f"gcc -I {self.directory}")
        self.assert_sum(65, "-e", "isprime(i,2)", 10,
                        PARSUM_CC=f"gcc -include {self.directory}/mine.h")
        self.assert_sum(65, "-e", "isprime(i,2)", 10, PARSUM_CC="gcc -Disprime(a,b)=(a+b)")

    def test_other_things_of_that_name_are_the_users_too(self):
        for text in ("enum { one, gcd = 5 };\nint64_t term(int64_t i) { return gcd + i; }",
                     "static const int gcd[] = {5, 6};\nint64_t term(int64_t i) { return gcd[0] + i; }",
                     "typedef int64_t gcd;\nint64_t term(int64_t i) { return (gcd)i + 5; }",
                     "static long plus(long gcd) { return gcd + 5; }\n"
                     "int64_t term(int64_t i) { return plus(i); }",
                     "int64_t term(int64_t i) { int64_t gcd = i; gcd += 5; return gcd; }",
                     "struct gcd { int gcd; };\n"
                     "int64_t term(int64_t i) { struct gcd x = {.gcd = 5}; return x.gcd + i; }"):
            self.assert_file(95, text, 10)

    def test_constants_lets_and_columns_win(self):
        self.assert_sum(45 * 7, "-e", "gcd*i", "-D", "gcd=7", 10)
        self.assert_sum(330, "-e", "gcd*i", "--let", "gcd=i+1", 10)
        self.assert_sum(45 * 7, "-e", "gcd*i", "10,gcd=7")
        self.assert_sum(45, "-e", "gcd=i", 10)

    def test_names_that_a_file_does_not_define_are_parsums(self):
        self.assert_file(2 + 3 + 5 + 7 + 4 * 2,
                         "/* no gcd( here */ static long gcd(long a, long b) { return a + b; }\n"
                         "int64_t term(int64_t i) { return isprime(i) ? gcd(i, 2) : 0; }\n", 10)
        self.assert_file(4, 'static const char text[] = "int isprime(int)";\n'
                         "/* int isprime(int n) { */ // isprime(\n"
                         "int64_t term(int64_t i) { return isprime(i); }\n", 10)
        self.write("mine.h", "static int64_t twice(int64_t i) { return 2 * isprime(i); }\n")
        self.assert_file(8, '#include "mine.h"\nint64_t term(int64_t i) { return twice(i); }\n', 10)

    def test_a_file_that_does_not_compile_is_told_as_ever(self):
        result = run("-f", self.write("own.c", "int64_t term(int64_t i) { return gcd(i, 2) + x; }\n"), 10)
        self.assertEqual(result.status, 2)
        self.assertIn("'x' undeclared", result.err)
        result = run("-f", self.write("own.c", '#include "none.h"\nint64_t term(int64_t i) { return gcd(i, 2); }\n'), 10)
        self.assertEqual(result.status, 2)
        self.assertIn("none.h", result.err)

    def test_the_cache_knows_whose_they_are(self):
        cache = {"PARSUM_CACHE": "on", "XDG_CACHE_HOME": self.directory}
        header = os.path.join(self.directory, "mine.h")
        path = self.write("own.c", '#include "mine.h"\nint64_t term(int64_t i) { return gcd(i, 2); }\n')
        for text, expected in (("", 15), ("static long gcd(long a, long b) { return a + b; }\n", 65),
                               ("/**/", 15)):
            self.write("mine.h", text)
            os.utime(header, (1, 1))  # long ago, or it might be changed while it is read
            for _ in range(2):
                self.assert_sum(expected, "-f", path, 10, **cache)


if __name__ == "__main__":
    unittest.main()
