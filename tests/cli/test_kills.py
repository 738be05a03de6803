"""SIGKILL at random moments: whatever was killed, and how often, the last run prints the same.

PARSUM_KILLS is how many kills there are in each test (30); PARSUM_SEED makes them fall elsewhere.
"""
import os
import random
import tempfile
import unittest

from program import Case, run
from restarts import Restarts

KILLS = int(os.environ.get("PARSUM_KILLS", "30"))
SEED = int(os.environ.get("PARSUM_SEED", "1"))

HUGE = ["1:20_000_000_000"]
UNEVEN = ["--random", "10", "--below", "3e9", "--seed", "4"]


class Kills(Case):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="parsum-test-")
        self.addCleanup(self.directory.cleanup)
        self.random = random.Random(f"{SEED} {self.id()}")

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def save_term(self, expression):
        """The options that run a term, compiled beforehand: killing compilers is no purpose here."""
        path = self.path("term.so")
        saved = run("--term", expression, "--save-term", path)
        if saved.status != 0:
            self.skipTest("no compiler: " + saved.err)
        return ["--term-file", path]

    def check(self, *arguments, jobs=None):
        source = open(jobs, "rb") if jobs else None
        plain = run(*arguments, stdin=source or b"")
        if source:
            source.close()
        self.assertEqual(plain.status, 0, plain.err)
        kills = most = 0
        while kills < KILLS:
            restarts = Restarts(self.random, arguments, plain.timeless, self.directory.name, jobs)
            if os.path.exists(restarts.journal):
                os.unlink(restarts.journal)
            took = restarts.until_done()
            kills += took
            most = max(most, took)
        self.assertGreater(most, 1, "no run was killed more than once: the jobs are too short")
        restarts.once_more()
        left = [name for name in os.listdir(self.directory.name) if name.startswith(".parsum")]
        self.assertEqual(left, [])

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
