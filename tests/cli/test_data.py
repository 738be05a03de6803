"""Terms that read arrays: files of all kinds, indexes, and what is refused."""
import array
import ast
import atexit
import json
import math
import os
import random
import struct
import subprocess
import tempfile
import unittest
from decimal import Decimal, localcontext
from fractions import Fraction

from npy import npy, raw
import program
from program import Case

NUMPY = ["/usr/bin/python3", "-c"]

# Terms are kept from test to test: compiling takes nearly all the time.
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


class Types(DataCase):
    def test_each_type_and_both_orders_of_bytes_are_read(self):
        for dtype in ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"):
            kind, size = dtype[0], 8 * int(dtype[1])
            values = ([True, False, True] if kind == "b" else
                      [-2.5, 0.25, 1e3] if kind == "f" else
                      [-2 ** (size - 1), 2 ** (size - 1) - 1, 7] if kind == "i" else
                      [0, 2 ** size - 1, 7])
            for order in "<>|" if size == 8 else "<>":
                with self.subTest(dtype=order + dtype):
                    self.assert_total(sum(values) if kind == "f" else str(sum(values)), "--data",
                                      self.array(npy(values, order + dtype)), "-e", "x[i]")

    def test_a_type_decides_how_a_term_is_added(self):
        data = self.array(npy([2**64 - 1, 2**64 - 1], "<u8"))
        self.assert_total(str(2**65 - 2), "--data", data, "-e", "x[i]")

    def test_versions_and_long_headers_and_elements_that_are_not_aligned(self):
        values = [0.1 * k for k in range(100)]
        for version in 1, 2, 3:
            for pad in 64, 16, 1, 65000 if version == 1 else 1 << 20:
                with self.subTest(version=version, pad=pad):
                    self.assert_total(math.fsum(values), "--data",
                                      self.array(npy(values, version=version, pad=pad)), "-e",
                                      "x[i]")

    def test_a_raw_file_has_the_type_that_is_told(self):
        for dtype, told in ("<f8", "f8"), ("<f8", "<f8"), (">f8", ">f8"), ("<i4", "i4"), (">u2", ">u2"):
            file = self.file(raw([1, 2, 3, 250], dtype), "a:b.raw")
            with self.subTest(told=told):
                self.assert_total("256", "--data", f"x={file}:{told}", "-e", "x[i]")

    def test_an_empty_array_is_a_sum_of_nothing(self):
        for content in npy([]), npy([], "<i4", (0,)), npy([], ">f8"), npy([], "<f8", (0, 3)):
            self.assert_total("0", "--data", self.array(content), "-e", "1+0*x_n")
        self.assert_total("0", "--data", f"x={self.file(b'')}:f8", "-e", "x[i]")

    def test_two_dimensions_have_rows_and_columns(self):
        data = self.array(npy(list(range(12)), "<i4", (4, 3)))
        self.assert_total("66", "--data", data, "-e", "x[i][0]+x[i][1] + x[i] [2]")
        self.assert_total("66", "--data", data, "-e", "x[i/x_cols][i%x_cols]", "12")
        self.assert_total(str(4 + 10 * 4 + 100 * 3), "--data", data, "-e",
                          "x_n+10*x_rows+100*x_cols", "1")
        self.assert_total("18", "--data", data, "-e", "*x[i]")

    def test_one_column_or_row_in_fortran_order_is_read(self):
        for shape in (3, 1), (1, 3), (3,):
            self.assert_total("6", "--data", self.array(npy([1, 2, 3], "<f8", shape, fortran=True)),
                              "-e", "x[0][i]" if shape == (1, 3) else
                              "x[i][0]" if shape == (3, 1) else "x[i]", "3")


