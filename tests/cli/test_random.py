"""Random numbers of terms: they belong to the seed, i and k, and to nothing else."""
import json
import math
import os
import platform
import shutil
import tempfile
import unittest

from program import Case, run

COMPILERS = [name for name in ("gcc", "clang", "clang-19") if shutil.which(name)]
MASK = 2**32 - 1


def block(low, high, seed):
    """Philox4x32-10 as its authors define it: the two halves of a block of 128 bits."""
    c = [low & MASK, low >> 32 & MASK, high & MASK, high >> 32]
    key = [seed & MASK, seed >> 32 & MASK]
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [b >> 32 ^ c[1] ^ key[0], b & MASK, a >> 32 ^ c[3] ^ key[1], a & MASK]
        key = [(key[0] + 0x9E3779B9) & MASK, (key[1] + 0xBB67AE85) & MASK]
    return c[0] | c[1] << 32, c[2] | c[3] << 32


def bits(i, k, seed=1):
    k %= 2**64
    return block(i % 2**64, k >> 1, seed % 2**64)[k & 1]


def uniform(i, k, seed=1):
    return (bits(i, k, seed) >> 11) * 2.0**-53


TERMS = {
    "random_bits(i,0)": lambda i: bits(i, 0),
    "random_bits(i,-3)": lambda i: bits(i, -3),
    "random_below(i,1,6)": lambda i: bits(i, 1) * 6 >> 64,
    "random_below(i,2*i,1000ull)": lambda i: bits(i, 2 * i) * 1000 >> 64,
    "uniform(i,3)": lambda i: uniform(i, 3),
    "uniform(2*i,run)": lambda i: uniform(2 * i, 1),
}


