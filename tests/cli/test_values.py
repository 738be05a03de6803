"""Terms with several values, lets, columns of the jobs, and blocks."""
import fractions
import json
import math
import os
import shutil
import tempfile
import unittest

from program import Case, run

HERE = os.path.dirname(os.path.abspath(__file__))
SIEVE = os.path.join(HERE, "..", "terms", "sieve.c")
COMPILERS = [name for name in ("gcc", "clang", "clang-19") if shutil.which(name)]


def rows(result):
    """The rows of CSV, as dictionaries."""
    header, *lines = result.out.splitlines()
    return [dict(zip(header.split(","), line.split(","))) for line in lines]


class Values(Case):
    def test_each_comes_out_by_its_name(self):
        result = run("-e", "n=i%2==0", "-e", "total = i%2 ? 0 : i", "7", "5", "--format", "csv")
        self.assertEqual(result.out, "run,start,end,n,total\n1,0,7,4,12\n2,0,5,3,6\n")
        text = run("-e", "n=i%2==0", "-e", "total = i%2 ? 0 : i", "7", "5")
        self.assertRegex(text.out, r"\ARun #1, n is: 4, total is: 12\nRun #2, n is: 3, total is: 6\n"
                                   r"Time took using omp is \S+ n is 7, total is 18\n\Z")

    def test_json_has_them_by_name_and_one_alone_as_ever(self):
        two = json.loads(run("-e", "n=1", "-e", "i", "10", "--format", "json").out)
        self.assertEqual(two["jobs"][0]["sums"], {"n": "10", "sum": "45"})
        self.assertEqual(two["totals"], {"n": "10", "sum": "45"})
        one = json.loads(run("-e", "n=1", "10", "--format", "json").out)
        self.assertEqual((one["jobs"][0]["sum"], one["total"]), ("10", "10"))

    def test_those_without_a_name_are_numbered_if_there_are_several(self):
        result = run("-e", "i", "-e", "n=1", "-e", "i*i", "10", "--format", "csv")
        self.assertEqual(result.out, "run,start,end,sum1,n,sum2\n1,0,10,45,10,285\n")
        result = run("-e", "i", "-e", "n=1", "10", "--format", "csv")
        self.assertEqual(result.out, "run,start,end,sum,n\n1,0,10,45,10\n")

    def test_an_equality_is_no_name(self):
        self.assertEqual(run("-e", "i==3", "10", "--format", "csv").out, "run,start,end,sum\n1,0,10,1\n")
        self.assertEqual(run("-e", "i ==3", "10", "--format", "csv").out, "run,start,end,sum\n1,0,10,1\n")

    def test_each_is_exact_in_its_own_type(self):
        for compiler in COMPILERS:
            result = run("-e", "a=(__int128)i<<70", "-e", "b=1.0/(i+1)", "-e", "c=(float)i/3",
                         "-e", "d=~0ull", "-e", "e=(char)i", "-e", "f=i%3==0", "-e",
                         "g=(unsigned __int128)1<<110", "100:1200", "--format", "csv",
                         PARSUM_CC=compiler)
            self.assertEqual(result.err, "")
            row = rows(result)[0]
            terms = range(100, 1200)
            self.assertEqual(int(row["a"]), sum(terms) << 70)
            self.assertEqual(float(row["b"]), math.fsum(1.0 / (i + 1) for i in terms))
            self.assertEqual(int(row["d"]), 1100 * (2**64 - 1))
            self.assertEqual(int(row["e"]), sum((i + 128) % 256 - 128 for i in terms))
            self.assertEqual(int(row["f"]), sum(i % 3 == 0 for i in terms))
            self.assertEqual(int(row["g"]), 1100 << 110)

    def test_wild_reals_are_added_exactly(self):
        scale = "i%3==0 ? 1e300 : i%3==1 ? -1e300 : 1e-300"
        row = rows(run("-e", "wild=" + scale, "-e", "n=1", "3001", "--format", "csv"))[0]
        exact = sum(fractions.Fraction((1e300, -1e300, 1e-300)[i % 3]) for i in range(3001))
        self.assertEqual(float(row["wild"]), float(exact))

    def test_threads_grains_and_ranges_give_the_same_bytes(self):
        term = ("-e", "a=sin(i*0.1)*exp2(i%60)", "-e", "b=i*i", "-e", "c=x*x", "--let", "x=1.0/(i+7)")
        jobs = ("--", "0", "5000", "17:40", "100:100", "-5:3000", "1")
        first = run(*term, "--serial", "--format", "csv", "--grain", "job", *jobs)
        self.assertEqual(first.err, "")
        for threads in (1, 2, 5):
            for grain in (1, 7, 513, 100000):
                other = run(*term, f"-t{threads}", f"-g{grain}", "--format", "csv", *jobs)
                self.assertEqual(other.out, first.out)

    def test_sixty_four_and_no_more(self):
        values = [part for k in range(64) for part in ("-e", f"v{k}=i*{k}")]
        row = rows(run(*values, "100", "--format", "csv"))[0]
        self.assertEqual([int(row[f"v{k}"]) for k in range(64)], [4950 * k for k in range(64)])
        self.assert_refuses(run(*values, "-e", "i", "100"), "--term: more than 64")

    def test_the_first_trouble_of_any_is_told(self):
        self.assert_refuses(run("-e", "a=i", "-e", "b=1.0/(i-3)", "10"),
                            "job 1 [0, 10): the term is infinite at i = 3", status=1)
        self.assert_refuses(run("-e", "a=1.0/(i-700)", "-e", "b=0.0/(i-650)", "1000"),
                            "not a number (NaN) at i = 650", status=1)
        self.assert_refuses(run("-e", "a=1.0", "-e", "b=i*i*i*i*i*i*i", "1000"),
                            "a signed integer overflows in the term at i = 512", status=1)
        self.assert_refuses(run("-e", "a=i", "-e", "b=100/(i-600)", "1000"),
                            "divides an integer by zero (SIGFPE) at i = 600", status=1)

    def test_names_are_good_and_distinct(self):
        for arguments, fragment in (
                (("-e", "sum=i"), "'sum' is a name of parsum's"),
                (("-e", "run=i"), "'run' is a name of parsum's"),
                (("-e", "i=3"), "'i' is taken"),
                (("-e", "for=3"), "'for' is taken"),
                (("-e", "a=1", "-e", "a=2"), "'a' is given twice"),
                (("-e", "a=1", "--let", "a=2"), "'a' is given twice"),
                (("-e", "a=1", "-D", "a=2"), "'a' is given twice"),
                (("-e", "sum2=1", "-e", "i", "-e", "i"), "'sum2' is a name of parsum's"),
                (("-e", "i", "--let", "i"), "has no name"),
                (("-e", "i", "--let", "run=1"), "'run' is a name of parsum's"),
                (("-e", "i", "--let", "x="), "the expression is empty"),
                (("-e", "n=",), "the expression is empty")):
            self.assert_refuses(run(*arguments, "10"), fragment)

    def test_no_column_has_the_name_of_a_value(self):
        self.assert_refuses(run("-e", "i", "-e", "i*i", "10,sum2=1"), "sum2 is a column of the jobs")
        self.assert_refuses(run("-e", "a=i", "10,a=1"), "'a' is a column of the jobs")
        self.assertEqual(run("-e", "i", "10,sum2=1", "--format", "csv").err, "")

    def test_the_expression_at_fault_is_shown(self):
        result = run("-e", "a=i", "-e", "b = 2*nosuch", "10")
        self.assertRegex(result.err, r"\Aparsum: --term b: .*nosuch.*\n     2\*nosuch\n +\^\n\Z")
        result = run("-e", "i", "--let", "x=2*nosuch", "10")
        self.assertRegex(result.err, r"\Aparsum: --let x: .*nosuch.*\n    2\*nosuch\n +\^\n\Z")

    def test_a_type_that_cannot_be_added_is_refused_by_its_number(self):
        self.assert_refuses(run("-e", "a=i", "-e", "b=1.0L", "10"), "value 2 of the term", "long double")
        self.assert_refuses(run("-e", "a=i", "-e", "b=(void)i", "10"), "value 2 of the term")


    def test_bool_is_a_type_of_expressions(self):
        self.assertEqual(rows(run("-e", "(bool)(i%5)", "100", "--format", "csv"))[0]["sum"], "80")


