"""The recipes of docs/cookbook.md, read out of the page and made small, each held against another way to
its answer. At full size scripts/bench runs them: --only cookbook."""
import csv
import array
import glob
import io
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from fractions import Fraction

import program

SOURCE = os.environ.get("PARSUM_SOURCE_DIR", ".")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(SOURCE, "scripts", "bench.d"))
import page  # noqa: E402

RECIPES = page.recipes()
LINES_OF_C = 6  # at most, where a recipe is not a sieve; braces alone are none


def with_numpy():
    """A Python that has numpy, or None."""
    for path in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([path, "-c", "import numpy"], capture_output=True, check=False).returncode == 0:
            return path
    return None


PYTHON = with_numpy()
needs_numpy = unittest.skipUnless(PYTHON, "no numpy")


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


class Kitchen(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)
        for name, path in (("parsum", program.PARSUM), ("tests", os.path.join(SOURCE, "tests")),
                           ("python3", PYTHON or sys.executable)):
            os.symlink(os.path.abspath(path), os.path.join(self.directory, name))

    def path(self, name):
        return os.path.join(self.directory, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def cook(self, number, edits=None):
        """Runs the commands of a recipe, with other texts in place of some; returns what each prints."""
        recipe, edits, done = RECIPES[number], edits or {}, []
        for name, text in recipe.files.items():
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(text)
        commands = [command for command, _ in recipe.commands]
        for old, new in edits.items():
            self.assertTrue(any(old in command for command in commands), old)
            commands = [command.replace(old, new) for command in commands]
        path = self.directory + os.pathsep + os.environ["PATH"]
        for command in commands:
            result = subprocess.run(["bash", "-c", command], cwd=self.directory, text=True, capture_output=True,
                                    env=program.environment(PATH=path), timeout=120, check=False)
            notes = re.sub(r"^parsum: \d+ threads share .*\n", "", result.stderr, flags=re.M)
            self.assertEqual((result.returncode, notes), (0, ""), command)
            done.append(result.stdout)
        return done

    def load(self, name, kind, skip=128):
        """The elements of a .npy file, behind the head that numpy writes."""
        with open(self.path(name), "rb") as file:
            data = file.read()
        self.assertEqual(int.from_bytes(data[8:10], "little") + 10, skip)
        return array.array(kind, data[skip:]).tolist()

    def near(self, value, expected, relative=1e-13):
        self.assertLessEqual(abs(float(value) - expected), relative * abs(expected), (value, expected))


def told(text, name):
    """A result of the last line of text."""
    return re.search(rf"\b{name} is (\S+?),?(?:\s|$)", text.splitlines()[-1])[1]


def sieve(end):
    prime = [n > 1 for n in range(end)]
    for p in range(2, end):
        for m in range(p * p, end if prime[p] else 0, p):
            prime[m] = False
    return [n for n in range(end) if prime[n]]


class Recipes(Kitchen):
    def test_1_primes(self):
        many, total, both = self.cook(1, edits={"1e9": "1e6", "1e7": "1e5"})
        self.assertEqual(told(many, "sum"), str(len(sieve(10**6))))
        self.assertEqual(told(total, "sum"), str(sum(sieve(10**6))))
        self.assertEqual(told(both, "primes"), str(len(sieve(10**5))))
        self.assertEqual(told(both, "total"), str(sum(sieve(10**5))))

    def test_2_pi(self):
        said, = self.cook(2, edits={"1e9": "1e6"})
        n, mean, error = 10**6, float(told(said, "pi_mean")), float(told(said, "pi_se"))
        self.assertLess(abs(mean - math.pi), 4 * error)
        share = mean / 4  # of a value that is 0 or 4
        self.near(error, 4 * math.sqrt(share * (1 - share) / (n - 1)), 1e-9)

    def test_3_roof(self):
        """Of flat ones the integral is known, day by day, if the sun does not climb meanwhile: within 1e-3."""
        self.cook(3, edits={"0.45": "15"})
        table = rows(self.read("roof.csv"))
        self.assertEqual([row["tilt"] for row in table], ["0", "15", "30", "45", "60", "75"])
        north = math.radians(52)
        for row in table:
            slope, energy = math.radians(52 - float(row["tilt"])), 0.0
            for day in range(365):
                d = -math.radians(23.44) * math.cos(2 * math.pi / 365 * (day + 0.5 + 10))
                set_ = min(math.acos(-math.tan(d) * math.tan(north)), math.acos(-math.tan(d) * math.tan(slope)))
                energy += 1.361 * 24 / math.pi * (math.sin(d) * math.sin(slope) * set_
                                                  + math.cos(d) * math.cos(slope) * math.sin(set_))
            self.near(row["sum"], energy, 1e-3)

    def test_4_magnet(self):
        """At full size, against a transfer matrix of whole numbers."""
        head, least, partition = self.cook(4, edits={"| head -5": "> density.csv", " | tail -3": "", "0.25 5.25": "2 5.25"})
        self.assertEqual((head, told(least, "min"), told(least, "argmin")), ("", "-50", "0"))
        density = {int(row["key"]): int(row["count"]) for row in rows(self.read("density.csv"))}
        self.assertEqual(density, transfer())
        table = rows(partition)
        self.assertEqual([row["T"] for row in table], ["0.5", "2.5", "4.5"])
        for row in table:
            self.near(row["Z"], math.fsum(n * math.exp(-e / float(row["T"])) for e, n in density.items()))

    @needs_numpy
    def test_5_pairs(self):
        _, said = self.cook(5, edits={"5000, 3": "200, 3"})
        r = self.load("r.npy", "d")
        places = list(zip(r[0::3], r[1::3], r[2::3]))
        self.assertEqual(len(places), 200)
        self.near(told(said, "sum"), -math.fsum(1 / math.dist(a, b) for k, a in enumerate(places) for b in places[:k]))

    @needs_numpy
    def test_6_segments(self):
        *_, shown = self.cook(6, edits={"20_000_000": "20_000", "999_999": "999", "[:3]": ".tolist()"})
        x, offsets = self.load("x.npy", "d"), self.load("offsets.npy", "q")
        self.assertEqual(len(offsets), 1001)
        self.assertEqual(eval(shown, {}), [math.fsum(x[a:b]) for a, b in zip(offsets, offsets[1:])])

    @needs_numpy
    def test_7_dot(self):
        _, said = self.cook(7, edits={"50_000_000": "5_000"})
        a, b = self.load("a.npy", "d"), self.load("b.npy", "d")
        exact = sum(Fraction(x) * Fraction(y) for x, y in zip(a, b))
        self.assertEqual(float(told(said, "sum")), exact.numerator / exact.denominator)

    def test_8_zeta(self):
        self.cook(8, edits={"1e8": "1e4"})
        table = rows(self.read("zeta.csv"))
        self.assertEqual(len(table), 50)
        for row in table:
            self.near(row["sum"], math.fsum(i ** -float(row["s"]) for i in range(1, 10**4)))
        tail = 1e-4 + 1e-8 / 2 + 1e-12 / 6  # Euler and Maclaurin, from 1e4 on
        self.near(table[9]["sum"], math.pi**2 / 6 - tail)

    def test_9_mertens(self):
        """Values of OEIS A084237."""
        said, = self.cook(9, edits={" 1000001:10000001": ""})
        self.assertEqual([row["M"] for row in rows(said)], ["-1", "1", "2", "-23", "-48", "212"])

    def test_10_collatz(self):
        said, _, often = self.cook(10, edits={"1e7": "1e5"})
        length = {1: 0}
        for n in range(2, 10**5):
            path = [n]
            while path[-1] not in length:
                last = path[-1]
                path.append(3 * last + 1 if last % 2 else last // 2)
            for steps, one in enumerate(reversed(path)):
                length[one] = length[path[-1]] + steps
        lengths = [length[n] for n in range(1, 10**5)]
        self.assertEqual((told(said, "max"), told(said, "argmax")), ("350", "77031"))
        self.assertEqual(max(lengths), 350)
        table = {int(row["key"]): int(row["count"]) for row in rows(self.read("histogram.csv"))}
        self.assertEqual(table, {k: lengths.count(k) for k in set(lengths)})
        self.assertEqual(int(often.split(",")[1].split()[0]), max(table.values()))

    @needs_numpy
    def test_11_likelihood(self):
        self.cook(11, edits={"100_000": "200", "0.0004": "0.008"})
        x, table = self.load("readings.npy", "d"), rows(self.read("scan.csv"))
        self.assertEqual(len(table), 36)
        for row in table:
            m, s = float(row["m"]), float(row["s"])
            # the density of Cauchy, as its textbook has it
            self.near(row["sum"], math.fsum(math.log(s / math.pi / ((one - m)**2 + s**2)) for one in x), 1e-12)

    def test_12_pensions(self):
        *_, head = self.cook(12, edits={"seq 1000000": "seq 300"})
        table = rows(self.read("worth.csv"))
        self.assertEqual([row["name"] for row in table], [f"member {k}, Bonn" for k in range(1, 301)])
        self.assertEqual(head.splitlines()[1].split('"')[1], "member 1, Bonn")
        for row in table:
            age, pension, months = float(row["age"]), int(row["pension"]), int(row["end"])
            self.assertLessEqual(abs(months / 12 + age - 110), 1 / 12)
            alive = [math.exp(-3e-4 * math.exp(0.09 * (age - 20)) * math.expm1(0.09 * k / 12)) for k in range(months)]
            self.near(row["worth"], math.fsum(pension / 12 * math.exp(-0.02 * k / 12) * p for k, p in enumerate(alive)),
                      1e-12)

    def test_13_search(self):
        wilson, gap = self.cook(13, edits={"100000": "1000", "g > 200": "g > 70"})
        self.assertEqual(re.findall(r"^Run #1, (\d+): 1$", wilson, re.M),
                         [str(p) for p in sieve(1000) if (math.factorial(p - 1) + 1) % (p * p) == 0])
        primes = sieve(10**5)
        first = next((p, q - p) for p, q in zip(primes, primes[1:]) if q - p > 70)
        self.assertEqual([(int(row["i"]), int(row["value"])) for row in rows(gap)], [first])

    def test_14_add_numbers(self):
        """At full size, by Gauss."""
        said, = self.cook(14)
        ends = [int(word) for word in RECIPES[14].parsum(0).split()[1:]]
        sums = [n * (n - 1) // 2 for n in ends]
        self.assertEqual(re.findall(r"sum is: (\d+)$", said, re.M), [str(one) for one in sums])
        self.assertEqual(told(said, "sum"), str(sum(sums)))

    def test_each_recipe_is_tested(self):
        tested = {int(re.match(r"test_(\d+)", name)[1]) for name in dir(self) if re.match(r"test_\d", name)}
        self.assertEqual(tested, set(RECIPES))
        self.assertEqual(sorted(RECIPES), list(range(1, 15)))


def transfer():
    """{energy: states} of 5 x 5 spins on a torus, row by row: polynomials in whole numbers, one for each first
    and last row."""
    rows_, n = range(32), 5
    within = [sum((r >> k & 1) != (r >> (k + 1) % n & 1) for k in range(n)) for r in rows_]
    between = [[bin(r ^ s).count("1") for s in rows_] for r in rows_]
    total = {}
    for first in rows_:
        ways = {first: {within[first]: 1}}
        for _ in range(n - 1):
            after = {}
            for r, counts in ways.items():
                for s in rows_:
                    into = after.setdefault(s, {})
                    for unequal, count in counts.items():
                        at = unequal + within[s] + between[r][s]
                        into[at] = into.get(at, 0) + count
            ways = after
        for r, counts in ways.items():
            for unequal, count in counts.items():
                energy = 2 * (unequal + between[r][first]) - 50
                total[energy] = total.get(energy, 0) + count
    return total


class Page(unittest.TestCase):
    def test_no_recipe_has_much_c(self):
        for number, recipe in RECIPES.items():
            functions = re.split(r"^}$", re.sub(r"/\*.*?\*/", "", "".join(recipe.files.values()), flags=re.S), flags=re.M)
            for function in functions:
                lines = [line for line in function.splitlines() if line.strip(" {};")]
                self.assertLessEqual(len(lines), LINES_OF_C, (number, lines))

    def test_its_times_are_those_that_were_measured(self):
        """Each table is in a file of results, row by row, and none is empty."""
        measured = ""
        for path in glob.glob(os.path.join(SOURCE, "results", "cookbook-*core.md")):
            with open(path, encoding="utf-8") as file:
                measured += file.read()
        tables = page.tables()
        self.assertGreaterEqual(len(tables), 14)
        for name, text in tables.items():
            section = re.search(rf"^## {name}$(.*?)(?=^## |\Z)", measured, re.M | re.S)[1]
            times = text.splitlines()[2:]
            self.assertGreaterEqual(len(times), 2, name)
            for row in times:
                self.assertIn("\n" + row.rstrip("| ") + " |", section)

    def test_each_row_of_the_bench_is_a_table_of_the_page(self):
        import cookbook
        self.assertEqual([row.name for row in cookbook.ROWS], list(page.tables()))
        for row in cookbook.ROWS:
            self.assertIn("parsum ", RECIPES[row.number].parsum(row.index))


if __name__ == "__main__":
    unittest.main()
