"""parsum under mpirun: the same output as without, one message for an error, and never a hang."""
import collections
import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import unittest

from program import PARSUM, Case, Result, environment, run

MPIRUN = os.environ.get("PARSUM_MPIRUN", "mpirun").split()
SECONDS = 60  # no run takes longer, a hang does

# As root Open MPI wants to be told twice. It has leaks of its own, and parsum stacks for signals.
CHANGES = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
           "ASAN_OPTIONS": "detect_leaks=0:use_sigaltstack=0"}
ENVIRONMENT = environment(**CHANGES)


def start(ranks, *arguments, program=(PARSUM, "--mpi"), **options):
    return subprocess.Popen([*MPIRUN, "-n", str(ranks), *program, *map(str, arguments)],
                            env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            **options)


def finish(process, stdin=None):
    try:
        out, err = process.communicate(stdin, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return Result(process.returncode, out, err)


def mpirun(ranks, *arguments, stdin=b"", **options):
    return finish(start(ranks, *arguments, stdin=subprocess.PIPE, **options), stdin)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


class SameOutput(Case):
    def assert_same(self, *arguments, ranks=(1, 2, 3), stdin=b""):
        alone = run(*arguments, stdin=stdin)
        self.assertEqual(alone.status, 0, alone.err)
        for count in ranks:
            shared = mpirun(count, *arguments, stdin=stdin)
            self.assertEqual((shared.status, shared.timeless), (0, alone.timeless), shared.err)

    def assert_goes_on(self, journal, *arguments):
        """Two ranks that are stopped again and again print in the end what one process does."""
        for k in range(100):  # longer each time, so a busy machine gets there, too
            shared = mpirun(2, *arguments, "--journal", journal, "--max-time", f"{0.4 * 1.1**k:.2f}")
            if shared.status == 0:
                break
            self.assertEqual(shared.status, 75, shared.err)
        self.assertEqual(shared.out, run(*arguments).out)

    def test_for_results(self):
        term = ("-e", "sin(i*0.1)*exp2(i%60)", "--reduce", "sum,count,sd,argmin,max", "-ocsv")
        jobs = ("3e5", "0", "10:77", "1e4", "5")
        self.assert_same(*term, *jobs)
        self.assert_same(*term, "--cumulative", *jobs)
        self.assert_same(*term, "--by", "i%1009", *jobs)

    def test_for_a_table_that_is_stopped_and_goes_on(self):
        with tempfile.TemporaryDirectory() as directory:
            saved, journal = os.path.join(directory, "term.so"), os.path.join(directory, "journal")
            self.assertEqual(run("-e", "i * i", "--by", "i*i%101", "--save-term", saved).err, "")
            arguments = ("-f", saved, "-ocsv", "3e8", "7", "2e8")
            self.assert_goes_on(journal, *arguments)

    def test_for_lists(self):
        for condition in ("i%100003 == 7 ? i : 0", "i%2", "sin(i) > 0.999 ? sin(i) : 0"):
            self.assert_same("-t1", "-ocsv", "--list", condition, "1e6", "0", "10:77", "3e5", "5")
            self.assert_same("-t1", "-ocsv", "--list", condition, "--first=100", "0", "7:77", "1e15")

    def test_for_a_list_with_a_fault(self):
        arguments = ("-ocsv", "-t1", "--list", "i == 777777 ? 1/(i-777777) : i%1000 == 0", "5", "9e7")
        alone, shared = run(*arguments), mpirun(2, *arguments)
        self.assertEqual((shared.status, shared.out), (alone.status, alone.out))
        self.assertEqual(len(alone.out.splitlines()), 2 + 778)

    def test_for_a_list_that_is_stopped_and_goes_on(self):
        with tempfile.TemporaryDirectory() as directory:
            saved, journal = os.path.join(directory, "list.so"), os.path.join(directory, "journal")
            self.assertEqual(run("--list", "i%10007 == 3 ? i : 0", "--save-term", saved).err, "")
            arguments = ("-f", saved, "-ocsv", "-t1", "3e8", "7", "2e8")
            self.assert_goes_on(journal, *arguments)

    def test_for_random_numbers_of_any_seed(self):
        self.assert_same("-ocsv", "-t1", "-e", "u=uniform(i,run)", "-e", "n=normal(i,0)", "--seed=-7",
                         "1e5", "3e5", "10")

    def test_for_uneven_jobs_in_every_format(self):
        for form in ("text", "csv"):
            self.assert_same("-o", form, "-t1", "4e8", "0", "10:20", "3e7", "5:5", "1")

    def test_for_more_tiny_jobs_than_are_held_at_once(self):
        draw = random.Random(3)
        lines = "".join(f"{draw.randrange(300)}\n" for _ in range(150_000)).encode()
        self.assert_same("-i-", "-t2", stdin=lines)

    def test_for_whole_jobs_and_given_grains(self):
        for grain in ("job", "1000"):
            self.assert_same("-t1", "-g", grain, "--random=500", "--below=1e6", ranks=(3,))

    def test_for_terms_that_rank_0_compiles(self):
        self.assert_same("-t1", "-e", "1.0/(i+1)", "1e7", "5", "3e6", ranks=(3,))
        self.assert_same("-t1", "-e", "(__int128)i*i*i*i", "1e6", "5", ranks=(3,))

    def test_for_a_saved_term_that_only_rank_0_can_read(self):
        with tempfile.TemporaryDirectory() as directory:
            file = os.path.join(directory, "term.so")
            self.assertEqual(mpirun(2, "-e", "i*i", "--save-term", file).status, 0)
            self.assert_same("--term-file", file, "-t1", "1e6", "100", ranks=(2,))

    def test_for_a_comparison(self):
        result = mpirun(2, "--compare", "-t1", "1e7", "5")
        self.assertEqual(result.status, 0, result.err)
        self.assertIn("on 2 threads", result.out)

    def test_without_mpirun(self):
        alone = run("--mpi", "10", "20", **CHANGES)
        self.assertEqual(alone.timeless, run("10", "20").timeless)


class Data(Case):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.path = os.path.join(scratch.name, "x.raw")
        self.write(self.path, 0.1)

    def write(self, path, step):
        with open(path, "wb") as file:
            file.write(struct.pack("<200000d", *(step * k for k in range(200000))))

    def test_all_ranks_read_the_same_file(self):
        arguments = ("-t1", "-ocsv", "--data", f"x={self.path}:f8", "-e", "x[i]", "-e",
                     "product(x[i], x[200000-1-i])", "-e", "x[i] < 7", "100000", "5:200000")
        alone = run(*arguments)
        self.assertEqual(alone.err, "")
        for ranks in 2, 3:
            shared = mpirun(ranks, *arguments)
            self.assertEqual((shared.out, shared.err), (alone.out, ""))

    def test_a_rank_without_the_file_or_with_another_one_is_told_of_by_name(self):
        # each rank reads a file of its own: what the name leads to depends on the rank
        for other, fragments in ((None, ["rank 1: --data x: ", "No such file"]),
                                 (0.2, ["rank 1: --data x: ", "holds something else than on rank 0"])):
            if other:
                self.write(self.path + ".1", other)
            script = (f'cd "$(mktemp -d {self.path}XXXX)"; ln -s {self.path}.$OMPI_COMM_WORLD_RANK x; '
                      f'exec {PARSUM} --mpi -q -t1 --data x=x:f8 -e "x[i]"')
            shutil.copy(self.path, self.path + ".0")
            result = finish(start(2, "-c", script, program=("sh",)))
            for fragment in fragments:
                self.assertIn(fragment, result.err)
            self.assertNotEqual(result.status, 0)


class WhatIsTold(Case):
    def test_json_has_all_ranks_threads(self):
        told = json.loads(mpirun(3, "-t2", "-ojson", "-q", "3e8").out)
        self.assertEqual((told["ranks"], told["threads"], len(told["busy_seconds"])), (3, 6, 6))
        self.assertEqual(told["terms"], "300000000")
        self.assertGreater(sum(told["busy_seconds"]), 0)
        self.assertAlmostEqual(told["parallel_efficiency"],
                               told["load_balance"] * told["communication_efficiency"], 5)

    def test_a_trace_has_a_process_a_rank_on_one_clock(self):
        with tempfile.TemporaryDirectory() as directory:
            file = os.path.join(directory, "trace.json")
            self.assertEqual(mpirun(3, "-t1", "--trace", file, "-q", "2e9").status, 0)
            with open(file) as opened:
                events = json.load(opened)["traceEvents"]
        terms, names = collections.Counter(), {}
        for event in events:
            if event["ph"] == "X":
                terms[event["pid"]] += event["args"]["terms"]
                self.assertGreater(event["ts"], -5e3)
                self.assertLess(event["ts"] + event["dur"], 60e6)
            elif event["name"] == "process_name":
                names[event["pid"]] = event["args"]["name"]
        self.assertEqual(sum(terms.values()), 2_000_000_000)
        self.assertEqual(set(terms), {0, 1, 2})
        self.assertRegex(names[2], r"\Arank 2 on .")

    def test_a_launch_of_several_tasks_without_mpi_is_warned_of_once(self):
        result = mpirun(3, "10", program=(PARSUM,))
        self.assertEqual(result.status, 0)
        self.assertEqual(len(re.findall("each of the 3 tasks .* --mpi", result.err)), 1)

    @unittest.skipIf(len(os.sched_getaffinity(0)) < 2, "two CPUs are needed")
    def test_bound_threads_have_all_cpus_and_are_not_told_otherwise(self):
        """OMP_PROC_BIND binds the first thread of parsum, before that becomes parsum-mpi."""
        program = ("env", "OMP_PROC_BIND=close", "OMP_PLACES=threads", PARSUM, "--mpi")
        result = mpirun(1, "-t2", "10", program=program)
        self.assertEqual((result.status, result.err), (0, ""))

    def test_version_says_which_mpi(self):
        version = run("--version").out
        self.assertRegex(version, r"\nMPI \w+")
        self.assertEqual(run("--mpi", "--version", **CHANGES).out, version)


class Errors(Case):
    def assert_one_message(self, result, status, message):
        """mpirun adds lines of its own."""
        told = [line for line in result.err.splitlines() if line.startswith("parsum:")]
        self.assertEqual(len(told), 1, result.err)
        self.assertIn(message, told[0])
        self.assertEqual(result.status, status)

    def test_bad_arguments_and_files_and_terms(self):
        self.assert_one_message(mpirun(3, "--serail"), 2, "unknown option")
        self.assert_one_message(mpirun(3, "-i", "/nonexistent"), 2, "/nonexistent")
        self.assert_one_message(mpirun(3, "-e", "i*", "10"), 2, "--term 'i*'")
        self.assert_one_message(run("--mp", "10"), 2, "write this option out")

    def test_a_bad_line_after_good_ones(self):
        result = mpirun(2, "-i-", "-t1", stdin=b"10\n20\nx\n30\n")
        self.assert_one_message(result, 2, ":3:")
        self.assertEqual(result.out, "Run #1, sum is: 45\nRun #2, sum is: 190\n")

    def test_a_fault_of_the_term_wherever_it_is(self):
        for where in (7, 40_000_000, 99_999_999):
            result = mpirun(3, "-t1", "-e", f"100/(i-{where})", "0", "1e8", "9e7")
            self.assert_one_message(result, 1, f"job 2 [0, 100000000): the term divides an "
                                               f"integer by zero (SIGFPE) at i = {where};")
            self.assertEqual(result.out, "Run #1, sum is: 0\n")

    def test_jobs_before_a_fault_are_told_whatever_the_ranks_and_chunks(self):
        scenes = [("1.0/(i-7)", "5", "6", "20:40", "10", "3"),
                  ("1.0/(i-7)", "5", "0", "8:8", "20:20000", "10", "8:9000", "10"),
                  ("100/(i-3)", "3", "2", "3", "1000", "4"),
                  ("i*1e308", "1", "2", "1", "10", "1"),
                  ("1.0/(i-9000)", *map(str, range(1, 9100, 13)))]
        for number, (term, *jobs) in enumerate(scenes):
            arguments = ("-t1", "-o", ("csv", "text")[number % 2], "-e", term)
            alone = run(*arguments, *jobs)
            self.assertEqual(alone.status, 1, alone.err)
            message = alone.err.strip().removeprefix("parsum: ")
            for ranks, grain in ((2, 1000), (3, 7), (3, 1000)):
                with self.subTest(term=term, ranks=ranks, grain=grain):
                    result = mpirun(ranks, *arguments, "-g", grain, *jobs)
                    self.assert_one_message(result, 1, message)
                    self.assertEqual(result.out, alone.out)

    def test_output_that_nobody_takes(self):
        program = ("sh", "-c", 'exec "$0" --mpi "$@" >/dev/full', PARSUM)
        result = mpirun(2, "10", program=program)
        self.assert_one_message(result, 1, "standard output")

    def test_an_incomplete_installation(self):
        with tempfile.TemporaryDirectory() as directory:
            lonely = os.path.join(directory, "parsum")
            with open(PARSUM, "rb") as source, open(lonely, "wb") as target:
                target.write(source.read())
            os.chmod(lonely, 0o755)
            done = subprocess.run([lonely, "--mpi", "10"], capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr, r"\Aparsum: --mpi: .*parsum-mpi: .*; install it[^\n]*\n\Z")


class Stops(Case):
    LONG = ("-t1", "-q", "1e15")

    def parsums(self, process):
        """The ranks, in no order, once each has begun to work."""
        begun = time.monotonic()
        while time.monotonic() < begun + 20:
            ranks = [pid for pid in children(process.pid)
                     if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "parsum-mpi"]
            if ranks and len(ranks) >= 2:
                time.sleep(1)
                return ranks
            time.sleep(0.05)
        raise AssertionError("mpirun has started no ranks")

    def test_a_signal_to_mpirun_ends_the_run(self):
        process = start(2, *self.LONG)
        self.parsums(process)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        self.assertNotEqual(finish(process).status, 0)
        self.assertLess(time.monotonic() - begun, 10)

    def test_a_signal_to_any_one_rank_ends_the_run(self):
        for which in (0, 1):
            process = start(2, *self.LONG)
            os.kill(self.parsums(process)[which], signal.SIGUSR2)
            result = finish(process)
            self.assertNotEqual(result.status, 0)
            self.assertEqual(len(re.findall("stopped by SIGUSR2", result.err)), 1, result.err)

    def test_a_rank_that_is_killed_ends_the_run(self):
        for which in (0, 1):
            process = start(2, *self.LONG)
            os.kill(self.parsums(process)[which], signal.SIGKILL)
            self.assertNotEqual(finish(process).status, 0)

    def test_time_and_a_journal_carry_a_run_over_changing_numbers_of_ranks(self):
        jobs = ("-e", "1.0/((i^12345)+1)", "1e8", "0", "3e9", "7")
        with tempfile.TemporaryDirectory() as directory:
            journal = os.path.join(directory, "journal")
            for ranks in (2, 3, 1):
                result = mpirun(ranks, "-t1", "--journal", journal, "--max-time=1", *jobs)
                if result.status != 75:
                    break
                self.assertEqual(len(re.findall("--max-time is over", result.err)), 1)
            else:
                result = mpirun(2, "-t1", "--journal", journal, *jobs)
            self.assertEqual(result.status, 0, result.err)
            self.assertEqual(result.timeless, run("-t2", *jobs).timeless)

    def test_a_killed_run_goes_on_from_its_journal(self):
        jobs = ("-e", "1.0/((i^12345)+1)", "1e8", "0", "8e9", "7")
        with tempfile.TemporaryDirectory() as directory:
            journal = os.path.join(directory, "journal")
            for which in (0, 1):
                process = start(2, "-t1", "--journal", journal, *jobs)
                ranks = self.parsums(process)
                os.kill(ranks[which], signal.SIGKILL)
                self.assertNotEqual(finish(process).status, 0)
            result = mpirun(2, "-t1", "--journal", journal, *jobs)
            self.assertEqual(result.timeless, run("-t2", *jobs).timeless)


if __name__ == "__main__":
    unittest.main()
