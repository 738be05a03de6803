"""parsum.run and parsum.loop: with the standard library alone."""
import array
import ctypes
import json
import math
import multiprocessing
import os
import pickle
import re
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
from fractions import Fraction

import parsum
import support
from parsum import _structs

REAL = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_int64, ctypes.c_void_p)
INTEGER = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p)
HEADER = os.path.join(os.environ.get("PARSUM_SOURCE_DIR", "."), "src")


def setUpModule():
    unittest.addModuleCleanup(support.own_cache().cleanup)


def total(*arguments, **keywords):
    return parsum.run(*arguments, **keywords).totals["sum"]


def harmonic(jobs):
    """The sum of 1/i for each job, rounded once."""
    return [float(sum(Fraction(1.0 / i) for i in range(*job))) for job in jobs]


class Directory(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = directory.name

    def file(self, name, text=None):
        path = os.path.join(self.path, name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        return path


class Jobs(Directory):
    def test_what_a_job_may_be(self):
        for jobs, expected in ((10, [45]), (1e1, [45]), ((3, 5), [7]), (range(3, 5), [7]), (range(5, 3), [0]),
                               ([10], [45]), ([3, 5], [3, 10]), ([(3, 5), [3, 5], 5, range(5)], [7, 7, 10, 10]),
                               (((3, 5), (0, 3)), [7, 3]), ({5: "five"}.keys(), [10]), ((k for k in (2, 3)), [1, 3]),
                               (array.array("q", [3, 5]), [3, 10]), ([], []), (map(int, "34"), [3, 6]),
                               (memoryview(array.array("q", [3, 5, 0, 3])).cast("B").cast("q", [2, 2]), [7, 3])):
            result = parsum.run(jobs=jobs)
            self.assertEqual(result["sum"], expected)
            self.assertEqual(result.totals["sum"], sum(expected))
            self.assertEqual((result.rows, result.job_count), (len(expected), len(expected)))
            self.assertEqual(result.numbers, [k + 1 for k in range(len(expected))])
        self.assertEqual(parsum.run(jobs=[10, (3, 5)]).jobs, [(0, 10), (3, 5)])
        self.assertEqual(parsum.run(jobs=[10, 7], start=5).jobs, [(5, 10), (5, 7)])
        self.assertEqual(parsum.run(jobs=(-2**63, -2**63 + 2)).totals["sum"], -2**64 + 1)

    def test_what_it_may_not_be(self):
        for jobs, kind in (("5", TypeError), (b"5", TypeError), (1.5, TypeError), ([(1, 2, 3)], ValueError),
                           (["a"], TypeError), (range(0, 9, 2), ValueError), (2**63, ValueError), ([None], TypeError),
                           ((5, 1), parsum.UsageError), ({1: 2}, TypeError), ([(0, 2**63)], ValueError)):
            with self.assertRaises(kind, msg=jobs):
                parsum.run(jobs=jobs)
        with self.assertRaisesRegex(ValueError, r"^jobs\[1\]: .* the step 1, not 3; .* i\*3$"):
            parsum.run(jobs=[5, range(0, 9, 3)])

    def test_columns_are_seen_by_the_term(self):
        jobs = [3, (3, 5), 2]
        for numbers, expected in (([1, 2, -3], [3, 14, -3]), ([1.5, 2, -3], [4.5, 14.0, -3.0]), ((0, 0, 0), [0, 0, 0]),
                                  (array.array("d", [1, 2, 3]), [3.0, 14.0, 3.0]), (range(1, 4), [3, 14, 3]),
                                  (array.array("h", [1, 2, 3]), [3, 14, 3]), ([Fraction(1, 2)] * 3, [1.5, 3.5, 0.5])):
            result = parsum.run("a*i", jobs, columns={"a": numbers})
            self.assertEqual(result["sum"], expected)
            self.assertEqual(type(result["sum"][0]), type(expected[0]))
        result = parsum.run("i < n ? x : 0", [10, 20], columns={"n": [1, 2], "x": [0.5, 0.25]})
        self.assertEqual(result["sum"], [0.5, 0.5])

    def test_columns_that_do_not_fit(self):
        for numbers, jobs, kind in (([1, 2], [1, 2, 3], ValueError), ([2**63], [1], ValueError),
                                    ([Fraction(1, 3)], [1], ValueError), ([2**53 + 1, 0.5], [1, 2], ValueError),
                                    (["a"], [1], TypeError), ([1], None, ValueError), (5, [1], TypeError)):
            with self.assertRaises(kind, msg=numbers):
                parsum.run("a", jobs, columns={"a": numbers}, data={"x": [1]})
        self.assertRaises(parsum.Error, parsum.run, "a", [1], columns={"1a": [1]})

    def test_jobs_from_elsewhere(self):
        path = self.file("jobs", "5\n3 5\n")
        self.assertEqual(parsum.run(input=path)["sum"], [10, 7])
        self.assertEqual(parsum.run(input=self.file("columns", "a\n2\n5\n"), term="a*i", end=4, start=1)["sum"], [12, 30])
        random = parsum.run(random=5, below=100, seed=3)
        self.assertEqual(random.jobs, parsum.run(random=5, below=100, seed=3).jobs)
        self.assertNotEqual(random.jobs, parsum.run(random=5, below=100, seed=4).jobs)
        self.assertTrue(all(0 <= end < 100 for _, end in random.jobs))
        offsets = self.file("offsets", "0\n2\n5\n")
        self.assertEqual(parsum.run("x[i]", segments=offsets, data={"x": [1, 2, 3, 4, 5]})["sum"], [3, 12])


class Terms(Directory):
    def test_sums_are_rounded_once_on_any_number_of_threads(self):
        jobs = [(1, 1000), (1000, 1000), (7, 3000)]
        for threads in 0, 1, 2, 3:
            result = parsum.run("1.0/i", jobs, threads=threads)
            self.assertEqual(result["sum"], harmonic(jobs))
            self.assertEqual(result.terms, 3992)
        self.assertEqual(parsum.run("1.0/i", jobs, serial=True)["sum"], harmonic(jobs))
        for grain in 1, 100, 1e3, "job":
            self.assertEqual(parsum.run("1.0/i", jobs, grain=grain)["sum"], harmonic(jobs))

    def test_several_terms_with_lets_and_constants(self):
        result = parsum.run(terms={"n": "1", "total": "y + C"}, let={"x": "2*i", "y": "x*x"}, define={"C": 0.5}, jobs=4)
        self.assertEqual(result.names, ("n", "total"))
        self.assertEqual(result.totals, {"n": 4, "total": 58.0})
        self.assertEqual(parsum.run(terms=["i", "i*i"], jobs=4).totals, {"sum1": 6, "sum2": 14})
        self.assertEqual(parsum.run("s=i", 4).totals, {"s": 6})

    def test_a_constant_has_the_type_that_it_has_in_python(self):
        kind = "_Generic(C, double: 1, default: 2)"
        for value, expected in ((1e16, 1), (2.0, 1), (-1e300, 1), (5e-324, 1), (2, 2), (-2**63, 2), (True, 2),
                                (Fraction(1, 2), 1), ("M_PI/180", 1), (2**53, 2)):
            self.assertEqual(total(kind, 1, define={"C": value}), expected, value)
            if not isinstance(value, str):
                self.assertEqual(total("C", 1, define={"C": value}), value)
        for value, kind in ((Fraction(1, 3), ValueError), (None, TypeError), (math.nan, parsum.Error),
                            (2**70, parsum.Error), (1j, TypeError)):
            self.assertRaises(kind, parsum.run, "C", 1, define={"C": value})

    def test_names_and_texts_that_are_none(self):
        for keywords in ({"terms": {"a b": "i"}}, {"let": {"x": "= 3"}}, {"let": {"": "3"}}, {"define": {"x=1+": 3}},
                         {"term": "i", "terms": {"a": "i"}}, {"term": "i\0"}, {"terms": {"a": " "}}, {"by": "\0"}):
            self.assertRaises(ValueError, parsum.run, jobs=3, **keywords)
        for keywords in ({"term": 3}, {"terms": "i"}, {"by": 3}, {"let": {"x": 3}}, {"term": len}, {"journal": 3}):
            self.assertRaises(TypeError, parsum.run, jobs=3, **keywords)

    def test_term_files_and_saved_terms(self):
        path = self.file("term.c", "bool term(int64_t i) { return i % K == 0; }")
        self.assertEqual(total(term_file=path, define={"K": 3}, jobs=10), 4)
        saved = self.file("term.so")
        self.assertEqual(parsum.run("i", by="i%2", save_term=saved).rows, 0)
        result = parsum.run(term_file=os.fsencode(saved), jobs=10)
        self.assertEqual((result.keys, result["sum"]), ([0, 1], [20, 25]))
        result = parsum.run(term_file=saved, jobs=0)
        self.assertEqual((result.keys, result.hits, result.jobs), ([], None, None))
        parsum.run(list="i%5 == 0", save_term=saved)
        self.assertEqual(parsum.run(term_file=saved, jobs=11).hits, [0, 5, 10])

    def test_a_function_of_c_is_a_term(self):
        inverse = REAL(lambda i, context: 1.0 / i)
        jobs = [(1, 100), (50, 300)]
        self.assertEqual(parsum.run(inverse, jobs)["sum"], harmonic(jobs))
        self.assertEqual(parsum.loop(inverse, 1, 100), harmonic(jobs)[0])
        self.assertEqual(parsum.loop(INTEGER(lambda i, context: i**3), -5, 100, threads=2), sum(i**3 for i in range(-5, 100)))
        self.assertEqual(parsum.run(inverse, (1, 10), reduce="count,max").totals, {"count": 9, "max": 1.0})
        number = ctypes.c_double(2.5)
        times = REAL(lambda i, context: i * ctypes.c_double.from_address(context).value)
        self.assertEqual(parsum.loop(times, 0, 4, context=ctypes.addressof(number)), 15.0)

        @ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p, ctypes.POINTER(ctypes.c_double))
        def two(i, context, values):
            values[0], values[1] = i, i * i
        self.assertEqual(parsum.run(two, 4, value_count=2).totals, {"sum1": 6.0, "sum2": 14.0})
        self.assertEqual(parsum.loop(inverse, 5, 5), 0.0)

    def test_other_functions_are_refused(self):
        wrong = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int64, ctypes.c_void_p)(lambda i, context: 0)
        for function in len, lambda i: i, wrong, ctypes.CDLL(None).abs, 5, REAL:
            with self.assertRaisesRegex(TypeError, "double f"):
                parsum.loop(function, 0, 5)
        with self.assertRaises(parsum.Fault) as caught:
            parsum.loop(REAL(lambda i, context: math.inf if i == 7 else 0.0), 0, 10)
        self.assertEqual(caught.exception.i, 7)


