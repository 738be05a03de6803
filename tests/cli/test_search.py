"""What is looked for: --list and --first, against lists made by others and by Python."""
import csv
import io
import json
import os
import random
import re
import signal
import subprocess
import tempfile
import unittest

from program import PARSUM, Case, environment, run
from restarts import Restarts, catches

SEED = int(os.environ.get("PARSUM_SEED", "1"))

FUNCTIONS = """
static int64_t wilson(int64_t i)
{
    int64_t product = 1;
    for (int64_t k = 2; k < i; k++)
        product = product * k % (i * i);
    return i > 1 && product == i * i - 1;
}

static int persistence(int64_t i)
{
    int n = 0;
    for (; i > 9; n++) {
        int64_t product = 1;
        for (; i > 0; i /= 10)
            product *= i % 10;
        i = product;
    }
    return n;
}

static bool prime(int64_t i)
{
    for (int64_t d = 2; d * d <= i; d++)
        if (i % d == 0)
            return false;
    return i >= 2;
}

/* In how many ways i is a sum of two cubes. */
static int cubes(int64_t i)
{
    int n = 0;
    for (int64_t a = 1; 2 * a * a * a <= i; a++)
        for (int64_t b = a; a * a * a + b * b * b <= i; b++)
            n += a * a * a + b * b * b == i;
    return n;
}
"""

# Each way of working must print the same.
WAYS = (("-t1",), ("-t2",), ("-t1", "-g1"), ("-t2", "-g7"), ("-t3", "-g1000"), ("-t2", "-gjob"), ("-s",))


def hits(*arguments, **options):
    """[(run, i, value)] as CSV has them."""
    result = run("-ocsv", *arguments, **options)
    if result.status != 0:
        raise AssertionError(result.err)
    rows = list(csv.reader(io.StringIO(result.out)))
    if rows[0] != ["run", "i", "value"]:
        raise AssertionError(rows[0])
    return [tuple(row) for row in rows[1:]]


class Search(Case):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="parsum-test-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.random = random.Random(f"{SEED} {self.id()}")
        self.functions = self.write("functions.c", FUNCTIONS)

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def found(self, expression, *arguments):
        return [int(i) for _, i, _ in hits("-f", self.functions, "--list", expression, *arguments)]


class Known(Search):
    def test_wilson_primes(self):
        self.assertEqual(self.found("wilson(i)", "3000"), [5, 13, 563])

    def test_first_numbers_of_each_persistence(self):
        for steps, first in ((2, 25), (3, 39), (4, 77), (5, 679), (6, 6788), (7, 68889), (8, 2677889)):
            self.assertEqual(self.found(f"persistence(i) == {steps}", "--first", "1e12"), [first])

    def test_twin_primes(self):
        twins = "prime(i) && prime(i + 2)"
        result = run("-q", "-f", self.functions, "--list", twins, "1e6")
        self.assertEqual(result.timeless, "Time took using omp is TIME count is 8169\n")
        self.assertEqual(self.found(twins, "--first=5", "1e9"), [3, 5, 11, 17, 29])

    def test_numbers_that_are_two_sums_of_cubes(self):
        self.assertEqual(self.found("cubes(i) > 1", "2e4"), [1729, 4104, 13832])