class Random(Case):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.cache = {"PARSUM_CACHE": "on", "XDG_CACHE_HOME": self.directory}

    def path(self, name):
        return os.path.join(self.directory, name)

    def total(self, *arguments, **changes):
        """The last word, which is the total."""
        result = run("-q", *arguments, **changes)
        self.assertEqual((result.status, result.err), (0, ""))
        return result.out.split()[-1]

    def test_the_numbers_are_those_of_philox(self):
        terms = [word for k, text in enumerate(TERMS) for word in ("-e", f"v{k}={text}")]
        expected = [1, -50, 300]
        for function in TERMS.values():
            values = [function(i) for i in range(-50, 300)]
            expected.append(math.fsum(values) if isinstance(values[0], float) else sum(values))
        for compiler in COMPILERS + ["gcc -O0 -march=x86-64-v3"]:
            result = run(*terms, "-ocsv", "--", "-50:300", PARSUM_CC=compiler)
            self.assertEqual((result.status, result.err), (0, ""))
            self.assertEqual(result.out.splitlines()[1], ",".join(map(str, expected)))

    def test_normal_numbers_have_the_same_bits_however_they_are_made(self):
        terms = ["-e", "a=normal(i,0)", "-e", "b=normal(i,1)*normal(i,6)"]
        first = run(*terms, 20000, "-ocsv")
        self.assertEqual((first.status, first.err), (0, ""))
        row = [float(cell) for cell in first.out.splitlines()[1].split(",")[3:]]
        self.assertLess(abs(row[0]), 5 * math.sqrt(20000))
        for compiler in ("gcc -O1 -march=x86-64", "clang"):
            if shutil.which(compiler.split()[0]):
                self.assertEqual(run(*terms, 20000, "-ocsv", PARSUM_CC=compiler).out, first.out)
        for options in (["-t3", "-g7"], ["--serial"]):
            self.assertEqual(run(*terms, 20000, "-ocsv", *options, **self.cache).out, first.out)

    def test_what_needs_no_check_has_none(self):
        for compiler in COMPILERS:
            result = run("-e", "uniform(i,0)", "-e", "normal(i,run)", "-e", "random_bits(i,i)", "-e",
                         "random_below(i,1,6)", 1000, "--stats", PARSUM_CC=compiler)
            self.assertIn("kernel proved", result.out + result.err)

    @unittest.skipUnless(shutil.which("gcc") and platform.machine() == "x86_64", "for GCC on x86-64")
    def test_gcc_makes_vectors_of_loops_that_draw(self):
        for vectors, term in ((True, "uniform(i,0)*uniform(i,0)+uniform(i,1)<1"),
                              (True, "random_bits(i,run)>>40"), (False, "random_below(i,0,6)")):
            told = self.path(f"told-{len(term)}")
            with open(told, "w", encoding="utf-8"):
                pass  # GCC makes none where there is nothing to tell
            run("-qe", term, 100, PARSUM_CC=f"gcc -march=x86-64-v2 -fopt-info-vec={told}")
            with open(told, encoding="utf-8") as file:
                self.assertEqual("term_before.h" in file.read(), vectors, term)

    def test_the_seed_decides_beside_any_jobs(self):
        for seed in (0, 1, -7, 2**63 - 1):
            expected = str(sum(bits(i, 0, seed) for i in range(100)))
            term = ["-e", "random_bits(i,0)", "--seed", seed]
            self.assertEqual(self.total(*term, 100, **self.cache), expected)
            self.assertEqual(self.total(*term, "-i", "-", stdin=b"100\n", **self.cache), expected)
        default = self.total("-e", "random_bits(i,0)", 100, **self.cache)
        self.assertEqual(default, str(sum(bits(i, 0) for i in range(100))))

    def test_a_seed_is_told_where_it_matters(self):
        def document(*arguments):
            return json.loads(run("-ojson", *arguments).out)
        self.assertEqual(document("-e", "uniform(i,0)", "--seed=-3", 10)["seed"], "-3")
        self.assertEqual(document("-e", "uniform(i,0)", 10)["seed"], "1")
        self.assertNotIn("seed", document("-e", "i*i", "--seed=5", 10))
        self.assertNotIn("seed", document("--seed=5", 10))

    def test_functions_and_blocks_of_a_file_draw_the_same(self):
        expected = str(sum(bits(i, 0, 9) >> 40 for i in range(1000)))
        for text in ("static uint64_t draw(int64_t i) { return random_bits(i, 0); }\n"
                     "int64_t term(int64_t i) { return draw(i) >> 40; }\n",
                     "int64_t block(int64_t start, int64_t end) { int64_t n = 0;\n"
                     "for (; start < end; start++) n += random_bits(start, 0) >> 40; return n; }\n"):
            with open(self.path("own.c"), "w", encoding="ascii") as file:
                file.write(text)
            self.assertEqual(self.total("-f", self.path("own.c"), "--seed=9", 1000), expected)

    def test_a_users_own_names_stay_the_users(self):
        with open(self.path("own.c"), "w", encoding="ascii") as file:
            file.write("static double uniform(double a, double b) { return (a + b) / 2; }\n"
                       "static double normal[] = {1, 2};\n")
        self.assertEqual(self.total("-f", self.path("own.c"), "-e", "uniform(i, normal[1])", 10), "32.5")
        self.assertEqual(self.total("-e", "normal*i", "-D", "normal=2", 10), "90")
        self.assertEqual(self.total("-e", "uniform*i", "10,uniform=2"), "90")
        numbers = self.path("numbers.txt")
        with open(numbers, "w", encoding="ascii") as file:
            file.write("1\n2\n3\n")
        self.assertEqual(self.total("-e", "normal[i]", "--data", f"normal={numbers}", 3), "6")

    def test_reals_are_no_arguments(self):
        for term in ("uniform(0, 1.0)", "normal(0.0, 1)", "random_below(i, 0, 6.0)", "random_bits(i, .5)"):
            result = run("-qe", term, 10)
            self.assertEqual((result.status, result.out), (2, ""))
            self.assertIn("takes integers of up to 64 bits", result.err)

    def test_nothing_is_below_0(self):
        result = run("-qe", "random_below(i,0,5-i)", 10)
        self.assert_refuses(result, "has no value", "at i = 5;", status=1)

    def test_a_journal_belongs_to_a_seed(self):
        journal = ["--journal", self.path("journal")]
        term = ["-e", "random_bits(i,0)", 100]
        first = self.total(*term, "--seed=2", *journal)
        self.assertEqual(self.total(*term, "--seed=2", *journal), first)
        result = run("-q", *term, "--seed=3", *journal)
        self.assertEqual(result.status, 2)
        self.assertRegex(result.err, "seed 2 .*seed 3 ")
        other = ["-e", "i", 100, "--journal", self.path("other")]
        self.assertEqual(self.total(*other, "--seed=2"), "4950")
        self.assertEqual(self.total(*other, "--seed=3"), "4950")

    def test_another_seed_is_no_other_term(self):
        sums = [self.total("-e", "random_bits(i,0)", "--seed", seed, 100, **self.cache)
                for seed in (1, 2, 1)]
        self.assertEqual(sums, [str(sum(bits(i, 0, seed) for i in range(100))) for seed in (1, 2, 1)])
        self.assertEqual(len(os.listdir(self.path("parsum"))), 1)

    def test_a_saved_term_takes_the_seed_of_the_run(self):
        saved = self.path("saved.so")
        result = run("-e", "random_bits(i,0)", "--save-term", saved)
        self.assertEqual(result.status, 0)
        for seed in (1, 5):
            self.assertEqual(self.total("-f", saved, "--seed", seed, 100),
                             str(sum(bits(i, 0, seed) for i in range(100))))


if __name__ == "__main__":
    unittest.main()