class Expressions(DataCase):
    def setUp(self):
        super().setUp()
        self.x = [random.Random(1).randrange(-1000, 1000) for _ in range(1000)]
        self.data = self.array(npy(self.x, "<i4"))

    def test_lets_values_and_functions_of_files_read_arrays(self):
        y = self.array(npy([0.5, 0.25]), "y")
        self.assert_total(str(sum(v * v for v in self.x)), "--data", self.data, "--let",
                          "v=x[i]", "-e", "v*v")
        result = run("-q", "-ojson", "--data", self.data, "--data", y, "-e", "a=x[i]", "-e",
                     "b=y[i%y_n]")
        self.assertEqual(json.loads(result.out)["totals"], {"a": str(sum(self.x)), "b": "375"})
        own = self.file(b"static int twice(int64_t k) { return 2 * x[k]; /* y[0] */ }\n"
                        b"double other(double y) { return y; }\n"
                        b"int64_t term(int64_t i) { return twice(i) + x_n; }\n", "own.c")
        self.assert_total(str(2 * sum(self.x) + 1000000), "--data", self.data, "--data", y, "-f",
                          own)
        self.assert_total(str(2 * sum(self.x)), "--data", self.data, "-f", own, "-e", "twice(i)")

    def test_an_index_may_be_an_expression_with_other_indexes(self):
        order = list(range(1000))
        random.Random(2).shuffle(order)
        k = self.array(npy(order, "<u2"), "k")
        self.assert_total(str(sum(v * w for v, w in zip((self.x[j] for j in order), self.x))),
                          "--data", self.data, "--data", k, "-e", "x[k[i]]*x /* [ */ [i ]")
        self.assert_total(str(sum(self.x[j] for j in order[:500])), "--data", self.data, "--data",
                          k, "-e", "x[((void)0, k[i])]", "500")

    def test_a_name_alone_is_a_pointer(self):
        self.assert_total(str(sum(self.x)), "--data", self.data, "-e", "*(x + i)")
        self.assert_total(str(sum(self.x)), "--data", self.data, "-e", "*&x[i]")

    def test_names_may_be_those_of_functions_of_the_library(self):
        self.assert_total("3", "--data", self.array(npy([1, 2]), "gamma"), "-e", "gamma[i]")

    def test_results_do_not_depend_on_threads_and_grains(self):
        y = self.array(raw([random.Random(3).uniform(-1, 1) * 2.0 ** random.Random(k).randrange(-60, 60)
                            for k in range(50000)]), "y") + ":f8"
        expected = self.total("--data", y, "-e", "y[i]", "-t", "1")["total"]
        for threads in 1, 2:
            for grain in 1000, 7, "job":
                self.assert_total(expected, "--data", y, "-e", "y[i]", "-t", threads, "-g", grain)

    def test_where_the_range_lies_within_nothing_is_checked(self):
        y = self.array(npy([1.5] * 1000), "y")
        for term, jobs in (("y[i]", []), ("y[i]", ["10:500", "3:7"]), ("y[i+1]-y[i]", ["999"]),
                           ("y[i-1]*y[i+1]", ["1:999"]), ("y[i]*x[i]", [])):
            with self.subTest(term=term):
                kernel = self.total("--data", y, "--data", self.data, "-e", term, *jobs)["kernel"]
                self.assertEqual(kernel, "proved")
        kernel = self.total("--data", y, "-e", "y[999-i]")["kernel"]
        self.assertEqual(kernel, "checked")

    def test_ranges_from_a_pipe_are_checked_where_they_leave_the_array(self):
        y = self.array(npy([1.5] * 1000), "y")
        result = run("-ocsv", "--data", y, "-e", "y[i]", "-i-", stdin=b"10\n990 1000\n995 1001\n")
        self.assertEqual(result.status, 1)
        self.assertIn("job 3 [995, 1001): y has indexes [0, 1000), and the term uses 1000 at i = "
                      "1000", result.err)
        self.assertEqual(result.out, "run,start,end,sum\n1,0,10,15\n2,990,1000,15\n")

    def test_an_index_out_of_bounds_names_all_that_matters(self):
        m = self.array(npy([1.0] * 12, "<f8", (4, 3)), "m")
        for arguments, text in (
                (["-e", "x[i]", "5", "1001"],
                 "job 2 [0, 1001): x has indexes [0, 1000), and the term uses 1000 at i = 1000;"),
                (["-e", "x[i-3]", "1:5"],
                 "job 1 [1, 5): x has indexes [0, 1000), and the term uses -2 at i = 1;"),
                (["-e", "m[i][0]", "9"], "m has rows [0, 4), and the term uses 4 at i = 4;"),
                (["-e", "m[0][i]", "9"], "m has columns [0, 3), and the term uses 3 at i = 3;"),
                (["-e", "x[(uint64_t)-1]", "9"], "the term uses -1 at i = 0;")):
            result = run("--data", self.data, "--data", m, *arguments)
            with self.subTest(arguments=arguments):
                self.assertEqual(result.status, 1)
                self.assertIn(text, result.err)

    def test_an_index_of_128_bits_is_not_cut_to_one_that_the_array_has(self):
        data = self.array(npy([5, 6, 7], "<i8"), "w")
        table = self.array(npy([5, 6, 7, 8], "<i8", (2, 2)), "t")
        for compiler in "gcc", "clang":
            for term in ("w[(__int128)i<<64]", "w[((__int128)i<<64)*-1]",
                         "w[(unsigned __int128)i<<100]", "t[(__int128)i<<64][0]",
                         "t[0][(__int128)i<<64]"):
                with self.subTest(compiler=compiler, term=term):
                    result = run("--data", data, "--data", table, "-e", term, "2",
                                 PARSUM_CC=compiler)
                    self.assertEqual(result.status, 1)
                    self.assertRegex(result.err, r"has (indexes|rows|columns) \[0, .*at i = 1;")
            self.assert_total("18", "--data", data, "-e", "w[(__int128)i]", PARSUM_CC=compiler)
            self.assert_total("18", "--data", data, "-e", "w[(unsigned __int128)i]",
                              PARSUM_CC=compiler)

    def test_a_function_of_a_file_is_checked_too(self):
        own = self.file(b"int64_t term(int64_t i) { return x[i + 1]; }\n", "own.c")
        result = run("-q", "--data", self.data, "-f", own)
        self.assertEqual(result.status, 1)
        self.assertIn("an index that the array does not have, 1000, at i = 999", result.err)

    def test_an_end_comes_from_the_first_array_where_there_is_none(self):
        y = self.array(npy([1.0, 2.0]), "y")
        out = run("-ocsv", "--data", self.data, "--data", y, "-e", "1", ",a=1", "3,a=2").out
        self.assertEqual(out, "run,start,end,a,sum\n1,0,1000,1,1000\n2,0,3,2,3\n")
        out = run("-ocsv", "--data", y, "--data", self.data, "-e", "1", "--start", "1").out
        self.assertEqual(out, "run,start,end,sum\n1,1,2,1\n")
        out = run("-ocsv", "--data", y, "-e", "1", "--end", "1").out
        self.assertEqual(out, "run,start,end,sum\n1,0,1,1\n")
        out = run("-ocsv", "--data", y, "-e", "1", "-i-", stdin=b"start\n0\n1\n").out
        self.assertEqual(out, "run,start,end,sum\n1,0,2,2\n2,1,2,1\n")

    def test_a_fault_of_an_expression_is_shown_where_it_is(self):
        result = run("--data", self.data, "-e", "x[i] + x[i+1]*nope + 1", "10")
        self.assertIn("nope", result.err)
        caret = result.err.splitlines()[2].index("^")
        self.assertEqual(result.err.splitlines()[1][caret:caret + 4], "nope")

    def test_an_index_that_is_no_integer_is_refused(self):
        result = run("--data", self.data, "-e", "x[0.5]")
        self.assertEqual(result.status, 2)

    def test_a_saved_term_reads_other_data_of_the_same_type(self):
        saved = self.path("t.so")
        self.assertEqual(run("--data", self.data, "-e", "x[i]", "--save-term", saved).status, 0)
        self.assert_total(str(sum(self.x)), "--data", self.data, "-f", saved)
        self.assert_total("3", "--data", self.array(npy([1, 2], "<i4"), "x"), "-f", saved)
        for other in self.array(npy([1, 2], "<f4"), "x"), self.array(npy([1, 2], "<i4"), "y"):
            self.assert_refuses(run("--data", other, "-f", saved), "was compiled for the array x of "
                                "i4; give it with --data")
        self.assert_refuses(run("-f", saved, "3"), "give it with --data")


