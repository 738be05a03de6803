"""What is made of values: --reduce, --by, --cumulative, against Python's fractions."""
import collections
import json
import math
import os
import random
import struct
import tempfile
import unittest
from fractions import Fraction

from program import Case, run

ALL = ["sum", "count", "mean", "var", "sd", "se", "rms", "min", "max", "argmin", "argmax"]
SEED = int(os.environ.get("PARSUM_SEED", "1"))


def nearest(exact):
    """The double nearest to a Fraction: Python divides integers with one rounding."""
    return exact.numerator / exact.denominator


def nearest_root(exact):
    """The double nearest to its square root, by way of more than enough bits and one for the rest."""
    bits = 1400
    root = math.isqrt((exact.numerator << 2 * bits) // exact.denominator)
    rest = Fraction(root * root, 1 << 2 * bits) != exact
    return nearest(Fraction(2 * root + rest, 2 << bits))


def expected(terms):
    """All results of [(i, value)], in that order, as the output has them read back."""
    n, values = len(terms), [Fraction(value) for _, value in terms]
    real = any(isinstance(value, float) for _, value in terms)
    total = sum(values, Fraction(0))
    results = {"sum": nearest(total) if real else int(total), "count": n}
    if n > 0:
        least = min(terms, key=lambda term: term[1])
        greatest = max(terms, key=lambda term: term[1])
        results |= {"mean": nearest(total / n), "rms": nearest_root(sum(x * x for x in values) / n),
                    "min": least[1], "argmin": least[0], "max": greatest[1], "argmax": greatest[0]}
    if n > 1:
        var = (sum(x * x for x in values) - total * total / n) / (n - 1)
        results |= {"var": nearest(var), "sd": nearest_root(var), "se": nearest_root(var / n)}
    return results


def read(text, like):
    return None if text == "" else type(like)(text) if like is not None else text


def rows(result):
    header, *lines = result.out.splitlines()
    return [dict(zip(header.split(","), line.split(","))) for line in lines]


def term_of(expression, ranges):
    """[[(i, value)]] for each job: what Python makes of an expression of i, which is C, too."""
    return [[(i, eval(expression, {"i": i})) for i in range(*bounds)] for bounds in ranges]


JOBS = [(0, 10), (3, 3), (5, 6), (-20, 5000), (100, 2149), (7, 9)]
ARGUMENTS = ["--", *(f"{start}:{end}" for start, end in JOBS)]
TERMS = ["i", "i*i*i", "1e9 + i*0.001", "(i - 50)*(i - 50)", "0.1", "i*1e-300", "i*1e140", "-7"]


class Reduce(Case):
    def assert_row(self, row, results, name="", only=ALL):
        for reduction in only:
            with self.subTest(reduction=reduction):
                column = name + reduction if not name else (
                    name[:-1] if reduction == "sum" else name + reduction)
                wanted = results.get(reduction)
                self.assertEqual(read(row[column], wanted), wanted)

    def test_each_is_rounded_once(self):
        for expression in TERMS:
            result = run("-e", expression, "--reduce", ",".join(ALL), "--format", "csv", *ARGUMENTS)
            self.assertEqual(result.err, "")
            for row, terms in zip(rows(result), term_of(expression, JOBS), strict=True):
                with self.subTest(term=expression, run=row["run"]):
                    self.assert_row(row, expected(terms))

    def test_128_bits_are_as_exact(self):
        jobs = [(-30, 40), (1, 1), (5, 900)]
        for c, python in (("((__int128)i << 90) + i", "(i << 90) + i"),
                          ("(unsigned __int128)(i + 30) << 100", "(i + 30) << 100")):
            result = run("-e", c, "--reduce", ",".join(ALL), "--format", "csv", "--",
                         *(f"{start}:{end}" for start, end in jobs))
            self.assertEqual(result.err, "")
            for row, terms in zip(rows(result), term_of(python, jobs), strict=True):
                self.assert_row(row, expected(terms))

    def test_64_bits_without_a_sign(self):
        jobs = [(0, 3000)]
        result = run("-e", "(uint64_t)i * 6148914691236517205u", "--reduce", ",".join(ALL), "--format",
                     "csv", "3000")
        terms = [[(i, i * 6148914691236517205 % 2**64) for i in range(*bounds)] for bounds in jobs]
        self.assert_row(rows(result)[0], expected(terms[0]))

    def test_reals_of_all_sizes(self):
        rng = random.Random(SEED)
        with tempfile.TemporaryDirectory() as directory:
            values = [math.ldexp(rng.uniform(-1, 1), rng.randint(-200, 200)) for _ in range(3000)]
            path = os.path.join(directory, "table.c")
            with open(path, "w", encoding="ascii") as file:
                file.write("static const double x[] = {" + ",".join(map(float.hex, values)) + "};\n")
            result = run("-f", path, "-e", "x[i]", "--reduce", ",".join(ALL), "--format", "csv", "3000")
        self.assertEqual(result.err, "")
        self.assert_row(rows(result)[0], expected(list(enumerate(values))))

    def test_shifted_data_have_a_right_variance(self):
        row = rows(run("-e", "1e9 + 1e-3*(i%10)", "--reduce", "var,sd", "--format", "csv", "100000"))[0]
        values = [Fraction(1e9 + 1e-3 * (i % 10)) for i in range(10)]
        n, total, squares = 100000, 10000 * sum(values), 10000 * sum(x * x for x in values)
        var = (squares - total * total / n) / (n - 1)
        self.assertEqual((float(row["var"]), float(row["sd"])), (nearest(var), nearest_root(var)))
        same = rows(run("-e", "0.1", "--reduce", "var,sd,se", "--format", "csv", "1000000"))[0]
        self.assertEqual((same["var"], same["sd"], same["se"]), ("0", "0", "0"))

    def test_zeros_are_equal_and_the_first_is_told(self):
        term = ("-e", "i%2 ? 0.0 : -0.0", "--reduce", "min,max,argmin,argmax", "--format", "csv")
        self.assertEqual(run(*term, "5000").out.splitlines()[1], "1,0,5000,-0,-0,0,0")
        self.assertEqual(run(*term, "1:5000").out.splitlines()[1], "1,1,5000,0,0,1,1")

    def test_names_and_order(self):
        result = run("-e", "n=i", "-e", "i*2", "--reduce", "mean,sum,argmax", "--format", "csv", "3")
        self.assertEqual(result.out, "run,start,end,n_mean,n,n_argmax,mean,sum,argmax\n"
                                     "1,0,3,1,3,2,2,6,2\n")
        result = run("-e", "i", "-e", "i*2", "--reduce", "mean,count", "--format", "csv", "3")
        self.assertEqual(result.out.splitlines()[0], "run,start,end,mean1,count1,mean2,count2")

    def test_json_has_nothing_as_null(self):
        told = json.loads(run("--reduce", "mean,sd,argmin", "--format", "json", "5:5", "7:8").out)
        self.assertEqual([job["sums"] for job in told["jobs"]],
                         [{"mean": None, "sd": None, "argmin": None}, {"mean": "7", "sd": None, "argmin": "7"}])
        self.assertEqual(told["totals"], {"mean": "7", "sd": None, "argmin": "7", "argmin_run": "2"})

    def test_text(self):
        self.assert_prints("Run #1, min is: 0, mean is: 4.5\nRun #2, min is: -, mean is: -\n"
                           "Time took using omp is TIME min is 0, mean is 4.5\n",
                           "--reduce=min,mean", "10", "5:5")

    def test_the_whole_knows_the_run(self):
        told = json.loads(run("-e", "-(i%7)", "--reduce", "argmin,argmax", "--format", "json", "3", "9", "9").out)
        self.assertEqual(told["totals"], {"argmin": "6", "argmin_run": "2", "argmax": "0", "argmax_run": "1"})

    def test_threads_and_grains_give_the_same_bytes(self):
        term = ("-e", "a=sin(i*0.1)*exp2(i%60)", "-e", "b=i%11", "--reduce", ",".join(ALL), "--format", "csv")
        first = run(*term, "--serial", "--grain", "job", *ARGUMENTS)
        self.assertEqual(first.err, "")
        for threads in (1, 3):
            for grain in (1, 7, 2048, 2049):
                self.assertEqual(run(*term, f"-t{threads}", f"-g{grain}", *ARGUMENTS).out, first.out)

    def test_a_value_that_is_none_is_an_error(self):
        for term, what in (("1.0/(i-3000)", "infinite"), ("sqrt(2999.5-i)", "not a number")):
            self.assert_refuses(run("-e", term, "--reduce", "max", "5000"), what, "at i = 3000", status=1)

    def test_checks_find_the_place(self):
        self.assert_refuses(run("-e", "100/(i-2500)", "--reduce", "mean", "5000"), "at i = 2500", status=1)

    def test_what_can_t_be_asked_for(self):
        for arguments, fragments in (
                (("--reduce=median",), ("'median'", "none of sum")),
                (("--reduce=mean,mean",), ("mean", "twice")),
                (("--reduce=",), ("nothing is given",)),
                (("--reduce=mean,",), ("''", "none of sum")),
                (("--max-keys=5",), ("--by",)),
                (("--by=i", "--cumulative"), ("--by", "--cumulative")),
                (("--by=i", "--reduce=mean"), ("--term",)),
                (("--by=i*0.5",), ("the key is real", "int64_t")),
                (("--by=(__int128)i",), ("wider than 64 bits",)),
                (("--by=k=i",), ("no name",)),
                (("-e", "mean=i", "-e", "i", "--reduce=sum,mean"), ("two columns",)),
                (("-f", os.path.join(os.path.dirname(__file__), "..", "terms", "sieve.c"), "-DSUM=1",
                  "--reduce=mean"), ("block", "sums"))):
            with self.subTest(arguments=arguments):
                result = run(*arguments, "10")
                self.assertEqual((result.status, result.out), (2, ""), result.err)
                for fragment in fragments:
                    self.assertIn(fragment, result.err)

    def test_a_saved_term_does_what_it_was_saved_for(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "term.so")
            self.assertEqual(run("-e", "i*2", "--reduce=mean", "--save-term", path).err, "")
            self.assertEqual(run("-f", path, "--reduce=max,mean", "-ocsv", "5").out,
                             "run,start,end,max,mean\n1,0,5,8,4\n")
            self.assertEqual(run("-f", path, "-ocsv", "5").out, "run,start,end,sum\n1,0,5,20\n")
            self.assertEqual(run("-e", "i*2", "--by", "i%2", "--save-term", path).err, "")
            self.assertEqual(run("-f", path, "--reduce=max", "-ocsv", "5").out, "key,max\n0,8\n1,6\n")
            self.assertEqual(run("-f", path, "-ocsv", "5").out, "key,sum\n0,12\n1,8\n")
            self.assert_refuses(run("-f", path, "--cumulative", "5"), "--cumulative")
            self.assertEqual(run("-e", "i*2", "--save-term", path).err, "")
            self.assert_refuses(run("-f", path, "--reduce=max", "5"), "was saved for sums alone")


class Cumulative(Case):
    def test_a_job_has_all_before_it(self):
        mobius = "(i + 30)%3 - 1"
        result = run("-e", mobius, "--cumulative", "--reduce", ",".join(ALL), "-ocsv", *ARGUMENTS)
        self.assertEqual(result.err, "")
        so_far = []
        for row, terms in zip(rows(result), term_of(mobius, JOBS), strict=True):
            so_far += terms
            wanted = expected(so_far)
            for reduction in ALL:
                self.assertEqual(read(row[reduction], wanted.get(reduction)), wanted.get(reduction))

    def test_sums_of_reals_are_rounded_once(self):
        result = run("-e", "0.1", "--cumulative", "-ocsv", "1", "1", "1", "1000")
        self.assertEqual([float(row["sum"]) for row in rows(result)],
                         [nearest(n * Fraction(0.1)) for n in (1, 2, 3, 1003)])

    def test_the_built_in_term(self):
        result = run("--cumulative", "-ocsv", "10", "20", "5")
        self.assertEqual((result.status, result.err), (0, ""))
        self.assertEqual([row["sum"] for row in rows(result)], ["45", "235", "245"])


class By(Case):
    def table(self, key, term, ranges):
        kept = collections.defaultdict(list)
        for k, bounds in enumerate(ranges):
            for i in range(*bounds):
                kept[eval(key, {"i": i})].append((i, eval(term, {"i": i})))
        return kept

    def assert_table(self, result, kept, only):
        told = rows(result)
        self.assertEqual([int(row["key"]) for row in told], sorted(kept))
        for row in told:
            wanted = expected(kept[int(row["key"])])
            for reduction in only:
                self.assertEqual(read(row[reduction], wanted.get(reduction)), wanted.get(reduction))

    def test_the_count_is_told_if_nothing_is_asked(self):
        self.assertEqual(run("--by", "i%3", "-ocsv", "10", "5").out, "key,count\n0,6\n1,5\n2,4\n")

    def test_results_of_each_key(self):
        ranges = [(0, 3000), (50, 60)]
        for key, term in (("i*i % 7 - 3", "i*0.1"), ("i*1000003", "1e9 + i*0.25"), ("i >> 4", "i*i"),
                          ("-(i % 50)", "i*1e-200")):
            result = run("-e", term, "--by", key.replace("i*i % 7", "i*i%7"), "--reduce", ",".join(ALL),
                         "-ocsv", "0:3000", "50:60")
            self.assertEqual(result.err, "")
            self.assert_table(result, self.table(key, term, ranges), ALL)

    def test_keys_of_any_size(self):
        keys = [-2**63, 2**63 - 1, 0, 5, -1, 2**40]
        expression = "(int64_t[]){" + ",".join(f"(int64_t){key % 2**64}u" for key in keys) + "}[i%6]"
        self.assertEqual([int(row["key"]) for row in rows(run("--by", expression, "-ocsv", "60"))], sorted(keys))
        natural = rows(run("--by", "i%2 ? ~(uint64_t)0 : (uint64_t)i", "-ocsv", "4"))
        self.assertEqual([row["key"] for row in natural], ["0", "2", str(2**64 - 1)])

    def test_many_keys_come_in_order(self):
        result = run("--by", "i*7919%100003*100003", "-ocsv", "200000")
        told = rows(result)
        self.assertEqual([int(row["key"]) for row in told], [100003 * k for k in range(100003)])
        self.assertEqual(sum(int(row["count"]) for row in told), 200000)

    def test_too_many_are_an_error_with_the_remedy(self):
        self.assert_refuses(run("--by", "i", "--max-keys", "100", "1000"), "keys", "--max-keys", status=1)
        self.assertEqual(run("--by", "i%100", "--max-keys", "100", "-q", "1000").status, 0)

    def test_threads_grains_and_the_serial_run_give_the_same_bytes(self):
        term = ("-e", "sin(i*0.1)*exp2(i%60)", "--by", "i*7%13", "--reduce", ",".join(ALL), "-ocsv")
        first = run(*term, "--serial", "--grain", "job", "30000", "5:77")
        self.assertEqual(first.err, "")
        for threads in (1, 3):
            for grain in (7, 2049):
                self.assertEqual(run(*term, f"-t{threads}", f"-g{grain}", "30000", "5:77").out, first.out)
        self.assertEqual(run(*term[:-1], "--compare", "-q", "30000", "5:77").status, 0)

    def test_text_and_json(self):
        self.assert_prints("Key 0, sum is: 20\nKey 1, sum is: 25\nTime took using omp is TIME sum is 45\n",
                           "-e", "i", "--by", "i%2", "10")
        told = json.loads(run("-e", "i", "--by", "i%2", "--reduce", "max,argmax", "-ojson", "10").out)
        self.assertEqual(told["keys"], [{"key": "0", "sums": {"max": "8", "argmax": "8"}},
                                        {"key": "1", "sums": {"max": "9", "argmax": "9"}}])
        self.assertEqual(told["totals"], {"max": "9", "argmax": "9", "argmax_run": "1"})
        self.assertNotIn("jobs", told)

    def test_the_term_of_a_file_by_key(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "term.c")
            with open(path, "w", encoding="ascii") as file:
                file.write("int64_t term(int64_t i) { return i * i; }\n")
            self.assertEqual(run("-f", path, "--by", "i%2", "--reduce", "sum,max", "-ocsv", "5").out,
                             "key,sum,max\n0,20,16\n1,10,9\n")
            self.assertEqual(run("-f", path, "--by", "i%2", "-ocsv", "5").out, "key,count\n0,3\n1,2\n")

    def test_functions_of_a_file_make_keys(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "collatz.c")
            with open(path, "w", encoding="ascii") as file:
                file.write("static int length(int64_t n)\n{\n    int k = 0;\n"
                           "    for (; n != 1; k++)\n        n = n % 2 ? 3 * n + 1 : n / 2;\n    return k;\n}\n")
            told = rows(run("-f", path, "--by", "length(i)", "-ocsv", "1:1000"))
        lengths = collections.Counter()
        for n in range(1, 1000):
            k = 0
            while n != 1:
                n, k = (3 * n + 1 if n % 2 else n // 2), k + 1
            lengths[k] += 1
        self.assertEqual({int(row["key"]): int(row["count"]) for row in told}, dict(lengths))


class Journals(Case):
    def test_a_run_goes_on_to_the_same_bytes(self):
        for options in (("--reduce", ",".join(ALL)), ("--cumulative", "--reduce", "mean,sd,argmin"),
                        ("--by", "i%101", "--reduce", "sum,sd,max")):
            below = "1e7" if options[0] != "--by" else "5e5"
            with tempfile.TemporaryDirectory() as directory, self.subTest(options=options):
                term, journal = (os.path.join(directory, name) for name in ("term.so", "journal"))
                by = options[:2] if options[0] == "--by" else ()
                self.assertEqual(run("-e", "(i^i>>3)*0.5", *options, "--save-term", term).err, "")
                options = options[len(by):]  # a saved term knows its key
                arguments = ("-f", term, *options, "-ocsv", "-t1", "--random", "40", "--below", below)
                plain = run(*arguments)
                self.assertEqual(plain.status, 0, plain.err)
                stops, seconds = 0, 0.03
                while True:
                    result = run(*arguments, "--journal", journal, "--max-time", f"{seconds:.3f}")
                    if result.status == 0:
                        break
                    self.assertEqual(result.status, 75, result.err)
                    stops, seconds = stops + 1, 1.2 * seconds  # a busy machine gets there, too
                self.assertEqual(result.out, plain.out)
                self.assertGreater(stops, 0)
                self.assertEqual(run(*arguments, "--journal", journal).out, plain.out)
                other = run("-f", term, "--reduce", "count,mean", *arguments[-6:], "--journal", journal)
                self.assertEqual(other.status, 2, other.err)


if __name__ == "__main__":
    unittest.main()
