"""faults: parsum with a call that fails, at every call, in every way that it can fail.

parsum-faults is parsum with faults.c between it and the C library. For each scene, which is a command
line, and each call, the first is made to fail, then the second, and so on until the program gets by
with fewer. Whatever happens, it must not crash, leak (where a sanitizer watches) or say a wrong sum:
it fails with a message and status 1 (2 where it takes the fault for a bad file), or it copes and says
all the right sums. Nothing is left in the directory for temporary files, and a journal can be gone on
from, to the right sums.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

FAULTS = os.path.abspath(os.environ["PARSUM_FAULTS"])
LIMIT = 60  # more calls of one kind than any scene makes: then something runs in circles
BY_THE_CLOCK = {"waitpid"}  # called again and again until something is over: two will do

MEMORY = "malloc calloc realloc aligned_alloc strdup realpath open_memstream".split()
FILES = ("open openat close read write pread lseek fsync fdatasync fstat fstatat stat renameat "
         "getrandom poll fopen fclose fread fwrite fflush mkostemp mkdtemp opendir memfd_create fchmod "
         "_Fork pipe2 flock waitpid").split()
EINTR = "open read write pread poll fdatasync".split()
SHORT = "read write pread".split()

JOBS = "10\n5 20\n0\n-3 3\n100000\n"
ARGUMENTS = ["10", "5:20", "0", "-3:3", "100000"]
SUMS = ["45", "180", "0", "-3", "4999950000"]
SQUARES = ["285", "2440", "0", "19", "333328333350000"]


class Scene:
    """A command line in a directory of its own, with the sums that it must print."""

    def __init__(self, arguments, sums=SUMS, stdin=b"", seen=()):
        self.arguments, self.sums, self.stdin = arguments, sums, stdin
        self.seen = set(seen)  # calls that it makes for certain: that they are wrapped is tested
        self.directory = tempfile.TemporaryDirectory()
        self.write("jobs", JOBS)
        os.mkdir(self.path("tmp"))

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def remove(self, *names):
        for name in names:
            if os.path.exists(self.path(name)):
                os.remove(self.path(name))

    def run(self, fault="", files="", **more):
        """Runs it; returns what came of it, and whether the fault happened."""
        self.remove("seen")
        env = {**os.environ, "PARSUM_FAULT": fault, "PARSUM_FAULT_SEEN": self.path("seen"),
               "TMPDIR": self.path("tmp"), "OMP_NUM_THREADS": "2", "PARSUM_CACHE": "off"}
        if files:
            env["PARSUM_FAULT_FILES"] = str(files)
        stdin = {"input": self.stdin} if isinstance(self.stdin, bytes) else {}
        done = subprocess.run([FAULTS, *self.arguments], cwd=self.directory.name, env=env,
                              timeout=120, check=False, stderr=subprocess.PIPE,
                              **{"stdout": subprocess.PIPE, **stdin, **more})
        return done, os.path.exists(self.path("seen"))


def sums_of(text):
    """The sums of jobs in a report, in order; a row that was cut off is none."""
    return re.findall(r'^(?:\d+,-?\d+,-?\d+,|,?\{"run".*"sum": ")(-?\d+)(?:\n|"\})', text, re.M)


class Faults(unittest.TestCase):
    def check(self, scene, done, fault):
        said, out = done.stderr.decode(errors="replace"), (done.stdout or b"").decode()
        what = f"{scene.arguments}, {fault}: status {done.returncode}\n{said}{out[-500:]}"
        self.assertNotRegex(said, "Sanitizer|runtime error", what)
        self.assertIn(done.returncode, (0, 1, 2), what)
        # Then neither messages nor the end of standard output can be written.
        mute = fault.startswith(("write", "fwrite")) and fault.endswith("always")
        sums = sums_of(out)
        self.assertEqual(sums, scene.sums[:len(sums)], what)
        if done.returncode == 0:
            self.assertEqual(sums, scene.sums, what)
        elif not mute:
            self.assertRegex(said, r"(?m)^parsum: .*[a-z]", what)
        if out.startswith("{") and not mute and "standard output: " not in said:
            self.assertEqual("error" in json.loads(out), done.returncode != 0, what)
        left = os.listdir(scene.path("tmp"))
        shutil.rmtree(scene.path("tmp"))
        os.mkdir(scene.path("tmp"))
        if "was left behind" not in said:
            self.assertEqual(left, [], what)

    def each_call(self, scene, names, how, after=lambda: None):
        """Lets each call of each name suffer, one after another."""
        seen = set()
        for name in names:
            for call in range(1, LIMIT + 1):
                fault = f"{name} {call} {how}"
                done, happened = scene.run(fault)
                if not happened:
                    break
                seen.add(name)
                with self.subTest(fault=fault):
                    self.check(scene, done, fault)
                    after()
                if name in BY_THE_CLOCK and call == 2:
                    break
            else:
                self.fail(f"{name} is called more than {LIMIT} times")
        return seen

    def all_ways(self, scene, after=lambda: None):
        done, _ = scene.run()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check(scene, done, "no fault")
        after()
        seen = self.each_call(scene, MEMORY + FILES, "fail", after)
        self.each_call(scene, MEMORY + FILES, "always", after)
        for name in EINTR:
            self.each_call(scene, [name], "EINTR", after)
        for name in SHORT:
            fault = f"{name} 1 short"
            done, _ = scene.run(fault)
            with self.subTest(fault=fault):
                self.check(scene, done, fault)
                self.assertEqual(done.returncode, 0, done.stderr)
                after()
        self.assertLessEqual(scene.seen, seen)

    def test_arguments(self):
        self.all_ways(Scene(["-ocsv", "--", *ARGUMENTS],
                            seen={"calloc", "aligned_alloc", "fflush"}))

    def test_a_file(self):
        self.all_ways(Scene(["-ojson", "--input=jobs", "--stats", "--trace=trace.json"],
                            seen={"open", "read", "poll", "fstat", "calloc", "openat", "fclose"}))

    def test_a_pipe_that_is_read_twice(self):
        self.all_ways(Scene(["-ocsv", "-i-", "--compare"], stdin=JOBS.encode(),
                            seen={"mkostemp", "write", "lseek", "read"}))

    def test_a_term(self):
        self.all_ways(Scene(["-ocsv", "-e", "i*i*K", "-DK=1", "--", *ARGUMENTS], sums=SQUARES,
                            seen={"strdup", "mkdtemp", "_Fork", "waitpid", "fwrite"}))

    def test_a_journal(self):
        scene = Scene(["-ojson", "-ijobs", "--journal=journal"],
                      seen={"write", "fdatasync", "openat", "close"})

        def go_on():
            """Whatever has happened, the same command ends with the right sums."""
            again, _ = scene.run()
            self.check(scene, again, "going on")
            self.assertEqual(again.returncode, 0, again.stderr)
            scene.remove("journal")

        self.all_ways(scene, go_on)

    def test_going_on_from_a_journal(self):
        scene = Scene(["-ocsv", "-ijobs", "--journal=journal"], seen={"pread", "renameat", "fsync"})
        done, _ = scene.run()
        self.assertEqual(done.returncode, 0)
        with open(scene.path("journal"), "rb") as file:
            journal = file.read()

        def go_on():
            again, _ = scene.run()
            self.check(scene, again, "going on")
            self.assertEqual(again.returncode, 0, again.stderr)
            with open(scene.path("journal"), "wb") as file:
                file.write(journal)

        self.all_ways(scene, go_on)

    def test_a_disk_that_is_full_after_each_byte(self):
        """Standard output and the trace are files that may grow so far and no further."""
        for arguments in (["-ocsv"], ["-ojson"], ["-ocsv", "--trace=trace.json"],
                          ["-ocsv", "--journal=journal"]):
            self.fill_disk(Scene([*arguments, "--input=jobs"]))
        for arguments in (["-ojson", "-q", "5"], ["--version"], ["--help"]):
            self.fill_disk(Scene(arguments, sums=[]))

    @staticmethod
    def least_file():
        """LLVM's OpenMP gives up at once where it can't make a file of a kilobyte in memory."""
        version = subprocess.run([FAULTS, "--version"], capture_output=True, text=True, check=True)
        return 1024 if "compiler clang" in version.stdout else 0

    def fill_disk(self, scene):
        step, size, done = 1, self.least_file(), None
        while done is None or done.returncode != 0:
            scene.remove("journal")
            with open(scene.path("out"), "w+b") as out:
                done, _ = scene.run(files=size, stdout=out)
                out.seek(0)
                done.stdout = out.read()
            self.check(scene, done, f"at most {size} bytes a file")
            size += step
            step = 1 if size < 200 else 17
            self.assertLess(size, 20000)


if __name__ == "__main__":
    unittest.main()
