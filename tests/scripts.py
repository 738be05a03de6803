"""scripts: their help, what they install and how they ask, and how scripts/bench and scripts/check end."""
import contextlib
import io
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = os.environ.get("PARSUM_SOURCE_DIR") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCRIPTS = ["bench", "build", "check", "run", "scaling", "setup", "test"]
PATIENCE = 60  # seconds; the machine may be busy
TOOLS = ["apt-get", "sudo", "cmake", "make", "ctest", "gcc", "cc", "dnf", "pacman"]

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(SOURCE, "scripts", "bench.d"))
import bench  # noqa: E402
import rows  # noqa: E402
import cookbook  # noqa: E402
import page  # noqa: E402


class Copy(unittest.TestCase):
    """Works on a copy of the scripts, which nobody has built with, and with tools that only note that
    they were called."""

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.root = os.path.join(place.name, "copy")
        for name in ("scripts", os.path.join("tests", "fuzz")):
            shutil.copytree(os.path.join(SOURCE, name), os.path.join(self.root, name))
        self.called = os.path.join(place.name, "called")
        tools = os.path.join(place.name, "tools")
        os.mkdir(tools)
        for name in TOOLS:
            self.write(os.path.join(tools, name), 'echo "$0 $*" >>"%s"; exit 1' % self.called)
        self.path = tools + ":" + os.environ["PATH"]

    def write(self, path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n" + text + "\n")
        os.chmod(path, 0o755)

    def run_script(self, name, *arguments):
        done = subprocess.run([os.path.join(self.root, "scripts", name), *arguments], check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**os.environ, "PATH": self.path}, cwd=self.root)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def assert_untouched(self):
        self.assertFalse(os.path.exists(self.called))
        self.assertEqual(sorted(os.listdir(self.root)), ["scripts", "tests"])


class Help(Copy):
    def test_it_comes_at_once_and_installs_and_builds_nothing(self):
        for name in SCRIPTS:
            for option in ("--help", "-h"):
                with self.subTest(name=name, option=option):
                    status, output, errors = self.run_script(name, option)
                    self.assertEqual((status, errors), (0, ""))
                    self.assertIn("scripts/" + name, output.splitlines()[0])
                    self.assertGreater(len(output.splitlines()), 3)
                    self.assert_untouched()

    def test_these_are_all_scripts(self):
        scripts = os.path.join(SOURCE, "scripts")
        found = [name for name in os.listdir(scripts) if os.access(os.path.join(scripts, name), os.X_OK)
                 and os.path.isfile(os.path.join(scripts, name))]
        self.assertEqual(sorted(found), SCRIPTS)

    def test_it_comes_without_python_too(self):
        tools = self.path.split(":")[0]
        for name in ("bash", "env", "sed", "dirname", "readlink"):
            os.symlink(shutil.which(name), os.path.join(tools, name))
        self.path = tools
        for name in ("bench", "check"):
            status, output, errors = self.run_script(name, "--help")
            self.assertEqual((status, errors), (0, ""))
            self.assertIn("scripts/" + name, output)
            self.assert_untouched()

    def test_it_comes_after_other_words_too(self):
        for name, *words in (["test", "--preset", "debug"], ["test", "-R", "unit"], ["build", "release"],
                             ["setup", "build"], ["bench", "--quick"], ["check", "--quick"]):
            status, output, errors = self.run_script(name, *words, "--help")
            self.assertEqual((status, errors), (0, ""))
            self.assertIn("scripts/" + name, output)
            self.assert_untouched()

    def test_it_is_the_programs_own_where_that_is_built(self):
        os.makedirs(os.path.join(self.root, "build", "release"))
        self.write(os.path.join(self.root, "build", "release", "parsum"), 'echo "built: $*"')
        self.assertEqual(self.run_script("run", "--help"), (0, "built: --help\n", ""))
        self.assertEqual(self.run_script("run", "--help=all"), (0, "built: --help=all\n", ""))

    def test_wrong_options_are_refused_before_anything_is_built(self):
        for name, *words in (["bench", "--nonsense"], ["bench", "--only", "x"], ["check", "--only", "x"],
                             ["build"], ["build", "-DX=1"], ["setup"], ["setup", "nonsense"]):
            status, output, errors = self.run_script(name, *words)
            self.assertEqual((status, output), (2, ""), name)
            self.assertIn("scripts/" + name, errors)
            self.assert_untouched()


