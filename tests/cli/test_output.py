"""What parsum prints: text, CSV and JSON, to the byte."""
import json
import os
import signal
import subprocess
import tempfile
import unittest

from program import PARSUM, Case, environment, run

TEN = [95133313, 24732803, 27455969, 78731492, 5579701, 2335927, 7301247, 89524956, 79891856,
       43206490]
INT64_MAX = 2**63 - 1
INT64_MIN = -(2**63)


def arithmetic(start, end):
    return (end - start) * (start + end - 1) // 2 if end > start else 0


class Text(Case):
    def test_prints_a_line_a_job_and_the_total(self):
        self.assert_prints("Run #1, sum is: 45\n"
                           "Run #2, sum is: 190\n"
                           "Time took using omp is TIME sum is 235\n", 10, 20)

    def test_says_for_where_it_ran_serial(self):
        self.assert_prints("Run #1, sum is: 45\n"
                           "Time took using for is TIME sum is 45\n", "--serial", 10)

    def test_quiet_prints_the_total_alone(self):
        self.assert_prints("Time took using omp is TIME sum is 235\n", "--quiet", 10, 20)

    def test_compare_prints_both_times_and_the_speedup(self):
        self.assert_prints("Run #1, sum is: 45\n"
                           "Run #2, sum is: 190\n"
                           "Time took using for is TIME sum is 235\n"
                           "Time took using omp is TIME sum is 235\n"
                           "Speedup RATIOx on 1 threads\n", "--compare", 10, 20,
                           OMP_NUM_THREADS="1")

    def test_compare_goes_through_jobs_from_a_pipe_twice(self):
        self.assert_prints("Run #1, sum is: 45\n"
                           "Run #2, sum is: 190\n"
                           "Time took using for is TIME sum is 235\n"
                           "Time took using omp is TIME sum is 235\n"
                           "Speedup RATIOx on 1 threads\n", "--compare", "-i", "-",
                           stdin=b"10\n20", OMP_NUM_THREADS="1")

    def test_the_ten_jobs_of_reference_give_the_published_sums(self):
        lines = [f"Run #{k}, sum is: {arithmetic(0, end)}\n" for k, end in enumerate(TEN, 1)]
        self.assert_prints("".join(lines) +
                           "Time took using omp is TIME sum is 16484330702487280\n", *TEN)


class Numbers(Case):
    def assert_sum(self, expected, *arguments, **options):
        self.assert_prints(f"Time took using omp is TIME sum is {expected}\n", "-q", *arguments,
                           **options)

    def test_a_job_is_half_open(self):
        self.assert_sum(5 + 6, "5:7")

    def test_a_job_that_ends_where_it_starts_is_empty(self):
        self.assert_prints("Run #1, sum is: 0\n"
                           "Run #2, sum is: 0\n"
                           "Run #3, sum is: 0\n"
                           "Time took using omp is TIME sum is 0\n", "7:7", "5:5", "0")

    def test_negative_bounds_come_after_two_dashes(self):
        self.assert_sum(-5, "--", "-5:5")
        self.assert_sum(-15, "--start=-5", "--", "0")
        self.assert_sum(-5 - 4, "--", "-5:-3")

    def test_reads_exponents_underscores_and_signs(self):
        self.assert_sum(arithmetic(0, 1000), "1e3")
        self.assert_sum(arithmetic(0, 1500), "1.5e3")
        self.assert_sum(arithmetic(0, 1234567), "1_234_567")
        self.assert_sum(arithmetic(0, 10), "+10")

    def test_zeros_do_not_make_a_number_too_large(self):
        for text in ("25000000.0000000000000", "2.500000000000000000000e+07",
                     "2_500_000_000_000_000_000_000_000_000_000e-23", "0" * 50 + "25e6",
                     "25" + "0" * 1000 + "e-994", "0." + "0" * 100 + "25e108"):
            self.assert_sum(arithmetic(0, 25000000), text)
            self.assert_sum(arithmetic(0, 25000000), "-i-", stdin=f"{text}\n".encode())
            self.assert_sum(arithmetic(-25000000, -24999999), "--", f"-{text}:-24999999")
        self.assert_sum(0, "0.000e99")
        self.assert_sum(3, "--threads=2.000000000000000000000000000", "--start=0.00000000000e77",
                        "--grain=1" + "0" * 300 + "e-300", 3)

    def test_start_is_where_jobs_begin_that_have_an_end_alone(self):
        self.assert_sum(arithmetic(5, 10) + 3, "--start", 5, "10", "3:4")

    def test_is_exact_at_both_ends_of_the_64_bits(self):
        for start, end in ((INT64_MAX - 1000, INT64_MAX), (INT64_MIN, INT64_MIN + 1000)):
            self.assert_sum(arithmetic(start, end), "--", f"{start}:{end}")

    def test_a_total_may_be_larger_than_64_bits(self):
        start = INT64_MAX - 100_000
        total = 3 * arithmetic(start, INT64_MAX)
        self.assertGreater(total, 2**64)
        self.assert_sum(total, *[f"{start}:{INT64_MAX}"] * 3)


