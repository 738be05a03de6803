"""The cache of compiled terms: when the compiler is called again, and what is never loaded."""
import glob
import json
import os
import shutil
import stat
import subprocess
import tempfile
import time
import unittest

from program import PARSUM, Case, environment, run

COMPILER = next(name for name in ("gcc", "clang", "cc") if shutil.which(name))
CHANGE = 0.1  # what was changed so short a time ago is not kept: it may not be what was compiled
COLLATZ = ("int64_t term(int64_t i) { int64_t s = 0; for (i++; i != 1; s++) "
           "i = i % 2 ? 3 * i + 1 : i / 2; return s; }\n")


def steps(n):
    """Collatz steps from n to 1."""
    count = 0
    while n != 1:
        n = 3 * n + 1 if n % 2 else n // 2
        count += 1
    return count


class Cached(Case):
    """A test with a cache of its own, and a compiler that notes its calls."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.calls = self.path("calls")
        self.compiler = self.write("noting-cc", f"#!/bin/sh\necho >> {self.calls}\n"
                                   f"exec {COMPILER} \"$@\"\n", 0o755)
        self.cache = self.path("home/parsum")
        os.mkdir(self.path("home"))

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def run_term(self, *arguments, options="", **changes):
        changes = {"XDG_CACHE_HOME": self.path("home"), "PARSUM_CACHE": "",
                   "PARSUM_CC": f"{self.compiler} {options}", **changes}
        return run("-qo", "json", *arguments, **changes)

    def count(self):
        if not os.path.exists(self.calls):
            return 0
        with open(self.calls, encoding="ascii") as file:
            return len(file.readlines())

    def assert_term(self, expected, compiled, *arguments, err="", **changes):
        """The total, and whether the compiler was called for it. Returns the kernel's name."""
        before = self.count()
        result = self.run_term(*arguments, **changes)
        self.assertEqual((result.status, result.err), (0, err))
        told = json.loads(result.out)
        self.assertEqual(told["total"], str(expected))
        self.assertEqual(self.count() > before, compiled, arguments)
        return told["kernel"]

    def assert_kept(self, expected, *arguments, **changes):
        """The term is compiled, and then not again."""
        self.assert_term(expected, True, *arguments, **changes)
        self.assert_term(expected, False, *arguments, **changes)

    def entries(self):
        return sorted(glob.glob(os.path.join(self.cache, "*")))


class Hits(Cached):
    def test_a_term_is_compiled_once_for_other_numbers_of_terms_too(self):
        kernel = self.assert_term(328350, True, "-e", "i*i", "100")
        for end in (100, 4000, 12):
            self.assertEqual(self.assert_term(sum(i * i for i in range(end)), False, "-e", "i*i", end),
                             kernel)
        self.assertEqual(len(self.entries()), 1)

    def test_what_goes_into_a_term_tells_it_from_others(self):
        self.write("own.h", "")
        self.assert_kept(90, "-e", "N*i", "-DN=2", "10")
        self.assert_kept(135, "-e", "N*i", "-DN=3", "10")
        self.assert_kept(90, "-e", "N*i", "-DN=2", "--wrap", "10")
        self.assert_kept(90, "-e", "N*i", "-DN=2", "10", options="-O1")
        self.assert_kept(90, "-e", "N*i", "-DN=2", "10", CPATH=self.directory)
        self.assert_term(90, False, "-e", "N*i", "-DN=2", "10")
        os.utime(self.compiler, (1, 1))  # another compiler
        self.assert_kept(90, "-e", "N*i", "-DN=2", "10")

    def test_a_file_is_known_by_what_is_in_it_and_in_what_it_includes(self):
        os.mkdir(self.path("early"))
        odd = "o  w$#n.h"  # as a list of Make's writes it otherwise
        self.write(odd, "#define K 2\n")
        path = self.write("own.c", f'#include <math.h>\n#include "{odd}"\n'
                          "int64_t term(int64_t i) { return K * i; }\n")
        options = f"-I {self.path('early')}"
        time.sleep(CHANGE)
        self.assert_kept(90, "-f", path, "10", options=options)
        os.utime(self.path(odd))
        self.assert_term(90, False, "-f", path, "10", options=options)
        self.write(odd, "#define K 3\n")
        time.sleep(CHANGE)
        self.assert_kept(135, "-f", path, "10", options=options)
        self.write("early/math.h", "#define K 4\n#include_next <math.h>\n")
        self.write(odd, "")
        time.sleep(CHANGE)
        self.assert_kept(180, "-f", path, "10", options=options)
        os.remove(self.path("early/math.h"))
        self.write(odd, "#define K 3\n")
        time.sleep(CHANGE)
        self.assert_kept(135, "-f", path, "10", options=options)
        self.write("own.c", "int64_t term(int64_t i) { return i; }\n")
        time.sleep(CHANGE)
        self.assert_kept(45, "-f", path, "10", options=options)

    def test_a_header_that_comes_before_another_is_seen(self):
        os.mkdir(self.path("early"))
        os.mkdir(self.path("late"))
        self.write("late/own.h", "#define K 2\n")
        options = f"-I {self.path('early')} -I{self.path('late')} -include own.h"
        time.sleep(CHANGE)
        self.assert_kept(90, "-e", "K*i", "10", options=options)
        self.write("early/own.h", "#define K 3\n")
        time.sleep(CHANGE)
        self.assert_kept(135, "-e", "K*i", "10", options=options)

    def test_a_file_that_was_just_changed_is_not_kept(self):
        """It may have been changed as the compiler read it."""
        path = self.write("own.c", "int64_t term(int64_t i) { return i; }\n")
        time.sleep(CHANGE)
        touching = self.write("touching-cc", f"#!/bin/sh\ntouch {path}\n"
                              f"exec {self.compiler} \"$@\"\n", 0o755)
        self.assert_term(45, True, "-f", path, "10", PARSUM_CC=touching)
        self.assertEqual(self.entries(), [])

    def test_what_a_compiler_says_is_said_again(self):
        for text in ("i^2", "abs(i-5000000000)"):
            first = self.run_term("-e", text, "9")
            before = self.count()
            again = self.run_term("-e", text, "9")
            self.assertEqual((again.err, self.count()), (first.err, before))
            self.assertRegex(again.err, r"\Aparsum: --term[^\n]*\n\Z")

    def test_a_term_is_saved_from_the_cache(self):
        saved = self.path("saved.so")
        for compiled in (True, False):
            before = self.count()
            result = self.run_term("-e", "i*i", "--save-term", saved)
            self.assertEqual((result.status, result.err), (0, ""))
            self.assertEqual(self.count() > before, compiled)
            self.assert_term(285, False, "-f", saved, "10", PATH="/nosuch")

    def test_a_journal_goes_on_with_a_term_from_the_cache(self):
        arguments = ("-e", "1.0/i", "1:100", "--journal", self.path("journal"))
        first = self.run_term(*arguments, "--no-cache")
        self.assert_kept("5.17737751763962", "-e", "1.0/i", "1:100")
        again = self.run_term(*arguments)
        self.assertEqual((again.status, again.err), (0, ""))
        self.assertEqual(json.loads(again.out)["total"], json.loads(first.out)["total"])