class Texts(DataCase):
    def test_a_column_of_a_table(self):
        table = self.file(b"name,price,n\n\"a, b\",0.5,1\nc,2.25,2\n", "t.csv")
        self.assert_total(2.75, "--data", f"x={table}:col=price", "-e", "x[i]")
        self.assert_total("3", "--data", f"x={table}:col=3", "-e", "x[i]")
        self.assert_total(4.5, "--data", f"x={table}:col=2", "--data", f"n={table}:col=n", "-e",
                          "x[i]*n[i] - 0.25", "1", "1:2")
        self.assert_total("6", "--data", "x=" + self.file(b"1\n2\n3\n", "o"), "-e", "x[i]")

    def test_what_is_no_number_is_refused_with_its_line(self):
        table = self.file(b"a,b\n1,2\n3,x\n", "t.csv")
        self.assert_refuses(run("--data", f"x={table}:col=b", "-e", "x[i]"),
                            f"--data x: {table}:3: 'x' is not a number; give a number in each row")
        self.assert_refuses(run("--data", f"x={table}", "-e", "x[i]"), "has 2 columns; say which")


    def test_a_first_row_with_a_number_in_the_column_is_not_dropped_as_a_header(self):
        refused = (("5.1,setosa\n4.9,setosa\n", ":col=1", "5.1"), ("1O\n20\n", "", "1O"),
                   ("nan\n20\n", "", "nan"), ("-Inf\n20\n", "", "-Inf"), ("NA\n20\n", "", "NA"),
                   ("0x10\n20\n", "", "0x10"), ("\N{MINUS SIGN}1\n20\n", "", "\N{MINUS SIGN}1"),
                   ('a,".5."\nb,3\n', ":col=2", ".5."))
        for text, column, field in refused:
            with self.subTest(text=text):
                result = run("--data", "x=" + self.file(text.encode(), "x.csv") + column,
                             "-e", "x[i]")
                self.assertEqual(result.status, 2)
                self.assertIn(f"x.csv:1: '{field}' is read as the name of its column", result.err)
                self.assertIn(f":col='{field}'", result.err)
        for text, column in (("Na\n20\n", ""), ("2theta\n20\n", ":col=2theta"),
                             ("\nInfo\n20", ":col=1"), ("kind,1960\na,20\n", ":col=1960"),
                             (",1x\n20,3\n", ":col=1")):
            with self.subTest(text=text):
                self.assert_total("20", "--data",
                                  "x=" + self.file(text.encode(), "x.csv") + column, "-e", "x[i]")