class Csv(Case):
    def test_is_a_row_a_job_and_nothing_else(self):
        self.assert_prints("run,start,end,sum\n"
                           "1,0,10,45\n"
                           "2,-3,2,-5\n"
                           "3,4,4,0\n", "--format=csv", "--", 10, "-3:2", "4:4")


class Json(Case):
    def document(self, *arguments, **options):
        result = run("-o", "json", *arguments, **options)
        self.assertEqual(result.status, 0)
        return json.loads(result.out)

    def test_is_one_document_with_the_jobs_and_the_total(self):
        document = self.document("-t1", "10", "5:7")
        self.assertEqual(document["jobs"], [{"run": 1, "start": "0", "end": "10", "sum": "45"},
                                            {"run": 2, "start": "5", "end": "7", "sum": "11"}])
        self.assertEqual(document["total"], "56")
        self.assertEqual(document["terms"], "12")
        self.assertEqual(document["threads"], 1)
        self.assertEqual(document["mode"], "omp")
        self.assertGreater(document["seconds"], 0)
        self.assertAlmostEqual(document["terms_per_second"] * document["seconds"], 12, 2)
        for key in ("version", "host", "cpu"):
            self.assertIsInstance(document[key], str)
        self.assertNotIn("seed", document)

    def test_serial_is_in_the_mode(self):
        document = self.document("--serial", 10)
        self.assertEqual((document["mode"], document["threads"]), ("for", 1))

    def test_sums_are_strings_since_they_pass_2_to_the_53(self):
        document = self.document(10**9)
        self.assertEqual(document["jobs"][0]["sum"], str(arithmetic(0, 10**9)))
        self.assertEqual(document["total"], str(arithmetic(0, 10**9)))

    def test_integers_survive_a_reader_of_doubles(self):
        start, end = 2**53 + 1, 2**53 + 3
        text = run("-o", "json", "--", f"{start}:{end}").out
        document = json.loads(text, parse_int=float)
        self.assertEqual([document["jobs"][0][key] for key in ("start", "end", "sum")],
                         [str(start), str(end), str(2 * start + 1)])
        self.assertEqual(document["terms"], "2")
        document = self.document("-q", "--random=1", "--below=1", f"--seed={start}")
        self.assertEqual(document["seed"], str(start))

    def test_holds_the_seed_of_random_jobs(self):
        self.assertEqual(self.document("--random=3", "--below=10", "--seed=-7")["seed"], "-7")

    def test_no_jobs_are_an_empty_list(self):
        document = self.document("-i", "-")
        self.assertEqual((document["jobs"], document["total"], document["terms"]), ([], "0", "0"))

    def assert_fails(self, status, jobs, key, text, *arguments, **options):
        """The document holds so many jobs and what standard error says, with and without --quiet."""
        for quiet in ([], ["-q"]):
            result = run("-o", "json", *quiet, *arguments, **options)
            self.assertEqual(result.status, status)
            document = json.loads(result.out)
            self.assertIn(text, document[key])
            self.assertIn(f"parsum: {document[key]}\n", result.err)
            self.assertNotIn("total", document)
            self.assertIn("version", document)
            self.assertEqual(len(document.get("jobs", ())), 0 if quiet else jobs)

    def test_says_what_went_wrong(self):
        self.assert_fails(2, 2, "error", "standard input:3: 'x' is not an integer", "-i-",
                          stdin=b"10\n20\nx\n")
        self.assert_fails(2, 1, "error", "standard input:2: '\\x01\"' is", "-i-", stdin=b'10\n\1"\n')
        self.assert_fails(2, 1, "error", "standard input:2: '\\ufeff1' is", "-i-",
                          stdin=b"10\n\xef\xbb\xbf1\n")
        self.assert_fails(2, 1, "error", "more than 2^63-1 terms", "-i-",
                          stdin=b"10\n-1 9223372036854775807\n")
        self.assert_fails(1, 2, "error", "job 3 [0, 20): the term divides an integer by zero",
                          "-e", "1/(i-7)", 5, 6, 20)
        self.assert_fails(1, 1, "error", "its sum is too large", "-e",
                          "i ? ~(unsigned __int128)0 : 0", 1, 3)

    def test_says_that_the_term_has_crashed(self):
        for end, status in (("__builtin_trap()", -signal.SIGILL), ("exit(0)", 1)):
            term = ["-e", f"i == 70 ? ({end}, 0) : i"]
            self.assert_fails(status, 0, "error", "job 1: the term ", *term, 99)
            document = self.document_after(status, lambda process: process.stdin.write(b"99\n"),
                                           *term)
            self.assertIn("job 2: the term ", document["error"])

    def test_says_why_it_was_stopped(self):
        self.assert_fails(75, 1, "stopped", "--max-time is over", "--max-time", "0.2", 10, "1e17")

    def document_after(self, status, act, *arguments):
        """The document of a process that has reported one job, and of which `act` then makes an end."""
        with subprocess.Popen([PARSUM, "-ojson", "-i-", *arguments], stdin=subprocess.PIPE, bufsize=0,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              env=environment()) as process:
            process.stdin.write(b"10\n")
            begun = b""
            while b"45" not in begun:
                begun += os.read(process.stdout.fileno(), 4096)
            act(process)
            document = json.loads(begun + process.stdout.read())
        self.assertEqual(process.returncode, status)
        self.assertEqual(document["jobs"], [{"run": 1, "start": "0", "end": "10", "sum": "45"}])
        self.assertEqual(run("--version").out.split()[1], document["version"])
        return document

    def test_says_that_a_signal_stopped_it(self):
        document = self.document_after(-signal.SIGTERM, lambda process: process.terminate())
        self.assertIn("stopped by SIGTERM", document["stopped"])

    def test_says_that_the_journal_cannot_be_written(self):
        with tempfile.TemporaryDirectory() as directory:
            script = 'ulimit -f 8; exec "$@"'
            done = subprocess.run(
                ["/bin/sh", "-c", script, "sh", PARSUM, "-ojson", "--journal",
                 os.path.join(directory, "journal"), "-i-"], input=b"1\n" * 100_000,
                capture_output=True, env=environment(), check=False)
        self.assertEqual(done.returncode, 1)
        document = json.loads(done.stdout)
        self.assertIn("journal", document["error"])
        self.assertIn(document["error"].encode(), done.stderr)

    def test_is_valid_for_every_set_of_options(self):
        for options in (["-q"], ["--compare"], ["--compare", "-q"], ["--stats"]):
            self.assertEqual(self.document(*options, 10, 20)["total"], "235")


