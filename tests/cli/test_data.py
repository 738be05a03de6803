"""Terms that read arrays: files of all kinds, indexes, and what is refused."""
import json
import math
import os
import random
import subprocess
import time
import unittest

from data import DataCase, run
from npy import npy, raw

NUMPY = ["/usr/bin/python3", "-c"]


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
        self.assertIn("the index 1000 at i = 999 of x, which has indexes [0, 1000), or of an array", result.err)
        m = self.array(npy([1.0] * 12, "<f8", (4, 3)), "m")
        own = self.file(b"static double two[2] = {1, 2};\ndouble at(int64_t k) { return m[1][k]; }\n"
                        b"double own(int64_t k) { return two[k] * m[0][0]; }\n", "own.c")
        for term, text in (("at(i)", "the index 3 at i = 3 of m, which has columns [0, 3), or of"),
                           ("at(i+3)", "the index 3 at i = 0 of m, which has columns [0, 3), or of"),
                           ("at(i+9)", "of m, which has rows [0, 4), m, which has columns [0, 3), or"),
                           ("own(i)", "the index 2 at i = 2 of an array that does not have it;")):
            self.assertIn(text, run("-q", "--data", m, "-f", own, "-e", term, "4").err, term)

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

    def test_a_header_may_say_the_type_of_a_column(self):
        table = self.file(b"n:int,price:real,name:text\n1,2,a\n2,3,b\n", "t.csv")
        for column in "price", "2":
            self.assert_total(2.5, "--data", f"x={table}:col={column}", "-e", "x[i]/2")
        self.assert_total("1", "--data", f"x={table}:col=n", "-e", "x[i]/2")
        self.assert_total(2.5, "--data", "x=" + self.file(b"price:real\n2\n3\n", "p.csv"), "-e",
                          "x[i]/2")
        self.assert_refuses(run("--data", f"x={table}:col=name", "-e", "x[i]"),
                            f"{table}:1: 'name:text' is a column of texts")

    def test_rows_of_other_lengths_and_names_that_are_there_twice_are_refused(self):
        table = self.file(b"name,price\nDoe,5\nSmith, 3,7\n", "t.csv")
        self.assert_refuses(run("--data", f"x={table}:col=price", "-e", "x[i]"),
                            f"--data x: {table}:3: there are fields behind column 'price': 3, and "
                            "the header has 2; put quotes around")
        table = self.file(b"a,b,a\n1,2,3\n", "t.csv")
        self.assert_refuses(run("--data", f"x={table}:col=a", "-e", "x[i]"),
                            f"--data x: {table}:1: column 'a' is there twice; give one another name")
        self.assert_total("3", "--data", f"x={table}:col=3", "-e", "x[i]")

    def test_a_table_of_offsets_says_how_its_column_is_given(self):
        table = self.file(b"a,b\n0,0\n1,2\n", "o.csv")
        self.assert_refuses(run("--segments", table, "-e", "1"),
                            f"--segments: {table}: has 2 columns; say which: FILE:col=COLUMN")
        self.assert_total("2", "--segments", f"{table}:col=b", "-e", "1")

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

    def test_packed_files_say_how_to_unpack_them(self):
        for content, fragment in (b"PK\3\4\x14\0", "np.load(FILE)"), (b"\x1f\x8b\x08\0", "gunzip FILE"):
            file = self.file(content, "packed")
            for behind in "", ":col=1":
                self.refuses(f"x={file}{behind}", f"--data x: {file}: is ", fragment)
            self.assert_refuses(run("--segments", file, "-e", "1"), f"--segments: {file}: is ", fragment)

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
        self.assert_refuses(run("-q", *arguments), "is the journal of a run over other data", "data ")

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

    def test_a_file_that_is_changed_otherwise_is_told_of_at_the_end(self):
        cases = (("truncate(name, 792)", True),  # the page stays, and has zeros there
                 ("pwrite(file, &one, 8, 80)", True), ("pwrite(file, &one, 8, 800)", False),
                 ("close(file); file = creat(other, 0600); write(file, &one, 8); rename(other, name)", False))
        for change, told in cases:
            path = self.file(raw([1.0] * 100), "x.raw")
            own = self.file(("#include <fcntl.h>\n#include <stdio.h>\n#include <unistd.h>\n"
                             f"static const char name[] = \"{path}\", other[] = \"{path}.new\";\n"
                             "static const double one = 1;\n"
                             "double term(int64_t i) {\n"
                             f"  if (i == 0) {{ int file = open(name, O_WRONLY); {change}; close(file); }}\n"
                             "  return x[i]; }\n").encode(), "own.c")
            time.sleep(0.02)  # so long the time of the last change may stay the same
            for options in ("-q",), ("-q", "--compare"):
                with self.subTest(change=change, options=options):
                    result = run(*options, "-t1", "--data", f"x={path}:f8", "-f", own, PARSUM_CC="gcc -w")
                    self.assertEqual(result.status, int(told), result.err)
                    self.assertEqual(f"--data x: {path} was changed while it was read; run again" in result.err, told)
                    self.file(raw([1.0] * 100), "x.raw")
                    time.sleep(0.02)


def has_numpy():
    return subprocess.run([*NUMPY, "import numpy"], capture_output=True, check=False).returncode == 0


@unittest.skipUnless(has_numpy(), "no numpy; scripts/setup test installs it")
class Numpy(DataCase):
    def test_what_numpy_writes_is_read(self):
        sums = subprocess.run([*NUMPY, """
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
""", self.directory], stdout=subprocess.PIPE, text=True, check=True).stdout
        rows = [line.split() for line in sums.splitlines()]
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
