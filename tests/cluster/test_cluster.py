"""parsum on a real Slurm, started on this machine: every batch template, and what goes wrong there.

Run it with scripts/test --cluster. As a node has more CPUs here than there are, the long jobs are of
a term that sleeps; it adds up the same as the built-in one.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

from cluster import Cluster, name_of, wait_until  # noqa: E402
from program import strike_times  # noqa: E402

SOURCE = os.path.abspath(os.environ["PARSUM_SOURCE_DIR"])
PREFIX = os.path.abspath(os.environ["PARSUM_PREFIX"])  # parsum is installed there
WORK = os.path.abspath(os.environ["PARSUM_WORK"])  # a directory for all that comes up
TEMPLATES = os.path.join(PREFIX, "share", "parsum", "batch")
PARSUM = os.path.join(PREFIX, "bin", "parsum")

SLEEP = """\
#include <time.h>
static long term(long i)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); /* some 1.1 ms in all */
    return i;
}
"""
FINISHED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "BOOT_FAIL", "DEADLINE",
            "OUT_OF_MEMORY"}
UNEVEN = ("3e8", "0", "10:20", "2e7", "5:5", "1")


def expected(*jobs, **changes):
    """What a serial run prints, times aside; of jobs of the sleeping term too."""
    done = subprocess.run([PARSUM, "--serial", *jobs], capture_output=True, text=True, check=True,
                          env={**os.environ, **changes})
    return strike_times(done.stdout).replace("using for", "using omp")


class OnCluster(unittest.TestCase):
    NODES = 1

    @classmethod
    def setUpClass(cls):
        cls.work = os.path.join(WORK, cls.__name__)
        shutil.rmtree(cls.work, ignore_errors=True)
        os.makedirs(cls.work)
        with open(os.path.join(cls.work, "sleep.c"), "w") as file:
            file.write(SLEEP)
        cls.cluster = Cluster(os.path.join(WORK, "cluster"), cls.NODES, cpus=4)
        cls.cluster.environment["PATH"] = os.path.join(PREFIX, "bin") + ":" + \
            cls.cluster.environment["PATH"]
        cls.enterClassContext(cls.cluster)

    def setUp(self):
        self.before = time.monotonic()

    def tearDown(self):
        self.cluster.client("scancel", "--user=root", check=False)
        wait_until("idle nodes", 60, lambda: self.cluster.client(
            "sinfo", "-h", "-t", "idle", "-o", "%D", check=False).strip() == str(self.NODES))
        print(f"{time.monotonic() - self.before:6.1f} s  {self.id()}", file=sys.stderr, flush=True)

    def submit(self, template, *arguments, options=()):
        return self.cluster.client("sbatch", "--parsable", f"--chdir={self.work}", *options,
                                   os.path.join(TEMPLATES, template), *arguments).strip()

    def job(self, number):
        shown = self.cluster.client("scontrol", "-o", "show", "job", number)
        return dict(re.findall(r"(\w+)=(\S*)", shown))

    def wait(self, number, seconds=60):
        """Waits for the end of a job and returns what Slurm knows of it."""
        def ended():
            job = self.job(number)
            return job if job["JobState"] in FINISHED else None
        try:
            return wait_until(f"the end of job {number}", seconds, ended)
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self.job(number)}\n{self.output(number)}\n"
                                 f"{self.cluster.logs()}") from error

    def output(self, number):
        try:
            with open(os.path.join(self.work, f"parsum-{number}.out")) as file:
                return strike_times(file.read())
        except FileNotFoundError:
            return ""

    def printed(self, number):
        """What parsum itself has put into the job's file on standard output."""
        return "".join(re.findall(r"^(?:Run #|Time took).*\n", self.output(number), re.M))

    def ranks(self):
        """The processes of all ranks that run."""
        return [pid for pid in self.cluster.tasks() if name_of(pid) == "parsum-mpi"]

    def wait_for_work(self, ranks, journal=None):
        """Waits until the ranks run, and the journal, if there is one, tells of some work."""
        wait_until(f"{ranks} ranks", 30, lambda: len(self.ranks()) == ranks)
        if journal is None:
            time.sleep(1)
            return
        path = os.path.join(self.work, journal)

        def has_begun():
            if not os.path.exists(path):
                return False
            with open(path) as file:
                return re.search(r"^checkpoint .* terms [1-9]", file.read(), re.M)
        wait_until("a checkpoint", 30, has_begun)

    def assert_completes(self, number, wanted, seconds=60):
        job = self.wait(number, seconds)
        self.assertEqual((job["JobState"], self.printed(number)), ("COMPLETED", wanted),
                         self.output(number))
        return job