class Install(Copy):
    """scripts/setup where one tool is missing, and apt-get only pretends to install it."""

    def setUp(self):
        super().setUp()
        tools = self.path.split(":")[0]
        self.begun, self.go_on = self.called + ".begun", self.called + ".go-on"
        self.write(os.path.join(tools, "apt-get"), f"""
            echo "apt-get $*" >>"{self.called}"
            case "$*" in *install*) ;; *) exit 0 ;; esac
            : >"{self.begun}"
            while [ ! -e "{self.go_on}" ]; do echo "much to say"; echo "and more" >&2; sleep 0.05; done
            ln -s /bin/true "{tools}/missing-tool"
            echo installed >>"{self.called}" """)
        self.write(os.path.join(tools, "sudo"), f"""
            echo "sudo $*" >>"{self.called}"
            [ "$1" != -n ] || shift
            exec "$@" """)
        self.be_user(0)
        path = os.path.join(self.root, "scripts", "setup")
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"^build   make .*", "build   missing-tool the-package a b", file.read(),
                          flags=re.M)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        self.environment = {key: value for key, value in os.environ.items() if key != "CI"}
        self.environment["PATH"] = self.path

    def be_user(self, number):
        self.write(os.path.join(self.path.split(":")[0], "id"), f"echo {number}")

    def let_go(self):
        with open(self.go_on, "w", encoding="utf-8"):
            pass

    def calls(self):
        if not os.path.exists(self.called):
            return ""
        with open(self.called, encoding="utf-8") as file:
            return file.read()

    def start(self, *arguments, **options):
        return subprocess.Popen([os.path.join(self.root, "scripts", "setup"), *arguments],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                env=self.environment, start_new_session=True,
                                restore_signals=True, **options)

    def await_file(self, path):
        end = time.monotonic() + PATIENCE
        while not os.path.exists(path):
            self.assertLess(time.monotonic(), end, path)
            time.sleep(0.01)

    def test_root_is_told_what_is_installed_and_why_and_not_asked(self):
        self.let_go()
        with self.start("build", stderr=subprocess.PIPE) as process:
            errors = process.stderr.read().decode()
        self.assertEqual((process.returncode, errors),
                         (0, "scripts/setup: installing with apt-get:\n  the-package: to build parsum\n"))
        self.assertNotIn("sudo", self.calls())
        self.assertTrue(self.calls().endswith(" the-package\ninstalled\n"))

    def test_a_signal_ends_it_when_apt_get_has_ended(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number=number), self.start(
                    "build", stderr=subprocess.DEVNULL,
                    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) as process:
                self.await_file(self.begun)
                os.killpg(process.pid, number)
                time.sleep(0.3)
                self.assertIsNone(process.poll())
                self.let_go()
                self.assertEqual(process.wait(PATIENCE), -number)
                self.assertIn("installed\n", self.calls())
            for path in (self.begun, self.go_on, self.called,
                         os.path.join(self.path.split(":")[0], "missing-tool")):
                os.unlink(path)

    def test_a_reader_that_leaves_does_not_cut_apt_get_off(self):
        with self.start("build", stderr=subprocess.PIPE) as process:
            process.stderr.readline()
            self.await_file(self.begun)
            process.stderr.close()
            time.sleep(0.3)
            self.let_go()
            process.wait(PATIENCE)
        self.assertIn("installed\n", self.calls())

    def test_a_failure_shows_what_apt_get_has_said(self):
        self.write(os.path.join(self.path.split(":")[0], "apt-get"), "echo no such package; exit 100")
        with self.start("build", stderr=subprocess.PIPE) as process:
            errors = process.stderr.read().decode()
        self.assertEqual(process.returncode, 2)
        self.assertIn("no such package", errors)
        self.assertIn("apt-get install the-package", errors)

    def ask(self, script, answer, *arguments):
        """Runs it on a terminal of its own; returns its exit status and what the terminal shows."""
        pid, terminal = pty.fork()
        if pid == 0:
            path = os.path.join(self.root, "scripts", script)
            os.execve(path, [path, *arguments], self.environment)
        shown = b""
        try:
            while True:
                shown += os.read(terminal, 4096)
                if answer and b"[Y/n]" in shown:
                    os.write(terminal, answer)
                    answer = b""
        except OSError:  # the terminal is closed as the script ends
            pass
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.close(terminal)
        return status, shown.decode()

    def test_on_a_terminal_it_asks_before_sudo(self):
        self.be_user(1000)
        self.let_go()
        status, shown = self.ask("setup", b"n\n", "build")
        self.assertEqual((status, self.calls()), (2, ""))
        self.assertRegex(shown, r"with sudo apt-get:\s+the-package: to build parsum\s+"
                                r"scripts/setup: go on\? \[Y/n\]")
        self.assertIn("nothing has been installed", shown)
        status, shown = self.ask("setup", b"y\n", "build")
        self.assertEqual(status, 0, shown)
        self.assertIn("sudo sh -c", self.calls())

    def test_scripts_run_asks_too_although_its_input_may_be_a_pipe(self):
        self.be_user(1000)
        status, shown = self.ask("run", b"n\n", "10")
        self.assertEqual((status, self.calls()), (2, ""))
        self.assertIn("to build parsum", shown)

    def test_in_ci_it_does_not_ask(self):
        self.be_user(1000)
        self.let_go()
        self.environment["CI"] = "true"
        status, shown = self.ask("setup", b"", "build")
        self.assertEqual(status, 0, shown)
        self.assertNotIn("[Y/n]", shown)
        self.assertIn("sudo -n sh -c", self.calls())

    def test_without_a_terminal_sudo_must_need_no_password(self):
        self.be_user(1000)
        self.write(os.path.join(self.path.split(":")[0], "sudo"), "exit 1")
        with self.start("build", stderr=subprocess.PIPE) as process:
            errors = process.stderr.read().decode()
        self.assertEqual(process.returncode, 2)
        self.assertIn("installing needs root, or sudo", errors)
        self.assertEqual(self.calls(), "")