class Files(Case):
    LINES = (b"10\n"
             b"5 7\n"
             b"5,7\n"
             b"\n"
             b"   \t\n"
             b"# a comment\n"
             b" 1 , 3 \r\n"
             b"4 # four\n"
             b"1e1")
    CSV = "run,start,end,sum\n1,0,10,45\n2,5,7,11\n3,5,7,11\n4,1,3,3\n5,0,4,6\n6,0,10,45\n"

    def test_reads_jobs_from_standard_input(self):
        self.assert_prints(self.CSV, "-o", "csv", "--input", "-", stdin=self.LINES)

    def test_reads_jobs_from_a_file(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.LINES)
            file.flush()
            self.assert_prints(self.CSV, "-ocsv", "-i", file.name)

    def test_start_holds_for_lines_with_an_end_alone(self):
        self.assert_prints("run,start,end,sum\n1,8,10,17\n2,5,7,11\n", "-ocsv", "-i-", "--start=8",
                           stdin=b"10\n5 7\n")

    def test_an_empty_file_has_the_sum_0(self):
        self.assert_prints("Time took using omp is TIME sum is 0\n", "-i", os.devnull)


def splitmix64(state):
    """The next number and state of Vigna's splitmix64, from its published description."""
    mask = 2**64 - 1
    state = (state + 0x9E3779B97F4A7C15) & mask
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31), state


