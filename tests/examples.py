"""docs/examples: each is built against an installed copy, as its first lines say, and does what they say.
With CMake, too. And where the package for Python goes."""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import unittest
from fractions import Fraction

BUILD, CMAKE = os.environ["PARSUM_BUILD_DIR"], os.environ["PARSUM_CMAKE"]
EXAMPLES = os.path.join(os.environ["PARSUM_SOURCE_DIR"], "docs", "examples")
MPIRUN = os.environ.get("PARSUM_MPIRUN", "").split()
DIRECTORY = os.path.join(os.environ["PARSUM_SOURCE_DIR"], "src", "python", "directory.py")


def need(tool):
    """Skips a test that lacks its tool, but not in CI."""
    if not shutil.which(tool):
        if os.environ.get("CI"):
            raise AssertionError(f"no {tool}; scripts/setup test installs it")
        raise unittest.SkipTest(f"no {tool}; scripts/setup test installs it")


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        first, prefix = (os.path.join(cls.directory, name) for name in ("first", "prefix"))
        subprocess.run([CMAKE, "--install", BUILD, "--prefix", first], check=True, stdout=subprocess.DEVNULL)
        os.rename(first, prefix)  # it works wherever it lies
        packages, = {path for path, _, names in os.walk(prefix) if "parsum.pc" in names}
        cls.prefix = prefix
        package, = {path for path, _, names in os.walk(prefix) if "_place.py" in names}
        cls.python = os.path.dirname(package)
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

    def test_residual_has_the_same_bits_on_any_number_of_threads_and_in_any_pieces(self):
        need("gfortran")
        program = os.path.join(self.directory, "residual")
        output = self.run_command(
            f"gfortran -J {self.directory} -O2 -Wall -Wextra -Werror parsum.f90 residual.f90 -o {program} "
            f"$(pkg-config --libs parsum) && {program}")
        number = r" +(-?\d\.\d+E[+-]\d+)$"
        norms = re.findall("^norm with +[1-4] threads" + number, output, re.M)
        self.assertEqual((len(norms), len(set(norms))), (4, 1), output)
        sums = re.findall("^sum, (?:whole|in pieces)" + number, output, re.M)
        self.assertEqual((len(sums), len(set(sums))), (2, 1), output)

    def test_integrals_of_c_are_right(self):
        told = self.run_command(self.build("integral.c"))
        self.assertRegex(told, r"\Aloop: pi is about 3\.14159265359\d\nrun: 200 integrals of 1000000 steps, "
                               r"the worst is off by \d\.\de-1[34]\n\Z")

    def test_pi_of_fortran_has_the_same_bits_on_any_number_of_threads(self):
        need("gfortran")
        program = os.path.join(self.directory, "integral_f")
        told = re.findall(r"^pi with +[1-4] threads +(3\.\d+)$", self.run_command(
            f"gfortran -J {self.directory} -O2 -Wall -Wextra -Werror parsum.f90 integral.f90 -o {program} "
            f"$(pkg-config --libs parsum) && {program}"), re.M)
        self.assertEqual((len(told), len(set(told))), (4, 1))
        self.assertRegex(told[0], "^3.141592653589[78]")

    def run_python(self, *command):
        return subprocess.run([sys.executable, *command], cwd=EXAMPLES, capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": self.python, "LD_LIBRARY_PATH": ""})

    def test_add_numbers_gives_the_same_sums_in_all_its_ways(self):
        done = self.run_python("add_numbers.py", "1000", "20", "0", "123456")
        expected = [end * (end - 1) // 2 for end in (1000, 20, 0, 123456)]
        ways = re.findall(r"((?:Run #\d, sum is: \d+\n)*)Time took using (.*) is \d+\.\d{6} sum is (\d+)\n", done.stdout)
        self.assertEqual([name for _, name, _ in ways],
                         ["a for loop", "map", "multiprocessing", "parsum", "parsum again"], done.stderr)
        for runs, name, total in ways:
            told = dict(re.findall(r"Run #(\d), sum is: (\d+)", runs))
            self.assertEqual([int(told[number]) for number in "1234"], expected, name)
            self.assertEqual((len(told), int(total)), (4, sum(expected)))

    def test_moving_mean_of_python_forgets_what_has_left(self):
        done = self.run_python("moving_mean.py")
        values = dict(re.findall(r"^(.*?) +([\d.]+)$", done.stdout, re.M))
        self.assertEqual(values["with parsum.Sum"], values["of the window"], done.stderr)
        self.assertNotEqual(values["with floats"], values["of the window"])

    def test_all_of_them_are_built_with_cmake(self):
        built = os.path.join(self.directory, "built")
        self.run_command(f"{CMAKE} -S . -B {built} -DCMAKE_PREFIX_PATH={self.prefix} && {CMAKE} --build {built}")
        self.assertEqual(self.run_command(f"{built}/moving_mean 2", "1 2 4").split(), ["1", "1.5", "3"])
        self.assertIn("200 integrals", self.run_command(f"{built}/integral"))
        for program, tool in ("residual", "gfortran"), ("integral_f", "gfortran"), ("global_mean", "mpicc"):
            self.assertEqual(os.path.exists(os.path.join(built, program)), bool(shutil.which(tool)), program)

    def test_they_are_installed(self):
        there = os.listdir(os.path.join(self.prefix, "share/doc/parsum/docs/examples"))
        self.assertEqual(set(there), set(os.listdir(EXAMPLES)) - {"__pycache__"})


class Python(unittest.TestCase):
    """Where the package for Python goes below a prefix."""

    PYTHONS = [name for name in {sys.executable, "/usr/bin/python3"} if os.access(name, os.X_OK)]

    def run_python(self, *command):
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    def test_a_python_looks_there(self):
        home = os.path.expanduser("~/.local")
        for python in self.PYTHONS:
            places = self.run_python(python, "-c",
                                     "import site; print(*site.getsitepackages(), site.getusersitepackages())")
            for prefix in "/usr", "/usr/local", home, "/opt":
                for below in self.run_python(python, "-I", DIRECTORY, "--below", prefix):
                    self.assertIn(os.path.realpath(os.path.join(prefix, below)),
                                  [os.path.realpath(place) for place in places])
            self.assertRegex(*self.run_python(python, "-I", DIRECTORY, "--below", home), "^lib/python3")
            self.assertEqual(self.run_python(python, "-I", DIRECTORY, "--below", "/opt"), [])
            self.assertRegex(*self.run_python(python, "-I", DIRECTORY, "--otherwise", "/opt"),
                             r"^lib/python3\.\d+/site-packages$")

    @unittest.skipUnless(os.path.exists("/usr/lib/python3/dist-packages"), "not Debian's Python")
    def test_debians_python_has_directories_of_its_own(self):
        for prefix, expected in (("/usr", "^lib/python3/dist-packages$"),
                                 ("/usr/local", r"^lib/python3\.\d+/dist-packages$")):
            self.assertRegex(*self.run_python("/usr/bin/python3", "-I", DIRECTORY, "--below", prefix), expected)


if __name__ == "__main__":
    unittest.main()