class Output(Search):
    def test_text(self):
        self.assert_prints("Run #1, 0: 1\nRun #1, 5: 1\nRun #3, 5: 1\n"
                           "Time took using omp is TIME count is 3\n",
                           "-t2", "--list", "i%5 == 0", "6", "1:5", "3:8")

    def test_csv_has_the_columns_of_jobs_behind_the_run(self):
        self.assert_prints("run,kind,d,i,value\n1,even,2,0,1\n1,even,2,2,1\n2,\"odd, or not\",3,9,1\n",
                           "-t1", "-ocsv", "--list", "i%d == 0", "-i-",
                           stdin=b'start,end,kind,d\n0,4,even,2\n7,10,"odd, or not",3\n')

    def test_json(self):
        result = run("-ojson", "-t2", "--list", "i%2 ? -i : 0", "4", "1:2")
        document = json.loads(result.out)
        self.assertEqual(document["hits"], [{"run": 1, "i": "1", "value": "-1"},
                                            {"run": 1, "i": "3", "value": "-3"},
                                            {"run": 2, "i": "1", "value": "-1"}])
        self.assertEqual(document["count"], "3")
        self.assertEqual(document["term"], "list i%2 ? -i : 0")
        document = json.loads(run("-ojson", "-t2", "--list", "i%d", "-i-",
                                  stdin=b"start,end,d\n1,2,2\n").out)
        self.assertEqual(document["hits"], [{"run": 1, "columns": {"d": "2"}, "i": "1", "value": "1"}])

    def test_nothing_found_is_no_failure(self):
        self.assertEqual(hits("--list", "0", "1e6"), [])
        self.assert_prints("Time took using omp is TIME count is 0\n", "-t2", "--list", "i > 9", "9")
        document = json.loads(run("-ojson", "-q", "-t2", "--list", "i > 9", "9", "5:5").out)
        self.assertEqual(document["count"], "0")
        self.assertNotIn("hits", document)

    def test_progress_tells_how_many(self):
        process = subprocess.Popen([PARSUM, "-q", "--list", "i%1000000 == 0", "9e18"], stderr=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, env=environment(), text=True)
        while not catches(process, "SIGUSR1"):
            pass
        process.send_signal(signal.SIGUSR1)
        self.assertRegex(process.stderr.readline(), r", \d+ found\n")
        process.kill()
        process.communicate()

    def test_values_of_every_type(self):
        for expression, expected in (
                ("i < 3 ? (int8_t)-i : 0", ["-1", "-2"]),
                ("i == 2 ? ~0ull : 0", ["18446744073709551615"]),
                ("i == 2 ? INT64_MIN : 0", [str(-2**63)]),
                ("i == 2 ? -((__int128)1 << 100) : 0", [str(-2**100)]),
                ("i == 2 ? ~(unsigned __int128)0 : 0", [str(2**128 - 1)]),
                ("i == 2 ? ((__int128)1 << 64) : 0", [str(2**64)]),
                ("i == 2 ? -0.0 : i * 0.1", ["0.1", "0.30000000000000004"]),
                ("i == 3 ? 5e-324 : -0.0", ["5e-324"]),
                ("i == 3 ? 0.5f : 0", ["0.5"]),
                ("i > 2", ["1"])):
            self.assertEqual([value for _, _, value in hits("--list", expression, "4")], expected)

    def test_lets_columns_data_and_random_numbers_are_seen(self):
        data = self.write("numbers", "5\n0\n7\n")
        self.assertEqual(hits("--data", f"x={data}", "--let", "y=2*x[i]", "--list", "y"),
                         [("1", "0", "10"), ("1", "2", "14")])
        few = hits("--list", "uniform(i, 0) < 0.01", "--seed=5", "1e5")
        self.assertTrue(800 < len(few) < 1200, len(few))
        self.assertNotEqual(few, hits("--list", "uniform(i, 0) < 0.01", "--seed=6", "1e5"))


