"""The package for Python as a whole: its examples and help, its process, its children, its types."""
import array
import doctest
import inspect
import multiprocessing
import os
import pydoc
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import parsum

NUMBERS = array.array("d", [0.1] * 1_000_000)
HERE = os.path.dirname(os.path.abspath(parsum.__file__))


def in_child(threads):
    total = parsum.Sum(NUMBERS)
    return parsum.fsum(NUMBERS, threads), parsum.var(NUMBERS, threads=threads), total


class Teaching(unittest.TestCase):
    def test_examples_run(self):
        failed, tried = doctest.testmod(parsum)
        self.assertEqual(failed, 0)
        self.assertGreater(tried, 25)

    def test_examples_of_the_pages_run(self):
        for page in "README.md", "docs/python.md":
            with open(os.path.join(os.environ.get("PARSUM_SOURCE_DIR", "."), page), encoding="utf-8") as file:
                blocks = re.findall(r"^```pycon\n(.*?)^```$", file.read(), re.M | re.S)
            test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, page, 0)
            runner = doctest.DocTestRunner()
            runner.run(test)
            self.assertEqual(runner.failures, 0)
            self.assertGreater(runner.tries, 1)

    def test_everything_public_is_explained_with_an_example_and_types(self):
        for name in parsum.__all__:
            thing = getattr(parsum, name)
            self.assertEqual(thing.__module__, "parsum")
            if not (inspect.isclass(thing) and issubclass(thing, Exception)):
                self.assertIn(">>> ", thing.__doc__, name)
            self.assertRegex(thing.__doc__, "Parameters|Attributes", name)
            self.assertLess(len(thing.__doc__.splitlines()[0]), 90, name)
            methods = [value for key, value in vars(thing).items() if callable(value)
                       and not key.startswith("_")] if inspect.isclass(thing) else [thing]
            for method in methods:
                self.assertIn("return", inspect.get_annotations(method), method)
                self.assertTrue(method.__doc__, method)

    def test_help_tells_of_all_of_it(self):
        text = pydoc.plain(pydoc.render_doc(parsum))
        for name in *parsum.__all__, "math.fsum", "float64", "as_integer_ratio", "threads":
            self.assertIn(name, text)
        for line in parsum.__doc__.splitlines():
            self.assertLessEqual(len(line), 110)

    def test_types_are_marked_as_such(self):
        self.assertTrue(os.path.exists(os.path.join(HERE, "py.typed")))

    def test_the_version_is_the_librarys(self):
        self.assertRegex(parsum.__version__, r"^\d+\.\d+\.\d+$")


class Process(unittest.TestCase):
    def run_python(self, text, **environment):
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120,
                              env={**os.environ, **environment})
        return done.returncode, done.stdout, done.stderr

    def test_nothing_but_the_standard_library_is_loaded(self):
        code = ("import sys; before = set(sys.modules); import parsum; "
                "print({name.split('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)")
        status, output, errors = self.run_python(code)
        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(output, "{'parsum'}\n")

    def test_the_process_stays_the_callers(self):
        code = ("import parsum, os, signal, locale, array\n"
                "def state(): return ([signal.getsignal(s) for s in range(1, 30)], os.sched_getaffinity(0), "
                "locale.setlocale(locale.LC_ALL), dict(os.environ), os.getcwd())\n"
                "before = state()\n"
                "parsum.fsum(array.array('d', [0.1] * 1000000), 4)\n"
                "assert state() == before")
        self.assertEqual(self.run_python(code), (0, "", ""))

    def test_a_library_that_is_not_there_is_an_import_error_that_says_so(self):
        with tempfile.TemporaryDirectory() as place:
            shutil.copytree(HERE, os.path.join(place, "a", "b", "parsum"))
            code = "import parsum"
            status, _, errors = self.run_python(code, PYTHONPATH=os.path.join(place, "a", "b"))
        self.assertEqual(status, 1)
        self.assertRegex(errors, r"ImportError: parsum needs its library of C, .*libparsum\.so\.\d")


class Children(unittest.TestCase):
    """OpenMP's threads do not survive fork, and GNU's runtime hangs in a child that calls for them."""

    def test_children_of_every_kind_give_the_same(self):
        expected = parsum.fsum(NUMBERS, 4), parsum.var(NUMBERS, threads=4), parsum.Sum(NUMBERS)
        self.assertEqual(expected[0], float(expected[2]))
        for method in multiprocessing.get_all_start_methods():
            with self.subTest(method=method):
                context = multiprocessing.get_context(method)
                with context.Pool(2) as pool:
                    found = pool.map_async(in_child, [0, 1, 2, 4]).get(timeout=100)
                for answer in found:
                    self.assertEqual(answer, expected)

    def test_sums_of_children_are_merged(self):
        parsum.fsum(NUMBERS, 4)
        with multiprocessing.get_context("fork").Pool(3) as pool:
            parts = pool.map_async(parsum.Sum, [NUMBERS[:7], NUMBERS[7:5000], NUMBERS[5000:]]).get(timeout=100)
        self.assertEqual(sum(parts), parsum.Sum(NUMBERS))

    def test_a_child_of_a_child(self):
        parsum.fsum(NUMBERS, 4)
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            grandchild = os.fork()
            right = parsum.fsum(NUMBERS, 4) == float(parsum.Sum(NUMBERS))
            if grandchild:
                right = right and os.waitpid(grandchild, 0)[1] == 0
            os._exit(0 if right else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)


if __name__ == "__main__":
    unittest.main()
