"""Stopping and going on: --journal, --max-time and the signals that people and batch systems send."""
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from program import PARSUM, Case, environment, run, strike_times
from restarts import catches

ENDLESS = "9e18"
STOPS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGXCPU", "SIGUSR2"]
RANDOM = random.Random(int(os.environ.get("PARSUM_SEED", "1")))


class JournalCase(Case):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="parsum-test-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.journal = self.path("journal")

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def read(self):
        with open(self.journal) as file:
            return file.read()

    def start(self, *arguments, first=b"", **pipes):
        """A process that has got as far as having a journal, for which it needs the first line of a
        pipe."""
        process = subprocess.Popen(
            [PARSUM, "--journal", self.journal, *map(str, arguments)], env=environment(),
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
               **pipes})
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        if first:
            process.stdin.write(first)
            process.stdin.flush()
        self.await_handlers(process)
        self.await_in_journal("checkpoint")
        return process

    def await_handlers(self, process):
        end = time.monotonic() + 30
        while process.poll() is None and not catches(process, "SIGUSR2"):
            self.assertLess(time.monotonic(), end, "no handlers")
            time.sleep(0.001)

    def await_in_journal(self, text):
        end = time.monotonic() + 30
        while not os.path.exists(self.journal) or text not in self.read():
            self.assertLess(time.monotonic(), end, f"no {text!r} in the journal")
            time.sleep(0.01)

    def end(self, process):
        """(exit status, standard output, standard error), within ten seconds."""
        if process.stdin:
            process.wait(10)  # communicate() would end its input
        out, err = process.communicate(timeout=10)
        return process.returncode, out.decode(), err.decode()


class GoingOn(JournalCase):
    def test_a_finished_run_prints_the_same_again(self):
        first = run("--journal", self.journal, 10, 20, "5:5", "1e6:2e6")
        again = run("--journal", self.journal, 10, 20, "5:5", "1e6:2e6")
        self.assertEqual((first.status, again.status), (0, 0))
        self.assertEqual(again.timeless, run(10, 20, "5:5", "1e6:2e6").timeless)
        self.assertEqual(again.timeless, first.timeless)

    def test_the_sums_come_from_the_journal(self):
        for number, term in enumerate(("i*1.5", "i*3", "(__int128)i*i")):
            journal = self.path(f"journal{number}")
            first = run("-e", term, "--journal", journal, 10)
            if first.status:
                self.skipTest(first.err)
            again = run("-e", term, "--journal", journal, "--stats", 10)
            self.assertIn("Terms per second 0,", again.out)
            self.assertTrue(again.timeless.startswith(first.timeless), again.out)

    def test_a_term_of_several_lines_is_one_line_of_the_journal(self):
        arguments = ("-e", "i\n+ 1", "--journal", self.journal, 10)
        first, again = run(*arguments), run(*arguments)
        if first.status:
            self.skipTest(first.err)
        self.assertIn(" i + 1 ", self.read().splitlines()[1])
        self.assertEqual((again.status, again.timeless), (0, first.timeless))

    def test_json_and_csv_are_the_same_too(self):
        for form in ("json", "csv"):
            plain = run("-o", form, 10, 20, 0)
            for _ in range(2):
                result = run("-o", form, "--journal", self.path(form), 10, 20, 0)
                self.assertEqual(result.status, 0, result.err)
                if form == "csv":
                    self.assertEqual(result.out, plain.out)
                    continue
                for key in ("jobs", "total", "terms", "term"):
                    self.assertEqual(json.loads(result.out)[key], json.loads(plain.out)[key])

    def test_a_list_that_has_grown_goes_on_at_its_end(self):
        run("--journal", self.journal, "--input", self.write("jobs", "10\n20\n"))
        result = run("--journal", self.journal, "--input", self.write("jobs", "10\n20\n30\n"))
        self.assertEqual(result.timeless, run(10, 20, 30).timeless)

    def test_it_reads_as_text(self):
        run("--journal", self.journal, 10, 20)
        self.assertRegex(self.read(), r"\Aparsum journal 1 \w{16}\nterm 0{16} i \w{16}\n"
                                      r"kind integer \w{16}\njobs 2 arguments \w+ 0:10 0:20 \w{16}\n"
                                      r"checkpoint 1 jobs 0 total 0 \w{16}\n"
                                      r"done 1 0:10=45 0:20=190 \w{16}\n"
                                      r"checkpoint 2 jobs 2 total 235 \w{16}\n\Z")


