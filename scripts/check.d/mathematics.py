"""The checks of mathematics: errors of functions against MPFR, primes against primecount, and that all bits
are the same in all ways, and on another CPU."""

import re

from checks import check
from log import ROOT, Finding


def measure(log, count):
    log.run(["scripts/build", "release"])
    output = log.run([ROOT / "build" / "release" / "tests" / "math_errors", count])
    worst = max((float(error), name) for name, error in re.findall(r"^(\w+) +([\d.]+) ulp", output, re.M))
    return f"{worst[0]:.4f} ulp at most ({worst[1]})"


@check("math", "mathematical functions, 1e6 arguments each, against MPFR", needs=["mpfr.h"], group="test")
def run_math(log, _):
    return measure(log, 1_000_000)


@check("math-long", "the same with 1e8; a day", needs=["mpfr.h"], group="test", long=True)
def run_math_long(log, _):
    return measure(log, 100_000_000)


@check("math-bits", "bits of mathematical functions, every compiler, level and CPU",
       needs=["gcc", "clang", "aarch64-linux-gnu-gcc", "qemu-aarch64"], group="full")
def run_math_bits(log, _):
    log.run(["python3", "tests/math/test_bits.py", "--all"])


# Tests of the command line that say what results are, to the last bit, and ask for nothing of this CPU.
TESTS_OF_RESULTS = ("math", "random", "arithmetic", "values", "columns", "data")


@check("other-cpu", "all of parsum on aarch64, by qemu, against parsum here",
       needs=["aarch64-linux-gnu-gcc", "../aarch64-linux-gnu/include/stdio.h", "qemu-aarch64"], group="full")
def run_other_cpu(log, _):
    log.run(["scripts/build", "release"])
    log.run(["scripts/build", "aarch64"])
    output = log.run(["python3", "tests/other_cpu.py", "build/aarch64", *TESTS_OF_RESULTS],
                     {"PARSUM": str(ROOT / "build" / "release" / "parsum")})
    return output.splitlines()[0]


# Where isprime divides only; where it changes its bases, at 2^32; where numbers are large.
RANGES = ((0, 10**8), (2**32 - 10**6, 2**32 + 10**6), (10**12, 10**12 + 10**7), (10**16, 10**16 + 10**7))


def primes_below(log, end):
    return int(log.run(["primecount", end - 1])) if end > 0 else 0


@check("primes", "sums of isprime(i) up to 1e16, against primecount", needs=["primecount"], group="full")
def run_primes(log, _):
    log.run(["scripts/build", "release"])
    parsum = ROOT / "build" / "release" / "parsum"
    for start, end in RANGES:
        got = log.run([parsum, "--quiet", "--term", "isprime(i)", f"{start}:{end}"]).split()[-1]
        expected = primes_below(log, end) - primes_below(log, start)
        if int(got) != expected:
            raise Finding(f"{got} primes in [{start}, {end}), of {expected}")
    return f"{len(RANGES)} ranges"