class Data(Directory):
    def test_memory_of_any_type_is_read_where_it_lies(self):
        for code in "bBhHiIlLqQfd":
            x = array.array(code, [1, 2, 3])
            self.assertEqual(total("x[i]", data={"x": x}), 6, code)
            self.assertEqual(total("x_n", 1, data={"x": x}), 3)
            self.assertEqual(type(total("x[i]", data={"x": x})), float if code in "fd" else int)
        self.assertEqual(total("x[i]", data={"x": b"\xff\x01"}), 256)
        self.assertEqual(total("x[i]", data={"x": bytearray(b"\xff\x01")}), 256)
        self.assertEqual(total("x[i]", data={"x": (ctypes.c_int32 * 3)(1, 2, -4)}), -1)
        x = array.array("d", [0.5])
        add = REAL(lambda i, context: x.__setitem__(0, 7.5) or 0.0)
        self.assertEqual(parsum.loop(add, 0, 1), 0.0)
        self.assertEqual(total("x[i]", data={"x": x}), 7.5)

    def test_two_dimensions_and_steps(self):
        x = memoryview(array.array("i", range(12))).cast("B").cast("i", [3, 4])
        self.assertEqual(total("x[i][1] + 100*x_n", data={"x": x}), 1 + 5 + 9 + 900)
        steps = memoryview(array.array("h", range(10)))[::-3]
        self.assertEqual(parsum.run("x[i]", [1, 2, 3, 4], data={"x": steps})["sum"], [9, 15, 18, 18])

    def test_numbers_of_python_become_an_array(self):
        for numbers, expected in (([1, 2, 3], 6), ([1, 2.5], 3.5), ((5,), 5), (range(5), 10), ([Fraction(1, 4)], 0.25),
                                  ((k for k in (1, 2)), 3), ([], 0)):
            self.assertEqual(total("x[i]", data={"x": numbers}), expected)
        for numbers, kind in (([Fraction(1, 3)], ValueError), ([2**63], ValueError), (["a"], TypeError), (5, TypeError),
                              ([[1, 2]], TypeError), (None, TypeError), (memoryview(b"abcd").cast("c"), TypeError),
                              (memoryview(bytes(8)).cast("b", [2, 2, 2]), TypeError)):
            with self.assertRaises(kind, msg=numbers):
                parsum.run("x[i]", data={"x": numbers})

    def test_text_is_the_name_of_a_file(self):
        path = self.file("x.csv", "x y\n1 2\n3 4.5\n")
        self.assertEqual(total("y[i]", data={"y": path + ":col=y"}), 6.5)
        self.assertEqual(total("x[i]*y[i]", data={"x": [2, 3], "y": path + ":col=y"}), 17.5)
        with self.assertRaisesRegex(parsum.UsageError, "^data x: "):
            parsum.run("x[i]", data={"x": self.file("none")})

    def test_memory_stays_while_it_is_read(self):
        x = bytearray(8)

        def grow(done, terms):
            self.assertRaises(BufferError, x.append, 1)
        self.assertEqual(total("x[i]", data={"x": x}, progress=grow), 0)
        x.append(1)