class SameOutput(Search):
    def random_case(self):
        """(expression, jobs, expected hits)"""
        a, b = self.random.randrange(1, 10**6), self.random.randrange(10**6)
        m = self.random.choice([1, 2, 3, 17, 1000, 50_000])
        expected, jobs = [], []
        for number in range(1, self.random.choice([2, 5, 300])):
            start = self.random.randrange(10**5)
            end = start + self.random.choice([0, 1, 5, 63, 2048, 2049, 10_000])
            jobs.append(f"{start}:{end}")
            expected += [(str(number), str(i), str(i % 7 + 1)) for i in range(start, end)
                         if (i * a + b) % m == 0]
        return f"(i*{a}+{b})%{m} == 0 ? i%7+1 : 0", jobs, expected

    def test_random_conditions_for_threads_and_chunks(self):
        for _ in range(8):
            expression, jobs, expected = self.random_case()
            for way in self.random.sample(WAYS, 3):
                self.assertEqual(hits(*way, "--list", expression, *jobs), expected, (way, expression))

    def test_the_first_ones_are_the_least(self):
        for _ in range(6):
            expression, jobs, expected = self.random_case()
            first = self.random.choice([1, 2, 10, len(expected) + 1])
            way = self.random.choice(WAYS)
            self.assertEqual(hits(*way, f"--first={first}", "--list", expression, *jobs),
                             expected[:first], (way, expression, first))

    def test_hits_that_are_rare_then_many_then_rare(self):
        """Groups without a hit are not stored once there were some of them."""
        where = "(i % 99991 == 5 || (i >= 300000 && i < 310000 && i % 3 == 0) || i == 614399 || i == 614400)"
        found = [i for i in range(1_000_000) if i % 99991 == 5 or (300000 <= i < 310000 and i % 3 == 0)
                 or i in (614399, 614400)]
        for expression, value in ((where, lambda i: "1"),
                                  (f"{where} ? i*0.5 : -0.0", lambda i: str(i * 0.5)),
                                  (f"{where} ? (__int128)i << 64 : 0", lambda i: str(i << 64)),
                                  (f"{where} ? i : i*(9223372036854775807/1000000)*0", str)):
            for way in (("-t1",), ("-t2", "-g7000"), ("-t2", "-gjob"), ("-t1", "-g", "1e6")):
                expected = [(run, str(i), value(i)) for run in ("1", "2") for i in found]
                told = hits(*way, "--list", expression, "1e6", "1e6")
                self.assertEqual([row[:2] for row in told], [row[:2] for row in expected], (way, expression))
                self.assertEqual([float(row[2]) for row in told], [float(row[2]) for row in expected],
                                 (way, expression))

    def test_faults_where_hits_are_rare(self):
        for fault, what in (("1/(i-777777)", "divides"), ("NAN", "NaN"), ("INFINITY", "infinite"),
                            ("INT64_MAX + i", "overflows")):
            for way in (("-t1",), ("-t2", "-gjob"), ("-t1", "-g", "1e6")):
                result = run(*way, "-ocsv", "--list", f"i == 777777 ? {fault} : i%400000 == 1", "9e6")
                self.assertRegex(result.err, r"\Aparsum: job 1 \[0, 9000000\): .*" + what
                                 + r".* at i = 777777; .*\n\Z")
                self.assertEqual((result.status, result.out), (1, "run,i,value\n1,1,1\n1,400001,1\n"))

    def test_many_hits(self):
        rows = "".join(f"1,{i},{i}\n" for i in range(1, 1_500_000))
        for way in (("-t1",), ("-t2",), ("-t2", "-gjob"), ("-t2", "-g", "1e6")):
            self.assertEqual(run("-ocsv", "--list", "i", *way, "1.5e6").out, "run,i,value\n" + rows)

    def test_a_search_without_an_end_ends_at_the_first(self):
        for way in (("-t1",), ("-t2",), ("-t2", "-gjob")):
            self.assertEqual(hits(*way, "--first=2", "--list", "i > 12345678 && i % 1000 == 0", "9e18", "5"),
                             [("1", "12346000", "1"), ("1", "12347000", "1")])

    def test_all_before_a_fault_are_told_and_none_behind_it(self):
        for expression, what in (("i == 777 ? 1/(i-777) : i%100 == 0", "divides"),
                                 ("i == 777 ? NAN : i%100 == 0", "NaN"),
                                 ("i == 777 ? INFINITY : i%100 == 0", "infinite"),
                                 ("i == 777 ? INT64_MAX + i : i%100 == 0", "overflows")):
            for way in (("-t1",), ("-t2", "-g7"), ("-t2", "-gjob")):
                result = run(*way, "-ocsv", "--list", expression, "5", "9e6")
                self.assertRegex(result.err, r"\Aparsum: job 2 \[0, 9000000\): .*" + what
                                 + r".* at i = 777; .*\n\Z")
                self.assertEqual((result.status, result.out),
                                 (1, "run,i,value\n1,0,1\n" + "".join(f"2,{i},1\n" for i in range(0, 777, 100))))

    def test_a_fault_behind_the_last_hit_that_is_wanted_is_none(self):
        for way in (("-t1",), ("-t2", "-g7"), ("-t2", "-gjob")):
            self.assertEqual(hits(*way, "--first=8", "--list", "i == 777 ? 1/(i-777) : i%100 == 0", "9e6")[-1],
                             ("1", "700", "1"))

    def test_a_reader_that_has_enough_ends_it(self):
        done = subprocess.run(f"'{PARSUM}' -ocsv --list 'i%2' 9e18 | head -n 3", shell=True, capture_output=True,
                              env=environment(), timeout=60, check=True)
        self.assertEqual((done.stdout, done.stderr), (b"run,i,value\n1,1,1\n1,3,1\n", b""))