class OneNode(OnCluster):
    def test_openmp_template(self):
        self.assert_completes(self.submit("slurm-openmp.sbatch", *UNEVEN), expected(*UNEVEN))

    def test_openmp_template_as_an_array_of_jobs(self):
        for task in range(6):
            with open(os.path.join(self.work, f"jobs-{task}.txt"), "w") as file:
                file.write(f"{task}000000\n{task}\n")
        number = self.submit("slurm-openmp.sbatch", "--input", "jobs-%a.txt",
                             options=["--array=0-5%2", "--cpus-per-task=2",
                                      "--output=parsum-array-%a.out"])
        wait_until("the end of the array", 60, lambda: not self.cluster.client(
            "squeue", "-h", "-j", number, check=False).strip())
        for task in range(6):
            self.assertEqual(self.printed(f"array-{task}"), expected(f"{task}000000", str(task)))

    def test_hybrid_template(self):
        self.assert_completes(self.submit("slurm-hybrid.sbatch", *UNEVEN), expected(*UNEVEN))

    def test_hybrid_template_with_a_term_of_reals(self):
        term = ("--term", "1.0/(i+1)")
        self.assert_completes(self.submit("slurm-hybrid.sbatch", *term, *UNEVEN),
                              expected(*term, *UNEVEN))

    def test_scaling_template(self):
        self.assert_studies("--threads=1,2")

    def test_scaling_template_with_ranks(self):
        study = self.assert_studies("--ranks=1,2", options=["--ntasks=2", "--cpus-per-task=1"])
        self.assertRegex(study["commands"]["strong/chunks/2"],
                         r"\Asrun --ntasks=2 --cpus-per-task=1 parsum .*--mpi --threads 1 ")
        self.assertEqual(study["machine"]["cpus_usable"], 2)

    def assert_studies(self, choice, options=()):
        """Runs the template and returns what the study is about."""
        shutil.rmtree(os.path.join(self.work, "study"), ignore_errors=True)
        number = self.cluster.client(
            "sbatch", "--parsable", f"--chdir={self.work}", "--output=scaling.out", *options,
            f"--export=ALL,PARSUM_SOURCE={SOURCE}",
            os.path.join(TEMPLATES, "slurm-scaling.sbatch"), choice, "--seconds=0.2",
            "--runs=5", "--no-charts", f"--output={self.work}/study").strip()
        job = self.wait(number, 300)
        with open(os.path.join(self.work, "scaling.out")) as file:
            self.assertEqual(job["JobState"], "COMPLETED", file.read())
        with open(os.path.join(self.work, "study", "study.json")) as file:
            return json.load(file)

    def test_several_tasks_without_mpi_are_warned_of_once(self):
        both = self.cluster.client("sh", "-c", "srun -n3 parsum 10 2>&1")
        self.assertEqual(len(re.findall("each of the 3 tasks", both)), 1)
        self.assertEqual(both.count("Run #1, sum is: 45"), 3)

    def test_mpirun_within_a_job(self):
        out = self.cluster.client("salloc", "-Q", "-n4", "mpirun", "--bind-to", "none", "parsum",
                                  "--mpi", *UNEVEN)
        self.assertEqual(strike_times(out), expected(*UNEVEN))

    def test_ranks_that_do_not_find_each_other_fail(self):
        done = self.cluster.client("sh", "-c", "srun --mpi=none -n2 parsum --mpi 10; echo status $?",
                                   check=False)
        self.assertNotIn("Run #1", done)
        self.assertNotIn("status 0", done)

    def test_a_fault_on_any_rank_is_told_once_and_fails_the_job(self):
        number = self.submit("slurm-hybrid.sbatch", "--term", "1/(i-99999999)", "0", "1e8")
        self.assertEqual(self.wait(number)["JobState"], "FAILED")
        told = re.findall(r"^parsum: .*", self.output(number), re.M)
        self.assertEqual(len(told), 1, told)
        self.assertIn("at i = 99999999", told[0])

    def test_a_rank_that_is_killed_fails_the_job(self):
        number = self.submit("slurm-hybrid.sbatch", "--term-file=sleep.c", "1e6")
        self.wait_for_work(2)
        os.kill(self.ranks()[0], signal.SIGKILL)
        self.assertEqual(self.wait(number, 30)["JobState"], "FAILED")
        self.assertEqual(self.ranks(), [])

    def test_scancel_ends_the_job_and_its_journal_goes_on(self):
        jobs = ("10000", "0", "100:20000")
        number = self.submit("slurm-requeue.sbatch", "--term-file=sleep.c", *jobs)
        journal = f"parsum-{number}.journal"
        self.wait_for_work(2, journal)
        self.cluster.client("scancel", number)
        self.assertEqual(self.wait(number, 30)["JobState"], "CANCELLED")
        self.assertIn("go on from " + journal, self.output(number))
        again = self.submit("slurm-requeue.sbatch", "--term-file=sleep.c", *jobs,
                            options=[f"--export=ALL,PARSUM_JOURNAL={journal}"])
        self.assert_completes(again, expected(*jobs))


