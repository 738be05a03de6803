"""docs/examples: each is built against an installed copy, as its first lines say, and does what they say."""
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import unittest
from fractions import Fraction

BUILD, CMAKE = os.environ["PARSUM_BUILD_DIR"], os.environ["PARSUM_CMAKE"]
EXAMPLES = os.path.join(os.environ["PARSUM_SOURCE_DIR"], "docs", "examples")
MPIRUN = os.environ.get("PARSUM_MPIRUN", "").split()


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        prefix = os.path.join(cls.directory, "prefix")
        subprocess.run([CMAKE, "--install", BUILD, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
        packages, = {path for path, _, names in os.walk(prefix) if "parsum.pc" in names}
        cls.environment = {**os.environ, "PKG_CONFIG_PATH": packages,
                           "LD_LIBRARY_PATH": os.path.dirname(packages),
                           "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}

    def run_command(self, command, text=""):
        return subprocess.run(["bash", "-c", command], cwd=EXAMPLES, env=self.environment, input=text, text=True,
                              stdout=subprocess.PIPE, check=True).stdout

    def build(self, source):
        """Builds it by the first command of its comment, elsewhere than there; returns the program."""
        with open(os.path.join(EXAMPLES, source), encoding="utf-8") as file:
            command = re.search(r"^ \*     (\w*cc .*) -o (\w+)$", file.read(), re.M)
        program = os.path.join(self.directory, command[2])
        self.run_command(f"{command[1]} -Wall -Wextra -Werror -o {program}")
        return program

    def test_moving_mean_forgets_what_has_left(self):
        program = self.build("moving_mean.c")
        numbers = ["1", "2", "1e16", "3", "4", "5", "-7.25", "0.1", "1e-300", "0.1"]
        for width in 1, 2, 3, 20:
            means = [statistics.mean([Fraction(float(number)) for number in numbers[max(0, k + 1 - width):k + 1]])
                     for k in range(len(numbers))]
            self.assertEqual([float(word) for word in self.run_command(f"{program} {width}", "\n".join(numbers)).split()],
                             [mean.numerator / mean.denominator for mean in means])

    @unittest.skipUnless(MPIRUN and shutil.which("mpicc"), "no MPI")
    def test_global_mean_has_the_same_bits_on_any_number_of_ranks(self):
        program = self.build("global_mean.c")
        told = {self.run_command(f"{' '.join(MPIRUN)} -n {ranks} {program}") for ranks in (1, 2, 3)}
        self.assertEqual(len(told), 1, told)
        self.assertRegex(told.pop(), r"\Amean 101325\.\d+, standard deviation 0\.70\d+\n\Z")


if __name__ == "__main__":
    unittest.main()
