"""Help, manual page and README name the same options: none can be forgotten."""
import itertools
import os
import re
import shutil
import subprocess
import tempfile
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
        option = re.match(r"\.(?:B|BR) (?:-(\w) , +)?--([a-z-]+)(?: ?\[?=([^\s\]]+)\]?)?$", tag)
        if option:
            found[option[2]] = (option[1] or "", option[3] or "")
    return found


def table(headline):
    """The rows of the table below a headline of the manual page; a cell is a list of what it names."""
    rows = read("src/cli/parsum.1.in").split(f".SS {headline}\n")[1].split(".TE")[0].split("\n_\n")[1]
    rows = re.sub(r"T\{\n(.*)\nT\}", r"\1", rows).replace("\\-", "-")
    return [[cell.split(", ") for cell in row.split("\t")] for row in rows.strip().split("\n")]


class Together(unittest.TestCase):
    """The tables of the manual page are what the program does."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        term = os.path.join(directory.name, "term.c")
        with open(term, "w", encoding="utf-8") as file:
            file.write("int64_t term(int64_t i) { return i; }\n")
        numbers = os.path.join(directory.name, "numbers")
        with open(numbers, "w", encoding="utf-8") as file:
            file.write("1\n2\n")
        values = {"input": "-", "reduce": "count", "list": "i == 3", "data": f"x={numbers}", "segments": numbers,
                  "term": "i", "term-file": term, "define": "K=1", "grain": "1e7",
                  "save-term": os.path.join(directory.name, "x.so"), "max-time": "90", "format": "csv",
                  "journal": os.path.join(directory.name, "journal"), "threads": "2",
                  "trace": os.path.join(directory.name, "trace"),
                  "output": os.path.join(directory.name, "output")}
        self.arguments = {"JOB": "5"}
        for name, (_, argument) in help_options().items():
            if name not in ("help", "version", "mpi"):
                value = values.get(name, "3") if argument else ""
                self.arguments["--" + name] = f"--{name}={value}" if argument else f"--{name}"

    def run_with(self, *names):
        arguments = [self.arguments[name.split()[0]] for name in names]
        return run(*arguments, OMP_NUM_THREADS="1")

    def test_just_the_pairs_of_the_table_are_refused_with_its_reason(self):
        expected = {}
        for options, others, why in table("Options that do not go together"):
            for pair in itertools.product(options, others):
                expected[frozenset(name.split()[0] for name in pair)] = (pair, ", ".join(why))
        self.assertGreater(len(expected), 12)
        found = set()
        for pair in itertools.combinations(self.arguments, 2):
            result = self.run_with(*pair)
            if "do not go together" in result.err:
                found.add(frozenset(pair))
                names, why = expected.get(frozenset(pair), (pair, ""))
                self.assertRegex(result.err, rf"\Aparsum: .* do not go together: {why or 'NONE'}; give one of the two\n\Z")
                self.assertEqual(result.status, 2)
                for name in names:
                    self.assertIn(name, result.err)
        self.assertEqual(found, set(expected))

    def test_what_an_option_needs_is_asked_for_and_is_enough(self):
        rows = table("Options that need others")
        refusals = ("go with a term", "goes with --term", "--data goes with a term", "goes with --by",
                    "goes with --list", "no jobs are given")
        for (options, needs), refusal in zip(rows, refusals, strict=True):
            for option in options:
                alone = self.run_with(option)
                self.assertIn(refusal, alone.err)
                self.assertEqual(alone.status, 2)
                for need in needs:
                    self.assertNotIn(refusal, self.run_with(option, need).err, (option, need))


class Drift(unittest.TestCase):
    def test_help_names_many_options(self):
        self.assertGreater(len(help_options()), 20)
        self.assertEqual(help_options()["threads"], ("t", "N"))

    def test_each_line_of_help_that_names_an_option_is_understood_here(self):
        lines = [line for line in run("--help=all").out.splitlines()
                 if re.match(r"  (-|    --)", line)]
        self.assertEqual(len(lines), len(help_options()))

    def test_each_option_has_a_meaning(self):
        for name, (_, argument) in help_options().items():
            if name not in ("help", "version", "mpi"):  # MPI leaks memory
                result = run(f"--{name}={10**6}" if argument else f"--{name}", "--nosuch")
                self.assertNotIn("fault", result.err, name)

    def test_the_manual_page_has_the_options_of_help(self):
        self.assertEqual(manual(), help_options())

    def test_the_pages_name_no_option_that_there_is_not(self):
        pages = ["README.md", *("docs/" + name for name in os.listdir(os.path.join(SOURCES, "docs"))
                                if name.endswith(".md"))]
        console = [line for page in pages for line in re.findall(r"^\$ .*parsum.*", read(page), re.M)]
        self.assertGreater(len(console), 10)
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
        done = subprocess.run(["groff", "-ww", "-t", "-mandoc", "-Tutf8", "-z",
                               os.path.join(SOURCES, "src/cli/parsum.1.in")],
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main()