class ThreeNodes(OnCluster):
    NODES = 3

    def test_hybrid_template_over_all_nodes(self):
        number = self.submit("slurm-hybrid.sbatch", *UNEVEN,
                             options=["--nodes=3", "--ntasks=3", "--cpus-per-task=2"])
        self.assertEqual(self.assert_completes(number, expected(*UNEVEN))["NumNodes"], "3")

    def test_a_compiled_term_needs_no_file_system_in_common(self):
        """Only rank 0's task finds a compiler."""
        script = ('[ "$SLURM_PROCID" = 0 ] || export PARSUM_CC=/bin/false TMPDIR=/nonexistent; '
                  'exec parsum --mpi -t1 "$@"')
        out = self.cluster.client("srun", "-N3", "-n3", "sh", "-c", script, "sh", "-e", "1.0/(i+1)",
                                  *UNEVEN)
        self.assertEqual(strike_times(out), expected("-e", "1.0/(i+1)", *UNEVEN))

    def test_a_job_longer_than_its_time_is_requeued_until_it_is_done(self):
        """A minute is the least that Slurm knows; the signal comes 10 to 40 seconds after the start."""
        jobs = ("30000", "0", "20000:130000", "7")
        number = self.submit("slurm-requeue.sbatch", "--term-file=sleep.c", *jobs,
                             options=["--nodes=2", "--time=1", "--signal=USR2@50"])
        job = self.assert_completes(number, expected(*jobs), 300)
        self.assertGreaterEqual(int(job["Restarts"]), 1)

    def test_a_job_whose_node_dies_is_requeued_and_finished(self):
        jobs = ("30000", "0", "100:50000")
        number = self.submit("slurm-requeue.sbatch", "--term-file=sleep.c", *jobs,
                             options=["--nodes=3", "--ntasks=3"])
        self.wait_for_work(3, f"parsum-{number}.journal")
        self.cluster.kill_node("n3")
        wait_until("a note that the node is down", 60, lambda: "down" in self.cluster.client(
            "sinfo", "-h", "-n", "n3", "-o", "%T"))
        self.cluster.start_node("n3")
        job = self.assert_completes(number, expected(*jobs), 120)
        self.assertGreaterEqual(int(job["Restarts"]), 1)

    def test_scancel_ends_all_ranks(self):
        number = self.submit("slurm-hybrid.sbatch", "--term-file=sleep.c", "1e6",
                             options=["--nodes=3", "--ntasks=3"])
        self.wait_for_work(3)
        self.cluster.client("scancel", number)
        self.assertEqual(self.wait(number, 30)["JobState"], "CANCELLED")
        wait_until("the end of all ranks", 10, lambda: not self.ranks())


class Pbs(unittest.TestCase):
    """There is no PBS here: this looks at the syntax alone, of the shell's and of #PBS lines."""

    def test_template_is_a_script_with_the_directives_that_pbs_knows(self):
        path = os.path.join(TEMPLATES, "pbs-hybrid.pbs")
        subprocess.run(["bash", "-n", path], check=True)
        with open(path) as file:
            directives = re.findall(r"^#PBS (.*)$", file.read(), re.M)
        known = (r"-N \w+|-j oe|-l walltime=\d+:\d\d:\d\d|-l place=scatter:excl|"
                 r"-l select=\d+(:(ncpus|mpiprocs|ompthreads)=\d+)+")
        self.assertTrue(directives)
        for directive in directives:
            self.assertRegex(directive, rf"\A(?:{known})\Z")
        self.assertIn("-l place=scatter:excl", directives)  # bound threads need a node of their own


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))  # ends the cluster too
    unittest.main()