class Lets(Case):
    def test_they_see_those_before_them_and_have_c_types(self):
        result = run("--let", "x=i*2", "--let", "y=x+0.5", "-e", "a=x", "-e", "b=y", "10", "--format", "csv")
        self.assertEqual(result.out, "run,start,end,a,b\n1,0,10,90,95\n")
        self.assertIn("undeclared", run("--let", "x=y", "--let", "y=1", "-e", "x", "10").err)

    def test_they_may_hide_what_c_has_by_that_name(self):
        self.assertEqual(run("--let", "gamma=i", "-e", "gamma", "10", "--format", "csv").out,
                         "run,start,end,sum\n1,0,10,45\n")


class Columns(Case):
    def test_terms_see_them_and_the_run_number(self):
        result = run("-e", "x=a*i+n", "-e", "r=run", "10,a=0.5,n=2", "20,a=1.5,n=3", "--format", "csv")
        self.assertEqual(result.out, "run,start,end,a,n,x,r\n1,0,10,0.5,2,42.5,10\n2,0,20,1.5,3,345,40\n")

    def test_integers_are_integers_and_reals_reals(self):
        result = run("-e", "i/n", "-e", "i/a", "10,n=2,a=2.0", "--format", "csv")
        self.assertEqual(result.out, "run,start,end,n,a,sum1,sum2\n1,0,10,2,2.0,20,22.5\n")

    def test_the_range_of_an_integer_takes_part_in_proofs(self):
        proved = run("-e", "i*n", "1000,n=5", "1000,n=7", "--stats")
        self.assertIn("kernel proved", proved.out)
        wide = run("-e", "i*n", "1000,n=9223372036854775807", "--stats")
        self.assert_refuses(wide, "a signed integer overflows in the term at i = 2", status=1)

    def test_a_name_of_the_c_library_may_be_a_column(self):
        result = run("-e", "gamma*i", "10,gamma=2", "--format", "csv")
        self.assertEqual(result.out, "run,start,end,gamma,sum\n1,0,10,2,90\n")

    def test_functions_of_a_file_get_them_as_arguments(self):
        with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
            file.write("double f(int64_t i, double a) { return a * i; }\n")
            file.flush()
            result = run("-f", file.name, "-e", "f(i, a)", "10,a=0.5", "--format", "csv")
        self.assertEqual(result.out, "run,start,end,a,sum\n1,0,10,0.5,22.5\n")

    def test_a_saved_term_knows_its_columns(self):
        with tempfile.TemporaryDirectory() as directory:
            saved = os.path.join(directory, "t.so")
            self.assertEqual(run("-e", "s=a*i+n", "--save-term", saved, "10,a=0.5,n=2").status, 0)
            # in another order, with another column between
            result = run("-f", saved, "10,n=2,b=7,a=0.5", "--format", "csv")
            self.assertEqual(result.out, "run,start,end,n,b,a,s\n1,0,10,2,7,0.5,42.5\n")
            self.assert_refuses(run("-f", saved, "10,n=2"), "column a:real")
            self.assert_refuses(run("-f", saved, "10,n=2,a=1"), "column a:real")

    def test_a_journal_goes_on_with_columns_and_values(self):
        with tempfile.TemporaryDirectory() as directory:
            command = ("-e", "x=a*i", "-e", "n=1", "1000,a=0.1", "2000,a=0.2", "--format", "csv",
                       "--journal", os.path.join(directory, "j"))
            first, again = run(*command), run(*command)
            self.assertEqual((first.err, again.err), ("", ""))
            self.assertEqual(first.out, again.out)
            changed = [word.replace("a=0.2", "a=0.3") for word in command]
            self.assertEqual(run(*changed).status, 2)

    def test_a_bad_name_reaches_no_compiler(self):
        self.assert_refuses(run("-e", "i", '10,a"b=1'), 'is not a name')


