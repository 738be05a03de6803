"""Help, manual page, README and completion name the same options: none can be forgotten."""
import os
import re
import shutil
import subprocess
import unittest

from program import PARSUM, run

SOURCES = os.environ["PARSUM_SOURCE_DIR"]
HELP_LINE = re.compile(r"^  (?:-(\w), |    )--([a-z-]+)(?:=(\S+))?  +\S", re.M)


def read(name):
    with open(os.path.join(SOURCES, name), encoding="utf-8") as file:
        return file.read()


def helped():
    """{long name: (short name or "", argument or "")} as --help has it."""
    return {name: (short, argument) for short, name, argument in HELP_LINE.findall(run("--help").out)}


def manual():
    """The same, as the tags of the manual page have it; fonts and escapes are taken out."""
    found = {}
    for tag in re.findall(r"^\.TP\n(.*)", read("src/parsum.1.in"), re.M):
        tag = re.sub(r"\\f[RBI]|\"", "", tag).replace("\\-", "-")
        option = re.match(r"\.(?:B|BR) (?:-(\w) , +)?--([a-z-]+)(?:=(\S+))?$", tag)
        if option:
            found[option[2]] = (option[1] or "", option[3] or "")
    return found


def complete(*words):
    """What bash offers for the last word."""
    script = f"""
        source {SOURCES}/scripts/completion/parsum.bash
        compopt() {{ :; }}
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _parsum
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", script, "bash", PARSUM, *words], check=True,
                          capture_output=True, text=True)
    return sorted(done.stdout.split())


class Drift(unittest.TestCase):
    def test_help_names_many_options(self):
        self.assertGreater(len(helped()), 20)
        self.assertEqual(helped()["threads"], ("t", "N"))

    def test_each_line_of_help_that_names_an_option_is_understood_here(self):
        lines = [line for line in run("--help").out.splitlines() if re.match(r"  (-|    --)", line)]
        self.assertEqual(len(lines), len(helped()))

    def test_the_manual_page_has_the_options_of_help(self):
        self.assertEqual(manual(), helped())

    def test_the_readme_names_no_option_that_there_is_not(self):
        console = re.findall(r"^\$ .*parsum.*", read("README.md"), re.M)
        self.assertGreater(len(console), 5)
        for line in console:
            for name in re.findall(r"(?<= )--([a-z-]+)", line.split("parsum ", 1)[1]):
                self.assertIn(name, helped(), line)

    def test_the_manual_page_tells_each_exit_status_of_the_readme(self):
        statuses = re.findall(r"^\| (\d+) \|", read("README.md"), re.M)
        self.assertGreaterEqual(len(statuses), 5)
        section = read("src/parsum.1.in").split(".SH EXIT STATUS")[1].split(".SH")[0]
        self.assertEqual(statuses, re.findall(r"^\.B (\d+)$", section, re.M))

    def test_bash_completes_all_options(self):
        expected = sorted(f"--{name}" + ("=" if argument else "")
                          for name, (_, argument) in helped().items())
        self.assertEqual(complete("--"), expected)
        self.assertEqual(complete("--no"), ["--no-progress"])

    def test_bash_completes_values(self):
        self.assertEqual(complete("--format", "=", "j"), ["json"])
        self.assertEqual(complete("--format", "="), ["csv", "json", "text"])
        self.assertEqual(complete("-o", ""), ["csv", "json", "text"])
        self.assertEqual(complete("--input", f"{SOURCES}/READ"), [f"{SOURCES}/README.md"])
        self.assertEqual(complete("-i", f"{SOURCES}/READ"), [f"{SOURCES}/README.md"])
        self.assertEqual(complete("--threads", ""), [])
        self.assertEqual(complete("--serial", "--for"), ["--format="])

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_the_manual_page_has_no_mistake_that_groff_sees(self):
        done = subprocess.run(["groff", "-ww", "-mandoc", "-Tutf8", "-z",
                               os.path.join(SOURCES, "src/parsum.1.in")],
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main()