class Build(Copy):
    def test_a_failed_attempt_leaves_no_options_behind(self):
        self.write(os.path.join(self.root, "scripts", "setup"), "exit 0")
        cache = "build/release/CMakeCache.txt"
        self.write(os.path.join(self.path.split(":")[0], "cmake"),
                   'if [ -e %s ]; then echo old >>"%s"; else echo new >>"%s"; fi; '
                   'echo "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" >%s; exit 1'
                   % (cache, self.called, self.called, cache))
        for _ in range(2):
            status, _, errors = self.run_script("build", "release")
            self.assertEqual(status, 1)
            self.assertIn("scripts/build: 'cmake --preset release' failed", errors)
        with open(self.called, encoding="utf-8") as file:
            self.assertEqual(file.read(), "new\nnew\n")


class Check(Copy):
    def run_with(self, lacking, check):
        """scripts/check on a machine that lacks something and where nothing can be installed."""
        self.write(os.path.join(self.root, "scripts", "setup"),
                   '[ "$1" != --lacks ] || { echo %s; exit 0; }; exit 2' % lacking)
        return self.run_script("check", "--only", check)

    def test_what_was_left_out_is_told_at_the_end_and_in_the_exit_status(self):
        status, output, errors = self.run_with("shellcheck", "shell")
        self.assertEqual(status, 3)
        self.assertIn("LEFT OUT", output)
        self.assertEqual(output.splitlines()[-2:],
                         ["Left out:", "  shell: all of it, for want of shellcheck"])
        self.assertIn("going on with what is there", errors)

    def test_nothing_left_out_and_nothing_found_is_0_and_a_finding_is_1(self):
        self.write(os.path.join(self.path.split(":")[0], "shellcheck"), "exit 0")
        self.assertEqual(self.run_with("", "shell")[0], 0)
        self.write(os.path.join(self.path.split(":")[0], "shellcheck"), "exit 1")
        self.assertEqual(self.run_with("", "shell")[0], 1)


class Bench(unittest.TestCase):
    def row(self, name, seconds, **options):
        """What a row becomes whose contestants take these seconds."""
        turns = {contestant: (lambda taken: lambda: taken)(taken) for contestant, taken in seconds.items()}
        before = bench.CONTESTANTS
        bench.CONTESTANTS = {contestant: (lambda turn: lambda: turn)(turn)
                             for contestant, turn in turns.items()}
        try:
            return bench.cells(rows.Row(name, "what", "ours", "rival", **options), False)
        finally:
            bench.CONTESTANTS = before

    def conclude(self, *rows):
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors):
            return bench.conclude(list(rows)), errors.getvalue()

    def reached(self, cells):
        return cells[bench.HEADER.index("reached")]

    def test_a_target_is_reached_or_missed_and_the_exit_status_tells(self):
        good = self.row("good", {"ours": 1.0, "rival": 2.0}, target=1.9)
        bad = self.row("bad", {"ours": 1.0, "rival": 1.8}, target=1.9)
        none = self.row("none", {"ours": 1.0, "rival": 0.1})
        self.assertEqual([self.reached(row) for row in (good, bad, none)], ["yes", "no", ""])
        self.assertEqual(self.conclude(good, none), (0, ""))
        self.assertEqual(self.conclude(good, bad), (4, "scripts/bench: target missed: bad\n"))

    def test_two_threads_are_judged_beside_the_machine_itself(self):
        options = {"target": 0.95, "beside": ["on 1", "on 2"]}
        good = self.row("good", {"ours": 1.0, "rival": 1.5, "on 1": 3.0, "on 2": 2.0}, **options)
        bad = self.row("bad", {"ours": 1.0, "rival": 1.8, "on 1": 4.0, "on 2": 2.0}, **options)
        self.assertEqual([self.reached(row) for row in (good, bad)], ["yes", "no"])
        self.assertIn("1 of the machine's 1.5", good[-1])
        self.assertIn("0.9 of the machine's 2", bad[-1])

    def test_what_was_left_out_is_told_at_the_end_and_in_the_exit_status(self):
        def missing():
            raise bench.Missing("numba is not installed")

        before = bench.CONTESTANTS
        bench.CONTESTANTS = {"ours": lambda: lambda: 1.0, "rival": missing}
        try:
            out = bench.cells(rows.Row("term", "what", "ours", "rival", 1), False)
        finally:
            bench.CONTESTANTS = before
        self.assertEqual(self.conclude(out),
                         (3, "scripts/bench: left out: term (numba is not installed)\n"))
        bad = self.row("bad", {"ours": 1.0, "rival": 0.5}, target=1)
        self.assertEqual(self.conclude(out, bad)[0], 4)

    def test_every_row_names_contestants_that_there_are(self):
        for row in rows.ROWS:
            for name in row.contestants:
                self.assertIn(name, bench.CONTESTANTS)

    def test_the_targets_are_those_that_the_machine_allows(self):
        named = {row.name: row for row in rows.ROWS}
        self.assertIsNone(named["loop"].target)
        self.assertEqual(named["limit"].target, 0.95)
        for name in ("threads-ten", "threads-one", "term-collatz"):
            self.assertTrue(named[name].beside)
        free = named["threads-free"]
        self.assertEqual((free.ours, free.rival, free.target, free.turns),
                         ("ten, 2 free threads", "ten, 2 threads", 0.95, 25))