class Results(unittest.TestCase):
    def test_reductions(self):
        result = parsum.run("i*i", jobs=[3, 0, (2, 4)], reduce=["mean", "argmax", "min"])
        self.assertEqual(result.names, ("mean", "argmax", "min"))
        self.assertEqual(list(result), ["mean", "argmax", "min"])
        self.assertEqual((result["argmax"], result["min"]), ([2, None, 3], [0, None, 4]))
        self.assertTrue(math.isnan(result["mean"][1]))
        self.assertEqual(result.totals, {"mean": 18 / 5, "argmax": 3, "min": 0})
        self.assertEqual(result.runs, {"argmax": 3})
        self.assertEqual(parsum.run("i", 0, reduce="mean,min").totals, {"mean": None, "min": None})
        self.assertEqual(parsum.run("i", [3, 4], cumulative=True)["sum"], [3, 9])
        self.assertIn("min", result)
        self.assertNotIn("sum", result)
        with self.assertRaisesRegex(KeyError, "there are mean, argmax, min"):
            result["sum"]

    def test_integers_of_any_size(self):
        for shift in 40, 62, 63, 100, 125:
            text = f"(i % 2 ? -1 : 1) * ((__int128)1 << {shift})"
            self.assertEqual(parsum.run(text, [1, 2, (1, 2)])["sum"], [1 << shift, 0, -1 << shift])
        self.assertEqual(total("(unsigned __int128)-1 >> 1", 2), 2**128 - 2)

    def test_tables(self):
        result = parsum.run("i", [10, 5], by="i%3 - 1", reduce="count,sum")
        self.assertEqual((result.keys, result["count"], result["sum"]), ([-1, 0, 1], [6, 5, 4], [21, 17, 17]))
        self.assertEqual((result.jobs, result.numbers, result.hits, result.rows), (None, None, None, 3))
        self.assertEqual(result.totals, {"count": 15, "sum": 55})
        self.assertEqual(parsum.run(by="(uint64_t)-i", jobs=3).keys, [0, 2**64 - 2, 2**64 - 1])
        with self.assertRaisesRegex(parsum.Fault, r"\(by=\) than max_keys=; "):
            parsum.run(by="i", jobs=100, max_keys=7)

    def test_lists(self):
        result = parsum.run(list="i % 4 == 1 ? i*0.5 : 0", jobs=[6, (5, 10)])
        self.assertEqual((result.hits, result["value"]), ([1, 5, 5, 9], [0.5, 2.5, 2.5, 4.5]))
        self.assertEqual((result.numbers, result.jobs[1:3]), ([1, 1, 2, 2], [(0, 6), (5, 10)]))
        self.assertEqual((result.totals, result.keys), ({"value": 4}, None))
        first = parsum.run(list="i > 5", jobs=10**9, first=2)
        self.assertEqual((first.hits, first["value"]), ([6, 7], [1, 1]))

    def test_the_rest_that_there_is_to_know(self):
        result = parsum.run("i == 3 ? NAN : i", [5, 5], skip_nan=True, threads=2)
        self.assertEqual((result.totals["sum"], result.skipped, result.threads, result.terms), (14.0, 2, 2, 10))
        result = parsum.run("i == 3 ? NAN : i", [5, 5, (3, 4)], skip_nan=True, reduce="count,mean")
        self.assertEqual((result["count"], result["mean"][:2], result.skipped), ([4, 4, 0], [1.75, 1.75], 3))
        result = parsum.run("i == 3 ? NAN : i", [5, 5], skip_nan=True, reduce="count,sum", by="i%3")
        self.assertEqual((result["count"], result["sum"], result.skipped), ([2, 4, 2], [0, 10, 4], 2))
        self.assertGreater(result.seconds, 0)
        self.assertEqual((result.serial_seconds, result.terms_before, result.machines_bits), (0, 0, False))
        self.assertGreater(parsum.run("i", 10, compare=True).serial_seconds, 0)
        self.assertEqual(total("INT64_MAX*i", 3, wrap=True), -2 + 2**63 - 1)
        self.assertTrue(parsum.run("sin(i)", 3, libm=True).machines_bits)
        self.assertIsInstance(result.kernel, str)

    def test_nan_is_left_out_of_means_and_tables(self):
        mean = parsum.run("i == 3 ? NAN : i", [5, 5], skip_nan=True, reduce="mean,count")
        self.assertEqual((dict(mean.totals), mean.skipped), ({"mean": 1.75, "count": 8}, 2))
        table = parsum.run("i == 3 ? NAN : i", 6, by="i%3", skip_nan=True, reduce="mean,count")
        self.assertEqual((list(table["mean"]), list(table["count"]), table.skipped), ([0, 2.5, 3.5], [1, 2, 2], 1))
        terms = [f"v{k}=i" for k in range(64)]
        with self.assertRaisesRegex(parsum.TermError, "no room beside 64 values"):
            parsum.run(terms=terms, jobs=9, skip_nan=True)
        self.assertEqual(parsum.run(terms=terms, jobs=9, skip_nan=True, reduce="sum,count").totals["v63"], 36)

    def test_it_shows_what_it_is_and_can_be_pickled(self):
        result = parsum.run("i", [5, 6], reduce="mean")
        self.assertRegex(repr(result), r"^<parsum\.Result: mean=2\.27\d*; 2 jobs, 11 terms in \S+ s on \d+ threads?>$")
        copied = pickle.loads(pickle.dumps(result))
        self.assertEqual((copied["mean"], repr(copied)), (result["mean"], repr(result)))
        self.assertIn("; 1 key, 1 job, 4 terms in", repr(parsum.run(by="1", jobs=4)))
        self.assertIn("; 2 hits, 1 job, 4 terms in", repr(parsum.run(list="i > 1", jobs=4)))


