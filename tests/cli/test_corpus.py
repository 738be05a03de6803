"""Ordinary terms, tests/terms/corpus: each compiler takes them, and all sums are those of plain C.

What is expected comes from the same file, compiled without optimisation around a loop that prints
each term; the terms are added up here, integers as they are and reals as fractions.
"""
import glob
import os
import shutil
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

from program import Case, run

COMPILERS = [name for name in ("gcc", "clang", "clang-19") if shutil.which(name)]
CORPUS = os.path.join(os.path.dirname(__file__), "..", "terms", "corpus")
END = 3000
WORKERS = 2
DRIVER = """#define _GNU_SOURCE
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "%s"
#define IS_REAL(x) _Generic((x), float : 1, double : 1, default : 0)
int main(void)
{
    for (int64_t n = 0; n < %d; n++) {
        if (IS_REAL(term(n))) {
            printf("%%a\\n", (double)term(n));
            continue;
        }
        __typeof__(term(n)) x = term(n);
        const unsigned __int128 size = x < 0 ? -(unsigned __int128)x : (unsigned __int128)x;
        printf("%%s0x%%" PRIx64 "%%016" PRIx64 "\\n", x < 0 ? "-" : "", (uint64_t)(size >> 64),
               (uint64_t)size);
    }
}
"""


def plain_sum(path, directory):
    """What a plain loop gives, as parsum would print it: an int, or a float rounded once."""
    name = os.path.basename(path)
    program = os.path.join(directory, name + ".bin")
    source = os.path.join(directory, name)
    with open(source, "w", encoding="ascii") as file:
        file.write(DRIVER % (os.path.abspath(path), END))
    subprocess.run([COMPILERS[0], "-O0", "-w", "-ffp-contract=off", source, "-o", program, "-lm"],
                   check=True)
    terms = subprocess.run([program], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    if "p" in terms[0]:
        return float(sum(Fraction(float.fromhex(term)) for term in terms))
    return sum(int(term, 16) for term in terms)


class Corpus(Case):
    @classmethod
    def setUpClass(cls):
        cls.paths = sorted(glob.glob(os.path.join(CORPUS, "*.c")))
        with tempfile.TemporaryDirectory() as directory, ThreadPoolExecutor(WORKERS) as pool:
            cls.expected = list(pool.map(lambda path: plain_sum(path, directory), cls.paths))

    def assert_sums(self, paths, *options):
        """A sum, and nothing on standard error but notes."""
        rows = [(path, expected, compiler) for path, expected in zip(self.paths, self.expected)
                if path in paths for compiler in COMPILERS]
        with ThreadPoolExecutor(WORKERS) as pool:
            results = list(pool.map(lambda row: run("-qf", row[0], END, *options,
                                                    PARSUM_CC=row[2]), rows))
        for (path, expected, compiler), result in zip(rows, results):
            with self.subTest(path=os.path.basename(path), compiler=compiler):
                self.assertEqual(result.status, 0, result.err)
                self.assertRegex(result.err, r"\A(parsum: [^\n]+\n)*\Z")
                self.assertEqual(type(expected)(result.out.split()[-1]), expected)

    def test_each_is_taken_and_summed_right_by_each_compiler(self):
        self.assertGreaterEqual(len(self.paths), 60)
        self.assert_sums(self.paths)

    def test_wrapping_around_changes_no_sum_of_a_term_that_does_not_overflow(self):
        self.assert_sums(self.paths[::12], "--wrap")


if __name__ == "__main__":
    unittest.main()
