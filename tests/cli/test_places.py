"""Where files are written: who can meddle there, what they are called, and what is left of them."""
import json
import os
import shutil
import stat
import subprocess
import tempfile
import time
import unittest

from program import PARSUM, TIMEOUT, Case, environment, run

OTHER, THIRD = 65534, 65533  # users who are neither root nor this one
ROOT = os.geteuid() == 0


class Place(Case):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="parsum-test-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def run_as(self, user, *arguments):
        """parsum as another user, in a copy that all may run."""
        with tempfile.TemporaryDirectory(prefix="parsum-test-") as directory:
            os.chmod(directory, 0o777)
            program = shutil.copy(PARSUM, directory)
            return subprocess.run([program, *map(str, arguments)], cwd="/", check=False, text=True,
                                  env=environment(GCOV_PREFIX=directory), capture_output=True,
                                  stdin=subprocess.DEVNULL, timeout=TIMEOUT, user=user, group=user,
                                  extra_groups=[])

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def make(self, name, text="", mode=None, owner=None):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        if owner is not None:
            os.chown(self.path(name), owner, owner)
        if mode is not None:
            os.chmod(self.path(name), mode)
        return self.path(name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def mode(self, name):
        return stat.S_IMODE(os.lstat(self.path(name)).st_mode)

    def await_files(self, count):
        end = time.monotonic() + 30
        while len(os.listdir(self.directory)) < count:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)

    def begin_again(self):
        """The name of what a process leaves that is killed while it catches up."""
        os.mkfifo(self.path("pipe"))
        process = subprocess.Popen([PARSUM, "--journal", self.path("run"), "-i", self.path("pipe")],
                                   env=environment(), stdout=subprocess.DEVNULL)
        with open(self.path("pipe"), "w", encoding="utf-8") as pipe:
            print("10", file=pipe, flush=True)  # the first line tells whether the jobs have columns
            self.await_files(4)
            process.kill()
            process.wait()
        return next(name for name in os.listdir(self.directory) if name.startswith("."))


class Names(Place):
    def test_no_name_beside_a_journal_is_taken(self):
        name = "run.parsum-new"
        jobs = self.make(name, "10\n20\n")
        result = run("--journal", self.path("run"), "--input", jobs)
        self.assertEqual((result.status, self.read(name)), (0, "10\n20\n"), result.err)
        os.unlink(jobs)
        result = run("--journal", self.path("run2"), "--trace", self.path("run2.parsum-new"), 10)
        self.assertEqual(result.status, 0, result.err)
        json.loads(self.read("run2.parsum-new"))
        self.assertTrue(self.read("run2").startswith("parsum journal "))
        self.assertEqual(sorted(os.listdir(self.directory)), ["run", "run2", "run2.parsum-new"])

    def test_a_name_may_be_as_long_as_a_name_can_be(self):
        for name in ("j" * 255, "-", "--help", "two\nlines", "a b", ".parsum"):
            with self.subTest(name=name):
                for _ in range(2):
                    result = run(f"--journal={self.path(name)}", 10)
                    self.assertEqual(result.status, 0, result.err)
        self.assertEqual(len(os.listdir(self.directory)), 6)
        result = run("--journal", self.path("j" * 256), 10)
        self.assert_refuses(result, "File name too long", status=1)
        saved = self.path("s" * 252 + ".so")
        self.assertEqual(run("-e", "i", "--save-term", saved).status, 0)
        self.assertEqual(run("--term-file", saved, "-q", 10).timeless,
                         "Time took using omp is TIME sum is 45\n")

    def test_a_path_that_leads_to_no_file_is_refused(self):
        self.make("file")
        os.symlink("round", self.path("round"))
        for path, fault in (("", "No such file"), (self.path("none", "x"), "No such file"),
                            (self.path("file", "x"), "Not a directory"),
                            (self.path("round"), "symbolic links"),
                            (self.directory, "s a directory"),
                            (self.directory + "/", "s a directory")):
            for option in ("--journal", "--trace"):
                with self.subTest(path=path, option=option):
                    self.assert_refuses(run(option, path, 10), fault, status=1)

    def test_a_process_that_is_killed_leaves_no_more_than_its_journal(self):
        jobs = self.path("pipe")
        os.mkfifo(jobs)
        process = subprocess.Popen([PARSUM, "--journal", self.path("run"), "--input", jobs],
                                   env=environment(), stdout=subprocess.DEVNULL)
        with open(jobs, "w", encoding="utf-8") as pipe:
            print("10", file=pipe, flush=True)  # the first line tells whether the jobs have columns
            self.await_files(2)
            process.kill()
            process.wait()
        self.assertEqual(run("--journal", self.path("run"), "--input", os.devnull).status, 0)
        self.assertEqual(sorted(os.listdir(self.directory)), ["pipe", "run"])

    def test_a_fresh_journal_that_was_left_behind_is_swept(self):
        jobs = self.make("jobs", "10\n20\n")
        self.assertEqual(run("--journal", self.path("run"), "-i", jobs).status, 0)
        fresh = self.begin_again()
        self.assertRegex(fresh, r"\A\.parsum-[0-9a-f]{16}-[0-9a-f]{16}\Z")
        others = [self.make(".parsum-" + "0" * 16 + "-" + "0" * 16),  # of another journal
                  self.make(fresh[:-1]), self.make("run.parsum-new")]
        self.assertEqual(run("--journal", self.path("run"), "-i", self.path("jobs")).status, 0)
        self.assertFalse(os.path.exists(self.path(fresh)))
        for other in others:
            self.assertTrue(os.path.exists(other))

    def test_a_journal_in_a_directory_that_is_moved_goes_on(self):
        os.mkdir(self.path("a"))
        process = subprocess.Popen([PARSUM, "--journal", self.path("a", "run"), "--max-time", "3",
                                    "9e18"], env=environment(), stderr=subprocess.PIPE)
        end = time.monotonic() + 30
        while not os.path.exists(self.path("a", "run")) or not self.read("a/run"):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        os.rename(self.path("a"), self.path("b"))
        _, err = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 75, err)
        self.assertIn("checkpoint", self.read("b/run"))


