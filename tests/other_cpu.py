"""The whole program on another CPU: what it prints there is what it prints here, to the byte.

    other_cpu.py DIRECTORY [TEST...]

DIRECTORY is that of a build for aarch64, whose parsum finds its loader and libraries by itself. qemu runs
it, and cross compilers take the place of those that it calls. Each case is run here ($PARSUM) and there.
Each TEST, such as math, is a test of the command line, tests/cli/test_math.py, that is run there.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "cli"))
from npy import npy  # noqa: E402  it lies there

HERE = os.path.abspath(os.environ.get("PARSUM", "build/release/parsum"))
TESTS = os.path.dirname(os.path.abspath(__file__))
CROSS = "aarch64-linux-gnu"
COMPILERS = {"cc": [CROSS + "-gcc"], "gcc": [CROSS + "-gcc"],
             **{name: [shutil.which(name), f"--target={CROSS}"] for name in ("clang", "clang-19")
                if shutil.which(name)}}

# What is for this CPU, as is x86-64 in the text of a test, a cross compiler does not take.
COMPILER = """#!/bin/bash
words=()
for word; do
    case $word in -mcpu=native | -march=* | -mprefer-vector-width=*) ;; *) words+=("$word") ;; esac
done
exec {} "${{words[@]}}"
"""

FUNCTIONS = ("exp exp2 expm1 log log2 log10 log1p cbrt sin cos tan asin acos atan sinh cosh tanh erf erfc "
             "pow atan2 hypot").split()


def call(name):
    second = ",i*0.1-9" if name in ("pow", "atan2", "hypot") else ""
    return f"{name}({'i/1000.' if name in ('asin', 'acos') else 'i*0.7'}{second})"


JOBS = ["1", "5", "1:900", "20:20", "900:3000"]
CASES = {
    "the built-in term": ["--", *JOBS, "-9223372036854775808:-9223372036854770000", "1e7"],
    "reals": ["-e", "1.0/((double)i*i+1)", "-e", "(double)i*i*i*1e200", "-e", "ldexp(1,(i%2000)-1000)",
              "-e", "(i%3-1)*1e-320", "-e", "(float)i/3", *JOBS],
    "integers": ["-e", "i*i", "-e", "(unsigned)i*2654435761u", "-e", "(__int128)i<<70", "-e", "(__int128)i*i*i*-7",
                 "-e", "~0ull",
                 "-e", "(unsigned __int128)1<<110", "-e", "(char)i", "-e", "i%3==0", *JOBS],
    "functions": [*(word for name in FUNCTIONS for word in ("-e", call(name))), "1:900"],
    "functions of huge and tiny numbers": [
        "-e", "sin(i*1e300)", "-e", "cos(i*1e6)", "-e", "tan(i*1e18)", "-e", "exp(-i*0.5)", "-e",
        "log(i*1e-320)", "-e", "pow(i*1e-100,3.2)", "-e", "erfc(i*0.02)", "1:1490"],
    "functions of floats": [*(word for name in FUNCTIONS for word in ("-e", call(name).replace("(", "f(", 1))),
                            "1:120"],
    "a product": ["-e", "product(i*1.1,i*0.3)", *JOBS],
    "arithmetic": ["-e", "gcd(i*12,360)", "-e", "isqrt(i*i*i)", "-e", "mulmod(i,i*i,1000003)", "-e",
                   "powmod(3,i,1000000007)", "-e", "isprime(i)", *JOBS],
    "random numbers": ["-e", "uniform(i,0)", "-e", "normal(i,1)", "-e", "random_bits(i,run)", "-e",
                       "random_below(i,2,6)", "--seed", "7", *JOBS],
    "results": ["-e", "x=sin(i)", "-e", "n=i*i%97", "--reduce",
                "sum,count,mean,var,sd,se,rms,min,max,argmin,argmax", *JOBS],
    "results by key": ["-e", "x=exp(-0.01*i)", "-e", "n=i*i", "--by", "i%7", "--reduce", "sum,mean,max", *JOBS],
    "a list": ["--list", "isprime(i)&&isprime(i+2)", *JOBS],
    "columns": ["-e", "a*i+pow(b,0.3)", "-i", "{columns}"],
    "data": ["-e", "x[i]", "-e", "product(x[i],y[i])", "-e", "n[i]", "--data", "x={x}", "--data", "y={y}",
             "--data", "n={n}", "1000", "17:919"],
    "a file": ["-f", "{file}", "10", "1000"],
    "random jobs": ["--random", "50", "--below", "1000", "--seed", "3", "-e", "log(1.0+i)"],
}
FAULTS = {
    "an overflow": ["-e", "i*i*i*i*i", "3000", "1e5"],
    "a value that is not finite": ["-e", "1/(i-700.0)", "500", "1000"],
    "an index beyond": ["-e", "x[i]", "--data", "x={x}", "1001"],
}


def make_files(directory):
    """Files that cases name; returns their paths."""
    paths = {name: os.path.join(directory, name) for name in ("columns", "x", "y", "n", "file")}
    paths["file"] += ".c"
    contents = {
        "columns": ("start,end,a,b\n" + "".join(f"{k},{k * k},{3 * k},{k / 7!r}\n" for k in range(50))).encode(),
        "x": npy([(-1) ** k * 1.1 ** (k % 700) for k in range(1000)]),
        "y": npy([k / 3 for k in range(1000)], ">f4"),
        "n": npy([k * 31 % 65536 - 32768 for k in range(1000)], "<i2"),
        "file": b"#include <math.h>\n#include <stdint.h>\nstatic double half(double x) { return x / 2; }\n"
                b"double term(int64_t i) { char c = (char)(i * 7); return half(c) + sqrt(i) + sin(i) * 3 + 0.1; }\n",
    }
    for name, content in contents.items():
        with open(paths[name], "wb") as file:
            file.write(content)
    return paths


def write_script(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    os.chmod(path, 0o755)


class OtherCPU(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        compilers = os.path.join(directory.name, "compilers")
        os.mkdir(compilers)
        for name, command in COMPILERS.items():
            write_script(os.path.join(compilers, name), COMPILER.format(" ".join(command)))
        cls.there = os.path.join(directory.name, "parsum")
        write_script(cls.there, f"#!/bin/sh\nPATH={compilers}:$PATH exec qemu-aarch64 '{OTHER}/parsum' \"$@\"\n")
        cls.paths = make_files(directory.name)

    def result(self, program, arguments, compiler):
        done = subprocess.run([program, "-ocsv", *arguments], capture_output=True, text=True, check=False,
                              env={**os.environ, "PARSUM_CACHE": "off", "PARSUM_CC": compiler})
        return done.returncode, done.stdout, done.stderr

    def test_it_is_another(self):
        said = self.result(self.there, ["--version"], "gcc")[1]
        self.assertIn("vectors baseline, 128 bits", said)

    def compare(self, cases, status):
        """A case ends with that status here, and says the same there."""
        for compiler in sorted(set(COMPILERS) - {"cc"}):
            for name, arguments in cases.items():
                with self.subTest(case=name, compiler=compiler):
                    arguments = [word.format(**self.paths) for word in arguments]
                    here = self.result(HERE, arguments, compiler)
                    self.assertEqual(here[0], status, here)
                    self.assertEqual(self.result(self.there, arguments, compiler), here)

    def test_results_are_the_same(self):
        self.compare(CASES, 0)

    def test_faults_are_the_same(self):
        self.compare(FAULTS, 1)

    def test_tests_of_the_command_line_pass(self):
        for name in NAMES:
            with self.subTest(test=name):
                done = subprocess.run([sys.executable, os.path.join(TESTS, "cli", f"test_{name}.py")],
                                      env={**os.environ, "PARSUM": self.there}, capture_output=True, text=True,
                                      check=False)
                self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    OTHER, NAMES = os.path.abspath(sys.argv[1]), sys.argv[2:]
    print(f"{len(CASES) + len(FAULTS)} cases by {len(COMPILERS) - 1} compilers, {len(NAMES)} tests", flush=True)
    unittest.main(argv=sys.argv[:1])
