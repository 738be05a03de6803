"""Sums of elements and of products of them, which are exact however large, small or special these are."""
import array
import json
import math
import random
import unittest
from decimal import Decimal, localcontext
from fractions import Fraction

from data import DataCase, run
from npy import npy


class Products(DataCase):
    def setUp(self):
        super().setUp()
        rng = random.Random(11)
        self.x, self.y = ([math.ldexp(rng.uniform(-1, 1), rng.choice(spread)) for _ in range(2000)]
                          for spread in ([0, 1, 40, -300], [0, -30, 200]))
        self.data = ["--data", self.array(npy(self.x), "x"), "--data", self.array(npy(self.y), "y")]

    def exact(self, start=0, end=2000):
        return float(sum(Fraction(a) * Fraction(b)
                         for a, b in zip(self.x[start:end], self.y[start:end])))

    def test_a_dot_product_is_rounded_once(self):
        for term in "product(x[i], y[i])", "product ( y[i] , x[i] )":
            for cc in "cc", "cc -march=x86-64":
                self.assert_total(self.exact(), *self.data, "-e", term, PARSUM_CC=cc)

    def test_a_factor_may_be_the_largest_double(self):
        largest = math.nextafter(math.inf, 0)
        x = [2.0 ** 1023] * 6000 + [largest, -largest * (1 - 2.0 ** -52)] + [2.0 ** 1023] * 6000
        y = [(1 + 2.0 ** -52) * 2.0 ** -40] * len(x)
        data = ["--data", self.array(npy(x), "x"), "--data", self.array(npy(y), "y")]
        total = float(sum(Fraction(a) * Fraction(b) for a, b in zip(x, y)))
        for cc in "cc", "cc -march=x86-64":
            for grain in "100", "job":
                self.assert_total(total, "-g", grain, *data, "-e", "product(x[i], y[i])", PARSUM_CC=cc)

    def test_it_is_so_for_short_and_long_jobs_and_all_grains(self):
        jobs = [(0, 1), (3, 3), (5, 68), (0, 64), (100, 1900), (7, 520)]
        arguments = [f"{a}:{b}" for a, b in jobs]
        for grain in "1", "100", "job":
            out = run("-ocsv", "-g", grain, *self.data, "-e", "product(x[i], y[i])", *arguments).out
            self.assertEqual([float(line.split(",")[-1]) for line in out.splitlines()[1:]],
                             [self.exact(a, b) for a, b in jobs])

    def test_it_stands_beside_other_values_and_in_lets(self):
        result = run("-q", "-ojson", *self.data, "--let", "p=product(x[i], y[i])", "-e", "a=p", "-e",
                     "b=p.high", "-e", "c=i")
        totals = json.loads(result.out)["totals"]
        self.assertEqual(float(totals["a"]), self.exact())
        self.assertEqual(float(totals["b"]), math.fsum(a * b for a, b in zip(self.x, self.y)))
        self.assertEqual(totals["c"], str(1999 * 1000))

    def test_means_and_tables_of_products_are_exact_too(self):
        terms = [Fraction(a) * Fraction(b) for a, b in zip(self.x, self.y)]
        for options in ["-t1"], ["-t2", "-g33"]:
            out = run("-ocsv", *options, *self.data, "-e", "product(x[i], y[i])", "-e", "q=i", "--reduce",
                      "count,sum,mean", "5:1900").out
            self.assertEqual([float(field) for field in out.splitlines()[1].split(",")[3:6]],
                             [1895, float(sum(terms[5:1900])), float(sum(terms[5:1900]) / 1895)])
            out = run("-ocsv", *options, *self.data, "-e", "product(x[i], y[i])", "--by", "i%3", "--reduce", "sum,mean").out
            for key, line in enumerate(out.splitlines()[1:]):
                self.assertEqual([float(field) for field in line.split(",")],
                                 [key, float(sum(terms[key::3])), float(sum(terms[key::3]) / len(terms[key::3]))])

    def test_products_that_are_left_out_have_no_lower_half(self):
        x = [math.nan if k % 5 == 0 else v for k, v in enumerate(self.x)]
        data = ["--data", self.array(npy(x), "x"), *self.data[2:]]
        left = [Fraction(a) * Fraction(b) for a, b in zip(x, self.y) if not math.isnan(a)]
        for by in [], ["--by", "1"]:
            out = run("-ocsv", "--skip-nan", *data, "-e", "product(x[i], y[i])", "--reduce", "sum,count,mean", *by).out
            self.assertEqual([float(field) for field in out.splitlines()[1].split(",")[-3:]],
                             [float(sum(left)), len(left), float(sum(left) / len(left))])

    def test_a_product_that_is_lost_is_told_of_whatever_is_made_of_it(self):
        for options in ["--reduce", "sum,mean"], ["--by", "i%4"], ["--by", "1", "--skip-nan"]:
            result = run("-q", "-e", "product(i > 3000, 0x1p-1000 + 0*i)", *options, "9000")
            self.assertEqual(result.status, 1)
            self.assertIn("below 2^-968, or too large to be added unrounded at i = 3001; scale a factor", result.err)
        for made in "var", "sum,min", "rms":
            result = run("-q", "-e", "product(i, i)", "--reduce", made, "9")
            self.assertIn("product(a, b) is for sums, means and counts", result.err)

    def test_a_function_of_the_user_may_be_called_so(self):
        own = self.file(b"int64_t product(int64_t a, int64_t b) { return a + b; }\n", "own.c")
        self.assert_total("65", "-f", own, "-e", "product(i, 2)", "10")

    def test_what_doubles_cannot_hold_is_an_error(self):
        for factor, status in ("0", 0), ("0x1p-968", 0), ("0x1p-969", 1), ("1e-300", 1):
            result = run("-q", "-e", f"product(1 + i, {factor})", "3")
            self.assertEqual(result.status, status, result.err)
            if status:
                self.assertIn("at i = 0; scale a factor", result.err)
        for term, text in (("product(1e300, i*1e9)", "the term is infinite at i = 1"),
                           ("product(i-2, 0.0/(i-2))", "the term is not a number (NaN) at i = 2")):
            self.assertIn(text, run("-q", "-e", term, "3").err)