class Stops(Search):
    def save(self, expression):
        saved = self.path("list.so")
        self.assertEqual(run("--list", expression, "--save-term", saved).err, "")
        return saved

    def test_kills_and_signals_for_few_and_many_hits(self):
        for expression, jobs in (("i % 1000003 == 7 ? i : 0", ["3e8", "5", "1e8"]),
                                 ("(i & 0x3fff) == 0x1234 ? sqrt(i) : 0", ["6e8", "2e7", "1e8"])):
            arguments = ["-t2", "-ocsv", "-f", self.save(expression), *jobs]
            plain = run(*arguments)
            self.assertEqual(plain.status, 0, plain.err)
            restarts = Restarts(self.random, arguments[1:], plain.timeless, self.directory,
                                stops=("SIGKILL", "torn", "SIGTERM", "--max-time"))
            restarts.until_done()
            restarts.once_more()
            os.unlink(restarts.journal)

    def test_a_journal_goes_on_with_more_of_the_first(self):
        journal = self.path("journal")
        for first in (3, 1, 7, 2):
            found = hits("--journal", journal, f"--first={first}", "--list", "i%1000 == 1", "1e5", "1e5")
            self.assertEqual(found, [("1", str(1000 * k + 1), "1") for k in range(first)])
        found = hits("--journal", journal, "--list", "i%1000 == 1", "1e5", "1e5")
        self.assertEqual(found, [(str(r), str(1000 * k + 1), "1") for r in (1, 2) for k in range(100)])
        self.assertEqual(hits("--journal", journal, "--list", "i%1000 == 1", "1e5", "1e5"), found)

    def test_values_of_every_type_come_back(self):
        for expression in ("i%3 ? i*0.1 : 0", "i%3 ? ~(unsigned __int128)i : 0", "i%3 ? -((__int128)i << 70) : 0",
                           "i%3 ? ~(uint64_t)i : 0", "i%3 ? -i : 0"):
            with tempfile.TemporaryDirectory() as directory:
                journal = os.path.join(directory, "journal")
                once = run("-ocsv", "--journal", journal, "--list", expression, "1e4", "20")
                again = run("-ocsv", "--journal", journal, "--list", expression, "1e4", "20")
                self.assertEqual((once.status, once.out), (0, again.out), again.err)
                self.assertIn(f"\n1,9998,", once.out)

    def test_the_journal_of_a_sum_is_another(self):
        journal = self.path("journal")
        self.assertEqual(run("--journal", journal, "-e", "i%7", "100").status, 0)
        self.assert_refuses(run("--journal", journal, "--list", "i%7", "100"), "journal of another run")


class Refused(Search):
    def test_what_a_list_can_not_be(self):
        for arguments, fragments in (
                (("--list", "a=i"), ("--list", "no name")),
                (("--list", " "), ("--list", "empty")),
                (("--list", "i +"), ("--list",)),
                (("--list", "(long double)i"), ("long double",)),
                (("--list", "product(i, 0.5)"), ("product", "--list")),
                (("--list", "i", "--first=0"), ("--first",)),
                (("--first",), ("--first", "--list")),
                (("-e", "i", "--first"), ("--first", "--list")),
                (("--list", "i", "-onpy"), ("npy", "list")),
                (("--list", "i", "-e", "i"), ("--list", "--term"))):
            result = run(*arguments, "10")
            self.assertEqual(result.status, 2, arguments)
            for fragment in fragments:
                self.assertIn(fragment, result.err)

    def test_a_saved_list_is_a_list(self):
        saved = self.path("list.so")
        self.assertEqual(run("--list", "i%4 == 3 ? i : 0", "--save-term", saved).err, "")
        self.assertEqual(hits("-f", saved, "--first=2", "10"), [("1", "3", "3"), ("1", "7", "7")])
        for options in (("--compare",), ("--cumulative",), ("--reduce=mean",)):
            self.assert_refuses(run("-f", saved, *options, "10"), "saved with --list", options[0].split("=")[0])
        self.assert_refuses(run("-f", self.functions, "-e", "i", "--first", "10"), "--first goes with --list")

    def test_columns_of_the_output_have_names_of_their_own(self):
        for name in ("i", "value"):
            result = run("--list", "1", "-i-", stdin=f"start,end,{name}\n0,4,2\n".encode())
            self.assertEqual(result.status, 2)
            self.assertRegex(result.err, rf"column \"?'?{re.escape(name)}")


if __name__ == "__main__":
    unittest.main()