class Segments(DataCase):
    def setUp(self):
        super().setUp()
        self.x = [random.Random(5).uniform(-1, 1) for _ in range(1000)]
        cuts = sorted(random.Random(6).choices(range(1001), k=99))
        self.offsets = [0, *cuts, 1000]
        self.data = self.array(npy(self.x))

    def expected(self):
        return [math.fsum(self.x[a:b]) for a, b in zip(self.offsets, self.offsets[1:])]

    def sums(self, *arguments):
        result = run("-ocsv", "--data", self.data, "-e", "x[i]", *arguments)
        self.assertEqual((result.status, result.err), (0, ""))
        return [float(line.split(",")[-1]) for line in result.out.splitlines()[1:]]

    def test_offsets_of_all_kinds_make_jobs(self):
        text = self.file("\n".join(map(str, self.offsets)).encode(), "o.txt")
        table = self.file("\n".join(["k,at"] + [f"{k},{o}" for k, o in enumerate(self.offsets)]).encode(), "o.csv")
        for file in (self.file(npy(self.offsets, "<i8"), "o8.npy"), text, table + ":col=at",
                     self.file(npy(self.offsets, ">u2"), "o2.npy"),
                     self.file(raw(self.offsets, "<i4"), "o4") + ":i4"):
            with self.subTest(file=file):
                self.assertEqual(self.sums("--segments", file), self.expected())

    def test_segments_of_any_length_and_numbers_of_any_size_are_exact(self):
        rng = random.Random(7)
        lengths = [rng.choice((0, 1, 3, 9, 17, 65, 300, 511, 512, 513, 900)) for _ in range(150)]
        self.offsets = [sum(lengths[:k]) for k in range(len(lengths) + 1)]
        for exponents in [0], [0, 30, -30], range(-900, 900):
            self.x = [math.ldexp(rng.uniform(-1, 1), rng.choice(exponents)) for _ in range(sum(lengths))]
            self.data = self.array(npy(self.x))
            for more in ("-t1",), ("-t2", "-g50"), ("-t1", "-gjob"):
                with self.subTest(exponents=exponents, more=more):
                    self.assertEqual(self.sums("--segments", self.file(npy(self.offsets, "<i8"), "o.npy"), *more),
                                     self.expected())

    def test_a_term_may_know_which_segment_it_is_in(self):
        offsets = self.file(npy(self.offsets, "<i8"), "o.npy")
        result = run("-ocsv", "--data", self.data, "-e", "run*1.0", "--segments", offsets)
        self.assertEqual([float(line.split(",")[-1]) for line in result.out.splitlines()[1:]],
                         [k * (b - a) for k, (a, b) in enumerate(zip(self.offsets, self.offsets[1:]), 1)])

    def test_a_number_that_is_none_is_told_with_its_segment(self):
        offsets = self.file(npy(self.offsets, "<i8"), "o.npy")
        at = self.offsets[50] # the last one of a segment that is not empty
        self.x[at - 1] = math.nan
        number = max(k for k in range(51) if self.offsets[k] < at) + 1
        result = run("-ocsv", "-t1", "--data", self.array(npy(self.x)), "-e", "x[i]", "--segments", offsets)
        self.assertEqual((result.status, len(result.out.splitlines())), (1, number))
        self.assertIn(f"job {number} [{self.offsets[number - 1]}, {at}): ", result.err)
        self.assertIn(f"i = {at - 1}", result.err)

    def test_columns_stand_beside_segments(self):
        offsets = self.file(npy([0, 2, 2, 5], "<i8"), "o.npy")
        table = self.file(b"w,name\n0.5,a\n2,b\n4,c\n", "t.csv")
        data = self.array(npy([1, 2, 3, 4, 5], "<i4"))
        for source in ("-i", table), ("-i-",):
            result = run("-ocsv", "--data", data, "-e", "w*x[i]", "--segments", offsets, *source,
                         stdin=b"w,name\n0.5,a\n2,b\n4,c\n")
            with self.subTest(source=source):
                self.assertEqual((result.out, result.err), (
                    "run,start,end,w,name,sum\n1,0,2,0.5,a,1.5\n2,2,2,2,b,0\n3,2,5,4,c,48\n", ""))

    def test_a_table_must_have_a_row_for_each_segment_and_no_ranges(self):
        offsets = self.file(npy([0, 2, 5], "<i8"), "o.npy")
        for table, fragment in ((b"w\n1\n", "there are 2 segments, and 1 rows"),
                                (b"w\n1\n2\n3\n", "there are 2 segments, and more rows"),
                                (b"w,end\n1,3\n2,4\n", "has a column start or end"),
                                (b"3\n4\n", "is no header")):
            result = run("-q", "-e", "i", "--segments", offsets, "-i", self.file(table, "t.csv"))
            with self.subTest(table=table):
                self.assertEqual(result.status, 2)
                self.assertIn(fragment, result.err)

    def test_offsets_that_are_none_are_refused(self):
        for content, fragment in ((npy([0, 3, 2], "<i8"), "offset 3 is less than the one before"),
                                  (npy([-1, 3], "<i8"), "offset 1 is less than 0"),
                                  (npy([2**64 - 1], "<u8"), "offset 1 is beyond 2^63 - 1"),
                                  (npy([], "<i8"), "is no list of offsets"),
                                  (npy([1.0]), "is no list of offsets"),
                                  (npy([1, 2], "<i8", (1, 2)), "is no list of offsets")):
            self.assert_refuses(run("-e", "1", "--segments", self.file(content, "o.npy")),
                                "--segments", fragment)
        self.assert_refuses(run("-e", "1", "--segments", "/no/such"), "--segments: /no/such: No such")

    def test_a_segment_beyond_the_array_is_told_of(self):
        offsets = self.file(npy([0, 900, 1001], "<i8"), "o.npy")
        result = run("-q", "--data", self.data, "-e", "x[i]", "--segments", offsets)
        self.assertEqual(result.status, 1)
        self.assertIn("job 2 [900, 1001): x has indexes [0, 1000)", result.err)

    def test_a_journal_knows_the_segments(self):
        offsets, journal = self.path("o.npy"), self.path("journal")
        for cuts, status in ([0, 5, 9], 0), ([0, 5, 9], 0), ([0, 6, 9], 2):
            self.file(npy(cuts, "<i8"), "o.npy")
            self.assertEqual(run("-q", "-e", "i", "--segments", offsets, "--journal",
                                 journal).status, status)


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


