"""Completion offers the options of parsum --help=all and their values, in bash and in zsh."""
import os
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
import unittest

from program import PARSUM, environment, help_options

SOURCE = os.environ["PARSUM_SOURCE_DIR"]
COMPLETION = os.path.join(SOURCE, "scripts/completion")
README = os.path.join(SOURCE, "README.md")
PATIENCE = 60  # seconds; the machine may be busy


def bash(*words, directory=None):
    """What bash offers for the last word, sorted."""
    script = f"""
        set -u
        source {COMPLETION}/parsum.bash
        compopt() {{ :; }}
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _parsum
        [ -z "${{COMPREPLY-}}" ] || printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script, "bash", PARSUM, *words], check=True,
                          capture_output=True, text=True, cwd=directory)
    return sorted(done.stdout.splitlines())


class Bash(unittest.TestCase):
    def test_all_options_are_offered(self):
        expected = sorted(f"--{name}" + ("=" if argument and name not in ("help", "first") else "")
                          for name, (_, argument) in help_options().items())
        self.assertEqual(bash("--"), expected)
        self.assertEqual(bash("--no"), ["--no-cache", "--no-progress"])

    def test_values_are_offered_after_an_equals_sign_and_after_a_blank(self):
        self.assertEqual(bash("--format", "=", "j"), ["json"])
        self.assertEqual(bash("--help", "="), ["all"])
        self.assertEqual(bash("--format", "="), ["csv", "json", "npy", "text"])
        self.assertEqual(bash("--format", ""), ["csv", "json", "npy", "text"])
        self.assertEqual(bash("-o", ""), ["csv", "json", "npy", "text"])

    def test_a_number_is_not_offered_as_a_letter(self):
        self.assertEqual(bash("--grain", "="), ["job"])
        self.assertEqual(bash("--threads", ""), [])

    def test_files_are_offered_where_an_option_takes_one(self):
        self.assertEqual(bash("--input", README[:-3]), [README])
        self.assertEqual(bash("-i", README[:-3]), [README])
        self.assertEqual(bash("--term-file", "=", README[:-3]), [README])

    def test_files_are_offered_behind_the_name_that_a_file_gets(self):
        self.assertEqual(bash("--data", "x", "=", README[:-3]), [README])
        self.assertEqual(bash("--data", "=", "x", "=", README[:-3]), [README])
        self.assertIn("README.md", bash("--data", "x", "=", directory=SOURCE))
        self.assertIn("README.md", bash("--data", "=", "x", "=", directory=SOURCE))
        self.assertEqual(bash("--quiet", "--data", "x", "=", README, "--data", "y", "=", README[:-3]), [README])

    def test_nothing_is_offered_for_a_name_and_for_what_is_no_file(self):
        for words in (["--data", README[:-3]], ["--data", "=", README[:-3]], ["--let", "x", "=", README[:-3]],
                      ["--input", "x", "=", README[:-3]], ["5,a", "=", README[:-3]],
                      ["--data", "x", "=", README, "5,a", "=", README[:-3]]):
            self.assertEqual(bash(*words), [], words)

    def test_an_option_without_a_value_is_followed_by_options(self):
        self.assertEqual(bash("--serial", "--for"), ["--format="])


@unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
class Zsh(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        os.symlink(os.path.abspath(PARSUM), os.path.join(self.directory, "parsum"))
        for name in ("jobs.txt", "term.c"):
            with open(os.path.join(self.directory, name), "w", encoding="utf-8"):
                pass

    def complete(self, typed, expected):
        """Types in a real zsh, and waits until what it shows matches."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.directory)
            path = self.directory + os.pathsep + os.environ["PATH"]
            os.execvpe("zsh", ["zsh", "-f", "-i"],
                       environment(PATH=path, TERM="dumb", PS1="", LC_ALL="C"))
        try:
            os.write(terminal, (f"fpath=({COMPLETION} $fpath); autoload -U compinit; "
                                "compinit -u -D; echo rea''dy\n").encode())
            self.wait(terminal, "ready")
            os.write(terminal, typed.encode())
            return self.wait(terminal, expected)
        finally:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            os.close(terminal)

    def wait(self, terminal, expected):
        shown, end = "", time.monotonic() + PATIENCE
        while not re.search(expected, shown) and time.monotonic() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                shown += os.read(terminal, 65536).decode(errors="replace").replace("\r", "")
        self.assertRegex(shown, expected)
        return shown

    def test_all_options_are_offered_with_what_they_do(self):
        lines = r"[\s\S]*".join(rf"--{name} +(-\w +)?-- \S" for name in sorted(help_options()))
        self.complete("parsum --\t\t", lines)

    def test_values_are_offered(self):
        self.complete("parsum --format=j\t", "--format=json")
        self.complete("parsum --help=\t", "--help=all")
        self.complete("parsum -o c\t", "-o csv")
        self.complete("parsum --grain=\t", "--grain=job")

    def test_files_are_offered_where_an_option_takes_one(self):
        self.complete("parsum --input=j\t", "--input=jobs.txt")
        self.complete("parsum --quiet -f t\t", "-f term.c")

    def test_files_are_offered_behind_the_name_that_a_file_gets(self):
        self.complete("parsum --data x=j\t", "--data x=jobs.txt")
        self.complete("parsum --data=x=j\t", "--data=x=jobs.txt")
        self.complete("parsum --data x=term.c --data y=j\t", "--data y=jobs.txt")


if __name__ == "__main__":
    unittest.main()
