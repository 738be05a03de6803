"""Mathematical functions of terms: parsum's own, unless the user's text or --libm says otherwise."""
import json
import math
import os
import shutil
import tempfile
import unittest

from program import Case, run

WAYS = [way for way in ("gcc", "gcc -O0 -march=x86-64", "clang")
        if shutil.which(way.split()[0])]
# Terms that take many arguments, rare ones too, and what their sums over [0, 3000) are, to the last bit.
SUMS = {
    "exp(700-i*0.48)*1e-300": "26605.13820581572",
    "exp2(i*0.69-1074)*1e-300": "1.0919792548643765",
    "expm1(i*0.01-15)": "325266952.7375482",
    "log(i*i*i+0.5)": "63047.866714921955",
    "log2(i+1e-310)": "29289.907938814664",
    "log10((i+1)*1e300)": "909130.6179810745",
    "log1p(i*0.1-0.9)": "14116.26957406341",
    "pow(i*0.37,1.7-i*0.001)": "394372.2353673496",
    "cbrt(i*1e100-1e103)": "2.453365959069971e+37",
    "hypot(i*1e-160,1e-157)*1e150": "0.000565155866009546",
    "sin(i*1234.5)": "-0.38099543570351047",
    "cos(i*i*i*1e250)": "-10.28191775980774",
    "tan(i*1e3-1e6)": "-1442.7993330699462",
    "asin(i/3000.0)": "1711.608922061041",
    "acos(i/-3000.0)": "6423.997902445731",
    "atan(i*0.01-15)": "-1.5042281630189822",
    "atan2(i-1500,i*i%700-350)": "-24.640972742300217",
    "sinh(i*0.01-15)": "-1634508.6862358076",
    "cosh(i*0.3-450)*1e-150": "9.091505744076912e+45",
    "tanh(i*0.01-15)": "-0.9999999999997542",
    "erf(i*0.004-6)": "-0.999999999999939",
    "erfc(i*0.01-2)": "401.09548062609053",
}