class Refused(DataCase):
    def refuses(self, data, *fragments, options=("-e", "1", "1")):
        with self.subTest(data=data):
            self.assert_refuses(run("--data", data, *options), *fragments)

    def test_arguments(self):
        x = self.array(npy([1.0]))
        self.refuses("x", "--data: 'x' names no file; give NAME=FILE")
        self.refuses("x=", "names no file")
        self.refuses("1x=f", "is not a name")
        self.refuses("int=f", "is taken")
        self.refuses("x=/no/such", "--data x: /no/such: No such file")
        self.refuses("x=" + self.directory, "is no ordinary file")
        self.refuses(x, "--data: x is there twice", options=("--data", x, "-e", "1"))
        self.refuses(x, "--data goes with a term", options=("10",))
        self.refuses(x, "is an array", options=("--define", "x=1", "-e", "1"))
        self.refuses(x, "is an array", options=("--let", "x_n=1", "-e", "1"))
        self.refuses(x, "--data: x is a column of the jobs", options=("-e", "1", "5,x=3"))
        self.refuses(x, "x_n is a size of the array x", options=(
            "--data", self.array(npy([1.0]), "x_n"), "-e", "1"))

    def test_arrays_that_a_term_cannot_read_say_how_to_convert_them(self):
        for content, fragment in (
                (npy([1.0] * 4, shape=(2, 2), fortran=True), "np.ascontiguousarray(a)"),
                (npy([1.0] * 8, shape=(2, 2, 2)), "has 3 dimensions"),
                (npy([1.0], shape=()), "has 0 dimensions"),
                (npy([], header="{'descr': '|O', 'fortran_order': False, 'shape': (0,), }"),
                 'a.astype("f8")'),
                (npy([], header="{'descr': '<c16', 'fortran_order': False, 'shape': (0,), }"),
                 "the type '<c16'"),
                (npy([], header="{'descr': '<f2', 'fortran_order': False, 'shape': (0,), }"),
                 "the type '<f2'"),
                (npy([], header="{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (0,), }"),
                 "an array of structs")):
            self.refuses(self.array(content), self.path("x.npy"), fragment)

    def test_headers_that_lie_or_end_early(self):
        good = npy([1.0, 2.0])
        for length in 6, 7, 9, 10, 50, 127:
            self.refuses(self.array(good[:length]), "is it all of the file?")
        self.refuses(self.array(good[:-1]), "is too short")
        for header in ("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }",
                       "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904,), }",
                       "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }"):
            self.refuses(self.array(npy([1.0, 2.0], header=header)), "is too short")
        for header in ("", "{", "{}", "{'descr': '<f8'}", "'descr'", "{'descr': '<f8', 'fortran_order': "
                       "False, 'shape': (9223372036854775808,), }", "{'descr': '<f8', 'fortran_order': "
                       "0, 'shape': (1,), }", "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
                       "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'more': 1}",
                       "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), } x"):
            self.refuses(self.array(npy([1.0, 2.0], header=header or " ")), "no header as numpy writes")
        self.refuses(self.array(good[:6] + b"\4" + good[7:]), "has version 4")

    def test_raw_files_with_a_part_of_an_element(self):
        self.refuses(f"x={self.file(b'123456789')}:f8", "no whole number of elements of 8")