class Errors(Directory):
    def caught(self, kind, *arguments, **keywords):
        with self.assertRaises(kind) as caught:
            parsum.run(*arguments, **keywords)
        error = caught.exception
        self.assertIs(type(error), kind)
        self.assertEqual(str(error), error.text)
        self.assertTrue(error.text.startswith(error.place))
        self.assertIn(error.remedy, error.text)
        self.assertNotRegex(error.text.split("\n")[0], "--[a-z]")
        copied = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(copied), copied.args, vars(copied)), (kind, error.args, vars(error)))
        return error

    def test_terms_that_do_not_compile(self):
        error = self.caught(parsum.TermError, "1.0/j", 10)
        self.assertEqual(error.place, "term")
        self.assertRegex(error.remedy, "let=, define= and columns")
        error = self.caught(parsum.TermError, "i", 10, let={"x": "y"})
        self.assertEqual(error.place, "let x")
        path = self.file("term.c", "int term(int64_t i) {\n  return j; }")
        error = self.caught(parsum.TermError, jobs=3, term_file=path)
        self.assertIn("term.c:2:10: error: 'j' undeclared", error.text)
        self.assertIsInstance(error, ValueError)
        self.caught(parsum.TermError, "\"text\"", 3)
        path = self.file("wide.c", "int term(int64_t i) {\n  int list = 1000000 * 1000000; return --list; }")
        error = self.caught(parsum.TermError, jobs=3, term_file=path)
        self.assertIn("; return --list; }", error.text)
        self.assertIn("ask for wrap=", error.text)

    def test_integers_at_which_a_term_fails(self):
        fault = self.caught(parsum.Fault, "1.0/(i-7)", [5, 6, (7, 9)])
        self.assertEqual((fault.job, fault.i, fault.place), (3, 7, "job 3 [7, 9)"))
        self.assertEqual(self.caught(parsum.Fault, "1/(i-2)", 5).i, 2)
        self.assertEqual(self.caught(parsum.Fault, "1e308*i", (1, 8)).job, 1)
        self.assertIsInstance(fault, ArithmeticError)

    def test_what_makes_no_sense(self):
        for keywords in ({"reduce": "sum,foo"}, {"by": "i", "cumulative": True}, {"first": 3}, {"max_keys": 2**40},
                         {"input": "none"}, {"compare": True, "serial": True}, {"data": {"1x": [1]}}):
            self.assertIsInstance(self.caught(parsum.UsageError, "i", jobs=9, **keywords), ValueError)
        self.caught(parsum.UsageError, "i")
        for keywords in ({"grain": 0}, {"grain": -1}, {"threads": -1}, {"max_time": 0}, {"max_time": math.nan},
                         {"first": -1}, {"random": -1}, {"seed": 2**63}):
            self.assertRaises(ValueError, parsum.run, jobs=9, **keywords)
        self.assertRaises(TypeError, parsum.run, jobs=9, grain="jobs")

    def test_a_run_that_was_stopped_goes_on_from_its_journal(self):
        def stop(done, terms):
            raise LookupError
        for n in range(8, 12):  # until it is not done before it is stopped
            keywords = {"term": "sqrt(i)", "jobs": [5000, (10, 10**n)], "journal": self.file(f"journal{n}")}
            try:
                parsum.run(progress=stop, threads=1, **keywords)
            except LookupError:
                pass
            result = parsum.run(**keywords)
            if result.terms_before < result.terms:
                break
        self.assertGreater(result.terms_before, 0)
        self.assertEqual(result["sum"], parsum.run("sqrt(i)", keywords["jobs"])["sum"])
        self.assertEqual(parsum.run(**keywords).terms_before, result.terms)
        self.caught(parsum.UsageError, "i", 10, journal=keywords["journal"])

    def test_a_run_that_is_out_of_time(self):
        for journal in None, self.file("journal"):
            error = self.caught(parsum.Stopped, "sqrt(i)", 10**17, max_time=0.01, journal=journal)
            self.assertIn("journal", error.remedy)

    def test_a_trace(self):
        path = self.file("trace.json")
        result = parsum.run("i", [10, 1000], trace=path)
        with open(path, encoding="utf-8") as file:
            self.assertGreater(len(json.load(file)), 0)
        self.assertLessEqual(result.busiest_seconds, result.busy_seconds)
        self.assertRaises(FileNotFoundError, parsum.run, "i", 10, trace=self.file("none/trace"))

    def test_notes_are_warnings_at_the_callers_line(self):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            parsum.run("i^2", 10)
            parsum.run("i*i", 10)
        self.assertEqual([(note.category, note.filename) for note in told], [(parsum.Note, __file__)])
        self.assertRegex(str(told[0].message), r"i\^2.*exclusive or")