class Refusals(JournalCase):
    def refuses(self, before, now, *fragments, stdin=b""):
        """`now` is told that the journal is that of `before`, and leaves it as it is."""
        if os.path.exists(self.journal):
            os.unlink(self.journal)
        self.assertEqual(run("--journal", self.journal, *before).status, 0)
        kept = self.read()
        result = run("--journal", self.journal, *now, stdin=stdin)
        self.assertEqual(result.status, 2, result.err)
        for fragment in (self.journal, *fragments):
            self.assertIn(fragment, result.err)
        self.assertEqual(self.read(), kept)
        self.assertEqual(os.listdir(self.directory).count("journal.parsum-new"), 0)

    def test_other_jobs(self):
        self.refuses([10, 20], [10, 21], "0:10 0:20", "0:10 0:21")
        self.refuses([10, 20], [10], "2 arguments", "1 arguments")
        self.refuses([10], ["--start", 1, 10], "0:10", "1:10")
        self.refuses([10], ["--random", 3], "random 3")
        self.refuses(["--random", 3], ["--random", 3, "--seed", 2], "seed 1", "seed 2")
        self.refuses(["--random", 3, "--below", 9], ["--random", 3, "--below", 8], "below 9")

    def test_another_term(self):
        term = ["-e", "i*N", "-D", "N=3", 10]
        if run(*term).status:
            self.skipTest("no compiler")
        self.refuses(term, ["-e", "i*N", "-D", "N=4", 10], "N=3", "N=4")
        self.refuses(term, [10], "i*N with N=3")
        self.refuses(term, ["--wrap", *term], "wrapping around")
        file = self.write("term.c", "#include <stdint.h>\nint64_t term(int64_t i) { return i; }\n")
        other = self.write("other.c", "#include <stdint.h>\nint64_t term(int64_t i) { return -i; }\n")
        run("-f", file, "--journal", self.journal + "2", 10)
        os.replace(other, file)
        self.journal += "2"
        result = run("-f", file, "--journal", self.journal, 10)
        self.assert_refuses(result, "is the journal of another run")

    def test_a_term_is_told_apart_by_its_text_not_by_its_path(self):
        text = "#include <stdint.h>\nint64_t term(int64_t i) { return i * N; }\n"
        file = self.write("term.c", text)
        if run("-f", file, "-D", "N=3", 10).status:
            self.skipTest("no compiler")
        os.mkdir(self.path("else"))
        os.symlink("../term.c", self.path("else/link.c"))
        ways = [file, os.path.relpath(file), self.path("else/../term.c"), self.path("else/link.c"),
                self.write("else/copy.c", text)]
        for path in ways:
            result = run("-f", path, "-D", "N=3", "--journal", self.journal, 10)
            self.assertEqual((result.status, result.err), (0, ""))
            self.assertIn("sum is 135\n", result.out)
        self.assertIn("else/copy.c with N=3 ", self.read())  # for people
        for options in (["-D", "N=4"], ["-D", "N=3", "--wrap"], ["-D", "N=3", "-D", "M=3"]):
            result = run("-f", file, *options, "--journal", self.journal, 10)
            self.assert_refuses(result, "is the journal of another run")
        self.write("term.c", text + "\n")
        result = run("-f", file, "-D", "N=3", "--journal", self.journal, 10)
        self.assert_refuses(result, "is the journal of another run", "term.c with N=3")

    def test_a_term_that_is_edited_while_it_is_compiled(self):
        file = self.path("term.c")
        edit = f'sed -i "s/i \\* 3/i * 4/" {file}'
        compiler = self.write("cc", f'#!/bin/sh\n{edit}\nexec cc "$@"\n')
        later = self.write("later", f'#!/bin/sh\ncc "$@" || exit\n{edit}\n')
        saved = self.path("term.so")
        for script in (compiler, later):
            os.chmod(script, 0o755)
            for option in (["--journal", self.journal], ["--save-term", saved]):
                self.write("term.c", "long term(long i) { return i * 3; }\n")
                result = run("-f", file, *option, 10, PARSUM_CC=script)
                if "compiler" in result.err:
                    self.skipTest("no compiler")
                self.assert_refuses(result, file, "was changed while", "again", status=1)
                self.assertFalse(os.path.exists(option[1]))
                result = run("-f", file, "-q", 10, PARSUM_CC=script)
                self.assertEqual(result.status, 0, result.err)
                self.assertIn("sum is 180\n", result.out)

    def test_a_saved_term_is_told_apart_by_its_file(self):
        saved, copy, other = self.path("a.so"), self.path("b.so"), self.path("c.so")
        if run("-e", "i*3", "--save-term", saved).status:
            self.skipTest("no compiler")
        run("-e", "i*4", "--save-term", other)
        shutil.copy(saved, copy)
        for path in (saved, copy):
            result = run("-f", path, "--journal", self.journal, 10)
            self.assertEqual((result.status, result.err), (0, ""))
        os.replace(other, saved)
        result = run("-f", saved, "--journal", self.journal, 10)
        self.assert_refuses(result, "is the journal of another run")

    def test_a_difference_in_a_list_names_its_line(self):
        lines = [f"{k}" for k in range(1, 5001)]
        jobs = self.write("jobs", "\n".join(lines))
        for line in (1, 17, 4999, 5000):
            other = lines[:]
            other[line - 1] += "0"
            self.refuses(["-q", "-i", jobs], ["-q", "-i", self.write("other", "\n".join(other))],
                         f"other:{line}: is job 0:{line}0", f"0:{line} there")
            self.refuses(["-q", "-i", jobs], ["-q", "-i", "-"], f"standard input:{line}: is job",
                         stdin="\n".join(other).encode())
        short = self.write("short", "\n".join(lines[:300]))
        self.refuses(["-q", "-i", jobs], ["-q", "-i", short], "short:300: there the jobs end",
                     "5000 at least")

    def test_a_file_that_is_none(self):
        self.write("journal", "my results\n")
        self.assert_refuses(run("--journal", self.journal, 10), "is a file, but no journal")
        self.assertEqual(self.read(), "my results\n")

    def test_damage(self):
        run("--journal", self.journal, 10, 20)
        damaged = self.read().replace("checkpoint 1", "checkpoint 7")
        self.write("journal", damaged)
        at = damaged.index("checkpoint 7")
        self.assert_refuses(run("--journal", self.journal, 10, 20), f"damaged at byte {at}",
                            status=1)
        self.assertEqual(self.read(), damaged)

    def test_options_that_do_not_go_together(self):
        self.assert_refuses(run("--compare", "--journal", self.journal, 10), "--compare",
                            "--journal")
        for duration in ("", "0", "-1", "1:2", "1-", "1-2-3", "soon", "90x", "1e99"):
            self.assert_refuses(run("--max-time", duration, 10), "--max-time", "H:MM:SS")
        self.assertFalse(os.path.exists(self.journal))

    def test_a_duration_may_be_written_as_slurm_does(self):
        for duration in ("1-00:00:00", "0-01", "2-12:30", "90.0000000000000000000000000000000000"):
            self.assertEqual(run("--max-time", duration, 10).status, 0, duration)

    def test_a_second_process_is_told_the_first_ones_number(self):
        first = self.start(ENDLESS)
        result = run("--journal", self.journal, ENDLESS)
        self.assert_refuses(result, f"process {first.pid} is using that journal", status=1)
        self.await_in_journal("checkpoint 3")  # and the first goes on
        first.terminate()
        self.assertEqual(self.end(first)[0], -signal.SIGTERM)

    def test_places_where_no_journal_can_be(self):
        for place in ("/proc/journal", self.path("none/journal"), self.directory):
            self.assert_refuses(run("--journal", place, 10), place, status=1)
        self.assert_refuses(run("--journal", "/proc/journal", 10), "No such file", status=1)
        self.assert_refuses(run("--journal", "/dev/null", 10), "is no ordinary file")