class Journals(DataCase):
    def test_a_file_that_has_changed_is_refused(self):
        journal = self.path("journal")
        values = [float(k) for k in range(1000)]
        data = self.array(npy(values))
        arguments = ("--data", data, "-e", "x[i]", "--journal", journal)
        self.assertEqual(run("-q", *arguments).status, 0)
        self.assertEqual(run("-q", *arguments).status, 0)
        values[500] += 1
        self.array(npy(values))
        self.assert_refuses(run("-q", *arguments), "is the journal of another run", "data ")

    def test_another_place_of_the_same_numbers_is_the_same_run(self):
        journal = self.path("journal")
        for name in "a", "b":
            file = self.file(npy([1.0, 2.0], pad=16 if name == "a" else 64), name)
            result = run("-q", "--data", f"x={file}", "-e", "x[i]", "--journal", journal)
            self.assertEqual((result.status, result.err), (0, ""))


class Files(DataCase):
    def test_a_sparse_file_of_six_gibibytes(self):
        path = self.path("x.raw")
        with open(path, "wb") as file:
            file.truncate(6 << 30)
            for at in 0, 4 << 30, (6 << 30) - 8:
                file.seek(at)
                file.write(raw([1.5]))
        last = (6 << 27) - 1
        self.assert_total(4.5, "--data", f"x={path}:f8", "-e", "x[i]", "1",
                          f"{4 << 27}:{(4 << 27) + 9}", f"{last}:{last + 1}")

    def test_a_file_that_nobody_may_write_is_read(self):
        path = self.file(npy([1.5]))
        os.chmod(path, 0o400)
        self.assert_total(1.5, "--data", f"x={path}", "-e", "x[i]")


def read_npy(content):
    """The rows of a structured array as lists, its types by name."""
    assert content[:8] == b"\x93NUMPY\1\0"
    size = struct.unpack("<H", content[8:10])[0]
    assert (10 + size) % 64 == 0 and content[9 + size:10 + size] == b"\n"
    header = ast.literal_eval(content[10:10 + size].decode())
    codes = "<" + "".join({"i": "q", "f": "d"}.get(kind[1], f"{4 * int(kind[2:] or 0)}s")
                          for _, kind in header["descr"])
    rows = [[v.decode("utf-32-le").rstrip("\0") if isinstance(v, bytes) else v for v in row]
            for row in struct.iter_unpack(codes, content[10 + size:])]
    assert header["shape"] == (len(rows),) and not header["fortran_order"]
    return rows, dict(header["descr"])