class Blocks(Case):
    def test_a_sieve_counts_primes(self):
        result = run("-f", SIEVE, "2", "3", "100", "10:20", "1000000", "1000000:1000100", "--format", "csv")
        self.assertEqual([row["sum"] for row in rows(result)], ["0", "1", "25", "4", "78498", "6"])

    def test_with_a_constant_it_adds_them_up(self):
        self.assert_prints_sum("277050", "-f", SIEVE, "-D", "SUM=1", "2000")
        self.assert_prints_sum("37550402023", "-f", SIEVE, "-D", "SUM=1", "1000000")

    def assert_prints_sum(self, expected, *arguments):
        self.assertEqual([row["sum"] for row in rows(run(*arguments, "--format", "csv"))], [expected])

    def test_any_cut_gives_the_same(self):
        for grain in (1000, 4096, 99991, "job"):
            result = run("-f", SIEVE, "300000", "5:70000", "--grain", grain, "--format", "csv")
            self.assertEqual([row["sum"] for row in rows(result)], ["25997", "6933"])

    def test_one_that_is_not_additive_is_found_by_compare(self):
        with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
            file.write("int64_t block(int64_t start, int64_t end) { return (end - start) * (end - start); }\n")
            file.flush()
            result = run("-f", file.name, "--compare", "-t", "3", "5000000")
        self.assertEqual(result.status, 3)
        self.assertIn("give different sums", result.err)

    def test_wide_blocks_and_words_in_comments(self):
        with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
            file.write("/* term(i) is not here */\n// term(i)\nstatic const char *s = \"term(\";\n"
                       "__int128 block(int64_t start, int64_t end)\n"
                       "{ (void)s; return ((__int128)end << 70) - ((__int128)start << 70); }\n")
            file.flush()
            result = run("-f", file.name, "5", "7:9", "--format", "csv")
        self.assertEqual([int(row["sum"]) for row in rows(result)], [5 << 70, 2 << 70])

    def test_a_real_block_is_refused(self):
        with tempfile.NamedTemporaryFile("w", suffix=".c") as file:
            file.write("double block(int64_t start, int64_t end) { return end - start; }\n")
            file.flush()
            self.assert_refuses(run("-f", file.name, "10"), "block", "integer")


if __name__ == "__main__":
    unittest.main()