class Roles(Place):
    """One file, whatever its paths look like, has one use; that need not be there yet."""

    def setUp(self):
        super().setUp()
        os.mkdir(self.path("a"))
        os.symlink(self.directory, self.path("link"))
        os.symlink("x.so", self.path("dangling.so"))
        self.names = [self.path("x.so"), self.path(".", "x.so"), self.path("a", "..", "x.so"),
                      self.directory + "//x.so", self.path("link", "x.so"), self.path("dangling.so"),
                      os.path.relpath(self.path("x.so"))]

    def test_of_what_is_written(self):
        for name in self.names:
            with self.subTest(name=name):
                result = run("--journal", self.path("x.so"), "--trace", name, 10)
                self.assert_refuses(result, "--journal and --trace are the same file", "its own")
                result = run("--journal", name, "--trace", self.path("x.so"), 10)
                self.assert_refuses(result, "--journal and --trace are the same file")
                result = run("-e", "i", "--save-term", self.path("x.so"), "--trace", name, 10)
                self.assert_refuses(result, "--trace and --save-term are the same file")
                result = run("-e", "i", "--save-term", self.path("x.so"), "--journal", name, 10)
                self.assert_refuses(result, "--journal and --save-term are the same file")
        self.assertFalse(os.path.exists(self.path("x.so")))

    def test_of_what_is_read(self):
        text = "10\n"
        self.make("x.so", text)
        os.link(self.path("x.so"), self.path("hard.so"))
        for name in (*self.names, self.path("hard.so")):
            for option in ("--journal", "--trace", "--save-term"):
                with self.subTest(name=name, option=option):
                    result = run("-e", "i", option, name, "--input", self.path("x.so"))
                    self.assert_refuses(result, f"--input and {option} are the same file")
            result = run("-f", self.path("x.so"), "--trace", name, 10)
            self.assert_refuses(result, "--term-file and --trace are the same file")
        self.assertEqual(self.read("x.so"), text)

    def test_names_that_only_look_alike_are_none(self):
        result = run("--journal", self.path("x"), "--trace", self.path("a", "x"), 10)
        self.assertEqual(result.status, 0, result.err)
        result = run("--journal", self.path("y"), "--trace", "/dev/null", "--input", "/dev/null")
        self.assertEqual(result.status, 0, result.err)

    def test_a_trace_may_go_through_a_pipe_without_a_name(self):
        script = 'exec "$0" --trace /dev/fd/3 -q 10 3>&1 >/dev/null'
        done = subprocess.run(["/bin/sh", "-c", f"({script}) | cat", PARSUM], capture_output=True,
                              env=environment(), check=True)
        json.loads(done.stdout)


