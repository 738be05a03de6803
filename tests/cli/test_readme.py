"""The README's examples run as they are written, times and speedups aside."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

import program

SOURCE = os.environ.get("PARSUM_SOURCE_DIR", ".")
README = os.path.join(SOURCE, "README.md")


def examples():
    """[(command, expected output)] of each console block, in one list a block."""
    with open(README) as file:
        blocks = re.findall(r"^```console\n(.*?)^```$", file.read(), re.M | re.S)
    for block in blocks:
        parts = re.split(r"^\$ (.*)\n", block, flags=re.M)[1:]
        yield list(zip(parts[0::2], parts[1::2]))


def strike_times(text):
    """Without times, and without the number of threads, which is the machine's."""
    return re.sub(r"(RATIOx on) \d+ threads?", r"\1 THREADS", program.strike_times(text))


class Readme(unittest.TestCase):
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

    def test_every_example_prints_what_the_readme_says(self):
        blocks = list(examples())
        self.assertGreaterEqual(len(blocks), 5)
        for block in blocks:
            for command, expected in block:
                if command.startswith("cat "):  # the file is part of the example
                    with open(os.path.join(self.directory, command.split()[1]), "w") as file:
                        file.write(expected)
                    continue
                with self.subTest(command=command):
                    output = re.sub(r"^parsum: (?:\d+ threads share|the term is checked) .*\n", "",
                                    self.run_command(command), flags=re.M)
                    self.assertEqual(strike_times(output), strike_times(expected))


if __name__ == "__main__":
    unittest.main()
