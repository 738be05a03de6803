"""The team: what OpenMP makes of it is told, and what a user has bound stays as it is."""
import json
import os
import subprocess
import unittest

from program import PARSUM, Case, environment, run

CPUS = len(os.sched_getaffinity(0))
WITHOUT_OPENMP = "OpenMP none" in run("--version").out


@unittest.skipIf(WITHOUT_OPENMP, "a build without OpenMP has one thread")
class Team(Case):
    def threads(self, *fragments, **changes):
        """The number of threads that two of them come to; notes must hold the fragments."""
        result = run("-qo", "json", "-t", "2", "1e6", **changes)
        self.assertEqual(result.status, 0)
        for fragment in fragments:
            self.assertIn(fragment, result.err)
        return json.loads(result.out)["threads"]

    def test_threads_that_share_a_cpu_by_a_setting(self):
        self.assertEqual(self.threads("2 threads share 1 CPU", "OMP_PROC_BIND=master",
                                      OMP_PROC_BIND="master", OMP_PLACES="threads"), 2)

        cpu = str(min(os.sched_getaffinity(0)))
        self.assertEqual(self.threads("2 threads share 1 CPU", "GOMP_CPU_AFFINITY=" + cpu,
                                      GOMP_CPU_AFFINITY=cpu), 2)

    def test_a_team_that_is_smaller_by_a_setting(self):
        self.assertEqual(self.threads("OMP_MAX_ACTIVE_LEVELS=0", "a team of 1 thread, not 2",
                                      OMP_MAX_ACTIVE_LEVELS="0"), 1)
        self.assertEqual(self.threads("OMP_THREAD_LIMIT", OMP_THREAD_LIMIT="1"), 1)
        result = run("-qo", "json", "-t", "64", "1e6", OMP_DYNAMIC="true")
        told = json.loads(result.out)["threads"]
        if told < 64:
            self.assertIn(f"a team of {told} thread", result.err)
            self.assertIn("OMP_DYNAMIC=true", result.err)

    @unittest.skipUnless("compiler gcc" in run("--version").out, "Clang's OpenMP tells it itself")
    def test_threads_that_cannot_start(self):
        for size in ("16k", "100000G"):
            result = run("-q", "-t", "2", "1e9", OMP_STACKSIZE=size)
            self.assertEqual((result.status, result.out), (1, ""))
            self.assertIn("parsum: OpenMP can't start 2 threads with OMP_STACKSIZE=" + size,
                          result.err)

    @unittest.skipIf(CPUS < 2, "one CPU has no others")
    def test_a_program_may_use_what_it_might_before(self):
        """Threads are placed, and then let go."""
        parsum = subprocess.Popen([PARSUM, "-q", "-t", "2", "-i", "-"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, env=environment())
        parsum.stdin.write(b"10\n" * 100000)
        parsum.stdin.flush()
        while len(tasks := os.listdir(f"/proc/{parsum.pid}/task")) < 2:
            self.assertIsNone(parsum.poll())
        parsum.stdin.write(b"20\n" * 100000)
        parsum.stdin.flush()
        with open("/proc/self/status", encoding="ascii") as file:
            own = file.read()
        for task in tasks:
            with open(f"/proc/{parsum.pid}/task/{task}/status", encoding="ascii") as file:
                allowed = [line for line in file if line.startswith("Cpus_allowed_list")]
            self.assertIn(allowed[0], own)
        self.assertIn(b" sum is 23500000\n", parsum.communicate()[0])


if __name__ == "__main__":
    unittest.main()