class Stopping(JournalCase):
    JOBS = ["--random", "10", "--below", "4e9", "--seed", "3"]

    def test_every_signal_at_a_random_moment(self):
        plain = run(*self.JOBS).timeless
        for name in STOPS * 2:
            process = self.start(*self.JOBS)
            time.sleep(RANDOM.uniform(0, 0.5))
            sent = time.monotonic()
            process.send_signal(getattr(signal, name))
            status, out, err = self.end(process)
            if status == 0:  # it was done before
                os.unlink(self.journal)
                continue
            self.assertLess(time.monotonic() - sent, 1)
            self.assertEqual(status, -getattr(signal, name), err)
            self.assertRegex(err, rf"\n?parsum: stopped by {name}; run the same command again to go "
                                  rf"on from [^\n]*journal\n\Z")
            self.assertTrue(plain.startswith(strike_times(out)), out)
        result = run("--journal", self.journal, *self.JOBS)
        self.assertEqual((result.status, result.timeless), (0, plain))

    def test_without_a_journal_the_message_says_what_would_help(self):
        result = run("--max-time", 0.2, ENDLESS)
        self.assert_refuses(result, "--max-time is over", "--journal FILE", status=75)

    def test_time_limits_one_after_the_other_end_with_the_same_output(self):
        plain, stops = run(*self.JOBS).timeless, 0
        while (result := run("--journal", self.journal, "--max-time", f"{0.02 * 1.1**stops:.3f}",
                             *self.JOBS)).status:
            self.assertEqual(result.status, 75, result.err)
            self.assertIn("--max-time is over; run the same command again", result.err)
            stops += 1
            self.assertLess(stops, 1000)
        self.assertGreater(stops, 1)
        self.assertEqual(result.timeless, plain)

    def test_a_time_limit_also_ends_a_wait_for_jobs(self):
        process = self.start("--input", "-", "--max-time", "1.5", stdin=subprocess.PIPE,
                             first=b"10\n20\n")
        self.await_in_journal("done 1 0:10=45 0:20=190")  # while there is nothing to do
        status, out, err = self.end(process)
        self.assertEqual((status, out), (75, "Run #1, sum is: 45\nRun #2, sum is: 190\n"), err)

    def test_a_signal_also_ends_a_wait_for_jobs(self):
        for name in STOPS:
            process = self.start("--input", "-", stdin=subprocess.PIPE, first=b"10\n")
            time.sleep(0.1)
            process.send_signal(getattr(signal, name))
            self.assertEqual(self.end(process)[0], -getattr(signal, name))
            os.unlink(self.journal)

    def test_a_wait_for_the_first_line_ends_as_well(self):
        for limit, status in ((1.5, 75), (60, -signal.SIGTERM)):
            process = subprocess.Popen(
                [PARSUM, "--journal", self.journal, "--input", "-", "--max-time", str(limit)],
                env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE)
            self.addCleanup(process.communicate)
            self.addCleanup(process.kill)
            self.await_handlers(process)
            if status < 0:
                process.terminate()
            self.assertEqual(self.end(process)[0], status)
            self.assertFalse(os.path.exists(self.journal))

    def test_while_it_catches_up_the_old_journal_stays(self):
        run("--journal", self.journal, "--input", "-", stdin=b"10\n20\n30\n")
        kept = self.read()
        process = self.start("--input", "-", stdin=subprocess.PIPE)
        process.stdin.write(b"10\n20\n")
        process.stdin.flush()
        time.sleep(0.5)
        process.terminate()
        status, out, err = self.end(process)
        self.assertEqual(status, -signal.SIGTERM, err)
        self.assertEqual(out, "Run #1, sum is: 45\nRun #2, sum is: 190\n")
        self.assertEqual(self.read(), kept)

    def test_usr1_makes_a_checkpoint_and_a_line_and_goes_on(self):
        process = self.start(ENDLESS)
        for number in range(2, 12):
            process.send_signal(signal.SIGUSR1)
            self.await_in_journal(f"checkpoint {number} ")
        process.terminate()
        err = self.end(process)[2]
        line = r"^parsum: \d+\.\d%  .*terms/s  \d+:\d\d:\d\d left$"
        self.assertGreaterEqual(len(re.findall(line, err, re.M)), 10)
        process = subprocess.Popen([PARSUM, ENDLESS], stderr=subprocess.PIPE)
        time.sleep(0.3)
        process.send_signal(signal.SIGUSR1)
        time.sleep(0.3)
        process.terminate()
        self.assertRegex(process.communicate()[1], rb"% .*terms/s .* left\n")

    def test_usr1_counts_terms_where_nobody_knows_what_will_come(self):
        process = self.start("--input", "-", stdin=subprocess.PIPE,
                             first=ENDLESS.encode() + b"\n")
        process.send_signal(signal.SIGUSR1)
        self.await_in_journal("checkpoint 2 ")
        process.terminate()
        self.assertRegex(self.end(process)[2], r"(?m)^parsum: .*terms done, .*terms/s$")

    def test_what_was_done_behind_a_fault_is_not_kept(self):
        term = self.write("term.c", '#include <unistd.h>\n#include "fault.h"\n'
                          "long term(int64_t i)\n{\n"
                          "    usleep(i == 20 ? 200000 : i == 21 ? 1500000 : 0);\n"
                          "    return i == 20 ? 1 / ZERO : 1;\n}\n")
        self.write("fault.h", "static volatile int zero = 0;\n#define ZERO zero\n")
        process = self.start("-t", 2, "-g", 1, "-f", term, 100)
        time.sleep(0.8)
        process.send_signal(signal.SIGUSR1)  # a checkpoint is due when the round ends
        self.assertEqual(self.end(process)[0], 1)
        self.write("fault.h", "#define ZERO 1\n")
        result = run("--journal", self.journal, "-t", 2, "-f", term, 100)
        self.assertEqual((result.status, result.timeless),
                         (0, "Run #1, sum is: 100\nTime took using omp is TIME sum is 100\n"))

    def test_jobs_that_share_a_chunk_with_a_fault_are_kept_once(self):
        term = self.write("term.c", '#include <unistd.h>\n#include "fault.h"\n'
                          "long term(int64_t i)\n{\n    usleep(i == 1000 ? 1200000 : 0);\n"
                          "    return i == 2015 ? 1 / ZERO : 1;\n}\n")
        self.write("fault.h", "static volatile int zero = 0;\n#define ZERO zero\n")
        arguments = ("--journal", self.journal, "-t1", "-g1000", "-f", term, 300, "1000:1005",
                     "2000:2020")
        rows = "Run #1, sum is: 300\nRun #2, sum is: 5\n"
        result = run(*arguments)
        self.assertEqual((result.status, result.out), (1, rows), result.err)
        self.write("fault.h", "#define ZERO 1\n")
        result = run(*arguments)
        rows += "Run #3, sum is: 20\nTime took using omp is TIME sum is 325\n"
        self.assertEqual((result.status, result.timeless), (0, rows), result.err)

    def test_a_second_interrupt_ends_at_once(self):
        term = self.write("slow.c", "#include <stdint.h>\n#include <unistd.h>\n"
                                    "int64_t term(int64_t i) { sleep(60); return i; }\n")
        if run("-f", term, 0).status:
            self.skipTest("no compiler")
        process = self.start("-f", term, 100)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        self.assertIsNone(process.poll())  # it finishes the terms in hand
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.end(process)[0], -signal.SIGINT)

    def test_a_signal_while_the_reader_is_slow_loses_nothing(self):
        jobs = self.write("jobs", "\n".join(map(str, range(100_000))))
        plain = run("--input", jobs).timeless
        process = self.start("--input", jobs)
        time.sleep(0.3)  # it now waits for somebody to read
        process.send_signal(signal.SIGUSR1)
        process.terminate()
        time.sleep(0.1)
        status, out, err = self.end(process)
        self.assertEqual(status, -signal.SIGTERM, err)
        self.assertTrue(out.endswith("\n"))
        self.assertTrue(plain.startswith(out))
        self.assertEqual(run("--journal", self.journal, "--input", jobs).timeless, plain)

    def test_the_limit_of_cpu_time_is_a_stop(self):
        process = self.start(
            ENDLESS, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (1, 60)))
        self.assertEqual(self.end(process)[0], -signal.SIGXCPU)