class Direct(DataCase):
    """Terms that are elements of arrays, so long that the lanes read these themselves."""

    def setUp(self):
        super().setUp()
        rng = random.Random(21)
        parts = ((0, 10, 20000), (-900, 900, 5000), (600, 640, 15000), (-1074, -1030, 9001), (-400, -360, 12000),
                 (-975, -950, 9000))
        self.x = [math.ldexp(rng.uniform(-1, 1), rng.randrange(low, high))
                  for low, high, count in parts for _ in range(count)] + [0.0] * 9000
        self.y = [math.ldexp(rng.uniform(-1, 1), rng.randrange(-3, 3)) if abs(x) > 2.0 ** -900 else 1.0 * (x == 0)
                  for x in self.x]
        self.data = ["--data", self.array(npy(self.x), "x"), "--data", self.array(npy(self.y), "y")]

    def test_their_sums_are_exact_whatever_the_sizes(self):
        exact = [Fraction(x) for x in self.x], [Fraction(x) * Fraction(y) for x, y in zip(self.x, self.y)]
        jobs = [(0, len(self.x)), (1, 20003), (4097, 30000), (19999, 44000), (39000, 62000), (60000, 70001), (62000, 70000), (7, 8)]
        for terms, expressions in zip(exact, (("x[i]", " x [ i ] ", "a=x[i]", "+x[i]"),
                                              ("product(x[i], y[i])", "product( y[i],x [i] ) "))):
            expected = [float(sum(terms[a:b])) for a, b in jobs]
            for expression in expressions:
                for options in ["-t1"], ["-t2", "-g5000"], ["-gjob"]:
                    out = run("-ocsv", *options, *self.data, "-e", expression, *(f"{a}:{b}" for a, b in jobs)).out
                    self.assertEqual([float(line.split(",")[-1]) for line in out.splitlines()[1:]],
                                     expected, expression)

    def test_floats_are_read_so_too(self):
        rng = random.Random(22)
        parts = (-1, 1, 20000), (-30, 30, 9000), (-149, 127, 9000), (100, 127, 9000), (-149, -130, 9000), (-10, 0, 9000)
        floats = array.array("f", [math.ldexp(rng.uniform(-1, 1), rng.randrange(low, high))
                                   for low, high, count in parts for _ in range(count)] + [-0.0] * 5000)
        data = ["--data", self.array(npy(floats, "<f4"), "x"), "-e", "x[i]"]
        n = len(floats)
        jobs = [(0, n), (3, 20003), (15000, 40000), (21000, 29001), (55000, n), (n - 4500, n), (9, 9)]
        expected = [float(sum(map(Fraction, floats[a:b]))) for a, b in jobs]
        for options in ["-t1"], ["-t2", "-g5000"], ["-gjob"]:
            out = run("-ocsv", *options, *data, *(f"{a}:{b}" for a, b in jobs)).out
            self.assertEqual([float(line.split(",")[-1]) for line in out.splitlines()[1:]], expected)
        for at in 0, 16000, 31000, n - 1:
            for bad, text in (math.nan, "is not a number (NaN)"), (math.inf, "is infinite"):
                wrong = self.array(npy([*floats[:at], bad, *floats[at + 1:]], "<f4"), "x")
                self.assertIn(f"{text} at i = {at};", run("-q", "--data", wrong, "-e", "x[i]").err)

    def test_what_has_no_value_is_told_with_its_place(self):
        for bad, text in (math.nan, "is not a number (NaN)"), (-math.inf, "is infinite"):
            for at in 0, 5000, 17777, 75000:
                x = [*self.x[:at], bad, *self.x[at + 1:]]
                data = ["--data", self.array(npy(x), "x"), *self.data[2:]]
                for expression in "x[i]", "product(y[i], x[i])":
                    result = run("-q", *data, "-e", expression)
                    self.assertIn(f"{text} at i = {at};", result.err)
        x = [*self.x[:20000], 2.0 ** -1000, *self.x[20001:]]
        result = run("-q", "--data", self.array(npy(x), "x"), *self.data[2:], "-e", "product(x[i], y[i])")
        self.assertIn("at i = 20000; scale a factor", result.err)

    def test_an_index_beyond_the_array_is_told(self):
        for job, index in (("-9000:9000", -9000), ("60000:80000", len(self.x))):
            for expression in "x[i]", "product(y[i], x[i])":
                result = run("-q", *self.data, "-e", expression, "--", job)
                self.assertEqual(result.status, 1)
                self.assertIn(f"uses {index} at i = {index};", result.err)

    def test_another_thing_of_that_name_is_not_taken_for_the_array(self):
        own = self.file(b"double product(double a, double b) { return a + b; }\n", "own.c")
        self.assert_total(float(sum(Fraction(a + b) for a, b in zip(self.x[:9000], self.y))), *self.data, "-f", own,
                          "-e", "product(x[i], y[i])", "9000")


