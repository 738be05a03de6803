"""SIGKILL at random moments: whatever was killed, and how often, the last run prints the same.

PARSUM_KILLS is how many kills there are in each test (30); PARSUM_SEED makes them fall elsewhere.
"""
import os
import random
import re
import signal
import subprocess
import tempfile
import time
import unittest

from program import PARSUM, Case, environment, run, strike_times

KILLS = int(os.environ.get("PARSUM_KILLS", "30"))
SEED = int(os.environ.get("PARSUM_SEED", "1"))

HUGE = ["1:20_000_000_000"]
UNEVEN = ["--random", "10", "--below", "3e9", "--seed", "4"]


def last_checkpoint(journal):
    """(finished jobs, terms of the next one) as the journal has them; None before there is any."""
    try:
        with open(journal) as file:
            lines = re.findall(r"^checkpoint \d+ jobs (\d+) total \S+(?: next \S+ terms (\d+))?"
                               r".* [0-9a-f]{16}$", file.read(), re.M)
    except FileNotFoundError:
        return None
    return (int(lines[-1][0]), int(lines[-1][1] or 0)) if lines else None


class Kills(Case):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="parsum-test-")
        self.addCleanup(self.directory.cleanup)
        self.random = random.Random(f"{SEED} {self.id()}")
        self.journal = self.path("journal")

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def save_term(self, expression):
        """The options that run a term, compiled beforehand: killing compilers is no purpose here."""
        path = self.path("term.so")
        saved = run("--term", expression, "--save-term", path)
        if saved.status != 0:
            self.skipTest("no compiler: " + saved.err)
        return ["--term-file", path]

    def start(self, arguments, jobs, out):
        """One process, with as many threads and as large chunks as it happens to have."""
        how = self.random.choice([[], ["-t", "1"], ["-t", "2"], ["-t", "5"]])
        how += self.random.choice([[], [], ["--grain", "100000"], ["--grain", "1234567"]])
        source = open(jobs, "rb") if jobs else subprocess.DEVNULL
        try:
            return subprocess.Popen([PARSUM, *arguments, *how, "--journal", self.journal],
                                    stdin=source, stdout=out, stderr=subprocess.PIPE,
                                    env=environment())
        finally:
            if jobs:
                source.close()

    def wait_or_kill(self, process, seconds):
        """Asks for checkpoints, a hundred a second, and then kills. True if it had ended before."""
        end = time.monotonic() + self.random.uniform(0, seconds)
        while time.monotonic() < end:
            time.sleep(0.01)
            if os.path.exists(self.journal) and process.poll() is None:
                process.send_signal(signal.SIGUSR1)
            if process.poll() is not None:
                break
        ended = process.poll() == 0
        process.kill()
        return ended

    def one_run(self, arguments, jobs, expected):
        """Kills until the run is done. Returns how many kills that took."""
        kills, reached, seconds = 0, (0, 0), 0.12
        while True:
            with open(self.path("out"), "w+b") as out:
                process = self.start(arguments, jobs, out)
                # a process that can't catch SIGUSR1 yet dies of it, which is as good as a kill
                ended = self.wait_or_kill(process, seconds)
                err = process.communicate()[1].decode()
                out.seek(0)
                printed = out.read().decode()
            if ended:
                self.assertEqual(strike_times(printed), expected, err)
                return kills
            self.assertIn(process.returncode, (-9, -10), err)
            whole_lines = printed[:printed.rfind("\n") + 1]
            self.assertTrue(expected.startswith(strike_times(whole_lines)), whole_lines[-300:])
            now = last_checkpoint(self.journal)
            self.assertGreaterEqual(now or (0, 0), reached, "progress was lost")
            if not now or now == reached:
                seconds *= 1.2  # on a slow machine it takes longer to get anywhere
            reached = now or reached
            kills += 1

    def check(self, *arguments, jobs=None):
        source = open(jobs, "rb") if jobs else None
        plain = run(*arguments, stdin=source or b"")
        if source:
            source.close()
        self.assertEqual(plain.status, 0, plain.err)
        kills = most = 0
        while kills < KILLS:
            if os.path.exists(self.journal):
                os.unlink(self.journal)
            took = self.one_run(arguments, jobs, plain.timeless)
            kills += took
            most = max(most, took)
        self.assertGreater(most, 1, "no run was killed more than once: the jobs are too short")
        # the journal of a finished run is its whole output
        with open(self.path("out"), "w+b") as out:
            self.start(arguments, jobs, out).communicate()
            out.seek(0)
            self.assertEqual(strike_times(out.read().decode()), plain.timeless)

    def small_jobs(self, terms):
        path = self.path("jobs")
        with open(path, "w") as file:
            for k in range(100_000):
                file.write(f"{k} {k + self.random.randrange(2 * terms)}\n")
        return path

    def test_one_huge_job(self):
        self.check(*HUGE)

    def test_ten_uneven_jobs(self):
        self.check(*UNEVEN)

    def test_ten_uneven_jobs_handed_out_whole(self):
        self.check(*UNEVEN, "--grain", "job")

    def test_a_hundred_thousand_small_jobs_from_a_pipe(self):
        self.check("--input", "-", jobs=self.small_jobs(50_000))

    def test_one_huge_job_of_doubles(self):
        self.check(*self.save_term("1.0/i"), "1:2e9")

    def test_ten_uneven_jobs_of_doubles(self):
        self.check(*self.save_term("(i%2 ? 1e-300 : -1e300)/(i+1)"), "--random", "10", "--below",
                   "2e8", "--seed", "4")

    def test_a_hundred_thousand_small_jobs_of_doubles(self):
        self.check(*self.save_term("1.0/(i+1)"), "--input", self.small_jobs(10_000))

    def test_a_huge_job_of_128_bits(self):
        self.check(*self.save_term("(__int128)i*i*i - 7"), "1:3e8")


if __name__ == "__main__":
    unittest.main()