class FullDisk(JournalCase):
    def setUp(self):
        super().setUp()
        self.disk = self.path("disk")
        os.mkdir(self.disk)
        self.journal = os.path.join(self.disk, "journal")
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", self.disk],
                          capture_output=True).returncode:
            self.skipTest("this machine does not allow to mount a file system")
        self.addCleanup(subprocess.run, ["umount", self.disk], check=True)

    def test_a_full_disk_ends_the_run_and_what_was_recorded_stays_valid(self):
        # The first ones take long enough for a checkpoint that has room.
        ranges = [(0, 200_000_000)] * 10 + [(k, k + 40_000) for k in range(100_000)]
        jobs = self.write("jobs", "\n".join(f"{start} {end}" for start, end in ranges))
        plain = run("--input", jobs).timeless
        process = self.start("--input", jobs, stdout=subprocess.DEVNULL)
        while process.poll() is None:
            process.send_signal(signal.SIGUSR1)
            time.sleep(0.01)
        err = process.stderr.read().decode()
        self.assertEqual(process.returncode, 1, err)
        self.assertIn("No space left on device; what it holds stays valid", err)
        self.assertRegex(self.read(), r"\ncheckpoint \d+ jobs [1-9]")
        subprocess.run(["mount", "-o", "remount,size=64m", self.disk], check=True)
        result = run("--journal", self.journal, "--input", jobs)
        self.assertEqual((result.status, result.timeless), (0, plain), result.err)

    def test_a_read_only_disk_is_told_at_once(self):
        run("--journal", self.journal, 10)
        kept = self.read()
        subprocess.run(["mount", "-o", "remount,ro", self.disk], check=True)
        self.assert_refuses(run("--journal", self.journal, 10), "Read-only file system", status=1)
        self.assert_refuses(run("--journal", self.journal + "2", 10), "Read-only file system",
                            status=1)
        self.assertEqual(self.read(), kept)


if __name__ == "__main__":
    unittest.main()
