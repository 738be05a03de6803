"""Help, manual page and README name the same options: none can be forgotten."""
import os
import re
import shutil
import subprocess
import unittest

from program import help_options, run

SOURCES = os.environ["PARSUM_SOURCE_DIR"]


def read(name):
    with open(os.path.join(SOURCES, name), encoding="utf-8") as file:
        return file.read()


def manual():
    """The same, as the tags of the manual page have it; fonts and escapes are taken out."""
    found = {}
    for tag in re.findall(r"^\.TP\n(.*)", read("src/cli/parsum.1.in"), re.M):
        tag = re.sub(r"\\f[RBI]|\"", "", tag).replace("\\-", "-")
        option = re.match(r"\.(?:B|BR) (?:-(\w) , +)?--([a-z-]+)(?:=(\S+))?$", tag)
        if option:
            found[option[2]] = (option[1] or "", option[3] or "")
    return found


class Drift(unittest.TestCase):
    def test_help_names_many_options(self):
        self.assertGreater(len(help_options()), 20)
        self.assertEqual(help_options()["threads"], ("t", "N"))

    def test_each_line_of_help_that_names_an_option_is_understood_here(self):
        lines = [line for line in run("--help").out.splitlines() if re.match(r"  (-|    --)", line)]
        self.assertEqual(len(lines), len(help_options()))

    def test_each_option_has_a_meaning(self):
        for name, (_, argument) in help_options().items():
            if name not in ("help", "version", "mpi"):  # MPI leaks memory
                result = run(f"--{name}={10**6}" if argument else f"--{name}", "--nosuch")
                self.assertNotIn("fault", result.err, name)

    def test_the_manual_page_has_the_options_of_help(self):
        self.assertEqual(manual(), help_options())

    def test_the_readme_names_no_option_that_there_is_not(self):
        console = re.findall(r"^\$ .*parsum.*", read("README.md"), re.M)
        self.assertGreater(len(console), 5)
        for line in console:
            for name in re.findall(r"(?<= )--([a-z-]+)", line.split("parsum ", 1)[1]):
                self.assertIn(name, help_options(), line)

    def test_the_readme_cites_this_version(self):
        self.assertIn(f"version {run('--version').out.split()[1]}, ", read("README.md"))

    def test_the_manual_page_tells_each_exit_status_of_the_readme(self):
        statuses = re.findall(r"^\| (\d+) \|", read("README.md"), re.M)
        self.assertGreaterEqual(len(statuses), 5)
        section = read("src/cli/parsum.1.in").split(".SH EXIT STATUS")[1].split(".SH")[0]
        self.assertEqual(statuses, re.findall(r"^\.B (\d+)$", section, re.M))

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_the_manual_page_has_no_mistake_that_groff_sees(self):
        done = subprocess.run(["groff", "-ww", "-mandoc", "-Tutf8", "-z",
                               os.path.join(SOURCES, "src/cli/parsum.1.in")],
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main()