class Outputs(DataCase):
    def output(self, *arguments, **options):
        path = self.path("out")
        result = run("--output", path, *arguments, **options)
        self.assertEqual((result.status, result.out, result.err), (0, "", ""))
        with open(path, "rb") as file:
            return file.read()

    def test_an_array_has_the_columns_of_csv(self):
        jobs = ("3,a=1.5,name=xy\u00df,k=7", "2:5,a=2,name=,k=-1")
        rows, types = read_npy(self.output("-onpy", "-e", "s=a*i", "-e", "n=i", *jobs))
        self.assertEqual(types, {"run": "<i8", "start": "<i8", "end": "<i8", "a": "<f8",
                                 "name": "<U3", "k": "<i8", "s": "<f8", "n": "<i8"})
        self.assertEqual(rows, [[1, 0, 3, 1.5, "xy\u00df", 7, 4.5, 3], [2, 2, 5, 2.0, "", -1, 18.0, 9]])
        rows, types = read_npy(self.output("-onpy", "-e", "i", "2,b=1,run=first", "3,b=2,run=second"))
        self.assertEqual((types["run"], rows[1]), ("<U6", ["second", 0, 3, 2, 3]))
        self.assertEqual(read_npy(self.output("-onpy", "-i-"))[0], [])
        with open(self.path("out"), "wb") as file:
            subprocess.run([program.PARSUM, "-onpy", "3", "5"], stdout=file, check=True)
        with open(self.path("out"), "rb") as file:
            self.assertEqual(read_npy(file.read())[0], [[1, 0, 3, 3], [2, 0, 5, 10]])

    def test_an_array_has_results_and_keys(self):
        rows, types = read_npy(self.output("-onpy", "-e", "i*0.5", "--reduce", "mean,max", "4", "3:3"))
        self.assertEqual(types, {"run": "<i8", "start": "<i8", "end": "<i8", "mean": "<f8", "max": "<f8"})
        self.assertEqual((rows[0], rows[1][:3]), ([1, 0, 4, 0.75, 1.5], [2, 3, 3]))
        self.assertTrue(math.isnan(rows[1][3]) and math.isnan(rows[1][4]))
        rows, types = read_npy(self.output("-onpy", "-e", "i", "--by", "i%3-1", "7"))
        self.assertEqual((rows, types), ([[-1, 9], [0, 5], [1, 7]], {"key": "<i8", "sum": "<i8"}))
        self.assert_refuses(run("-onpy", "-e", "i", "--reduce", "max", "3:3"), "is of no terms",
                            "take --format csv", status=1)

    def test_many_rows(self):
        lines = "".join(f"{k % 97}\n" for k in range(20000)).encode()
        rows, _ = read_npy(self.output("-onpy", "-i-", stdin=lines))
        self.assertEqual([row[3] for row in rows], [k % 97 * (k % 97 - 1) // 2 for k in range(20000)])

    def test_a_sum_beyond_64_bits_names_csv(self):
        result = run("-onpy", "-e", "INT64_MAX", "1", "2")
        self.assert_refuses(result, "sum of job 2 is beyond 64 bits", "take --format csv", status=1)

    def test_any_format_may_go_to_a_file(self):
        self.assertEqual(self.output("-ocsv", "5"), b"run,start,end,sum\n1,0,5,10\n")
        self.assertEqual(json.loads(self.output("-ojson", "5"))["total"], "10")
        self.assertIn(b"sum is 10\n", self.output("5"))
        self.assertEqual(os.stat(self.path("out")).st_mode & 0o777, 0o666 & ~umask())

    def test_a_file_is_replaced_at_the_end_or_not_at_all(self):
        path = self.file(b"before", "out")
        for arguments in ("-e", "1/(i-3)", "5"), ("-onpy", "-e", "INT64_MAX", "3"), ("-e", "nope", "3"):
            for form in (), ("-ojson",):
                self.assertNotEqual(run("--output", path, *form, *arguments).status, 0)
                with open(path, "rb") as file:
                    self.assertEqual(file.read(), b"before")
        self.assertEqual(os.listdir(self.directory), ["out"])
        link = self.path("link")
        os.symlink("out", link)
        self.assertEqual(run("--output", link, "-ocsv", "5").status, 0)
        self.assertTrue(os.path.islink(link))
        with open(path, "rb") as file:
            self.assertIn(b"1,0,5,10", file.read())

    def test_a_pipe_is_written_in_place(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        with subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE) as reader:
            self.assertEqual(run("--output", fifo, "-ocsv", "5").status, 0)
            self.assertEqual(reader.stdout.read(), b"run,start,end,sum\n1,0,5,10\n")
        self.assertEqual(run("--output", "/dev/stdout", "-ocsv", "5").out,
                         "run,start,end,sum\n1,0,5,10\n")

    def test_an_open_file_is_written_on_from_where_it_stands(self):
        path = self.file(b"before\n", "out")
        for how in "exec >> $1", "exec > $1; echo before":
            script = f'{how}; "$0" --output /dev/stdout -ocsv 5; echo after'
            subprocess.run(["sh", "-c", script, program.PARSUM, path], check=True)
            with open(path, "rb") as file:
                self.assertEqual(file.read(), b"before\nrun,start,end,sum\n1,0,5,10\nafter\n")

    def test_a_place_where_nothing_can_be_written(self):
        self.assert_refuses(run("--output", "/no/such/out", "5"), "/no/such/out", status=1)

    def test_no_file_has_two_roles(self):
        data = self.array(npy([1.0]))
        for option in "--output", "--trace", "--journal":
            self.assert_refuses(run(option, self.path("x.npy"), "--data", data, "-e", "x[i]"),
                                "are the same file")
            self.assert_refuses(run(option, self.path("x.npy"), "--segments", self.path("x.npy"),
                                    "-e", "1"), "are the same file")


def umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


class Shrinking(DataCase):
    def test_a_file_that_becomes_shorter_is_told_of_by_name(self):
        path = self.file(raw([1.0] * 100000), "x.raw")
        own = self.file(b"#include <unistd.h>\n"
                        b"double term(int64_t i) { if (i == 0) truncate(FILE_NAME, 4096); return x[i]; }\n"
                        .replace(b"FILE_NAME", f'"{path}"'.encode()), "own.c")
        for options in ("-q",), ("-ojson",):
            result = run(*options, "-t1", "--data", f"x={path}:f8", "-f", own)
            self.assertEqual(result.err, f"parsum: --data x: {path} has become shorter since the run "
                             "began; run again, on a copy if it goes on changing\n")
            self.assertEqual(result.status, 1)
            if options == ("-ojson",):
                self.assertIn("has become shorter", json.loads(result.out)["error"])
            self.file(raw([1.0] * 100000), "x.raw")


def has_numpy():
    return subprocess.run([*NUMPY, "import numpy"], capture_output=True, check=False).returncode == 0


@unittest.skipUnless(has_numpy(), "no numpy; scripts/setup test installs it")
class Numpy(DataCase):
    def test_what_numpy_writes_is_read(self):
        subprocess.run([*NUMPY, """
import numpy as np, sys
rng = np.random.default_rng(7)
for t in "b1 i1 i2 i4 i8 u1 u2 u4 u8 f4 f8".split():
    for order in "<>":
        a = rng.integers(0, 2 if t == "b1" else 100, 3).astype(order + t)
        np.save(f"{sys.argv[1]}/{t}{ord(order)}.npy", a)
        print(t, ord(order), int(a.sum(dtype="i8")) if t[0] != "f" else float(a.sum()))
np.lib.format.write_array(open(sys.argv[1] + "/v3.npy", "wb"), np.arange(9.0), version=(3, 0))
np.save(sys.argv[1] + "/m.npy", np.arange(12).reshape(3, 4))
np.save(sys.argv[1] + "/f.npy", np.asfortranarray(np.arange(12).reshape(3, 4)))
np.save(sys.argv[1] + "/s.npy", np.zeros(3, dtype=[("a", "f8")]))
np.save(sys.argv[1] + "/o.npy", np.array([None]), allow_pickle=True)
""", self.directory], stdout=open(self.path("sums"), "w", encoding="utf-8"), check=True)
        with open(self.path("sums"), encoding="utf-8") as sums:
            rows = [line.split() for line in sums]
        self.assertEqual(len(rows), 22)
        for dtype, order, total in rows:
            with self.subTest(dtype=dtype, order=order):
                self.assert_total(float(total) if dtype[0] == "f" else total, "--data",
                                  f"x={self.path(dtype + order + '.npy')}", "-e",
                                  "x[i]")
        self.assert_total(36.0, "--data", f"x={self.path('v3.npy')}", "-e", "x[i]")
        self.assert_total("66", "--data", f"x={self.path('m.npy')}", "-e",
                          "x[i][0]+x[i][1]+x[i][2]+x[i][3]")
        for name in "f", "s", "o":
            self.assertEqual(run("--data", f"x={self.path(name + '.npy')}", "-e", "x[i]").status, 2)


if __name__ == "__main__":
    unittest.main()