class Mathematics(Case):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def write(self, name, text):
        path = os.path.join(self.directory, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def answer(self, *arguments, **changes):
        result = run(*arguments, "-ojson", **changes)
        self.assertEqual((result.status, result.err), (0, ""))
        return json.loads(result.out)

    def assert_sum(self, expected, *arguments, **changes):
        self.assertEqual(float(self.answer(*arguments, **changes)["total"]), expected)

    def test_sums_have_the_same_bits_with_every_compiler_and_chunk(self):
        terms = [word for term in SUMS for word in ("-e", term)]
        row = ",".join(["1", "0", "3000", *SUMS.values()])
        for way in WAYS:
            with self.subTest(way=way):
                result = run("-ocsv", *terms, 3000, PARSUM_CC=way)
                self.assertEqual((result.status, result.err), (0, ""))
                self.assertEqual(result.out.splitlines()[1], row)
        self.assertEqual(run("-ocsv", "-t3", "-g7", *terms, 3000).out.splitlines()[1], row)

    def test_they_are_near_those_of_python(self):
        for term, function in (("exp(i*0.1)", math.exp), ("sin(i*0.1)", math.sin),
                               ("log1p(i*0.1)", math.log1p), ("erf(i*0.1)", math.erf)):
            expected = math.fsum(function(i * 0.1) for i in range(100))
            self.assertAlmostEqual(float(self.answer("-e", term, 100)["total"]) / expected, 1, 14)

    def test_functions_of_floats_are_those_of_doubles_rounded_once(self):
        self.assert_sum(0, "-e", "expf(i*0.01f) != (float)exp((double)(i*0.01f))", 2000)
        self.assert_sum(0, "-e", "sinf(i) != (float)sin(i)", 2000)
        self.assert_sum(2000, "-e", "sizeof(powf(i, 2)) == 4 && powf(i, 2) == (float)i*i", 2000)

    def test_no_check_keeps_them_from_vectors(self):
        for function in "exp", "sin", "erf", "erfc", "atan", "cbrt", "tanh":
            self.assertEqual(self.answer("-e", f"{function}(i*0.5)", 10)["kernel"], "proved")

    def test_what_the_user_defines_is_the_users(self):
        for text in ("double exp(double x)\n{\n    return x + 1;\n}",
                     "#define exp(x) ((x) + 1.0)"):
            path = self.write("own.c", f"{text}\n#include <stdint.h>\n"
                                       "double term(int64_t i) { return exp(i); }\n")
            with self.subTest(text=text):
                self.assert_sum(15, "-f", path, 5)
                self.assert_sum(15, "-f", path, "-e", "exp(i)", 5)
        self.assert_sum(15, "-e", "log+i", "--let", "log=1.0", 5)
        self.assert_sum(15, "-e", "sin+i", "-Dsin=1.0", 5)
        self.assert_sum(15, "-e", "tan+i", "5,tan=1.0")
        self.assertIn("1,0,5,15,10\n", run("-ocsv", "-e", "exp=i+1", "-e", "s=pow(2,0*i)*i", 5).out)

    def test_terms_in_files_have_them_too(self):
        path = self.write("own.c", "#include <math.h>\n#include <stdint.h>\n"
                                   "static double twice(double x) { return 2 * exp(-x); }\n"
                                   "double term(int64_t i) { return twice(i * 0.01); }\n")
        answer = self.answer("-f", path, 3000)
        self.assertFalse(answer["libm"])
        self.assertEqual(float(answer["total"]), float(self.answer("-e", "2*exp(-(i*0.01))", 3000)["total"]))

    def test_libm_takes_the_machines(self):
        ours, theirs = self.answer("-e", "exp(i*0.01)", 10), self.answer("-e", "exp(i*0.01)", "--libm", 10)
        self.assertEqual((ours["libm"], theirs["libm"]), (False, True))
        self.assertAlmostEqual(float(ours["total"]), float(theirs["total"]), 12)
        self.assertNotIn("libm", run("-e", "exp(i)", "--stats", 5).out)
        self.assertIn("this machine's libm", run("-e", "exp(i)", "--stats", "--libm", 5).out)
        self.assert_refuses(run("--libm", 5), "--libm")

    def test_other_functions_are_the_machines_and_said_to_be(self):
        for term in "lgamma(i+1)", "j0(i)", "acosh(i+1)", "expl(i)", "tgammaf(i+1)":
            self.assertTrue(self.answer("-e", f"(double){term}", 5)["libm"], term)
        for term in "sqrt(i)+floor(i*0.3)", "fmod(i,3)+fma(i,i,i)", "i", "sin(i)+pow(i,3)+erfc(i)":
            self.assertFalse(self.answer("-e", term, 5)["libm"], term)

    def test_options_that_change_arithmetic_take_the_machines(self):
        terms = ["-e", "exp(i*0.01)", "-e", "normal(i,0)", "-e", "normal(i,1)"]
        ours = self.answer(*terms, 99)["totals"]
        for compiler, options in (("gcc", ("-ffast-math", "-Ofast", "-fassociative-math -fno-signed-zeros -fno-trapping-math",
                                           "-fsingle-precision-constant")),
                                  ("clang", ("-ffast-math", "-funsafe-math-optimizations", "-fno-honor-nans",
                                             "-fassociative-math -fno-signed-zeros"))):
            for option in options if shutil.which(compiler) else ():
                with self.subTest(compiler=compiler, option=option):
                    answer = self.answer(*terms, 99, PARSUM_CC=f"{compiler} {option}")
                    self.assertTrue(answer["libm"])
                    for name, total in answer["totals"].items():
                        self.assertAlmostEqual(float(total) / float(ours[name]), 1,
                                               5 if option == "-fsingle-precision-constant" else 12)

    def test_a_file_that_optimises_in_its_own_way_has_the_same_functions(self):
        text = "double g(double x) { return exp(x) + pow(x, 2.5) * atan(x); }\n"
        terms = ["-e", "g(i*0.3+0.5)", "-e", "normal(i,1)"]
        plain = self.answer("-f", self.write("plain.c", text), *terms, 99)
        for name, before in (("pragma", '#pragma GCC optimize("Ofast")\n'),
                             ("attribute", '__attribute__((optimize("fast-math"))) '),
                             ("apart", '__attribute__((__noinline__, __optimize__("-Ofast"))) ')):
            for compiler in ("gcc", "clang"):
                if shutil.which(compiler):
                    path = self.write(f"{name}.c", before + text)
                    answer = self.answer("-f", path, *terms, 99, PARSUM_CC=compiler + " -w")
                    self.assertFalse(answer["libm"], name)
                    for total in plain["totals"]:  # the file's own sum may be rounded in another way
                        self.assertAlmostEqual(float(answer["totals"][total]) / float(plain["totals"][total]), 1, 14)

    def test_what_c_can_not_have_is_told_with_the_remedy(self):
        path = self.write("own.c", "static const double K = log(2.0);\ndouble term(int64_t i) { return K * i; }\n")
        self.assertIn("write the value, or take --libm", run("-f", path, 5).err)
        self.assertIn("write the value, or take --libm", run("-D", "e=exp(1)", "-e", "e*i", 5).err)
        path = self.write("own.c", "static double exp(double x) { return x; }\ndouble term(int64_t i) { return exp(i); }\n")
        self.assertIn("leave `static` out", run("-f", path, 5).err)

    def test_functions_of_all_kinds_stand_in_one_term(self):
        others = ("gcd(i,6)", "isqrt(i)", "mulmod(i,i,7)", "powmod(3,i,7)", "isprime(i)", "uniform(i,0)", "normal(i,1)",
                  "random_bits(i,run)%7", "random_below(i,2,6)")
        for compiler in ("gcc", "clang"):
            if shutil.which(compiler):
                alone = [self.answer("-e", term, 50, PARSUM_CC=compiler)["total"] for term in others]
                terms = [word for term in [*others, *SUMS] for word in ("-e", term)]
                totals = list(self.answer(*terms, 50, PARSUM_CC=compiler)["totals"].values())
                self.assertEqual(totals[:len(others)], alone)
                self.assert_sum(math.log(3) + math.log(4) + math.log(6) + math.log(8), "-e", "isprime(i)*log(i+1.0)", 10,
                                PARSUM_CC=compiler)

    def test_the_type_generic_functions_of_a_file_are_the_machines_and_said_to_be(self):
        path = self.write("own.c", "#include <tgmath.h>\n#include <stdint.h>\n"
                                   "double term(int64_t i) { return exp(i * 0.01) + sin(i); }\n")
        for compiler in ("gcc", "clang"):
            if shutil.which(compiler):
                self.assertTrue(self.answer("-f", path, 10, PARSUM_CC=compiler)["libm"], compiler)
                self.assertIn("this machine's libm", run("-f", path, "--stats", 5, PARSUM_CC=compiler).out)

    def test_a_saved_term_tells_whose_functions_it_has(self):
        for options, libm in ([], False), (["--libm"], True):
            path = os.path.join(self.directory, f"saved{libm}.so")
            self.assertEqual(run("-e", "exp(-i)", "--save-term", path, *options).status, 0)
            self.assertEqual(self.answer("-f", path, 10)["libm"], libm)
        self.assert_refuses(run("-f", path, "--libm", 5), "--libm")

    def test_a_journal_knows_whose_functions_they_are(self):
        journal = os.path.join(self.directory, "journal")
        self.assertEqual(run("-e", "exp(-i)", "--journal", journal, 10).status, 0)
        self.assert_refuses(run("-e", "exp(-i)", "--libm", "--journal", journal, 10), "by libm")
        self.assertEqual(run("-e", "exp(-i)", "--journal", journal, 10).status, 0)


if __name__ == "__main__":
    unittest.main()