class SkippedNaN(DataCase):
    def test_nan_is_left_out_and_counted(self):
        nan = math.nan
        data = self.array(npy([1.0, nan, 2.0, -nan, nan, 4.0]))
        result = run("-ojson", "--skip-nan", "--data", data, "-e", "x[i]", "2", "2:6")
        document = json.loads(result.out)
        self.assertEqual([job["sum"] for job in document["jobs"]], ["1", "6"])
        self.assertEqual((document["total"], document["skipped"]), ("7", "3"))
        self.assertEqual(result.err, "parsum: 3 values that are NaN were left out\n")
        out = run("--skip-nan", "--data", data, "-e", "a=x[i]", "-e", "n=!isnan(x[i])", "-e",
                  "p=product(x[i], 3)").out
        self.assertTrue(out.startswith("Run #1, a is: 7, n is: 3, p is: 21\n"), out)

    def test_without_it_a_nan_is_an_error_and_an_infinity_always_is(self):
        data = self.array(npy([1.0, math.nan, math.inf]))
        self.assertIn("is not a number (NaN) at i = 1", run("--data", data, "-e", "x[i]").err)
        self.assertIn("is infinite at i = 2", run("--data", data, "-e", "x[i]", "--skip-nan").err)

    def test_a_file_may_have_the_term(self):
        own = self.file(b"double term(int64_t i) { return i % 2 ? NAN : i; }\n", "own.c")
        result = run("-q", "--skip-nan", "-f", own, "10")
        self.assertEqual(result.err, "parsum: 5 values that are NaN were left out\n")
        self.assertIn("sum is 20\n", result.out)
        block = self.file(b"int block(int64_t a, int64_t b) { return b - a; }\n", "block.c")
        self.assert_refuses(run("--skip-nan", "-f", block, "3"), "--skip-nan", "defines a block")

    def test_a_run_that_goes_on_counts_all_of_them(self):
        data = self.array(npy([math.nan, 1.0] * 5000))
        journal = self.path("journal")
        for _ in range(2):
            result = run("-q", "-ojson", "--skip-nan", "--data", data, "-e", "x[i]", "--journal",
                         journal)
            self.assertEqual(json.loads(result.out)["skipped"], "5000")

    def test_what_is_made_of_values_is_of_those_that_are_left(self):
        rng = random.Random(31)
        for share in 0.001, 0.1, 0.9:
            x = [math.nan if rng.random() < share else rng.choice([-0.0, 0.0, rng.uniform(-9, 9), 2.0 ** rng.randrange(99)])
                 for _ in range(9000)]
            data = ["--data", self.array(npy(x)), "--skip-nan", "-e", "x[i]", "-e", "i"]
            reduce = "count,sum,mean,sd,min,max,argmin"
            expected = {}
            for start, end in (0, 9000), (1, 700), (700, 701), (5, 5):
                left = [(v, i) for i, v in enumerate(x[start:end], start) if not math.isnan(v)]
                expected[start, end] = self.facts(left)
            for options in ["-t1", "-g17"], ["-t2", "-g1000"], ["-gjob"]:
                result = run("-ocsv", *options, *data, "--reduce", reduce, *(f"{a}:{b}" for a, b in expected))
                for line, (start, end) in zip(result.out.splitlines()[1:], expected):
                    self.assertEqual(line.split(",")[3:10], expected[start, end])
                    self.assertEqual(line.split(",")[10], str(end - start))
            out = run("-ocsv", *data, "--reduce", reduce, "--by", "i%7").out
            for line in out.splitlines()[1:]:
                key, *fields = line.split(",")
                left = [(v, i) for i, v in enumerate(x) if not math.isnan(v) and i % 7 == int(key)]
                self.assertEqual(fields[:7], self.facts(left))

    def facts(self, left):
        """The fields of count, sum, mean, sd, min, max and argmin of such values and their places."""
        n, total = len(left), sum(Fraction(v) for v, _ in left)
        spread = sum(Fraction(v) ** 2 for v, _ in left) - total ** 2 / n if n else 0
        ends = [min(left, key=lambda it: (it[0], it[1])), max(left, key=lambda it: (it[0], -it[1]))] if n else []
        with localcontext(prec=60):
            sd = float((Decimal((spread / (n - 1)).numerator) / Decimal((spread / (n - 1)).denominator)).sqrt()) if n > 1 else None
        texts = [n, float(total), float(total / n) if n else None, sd,
                 ends[0][0] if n else None, ends[1][0] if n else None, ends[0][1] if n else None]
        return ["" if it is None else str(it) if isinstance(it, int) else self.text(it) for it in texts]

    def text(self, number):
        """As parsum writes a double."""
        text = repr(number)
        return text[:-2] if text.endswith(".0") else text

    def test_means_of_a_run_that_goes_on_are_of_all_that_is_left(self):
        data = self.array(npy([math.nan, 1.0, 4.0] * 3000))
        arguments = ["-ojson", "--skip-nan", "--data", data, "-e", "x[i]", "--reduce", "mean,count", "--journal",
                     self.path("journal"), *(f"{k}:{k + 3}" for k in range(0, 9000, 3))]
        whole = json.loads(run(*arguments).out)
        again = json.loads(run(*arguments).out)
        self.assertEqual((whole["jobs"], whole["totals"], whole["skipped"]),
                         (again["jobs"], again["totals"], again["skipped"]))
        self.assertEqual((whole["totals"], whole["skipped"]), ({"mean": "2.5", "count": "6000"}, "3000"))

    def test_each_of_64_values_is_left_out_by_itself(self):
        terms = [word for k in range(64) for word in ("-e", f"v{k}=i%{k + 2} ? i : NAN")]
        self.assert_refuses(run("--skip-nan", *terms, "10"), "--skip-nan", "64 values")
        reduce = "sum,count,mean,var,sd,se,rms,min,max,argmin,argmax"
        for options, totals in (["-ojson"], True), (["-ojson", "--by", "0"], False):
            result = run(*options, "--skip-nan", *terms, "--reduce", reduce, "200")
            document = json.loads(result.out)
            found = document["totals"] if totals else document["keys"][0]["sums"]
            for k in range(64):
                left = [i for i in range(200) if i % (k + 2)]
                self.assertEqual([found[f"v{k}{name}"] for name in ("", "_count", "_max", "_argmin")],
                                 [str(sum(left)), str(len(left)), str(left[-1]), "1"])
            skipped = sum(200 - len([i for i in range(200) if i % (k + 2)]) for k in range(64))
            self.assertEqual(document["skipped"], str(skipped))

    def test_a_saved_term_skips_as_it_was_told(self):
        saved = self.path("t.so")
        run("--skip-nan", "-e", "i%2 ? NAN : i", "--save-term", saved)
        self.assertIn("5 values", run("-q", "-f", saved, "10").err)
        self.assertEqual(run("-q", "--skip-nan", "-f", saved, "10").status, 2)
        run("--skip-nan", "-e", "i%2 ? NAN : i", "--reduce", "mean", "--save-term", saved)
        result = run("-q", "-f", saved, "--reduce", "mean", "10")
        self.assertIn("mean is 4\n", result.out)
        self.assertIn("5 values", result.err)


if __name__ == "__main__":
    unittest.main()