def random_ends(count, below, seed):
    state, ends = seed % 2**64, []
    while len(ends) < count:
        number, state = splitmix64(state)
        if number >= 2**64 % below:
            ends.append(number % below)
    return ends


class Random(Case):
    def ends(self, *arguments):
        result = run("-o", "csv", *arguments)
        self.assertEqual(result.status, 0)
        return [int(line.split(",")[2]) for line in result.out.splitlines()[1:]]

    def test_the_same_seed_gives_the_same_jobs_on_every_machine(self):
        for count, below, seed in ((10, 1000, 1), (5, 7, -1), (5, 10**6, INT64_MAX)):
            ends = self.ends("--random", count, "--below", below, "--seed", seed)
            self.assertEqual(ends, random_ends(count, below, seed))

    def test_ends_may_need_all_63_bits(self):
        below = 3 * 2**61  # a quarter of the 64-bit numbers is drawn again
        expected = random_ends(20, below, 5)
        ends = self.ends("--random", 20, "--below", below, "--seed", 5, "--start", below)
        self.assertEqual(ends, expected)

    def test_ends_fill_their_range_and_never_reach_its_end(self):
        self.assertEqual(set(self.ends("--random", 2000, "--below", 10)), set(range(10)))

    def test_without_jobs_ten_random_ones_run_and_the_seed_is_told(self):
        result = run(OMP_NUM_THREADS="1")
        self.assertEqual(result.status, 0)
        self.assertEqual(result.err, "parsum: 10 random jobs below 100000000, seed 1\n")
        sums = [arithmetic(0, end) for end in random_ends(10, 10**8, 1)]
        lines = [f"Run #{k}, sum is: {one}\n" for k, one in enumerate(sums, 1)]
        self.assertEqual(result.timeless, "".join(lines) +
                         f"Time took using omp is TIME sum is {sum(sums)}\n")


class Options(Case):
    def test_short_options_bundle(self):
        self.assert_prints("Time took using for is TIME sum is 45\n", "-sqg3", 10)

    def test_a_long_option_takes_its_value_with_or_without_an_equals_sign(self):
        for arguments in (["--threads=1", "--grain=3"], ["--threads", "1", "--grain", "3"]):
            self.assert_prints("Time took using omp is TIME sum is 45\n", *arguments, "-q", 10)

    def test_openmp_decides_on_the_threads_where_no_option_does(self):
        result = run("-ojson", 10, OMP_NUM_THREADS="3")
        self.assertEqual(json.loads(result.out)["threads"], 3)

    def test_openmp_may_allow_fewer_threads(self):
        result = run("-ojson", "-t", 8, 10, OMP_THREAD_LIMIT="1")
        self.assertEqual(json.loads(result.out)["threads"], 1)
        self.assertIn("OMP_THREAD_LIMIT allows 1 thread, not 8", result.err)

    def test_warns_of_more_threads_than_cpus(self):
        cpus = len(os.sched_getaffinity(0))
        result = run("-q", "-t", cpus + 1, 10)
        self.assertEqual(result.status, 0)
        self.assertRegex(result.err, rf"\Aparsum: {cpus + 1} threads share \d+ CPUs?[^\n]*\n\Z")

    def test_full_help_names_every_option(self):
        result = run("--help=all")
        self.assertEqual((result.status, result.err), (0, ""))
        for option in ("-i, --input", "--random", "--below", "--seed", "--start", "-t, --threads",
                       "-s, --serial", "-g, --grain", "--compare", "-q, --quiet", "-o, --format",
                       "--progress", "--no-progress", "-h, --help", "-V, --version"):
            self.assertIn(option, result.out)

    def test_version_tells_compiler_flags_openmp_and_vectors(self):
        result = run("-V")
        self.assertEqual((result.status, result.err), (0, ""))
        self.assertRegex(result.out, r"\Aparsum \d+\.\d+\.\d+\n")
        for word in ("compiler ", "flags ", "OpenMP ", " bits"):
            self.assertIn(word, result.out)


if __name__ == "__main__":
    unittest.main()
