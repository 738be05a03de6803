"""Pipes and files that are slow, endless, full or closed."""
import json
import os
import select
import signal
import subprocess
import tempfile
import time
import unittest

from program import PARSUM, TIMEOUT, Case, Result, environment, run, strike_times


class Conversation:
    """parsum with a pipe at each end; the pipe to it stays open until close()."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([PARSUM, *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
                                        env=environment())

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()

    def say(self, text):
        self.process.stdin.write(text)

    def hear(self, seconds=10.0):
        """What parsum writes next; b"" if nothing comes in this time."""
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        return os.read(self.process.stdout.fileno(), 65536) if ready else b""

    def close(self):
        """Ends the input; the rest of what parsum says, its complaints and its status."""
        out, err = self.process.communicate(timeout=TIMEOUT)
        return strike_times(out.decode()), err.decode(), self.process.returncode


class SlowWriter(Case):
    def test_each_answer_comes_before_the_writer_goes_on(self):
        for options in ([], ["--serial"], ["--grain=job"], ["--grain=1"], ["--threads=3"]):
            with self.subTest(options=options), Conversation("-i-", *options) as parsum:
                for number, end in enumerate((10, 20, 5), 1):
                    parsum.say(b"%d\n" % end)
                    self.assertEqual(parsum.hear(),
                                     b"Run #%d, sum is: %d\n" % (number, end * (end - 1) // 2))
                out, _, status = parsum.close()
                self.assertRegex(out, r"\ATime took using (omp|for) is TIME sum is 245\n\Z")
                self.assertEqual(status, 0)

    def test_answers_come_promptly_in_every_format(self):
        for form, before in (("csv", b"run,start,end,sum\n1,0,10,45\n"),
                             ("json", b'{\n"jobs": [\n'
                                      b'{"run": 1, "start": "0", "end": "10", "sum": "45"}\n')):
            with self.subTest(format=form), Conversation("-i-", "-o", form) as parsum:
                parsum.say(b"10\n")
                heard = b""
                while len(heard) < len(before):
                    more = parsum.hear()
                    self.assertNotEqual(more, b"", "no answer before the writer goes on")
                    heard += more
                self.assertEqual(heard, before)

    def test_a_line_counts_once_it_is_whole(self):
        with Conversation("-i-") as parsum:
            parsum.say(b"1")
            self.assertEqual(parsum.hear(0.5), b"")
            parsum.say(b"0\n")
            self.assertEqual(parsum.hear(), b"Run #1, sum is: 45\n")

    def test_a_line_may_end_with_a_carriage_return_alone(self):
        with Conversation("-i-") as parsum:
            parsum.say(b"10\r")
            self.assertEqual(parsum.hear(), b"Run #1, sum is: 45\n")
            parsum.say(b"\n20\r")
            self.assertEqual(parsum.hear(), b"Run #2, sum is: 190\n")
            parsum.say(b"x")
            self.assertIn(":3: 'x'", parsum.close()[1])
        self.assert_prints("Time took using omp is TIME sum is 235\n", "-qi-", stdin=b"10\r20\r")
        self.assert_prints("Time took using omp is TIME sum is 235\n", "-qi-", stdin=b"10\r20")

    def test_a_bad_line_ends_the_run_while_the_writer_pauses(self):
        with Conversation("-i-") as parsum:
            parsum.say(b"10\nx\n")
            self.assertEqual(parsum.process.wait(10), 2)
            self.assertEqual(parsum.hear(), b"Run #1, sum is: 45\n")

    def test_waiting_for_a_writer_takes_no_cpu(self):
        with Conversation("-i-") as parsum:
            parsum.say(b"10\n")
            parsum.hear()
            time.sleep(1)
            parsum.process.stdin.close()
            _, _, usage = os.wait4(parsum.process.pid, 0)
            parsum.process.returncode = 0  # it has been waited for
        self.assertLess(usage.ru_utime + usage.ru_stime, 0.5)

    def test_a_pipe_may_have_a_name(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "pipe")
            os.mkfifo(path)
            writer = subprocess.Popen(["/bin/sh", "-c", 'echo 10 > "$0"', path])
            self.assert_prints("Time took using omp is TIME sum is 45\n", "-q", "-i", path)
            self.assertEqual(writer.wait(TIMEOUT), 0)

    def test_a_signal_ends_the_wait_for_a_writer_of_a_named_pipe(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "pipe")
            os.mkfifo(path)
            process = subprocess.Popen([PARSUM, "-i", path], stderr=subprocess.DEVNULL,
                                       env=environment())
            self.addCleanup(process.kill)
            time.sleep(0.3)
            process.terminate()
            self.assertEqual(process.wait(5), -signal.SIGTERM)


class ManyJobs(Case):
    BLOCK = b"".join(b"%d\n" % (n % 100) for n in range(100_000))
    BLOCK_SUM = sum(n % 100 * (n % 100 - 1) // 2 for n in range(100_000))

    def feed(self, blocks, *arguments):
        """Status, output and peak memory in bytes of parsum with so many blocks at its input."""
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen([PARSUM, "-i-", *arguments], stdin=subprocess.PIPE,
                                       stdout=out, env=environment())
            for _ in range(blocks):
                process.stdin.write(self.BLOCK)
            process.stdin.close()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            return process.returncode, out.read(), usage.ru_maxrss * 1024

    def test_twenty_million_jobs_from_a_pipe_stay_under_64_mib(self):
        status, out, memory = self.feed(200, "--quiet")
        self.assertEqual(status, 0)
        self.assertEqual(strike_times(out.decode()),
                         f"Time took using omp is TIME sum is {200 * self.BLOCK_SUM}\n")
        self.assertLess(memory, 64 * 2**20)

    def test_memory_does_not_grow_with_the_number_of_jobs(self):
        _, _, few = self.feed(5, "-q", "-t2")
        _, _, many = self.feed(40, "-q", "-t2")
        self.assertLess(many - few, 2 * 2**20)

    def test_a_row_a_job_takes_no_more_memory(self):
        status, out, memory = self.feed(10, "-ocsv")
        self.assertEqual(status, 0)
        self.assertEqual(out.count(b"\n"), 1 + 10 * 100_000)
        self.assertLess(memory, 64 * 2**20)

    def test_nothing_is_read_far_ahead_of_what_is_computed(self):
        with Conversation("-i-", "-q") as parsum:
            os.set_blocking(parsum.process.stdin.fileno(), False)
            lines = b"1000000000000000\n" * 1000  # each of them takes hours
            taken, end = 0, time.monotonic() + 1
            while time.monotonic() < end:
                taken += os_write(parsum.process.stdin.fileno(), lines)
                time.sleep(0.01)
        self.assertLess(taken, 512 * 1024)


def os_write(descriptor, data):
    """How many bytes a pipe takes at once."""
    try:
        return os.write(descriptor, data)
    except BlockingIOError:
        return 0


class Output(Case):
    def assert_loses(self, result, fault):
        self.assert_refuses(result, "standard output: ", fault, status=1)

    def run_into(self, out, *arguments):
        done = subprocess.run([PARSUM, *arguments], stdin=subprocess.DEVNULL, stdout=out,
                              stderr=subprocess.PIPE, env=environment(), timeout=TIMEOUT,
                              check=False)
        return Result(done.returncode, b"", done.stderr)

    def test_a_full_device_is_a_failure(self):
        for arguments in (["10"], ["-q", "10"], ["-ocsv", "10"], ["-ojson", "10"], ["-V"], ["-h"],
                          ["--compare", "10"], ["-i", os.devnull]):
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                self.assert_loses(self.run_into(full, *arguments), "No space left")

    def test_a_reader_that_has_gone_ends_the_program_quietly_by_sigpipe(self):
        for arguments in (["10"], ["-V"], ["-h"], ["-ojson", "10"], ["--compare", "10"],
                          ["-ocsv", "--", *["10"] * 30_000]):
            with self.subTest(arguments=arguments[:2]):
                reader, writer = os.pipe()
                os.close(reader)
                self.addCleanup(os.close, writer)
                result = self.run_into(writer, *arguments)
                self.assertEqual((result.status, result.err), (-signal.SIGPIPE, ""))

    def test_a_reader_that_goes_away_ends_an_endless_run(self):
        process = subprocess.Popen([PARSUM, "-ocsv", "--random=1e18", "--below=10"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=environment())
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), b"run,start,end,sum\n")
        process.stdout.close()
        self.assertEqual(process.wait(TIMEOUT), -signal.SIGPIPE)
        note = process.stderr.read()  # of the random jobs
        self.assertEqual((note.count(b"\n"), b"stopped" in note), (1, False))
        process.stderr.close()

    def test_a_journal_is_kept_when_the_reader_goes_away(self):
        with tempfile.TemporaryDirectory() as directory:
            jobs = os.path.join(directory, "jobs")
            with open(jobs, "w") as file:
                file.write("".join(f"{n}\n" for n in range(300_000)))
            command = ["-ocsv", "-i", jobs, "--journal", os.path.join(directory, "journal")]
            process = subprocess.Popen([PARSUM, *command], stdout=subprocess.PIPE,
                                       env=environment())
            process.stdout.readline()
            process.stdout.close()
            self.assertEqual(process.wait(TIMEOUT), -signal.SIGPIPE)
            again = run(*command)
            self.assertEqual((again.status, again.err), (0, ""))
            self.assertEqual(again.out, run("-ocsv", "-i", jobs).out)

    def test_a_closed_standard_output_is_a_failure(self):
        script = 'exec "$@" >&-'
        for arguments in (["10"], ["-V"], ["-ojson", "10"]):
            done = subprocess.run(["/bin/sh", "-c", script, "sh", PARSUM, *arguments],
                                  stderr=subprocess.PIPE, env=environment(), check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"standard output: ", done.stderr)

    def test_no_other_file_takes_the_place_of_a_closed_one(self):
        for closed, status in ((">&-", 1), ("2>&-", 0), ("<&- >&- 2>&-", 1)):
            with self.subTest(closed=closed), tempfile.TemporaryDirectory() as directory:
                trace = os.path.join(directory, "trace")
                done = subprocess.run(
                    ["/bin/sh", "-c", f'exec "$@" {closed}', "sh", PARSUM, "-t99", "--trace", trace,
                     "10"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(),
                    check=False)
                self.assertEqual(done.returncode, status)
                with open(trace) as file:
                    json.load(file)  # no sums and no messages in it


class Nonblocking(Case):
    """The other end has set O_NONBLOCK, which both ends of a pipe may share with more programs."""

    def slow_pipe(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        os.set_blocking(writer, False)
        return reader, writer

    def test_all_rows_reach_a_slow_reader(self):
        reader, writer = self.slow_pipe()
        with tempfile.TemporaryFile() as jobs:
            jobs.write(b"10\n" * 100_000)
            jobs.seek(0)
            process = subprocess.Popen([PARSUM, "-i-"], stdin=jobs, stdout=writer,
                                       stderr=subprocess.PIPE, env=environment())
        os.close(writer)
        time.sleep(0.5)
        with os.fdopen(os.dup(reader)) as file:
            lines = file.read().splitlines()
        self.assertEqual(process.wait(TIMEOUT), 0)
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()
        self.assertEqual(lines[:-1], [f"Run #{n}, sum is: 45" for n in range(1, 100_001)])
        self.assertIn("sum is 4500000", lines[-1])

    def test_all_of_a_message_reaches_a_slow_reader(self):
        reader, writer = self.slow_pipe()
        filling = os_write(writer, b"x" * 2**20)
        process = subprocess.Popen([PARSUM, "1x"], stderr=writer, env=environment())
        os.close(writer)
        time.sleep(0.5)
        with os.fdopen(os.dup(reader)) as file:
            text = file.read()[filling:]
        self.assertEqual(process.wait(TIMEOUT), 2)
        self.assertRegex(text, r"\Aparsum: job 1: '1x' .*\n\Z")


class Signals(Case):
    def test_an_interrupted_run_dies_by_its_signal_and_what_was_reported_stays(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number), Conversation("-i-") as parsum:
                parsum.say(b"10\n")
                self.assertEqual(parsum.hear(), b"Run #1, sum is: 45\n")
                parsum.say(b"1000000000000000000\n")
                time.sleep(0.2)
                parsum.process.send_signal(number)
                self.assertEqual(parsum.process.wait(10), -number)
                self.assertEqual(parsum.hear(), b"")


class Copies(Case):
    """What --compare keeps of a pipe."""

    def test_lie_in_tmpdir_and_have_no_name(self):
        with tempfile.TemporaryDirectory() as directory:
            process = subprocess.Popen([PARSUM, "-i-", "--compare"], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, env=environment(TMPDIR=directory))
            self.addCleanup(process.stdout.close)
            self.addCleanup(process.kill)
            process.stdin.write(b"10\n")
            process.stdin.flush()
            self.assertEqual(process.stdout.readline(), b"Run #1, sum is: 45\n")
            self.assertEqual(os.listdir(directory), [])
            files = f"/proc/{process.pid}/fd"
            copies = [name for name in os.listdir(files)
                      if os.readlink(f"{files}/{name}").startswith(os.path.realpath(directory))]
            self.assertEqual([os.stat(f"{files}/{name}").st_mode & 0o7777 for name in copies],
                             [0o600])
            process.stdin.write(b"20\n")
            process.stdin.close()
            self.assertIn(b"Run #2, sum is: 190\n", process.stdout.read())
            self.assertEqual(process.wait(TIMEOUT), 0)

    def test_a_directory_where_none_can_be_made(self):
        self.assert_refuses(run("-i-", "--compare", stdin=b"10\n", TMPDIR="/nonexistent"),
                            "in /nonexistent: No such file", "set TMPDIR", status=1)


class Descriptors(Case):
    def test_a_file_is_read_from_where_its_descriptor_stands(self):
        with tempfile.TemporaryFile() as file:
            file.write(b"99\n10\n20\n")
            file.flush()
            for arguments in (["-q"], ["-q", "--compare"]):
                os.lseek(file.fileno(), 3, os.SEEK_SET)
                result = run("-i-", *arguments, stdin=file.fileno())
                self.assertIn("sum is 235\n", result.out)
                self.assertEqual(result.status, 0)


if __name__ == "__main__":
    unittest.main()
