"""The examples of the README and of docs run as they are written, times and speedups aside."""
import glob
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import program

SOURCE = os.environ.get("PARSUM_SOURCE_DIR", ".")
PAGES = ["README.md", "CONTRIBUTING.md", "results/speed.md",
         *sorted(glob.glob("docs/*.md", root_dir=SOURCE))]
LONG = ["docs/cookbook.md"]  # its commands run for seconds; test_cookbook.py has them at a small size
README_WORDS = 1300  # what does not fit is a page in docs


def read(page):
    with open(os.path.join(SOURCE, page), encoding="utf-8") as file:
        return file.read()


def examples(page):
    """[(command, expected output)] of each console block, in one list a block."""
    for block in re.findall(r"^```console\n(.*?)^```$", read(page), re.M | re.S):
        parts = re.split(r"^\$ (.*)\n", block, flags=re.M)[1:]
        yield list(zip(parts[0::2], parts[1::2]))


def strike_times(text):
    """Without times, and without the number of threads, which is the machine's."""
    return re.sub(r"(RATIOx on) \d+ threads?", r"\1 THREADS", program.strike_times(text))


class Examples(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.directory)
        os.symlink(os.path.abspath(program.PARSUM), os.path.join(self.directory, "parsum"))
        os.symlink(os.path.abspath(os.path.join(SOURCE, "tests")),
                   os.path.join(self.directory, "tests"))

    def run_command(self, command):
        path = self.directory + os.pathsep + os.environ["PATH"]
        return subprocess.run(["bash", "-c", command], cwd=self.directory,
                              env=program.environment(PATH=path), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=120).stdout

    def run_page(self, page):
        """Runs the examples of a page; returns how many commands they are."""
        commands = 0
        for command, expected in (example for block in examples(page) for example in block):
            commands += 1
            if command.startswith("cat "):  # the file is part of the example
                with open(os.path.join(self.directory, command.split()[1]), "w",
                          encoding="utf-8") as file:
                    file.write(expected)
                continue
            with self.subTest(page=page, command=command):
                output = re.sub(r"^parsum: (?:\d+ threads share|the term is checked) .*\n", "",
                                self.run_command(command), flags=re.M)
                self.assertEqual(strike_times(output), strike_times(expected))
        return commands

    def test_every_example_prints_what_the_page_says(self):
        commands = {page: self.run_page(page) for page in PAGES if page not in LONG}
        self.assertGreaterEqual(commands["README.md"], 7)
        self.assertGreaterEqual(commands["docs/terms.md"], 7)


class Pages(unittest.TestCase):
    def test_the_readme_is_short(self):
        self.assertLessEqual(len(read("README.md").split()), README_WORDS)

    def test_links_lead_somewhere(self):
        count = 0
        for page in PAGES:
            for link in re.findall(r"\]\(([^)#:]+)\)", read(page)):
                count += 1
                place = os.path.join(SOURCE, os.path.dirname(page), link)
                self.assertTrue(os.path.exists(place), (page, link))
        self.assertGreater(count, 10)

    def test_each_page_of_docs_is_led_to_from_the_readme(self):
        for page in glob.glob("docs/*.md", root_dir=SOURCE):
            self.assertIn(f"]({page})", read("README.md"))

    def test_the_scripts_and_tests_that_are_named_are_there(self):
        count = 0
        for page in PAGES:
            for name in re.findall(r"(?<![\w/-])((?:scripts|tests|src)/[\w./-]*\w)", read(page)):
                count += 1
                self.assertTrue(os.path.exists(os.path.join(SOURCE, name)), (page, name))
        self.assertGreater(count, 20)


if __name__ == "__main__":
    unittest.main()