class Cookbook(unittest.TestCase):
    def rows(self, **seconds):
        """The cells of a row with parsum's seconds, and with those of ways that are called so. A `run` and
        a `c_loop` are those of the runs themselves."""
        ours = seconds.pop("parsum")
        itself = seconds.pop("run", []), seconds.pop("c_loop", [])
        ways = {cookbook.Way({"c": cookbook.C, "loop": cookbook.LOOP}.get(name, name), None): taken
                for name, taken in seconds.items()}
        return list(cookbook.lines({None: ours, **ways}, *itself))

    def test_a_ratio_is_the_median_of_the_turns(self):
        _, cells = self.rows(parsum=[1.0, 2.0, 4.0], numpy=[2.0, 2.0, 12.0])
        self.assertEqual(cells, ["numpy", "2 s", "2", "1 to 3", "", ""])

    def test_the_run_beside_plain_c_and_a_loop_have_targets(self):
        for ratio, reached in (0.76, "no"), (0.78, "yes"):
            rows = self.rows(parsum=[5.0], c=[1.0], run=[1.0], c_loop=[ratio])
            self.assertEqual([row[-1] for row in rows], ["", "", reached])
            self.assertEqual(rows[2][0], "its loop alone, beside parsum's run of 1 s")
        for ratio, reached in (9.9, "no"), (10.1, "yes"):
            self.assertEqual(self.rows(parsum=[1.0], loop=[ratio])[1][-1], reached)

    def test_the_run_itself_has_no_rows(self):
        for command, itself in (
                ("parsum -f a.c --by 'e(i)' -o csv 9 | head -5", "parsum -q -o json -f a.c --by 'e(i)' 9"),
                ("(echo T; seq 3) | parsum -i - -e T -o npy --output z.npy", "(echo T; seq 3) | parsum -q -o json -i - -e T"),
                ("parsum -q 9", "parsum -q -o json -q 9")):
            self.assertEqual(cookbook.run_itself(command), itself)
        self.assertEqual(cookbook.own_seconds('{"total": "1", "seconds": 1.5e-3}'), 0.0015)

    def test_what_does_a_part_of_the_work_says_so(self):
        self.assertEqual(cookbook.loop("pi", 101).called(), "Python loop, 1/101 of it, times 101")
        self.assertEqual([cookbook.time_text(seconds) for seconds in (0.02, 2, 600, 36000)],
                         ["20 ms", "2 s", "10 min", "10.0 h"])

    def test_only_the_tables_that_were_measured_change(self):
        text = "a\n\n<!-- times: x -->\n\n| old |\n\nb\n\n<!-- times: y -->\n\nc\n"
        self.assertEqual(page.with_tables(text, {"y": "| new |\n"}), text.replace("y -->\n", "y -->\n\n| new |\n"))
        self.assertEqual(page.with_tables(text, {"x": "| new |\n"}), text.replace("old", "new"))

    def test_recipes_and_other_rows_are_not_measured_together(self):
        done = subprocess.run([os.path.join(SOURCE, "scripts", "bench"), "--only", "cookbook-pi", "--only", "loop"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("one after the other", done.stderr)


if __name__ == "__main__":
    unittest.main()