class Permissions(Place):
    def test_only_those_for_reading_writing_and_running_are_kept(self):
        run("--journal", self.path("run"), 10)
        for mode, kept in ((0o6777, 0o777), (0o4755, 0o755), (0o1640, 0o640), (0o2600, 0o600)):
            os.chmod(self.path("run"), mode)
            self.assertEqual(run("--journal", self.path("run"), 10).status, 0)
            self.assertEqual(self.mode("run"), kept)

    def test_a_saved_term_runs_as_nobody_else(self):
        self.make("t.so", mode=0o6777)
        self.assertEqual(run("-e", "i", "--save-term", self.path("t.so")).status, 0)
        self.assertEqual(self.mode("t.so") & 0o7000, 0)

    def test_what_takes_the_place_of_a_private_file_is_private(self):
        for name, arguments in (("out", ("--output", self.path("out"), 10)),
                                ("t.so", ("-e", "i", "--save-term", self.path("t.so")))):
            for mode, kept in ((0o600, 0o600), (0o640, 0o640), (0o6777, 0o777)):
                with self.subTest(name=name, mode=oct(mode)):
                    self.make(name, mode=mode)
                    self.assertEqual(run(*arguments).status, 0)
                    self.assertEqual(self.mode(name), kept)

    @unittest.skipUnless(ROOT, "only root can give files away")
    def test_an_output_keeps_the_group_but_takes_no_wish_of_another_user(self):
        umask = os.umask(0o022)
        self.addCleanup(os.umask, umask)
        self.make("out", mode=0o660)
        os.chown(self.path("out"), 0, THIRD)
        self.assertEqual(run("--output", self.path("out"), 10).status, 0)
        self.assertEqual((os.stat(self.path("out")).st_gid, self.mode("out")), (THIRD, 0o660))
        for mode, kept in ((0o666, 0o604), (0o600, 0o600)):
            self.make("out", mode=mode, owner=OTHER)
            self.assertEqual(run("--output", self.path("out"), 10).status, 0)
            self.assertEqual((os.stat(self.path("out")).st_uid, self.mode("out")), (0, kept))

    @unittest.skipUnless(ROOT, "root alone can try what others may do")
    def test_a_file_that_may_not_be_written_is_not_replaced(self):
        os.chmod(self.directory, 0o777)
        for name, arguments in (("out", ("--output", self.path("out"), 10)),
                                ("t.so", ("-e", "i", "--save-term", self.path("t.so")))):
            self.make(name, "precious\n", mode=0o444, owner=OTHER)
            done = self.run_as(OTHER, *arguments)
            self.assertEqual((done.returncode, self.read(name)), (1, "precious\n"))
            self.assertIn("Permission denied", done.stderr)

    @unittest.skipUnless(ROOT, "only root can give files away")
    def test_the_group_is_kept(self):
        run("--journal", self.path("run"), 10)
        os.chown(self.path("run"), 0, THIRD)
        os.chmod(self.path("run"), 0o660)
        self.assertEqual(run("--journal", self.path("run"), 10).status, 0)
        self.assertEqual((os.stat(self.path("run")).st_gid, self.mode("run")), (THIRD, 0o660))

    @unittest.skipUnless(ROOT, "root alone can try what others may do")
    def test_the_permissions_of_a_group_go_with_it(self):
        os.chmod(self.directory, 0o777)
        run("--journal", self.path("run"), 10)
        os.chown(self.path("run"), OTHER, THIRD)
        os.chmod(self.path("run"), 0o670)
        done = self.run_as(OTHER, "--journal", self.path("run"), 10)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.mode("run"), 0o600)

    @unittest.skipUnless(ROOT, "root alone can try what others may do")
    def test_a_directory_that_may_not_be_written_is_told(self):
        os.chmod(self.directory, 0o755)
        run("--journal", self.path("run"), 10)
        os.chmod(self.path("run"), 0o666)
        kept = self.read("run")
        done = self.run_as(OTHER, "--journal", self.path("run"), 10)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\Aparsum: [^\n]*directory[^\n]*Permission denied[^\n]*\n\Z")
        self.assertEqual(self.read("run"), kept)