class Proofs(Cached):
    def test_a_proof_that_fails_for_the_rounded_range_is_made_for_the_exact_one(self):
        total = sum(i**3 for i in range(2 * 10**6))
        for compiled in (True, False):
            self.assertEqual(self.assert_term(total, compiled, "-e", "i*i*i", "2e6"), "proved")
        for compiled in (True, False):
            self.assertEqual(self.assert_term(285, compiled, "-e", "i*i + 0*(i*i*i)", "10"),
                             "proved")

    def test_checks_are_for_runs_of_which_a_proof_is_known_to_fail(self):
        path = self.write("steps.c", COLLATZ)
        time.sleep(CHANGE)
        for start, end, compiled in ((0, 1000, True), (0, 2000, False), (0, 7, True),
                                     (0, 1000, False), (5000, 6000, True), (6000, 7000, True),
                                     (5000, 6000, False), (5000, 7000, False)):
            total = sum(map(steps, range(start + 1, end + 1)))
            self.assertEqual(self.assert_term(total, compiled, "-f", path, f"{start}:{end}"),
                             "checked")

    def test_an_overflow_is_found_where_another_run_of_the_same_size_had_none(self):
        self.assert_term(2097151**3, True, "-e", "i*i*i", "2097151:2097152")
        for _ in range(2):
            result = self.run_term("-e", "i*i*i", "2097151:2097153")
            self.assert_refuses(result, "overflows", "at i = 2097152;", status=1, out=result.timeless)

    def test_a_division_is_proved_from_1_on(self):
        for end, compiled in ((50, True), (60, False)):
            total = sum(100 // i for i in range(1, end))
            self.assertEqual(self.assert_term(total, compiled, "-e", "100/i", f"1:{end}"), "proved")
        result = self.run_term("-e", "100/i", "50")
        self.assertIn("at i = 0;", result.err)


class Off(Cached):
    def assert_off(self, expected, *arguments, err="", **changes):
        for _ in range(2):
            self.assert_term(expected, True, *arguments, err=err, **changes)

    def test_it_is_switched_off(self):
        self.assert_off(45, "-e", "i", "--no-cache", "10")
        self.assert_off(45, "-e", "i", "10", PARSUM_CACHE="off")
        self.assertFalse(os.path.exists(self.cache))

    def test_what_is_linked_or_plugged_in_switches_it_off(self):
        thing = self.path("thing.o")
        subprocess.run([COMPILER, "-c", "-xc", "/dev/null", "-o", thing], check=True)
        for options in (thing, f"-O2 {thing}", "-lm", f"-L{self.directory}",
                        f"-Wl,-rpath,{self.directory}"):
            with self.subTest(options=options):
                self.assert_term(45, True, "-e", "i", "10", options=options)
        self.assertEqual(self.entries(), [])

    def test_a_home_that_is_none_does_no_harm(self):
        for home in ("/proc/nosuch", "/dev/null", "", "relative"):
            with self.subTest(home=home):
                self.assert_term(45, True, "-e", "i", "10", XDG_CACHE_HOME=home,
                                 HOME="/dev/null")
        self.assert_kept(45, "-e", "i", "10", XDG_CACHE_HOME="", HOME=self.path("home"))
        self.assertTrue(os.path.isdir(self.path("home/.cache/parsum")))

    def assert_note(self):
        err = (f"parsum: {self.cache} is not used to keep compiled terms: it is no directory of this "
               "user's alone; remove it\n")
        before = self.entries()
        self.assert_term(45, True, "-e", "i", "10", err=err)
        self.assertEqual(self.entries(), before)

    def test_a_directory_that_others_may_meddle_with_is_not_used(self):
        self.assert_kept(45, "-e", "i", "10")
        self.assertEqual(stat.S_IMODE(os.stat(self.cache).st_mode), 0o700)
        for mode in (0o770, 0o707, 0o750):
            os.chmod(self.cache, mode)
            self.assert_note()
        os.chmod(self.cache, 0o700)
        self.assert_term(45, False, "-e", "i", "10")
        os.rename(self.cache, self.path("elsewhere"))
        os.symlink(self.path("elsewhere"), self.cache)
        self.assert_note()

    @unittest.skipUnless(os.geteuid() == 0, "only root can give files away")
    def test_what_belongs_to_somebody_else_is_not_used(self):
        self.assert_kept(45, "-e", "i", "10")
        os.chown(self.entries()[0], 1, 1)
        self.assert_kept(45, "-e", "i", "10")
        os.chown(self.cache, 1, 1)
        self.assert_note()
        os.chown(self.cache, 0, 0)
        shutil.rmtree(self.cache)
        os.chown(self.path("home"), 1, 1)
        self.assert_off(45, "-e", "i", "10")
        self.assertFalse(os.path.exists(self.cache))


class Files(Cached):
    def test_a_file_that_is_damaged_is_as_good_as_none(self):
        self.assert_kept(285, "-e", "i*i", "10")
        path, = self.entries()
        with open(path, "rb") as file:
            whole = file.read()
        size = len(whole)
        damaged = [whole[:size // 2], b"", whole[:-1], whole + b"x"]
        damaged += [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:]
                    for at in (0, size // 2, size - 200, size - 60, size - 1)]
        for text in damaged:
            with open(path, "wb") as file:
                file.write(text)
            self.assert_kept(285, "-e", "i*i", "10")

    def test_a_file_that_others_may_write_or_a_link_is_not_loaded(self):
        self.assert_kept(285, "-e", "i*i", "10")
        path, = self.entries()
        os.chmod(path, 0o620)
        self.assert_kept(285, "-e", "i*i", "10")
        os.rename(path, self.path("moved"))
        os.symlink(self.path("moved"), path)
        self.assert_kept(285, "-e", "i*i", "10")
        self.assertFalse(os.path.islink(path))

    def test_many_processes_at_once(self):
        changes = environment(XDG_CACHE_HOME=self.path("home"), PARSUM_CACHE="",
                              PARSUM_CC=self.compiler)
        processes = [subprocess.Popen([PARSUM, "-qe", "i*i", str(100 + k % 2)], env=changes,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                     for k in range(6)]
        for k, process in enumerate(processes):
            out, err = process.communicate()
            self.assertEqual((process.returncode, err), (0, b""))
            self.assertTrue(out.endswith(b" %d\n" % sum(i * i for i in range(100 + k % 2))), out)
        self.assertEqual(os.listdir(self.cache), [os.path.basename(self.entries()[0])])
        self.assert_term(285, False, "-e", "i*i", "10")

    def test_what_was_not_used_for_the_longest_time_goes(self):
        self.assert_kept(285, "-e", "i*i", "10")
        path, = self.entries()
        old = []
        for k, size in enumerate((60 << 20, 60 << 20, 30 << 20)):
            old.append(self.write(f"home/parsum/old{k}", ""))
            os.truncate(old[k], size)
            os.utime(old[k], (1000 + k, 1000 + k))
        os.utime(path, (999, 999))
        self.assert_term(285, False, "-e", "i*i", "10")  # it was used just now
        self.assert_term(45, True, "-e", "i", "10")
        self.assertEqual([os.path.exists(name) for name in (path, *old)],
                         [True, False, True, True])


if __name__ == "__main__":
    unittest.main()