class Process(Directory):
    """Ctrl-C, threads, children."""

    def test_ctrl_c_ends_a_run_and_leaves_handlers_as_they_were(self):
        code = ("import os, parsum, signal, sys, threading\n"
                "before = signal.getsignal(signal.SIGINT)\n"
                "def interrupt(done, terms):\n"
                "    if done and not told: told.append(os.kill(os.getpid(), signal.SIGINT))\n"
                "told = []\n"
                "try:\n"
                "    parsum.run('sqrt(i)', 10**17, progress=interrupt)\n"
                "except KeyboardInterrupt:\n"
                "    assert signal.getsignal(signal.SIGINT) is before\n"
                "    assert parsum.run('i', 10).totals['sum'] == 45\n"
                "    assert threading.active_count() == 1\n"
                "    print('interrupted')\n")
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "interrupted\n", ""))

    def test_ctrl_c_from_another_process_while_nothing_is_told(self):
        code = ("import parsum\n"
                "print('begins', flush=True)\n"
                "parsum.run('sqrt(i)', 10**17)\n")
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as python:
            self.assertEqual(python.stdout.readline(), "begins\n")
            timer = threading.Timer(0.5, python.send_signal, [signal.SIGINT])
            timer.start()
            _, errors = python.communicate(timeout=300)
            timer.join()
        self.assertEqual(python.returncode, -signal.SIGINT)
        self.assertIn("KeyboardInterrupt", errors)

    def test_a_second_ctrl_c_does_not_wait_for_a_term_that_does_not_come_back(self):
        code = ("import ctypes, os, parsum, signal, threading\n"
                "said = []\n"
                "def interrupt(*_):\n"
                "    said.append(1)\n"
                "    if len(said) < 3: raise KeyboardInterrupt\n"
                "signal.signal(signal.SIGINT, interrupt)\n"
                "left, ended = threading.Event(), threading.Event()\n"
                "def term(i, context):\n"
                "    while not left.wait(0.1): os.kill(os.getpid(), signal.SIGINT)\n"
                "    ended.set()\n"
                "    return 1.0\n"
                "kind = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_int64, ctypes.c_void_p)\n"
                "try:\n"
                "    parsum.loop(kind(term), 0, 1, threads=1)\n"
                "except KeyboardInterrupt:\n"
                "    assert not ended.is_set() and len(said) > 1\n"
                "    left.set()\n"
                "    assert ended.wait(200) and parsum.run('i', 10).totals['sum'] == 45\n"
                "    print('left')\n")
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "left\n", ""))

    def test_an_exception_of_progress_ends_the_run(self):
        def stop(done, terms):
            self.assertEqual(terms, 10**17)
            if done:
                raise LookupError("enough")
        with self.assertRaisesRegex(LookupError, "enough"):
            parsum.run("sqrt(i)", 10**17, progress=stop)

    def test_progress_is_told_to_the_end_in_the_thread_that_called(self):
        told = []
        parsum.run("sqrt(i)", 300_000_000, progress=lambda *terms: told.append((threading.get_ident(), *terms)))
        self.assertEqual({(thread, terms) for thread, _, terms in told}, {(threading.get_ident(), 300_000_000)})
        done = [done for _, done, _ in told]
        self.assertEqual((done, done[-1]), (sorted(done), 300_000_000))
        told.clear()
        parsum.run(input=self.file("jobs", "5\n7\n"), progress=lambda *terms: told.append(terms))
        self.assertEqual(told[-1], (12, 12))

    def test_notes_that_are_made_errors_end_the_run(self):
        events = parsum._run.queue.SimpleQueue()
        events.put(("note", b"--max-keys is told of"))
        with warnings.catch_warnings():
            warnings.simplefilter("error", parsum.Note)
            with self.assertRaisesRegex(parsum.Note, "^max_keys is told of$"):
                parsum._run._listen(events, None)

    def test_other_threads_of_python_go_on_and_run_too(self):
        results = {}

        def go(k):
            for turn in range(5):
                results[k, turn] = total(f"1.0/(i+{k})", (1, 30_000), threads=2)
        threads = [threading.Thread(target=go, args=(k % 2,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({results[0, turn] for turn in range(5)}, {total("1.0/(i+0)", (1, 30_000), serial=True)})
        self.assertEqual({results[1, turn] for turn in range(5)}, {total("1.0/(i+1)", (1, 30_000), serial=True)})

    def test_errors_of_threads_are_their_own(self):
        caught = {}

        def go(k):
            for _ in range(20):
                try:
                    parsum.run(f"1.0/(i-{k})", 10, threads=1)
                except parsum.Fault as fault:
                    caught.setdefault(k, set()).add(fault.i)
        threads = [threading.Thread(target=go, args=(k,)) for k in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(caught, {0: {0}, 1: {1}, 2: {2}})

    def test_a_run_within_progress_of_another(self):
        inner = []

        def progress(done, terms):
            inner.append(total("i*i", 10))
        self.assertEqual(total("i", 10, progress=progress), 45)
        self.assertEqual(set(inner), {285})

    def test_children_of_every_kind_run_too(self):
        jobs = [(1, 1000), (1, 20_000), (5, 5)]
        expected = parsum.run("1.0/i", jobs, threads=2)["sum"]
        for method in multiprocessing.get_all_start_methods():
            with multiprocessing.get_context(method).Pool(2) as pool:
                found = [result.get(timeout=200) for result in
                         [pool.apply_async(parsum.run, ("1.0/i", jobs), {"threads": n}) for n in (0, 1, 2, 3)]]
            for result in found:
                self.assertEqual(result["sum"], expected, method)
            if method == "fork":
                self.assertEqual({result.threads for result in found}, {1})

    def test_a_child_of_fork_compiles_and_gets_errors(self):
        parsum.run("i", 10, threads=2)
        child = os.fork()
        if child == 0:
            signal.alarm(200)
            try:
                right = total("i*i", 10, no_cache=True) == 285
                parsum.run("1.0/i", 10)
            except parsum.Fault as fault:
                os._exit(0 if right and fault.i == 0 else 1)
            os._exit(2)
        self.assertEqual(os.waitpid(child, 0)[1], 0)

    def test_nothing_stays_behind(self):
        def state():
            return ([signal.getsignal(number) for number in range(1, 30)], os.sched_getaffinity(0), os.getcwd(),
                    dict(os.environ), threading.active_count(), len(os.listdir("/proc/self/fd")))
        parsum.run("i", 10)
        before = state()
        parsum.run("i", 10)
        self.assertRaises(parsum.Error, parsum.run, "j", 10)
        self.assertRaises(parsum.Error, parsum.run, "1.0/i", 10)
        self.assertEqual(state(), before)


class Layout(Directory):
    """What ctypes is told is what the header says."""

    def test_structs_have_the_members_of_the_header_in_their_places(self):
        structs = {"job": _structs.Job, "column": _structs.Column, "array": _structs.Array, "value": _structs.Value,
                   "error": _structs.Failure, "task": _structs.Task, "summary": _structs.Summary}
        lines, expected = [], []
        for name, struct in structs.items():
            expected.append(f"{name} {ctypes.sizeof(struct)}")
            lines.append(f'printf("{name} %zu\\n", sizeof(struct parsum_{name}));')
            for member, *_ in struct._fields_:
                expected.append(f"{name}.{member} {getattr(struct, member).offset}")
                lines.append(f'printf("{name}.{member} %zu\\n", offsetof(struct parsum_{name}, {member}));')
        for name in "OK", "FAILED", "USAGE", "TERM", "FAULT", "UNVERIFIED", "STOPPED", "NONE", "REAL", "INTEGER", \
                "NATURAL", "JOBS", "KEYS", "HITS":
            expected.append(f"{name} {getattr(_structs, name)}")
            lines.append(f'printf("{name} %d\\n", PARSUM_{name});')
        source = self.file("layout.c", "#include <parsum.h>\n#include <stdio.h>\nint main(void)\n{\n"
                           + "\n".join(lines) + "\nreturn 0;\n}\n")
        program = self.file("layout")
        subprocess.run([os.environ.get("CC", "cc"), f"-I{HEADER}", source, "-o", program], check=True)
        told = subprocess.run([program], capture_output=True, text=True, check=True).stdout
        self.assertEqual(told.split("\n")[:-1], expected)

    def test_the_docstring_has_each_keyword(self):
        words = set(re.findall(r"^    (\w+(?:, \w+)*) : ", parsum.run.__doc__, re.M))
        told = {name for line in words for name in line.split(", ")}
        keywords = set(parsum.run.__kwdefaults__) | {"term", "jobs"}
        self.assertEqual(told, keywords)


if __name__ == "__main__":
    unittest.main()