@unittest.skipUnless(ROOT, "root alone can try what others may do")
class OtherUsers(Place):
    """What another user has prepared for root, or for a third user."""

    def setUp(self):
        super().setUp()
        os.chmod(self.directory, 0o1777)  # as /tmp is

    def assert_refused(self, result, *fragments, status=1):
        self.assert_refuses(result, *fragments, status=status)

    def test_a_journal_of_theirs_is_refused_and_never_gets_a_new_owner(self):
        run("--journal", self.path("run"), 10)
        os.chown(self.path("run"), OTHER, OTHER)
        os.chmod(self.path("run"), 0o6777)
        kept = self.read("run")
        self.assert_refused(run("--journal", self.path("run"), 10), "another user", "copy it")
        status = os.stat(self.path("run"))
        self.assertEqual((status.st_uid, self.mode("run"), self.read("run")), (OTHER, 0o6777, kept))
        self.assertEqual(os.listdir(self.directory), ["run"])
        done = self.run_as(OTHER, "--journal", self.path("run"), 10)
        self.assertEqual((done.returncode, self.mode("run")), (0, 0o777), done.stderr)

    def test_an_empty_file_of_theirs_is_no_journal_of_mine(self):
        self.make("run", mode=0o6777, owner=OTHER)
        self.assert_refused(run("--journal", self.path("run"), 10), "another user")
        self.assertEqual((os.stat(self.path("run")).st_uid, self.read("run")), (OTHER, ""))

    def test_a_link_of_theirs_is_not_followed(self):
        victim = self.make("victim", "precious\n", mode=0o600)
        for target in (victim, self.path("not-there")):
            for option in ("--journal", "--trace"):
                link = self.path("link")
                os.symlink(target, link)
                os.chown(link, OTHER, OTHER, follow_symlinks=False)
                with self.subTest(target=target, option=option):
                    self.assert_refused(run(option, link, 10), "symbolic link", "another user")
                os.unlink(link)
        self.assertEqual(self.read("victim"), "precious\n")
        self.assertEqual(os.listdir(self.directory), ["victim"])

    def test_a_second_name_for_a_link_of_mine_is_not_followed(self):
        self.make("victim", "precious\n")
        os.symlink("victim", self.path("link"))
        os.link(self.path("link"), self.path("trace"), follow_symlinks=False)
        self.assert_refused(run("--trace", self.path("trace"), 10), "symbolic link")
        self.assertEqual(self.read("victim"), "precious\n")

    def test_root_does_not_follow_their_directories(self):
        os.mkdir(self.path("mine"), 0o700)
        os.symlink("mine", self.path("theirs"))
        os.chown(self.path("theirs"), OTHER, OTHER, follow_symlinks=False)
        for arguments in (("--journal", self.path("theirs", "x"), 10),
                          ("--trace", self.path("theirs", "x"), 10),
                          ("-e", "i", "--save-term", self.path("theirs", "x.so"))):
            self.assert_refused(run(*arguments), "symbolic link", "another user", "theirs")
        self.assertEqual(os.listdir(self.path("mine")), [])

    def test_links_of_my_own_and_of_root_are_followed(self):
        os.symlink("target", self.path("link"))
        self.make("target", owner=OTHER, mode=0o600)
        os.mkdir(self.path("own"))
        os.chown(self.path("own"), OTHER, OTHER)
        done = self.run_as(OTHER, "--trace", self.path("link"), 10)
        self.assertEqual(done.returncode, 0, done.stderr)
        os.symlink("x", self.path("own", "link"))
        os.chown(self.path("own", "link"), OTHER, OTHER, follow_symlinks=False)
        done = self.run_as(OTHER, "--journal", self.path("own", "link"), 10)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(os.path.exists(self.path("own", "x")))

    def test_a_trace_overwrites_no_file_of_theirs_nor_one_with_two_names(self):
        self.make("trace", "precious\n", owner=OTHER, mode=0o666)
        self.assert_refused(run("--trace", self.path("trace"), 10), "trace")
        victim = self.make("victim", "precious\n", mode=0o600)
        os.link(victim, self.path("second"))
        self.assert_refused(run("--trace", self.path("second"), 10), "other names")
        self.assertEqual((self.read("trace"), self.read("victim")), ("precious\n",) * 2)

    def test_a_pipe_in_the_place_of_a_journal_is_refused(self):
        os.mkfifo(self.path("run"))
        os.chown(self.path("run"), OTHER, OTHER)
        os.chmod(self.path("run"), 0o666)
        self.assert_refused(run("--journal", self.path("run"), 10), "run", status=2)

    def test_files_of_theirs_that_look_like_leftovers_stay(self):
        jobs = self.make("jobs", "10\n20\n")
        self.assertEqual(run("--journal", self.path("run"), "-i", jobs).status, 0)
        fresh = self.begin_again()
        names = [fresh[:-1] + end for end in "01234" if end != fresh[-1]]
        victim = self.make("victim", "precious\n")
        os.symlink(victim, self.path(names[0]))
        os.link(victim, self.path(names[1]))
        self.make(names[2], owner=OTHER, mode=0o666)
        os.mkdir(self.path(names[3]))
        self.assertEqual(run("--journal", self.path("run"), "-i", self.path("jobs")).status, 0)
        self.assertEqual(self.read("victim"), "precious\n")
        for name in names[:4]:
            self.assertTrue(os.path.lexists(self.path(name)), name)


if __name__ == "__main__":
    unittest.main()
