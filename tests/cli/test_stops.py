"""Stops that must come although something waits: for a reader, or for a term."""
import json
import os
import pty
import signal
import subprocess
import tempfile
import time
import unittest

from program import PARSUM, TIMEOUT, Case, environment, run

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU, signal.SIGUSR2)
SLEEPER = """
#include <stdint.h>
#include <unistd.h>
int64_t term(int64_t i) { while (i == 5) pause(); return i; }
"""


class Stop(Case):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def fifo(self, name):
        os.mkfifo(self.path(name))
        return self.path(name)

    def start(self, *arguments, **streams):
        process = subprocess.Popen([PARSUM, *arguments], env=environment(),
                                   **{"stderr": subprocess.PIPE, **streams})
        self.addCleanup(process.stderr.close if process.stderr else lambda: None)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process


class Readers(Stop):
    """Who reads a pipe sleeps."""

    def setUp(self):
        super().setUp()
        self.readers = []

    def full_pipe(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.readers.append(reader)
        os.set_blocking(writer, False)
        try:
            while os.write(writer, b"x" * 4096):
                pass
        except BlockingIOError:
            os.set_blocking(writer, True)
        return writer

    def assert_stops(self, process, number, seconds=5):
        time.sleep(0.5)
        process.send_signal(number)
        self.assertEqual(process.wait(seconds), -number)

    def test_a_signal_ends_a_write_to_standard_output(self):
        for number in STOPS:
            for arguments in (["10"], ["-ocsv", "10"], ["--help"]):
                with self.subTest(signal=number, arguments=arguments):
                    writer = self.full_pipe()
                    process = self.start(*arguments, stdout=writer)
                    os.close(writer)
                    self.assert_stops(process, number)

    def test_a_signal_ends_a_write_to_standard_error(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            writer = self.full_pipe()
            process = self.start("1x", stderr=writer)
            os.close(writer)
            time.sleep(0.5)
            process.send_signal(number)
            self.assertIn(process.wait(5), (-number, 2))

    def test_a_signal_ends_a_run_of_many_rows_and_its_journal_goes_on(self):
        command = ["-ocsv", "--random=300000", "--below=1000", "--seed=1",
                   "--journal", self.path("journal")]
        writer = self.full_pipe()
        process = self.start(*command, stdout=writer)
        os.close(writer)
        self.assert_stops(process, signal.SIGTERM)
        again = run(*command)
        self.assertEqual(again.status, 0)
        self.assertEqual(again.out, run(*command[:-2]).out)

    def test_time_that_is_over_ends_a_write_too(self):
        writer = self.full_pipe()
        process = self.start("-ocsv", "--random=1e18", "--below=10", "--max-time=1", stdout=writer)
        os.close(writer)
        self.assertEqual(process.wait(8), 75)
        self.assertIn(b"parsum: --max-time is over; ", process.stderr.read())

    def test_a_run_that_ends_in_time_has_all_the_time_for_its_reader(self):
        writer = self.full_pipe()
        reader = self.readers[-1]
        process = self.start("-q", "10", "--max-time=1", stdout=writer)
        os.close(writer)
        time.sleep(3)
        self.assertIsNone(process.poll())
        with os.fdopen(os.dup(reader)) as file:
            self.assertIn("sum is 45", file.read())
        self.assertEqual(process.wait(TIMEOUT), 0)

    def test_a_terminal_that_hangs_up_ends_the_program(self):
        for arguments in (["--random=1e18", "--below=10"], ["1e18"], ["-i", "/dev/tty"]):
            with self.subTest(arguments=arguments):
                child, terminal = pty.fork()
                if child == 0:
                    os.execve(PARSUM, [PARSUM, *arguments], environment())
                time.sleep(0.5)
                os.close(terminal)
                _, status = os.waitpid(child, 0)
                self.assertEqual(os.waitstatus_to_exitcode(status), -signal.SIGHUP)

    def test_a_reader_that_goes_on_gets_whole_lines(self):
        process = self.start("-ocsv", "--random=1e18", "--below=10", stdout=subprocess.PIPE)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        text = process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(10), -signal.SIGTERM)
        self.assertGreater(text.count(b"\n"), 1000)
        self.assertTrue(text.endswith(b"\n"))

    def test_a_signal_ends_the_wait_for_the_reader_of_a_trace(self):
        for number in STOPS:
            path = self.fifo(f"trace{number}")
            self.assert_stops(self.start("--trace", path, "10", stdout=subprocess.DEVNULL), number)

    def test_a_signal_ends_a_write_to_a_trace(self):
        path = self.fifo("trace")
        process = self.start("--trace", path, "-g1", *["50000"] * 100, stdout=subprocess.DEVNULL)
        reader = os.open(path, os.O_RDONLY)
        self.addCleanup(os.close, reader)
        self.assert_stops(process, signal.SIGTERM)

    def test_a_trace_into_a_fifo_is_whole(self):
        path = self.fifo("trace")
        process = self.start("--trace", path, "10", stdout=subprocess.DEVNULL)
        with open(path) as file:
            self.assertIn('"traceEvents"', file.read())
        self.assertEqual(process.wait(TIMEOUT), 0)

    def test_a_fifo_is_no_saved_term(self):
        self.assert_refuses(run("-f", self.fifo("term.so"), 10), "term.so: is no ordinary file")


class Terms(Stop):
    """A term does not come back."""

    def start_term(self, *arguments, **options):
        path = self.path("term.c")
        if not os.path.exists(path):  # another may be compiling it
            with open(path, "w") as file:
                file.write(SLEEPER)
        process = self.start("-q", "-t2", "-f", path, "-i-", *arguments, stdin=subprocess.PIPE,
                             **options)
        process.stdin.write(b"5\n10\n")
        process.stdin.close()
        return process

    def test_the_run_ends_all_the_same_once_its_grace_is_over(self):
        journal = self.path("journal")
        alone = self.start_term()
        limited = self.start_term("--max-time=5", "--journal", journal)
        told = self.start_term("--max-time=5", "--format=json", stdout=subprocess.PIPE)
        deadline = time.monotonic() + TIMEOUT
        while len(os.listdir(f"/proc/{alone.pid}/task")) < 2:  # it is still being compiled
            self.assertIsNone(alone.poll(), alone.poll() and alone.stderr.read())
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        time.sleep(0.5)
        stopped = time.monotonic()
        alone.terminate()
        self.assertEqual(alone.wait(TIMEOUT), -signal.SIGTERM, alone.poll() == 1 and alone.stderr.read())
        self.assertGreater(time.monotonic() - stopped, 9)
        self.assertRegex(alone.stderr.read(), rb"\Aparsum: stopped by SIGTERM, and the term did not "
                                              rb"come back in time; [^\n]*--journal[^\n]*\n\Z")
        self.assertEqual(limited.wait(TIMEOUT), 75)
        self.assertRegex(limited.stderr.read(), rb"\Aparsum: --max-time is over, and the term did "
                                                rb"not come back in time; run the same command "
                                                rb"again [^\n]*\n\Z")
        with open(journal) as file:
            self.assertIn("parsum journal", file.read())
        self.assertEqual(told.wait(TIMEOUT), 75)
        self.assertIn("--max-time is over, and the term did not come back in time",
                      json.load(told.stdout)["stopped"])

    def test_time_that_is_over_before_a_term_is_compiled_is_told(self):
        result = run("-q", "-e", "i", "--max-time=0.01", 10)
        self.assertEqual(result.status, 75)
        self.assertRegex(result.err, r"\Aparsum: --max-time is over; [^\n]*\n\Z")

    def test_a_second_signal_ends_it_at_once(self):
        for first, second in ((signal.SIGTERM, signal.SIGTERM), (signal.SIGHUP, signal.SIGTERM),
                              (signal.SIGINT, signal.SIGINT)):
            process = self.start_term()
            time.sleep(3)
            process.send_signal(first)
            time.sleep(0.5)
            self.assertIsNone(process.poll())
            process.send_signal(second)
            self.assertEqual(process.wait(5), -second)


if __name__ == "__main__":
    unittest.main()
