#!/usr/bin/env python3
"""Who has the right last bit of a mean, a variance and a deviation? Prints a table in Markdown.

    PARSUM=build/release/parsum /usr/bin/python3 results/statistics/last_bit.py

Makes data, works out sum, mean, variance (n - 1) and standard deviation of them with Python's fractions,
rounded once, and asks all programs that are installed for the same: parsum, datamash, R, and Python with
numpy, statistics, and plain formulae. All get the same doubles. A cell says which results are not the
nearest double, and by how many doubles they miss it; one that is far away is told itself.
"""
import math
import os
import random
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
from decimal import Decimal
from fractions import Fraction

try:
    import numpy
except ImportError:
    numpy = None

PARSUM = os.environ.get("PARSUM", "build/release/parsum")
RESULTS = "sum", "mean", "var", "sd"
FAR = 10**12  # doubles off: a result that is further away is told itself


def nearest_root(exact):
    """The double nearest to the square root of a Fraction: more bits than enough, and one for the rest."""
    bits = 1400
    root = math.isqrt((exact.numerator << 2 * bits) // exact.denominator)
    rest = Fraction(root * root, 1 << 2 * bits) != exact
    return float(Fraction(2 * root + rest, 2 << bits))


def exactly(x):
    values = [Fraction(value) for value in x]
    n, total = len(values), sum(values)
    variance = (sum(value * value for value in values) - total * total / n) / (n - 1)
    return [float(total), float(total / n), float(variance), nearest_root(variance)]


def data():
    source = random.Random(1)
    yield "10^9 + thousandths", [1e9 + 1e-3 * source.randrange(10) for _ in range(100_000)]
    yield "a million times 0.1", [0.1] * 1_000_000
    yield "of 2^-60 to 2^60", [math.ldexp(source.uniform(-1, 1), source.randint(-60, 60)) for _ in range(10_000)]
    both = [math.ldexp(source.uniform(-1, 1), source.randint(-60, 60)) for _ in range(5000)]
    yield "the same, and their negatives but for a few", both + [-value for value in both[10:]]
    yield "noise", [source.gauss(0, 1) for _ in range(100_000)]


def with_parsum(x, directory):
    path = os.path.join(directory, "table.c")
    with open(path, "w", encoding="ascii") as file:
        file.write(f"static const double x[] = {{{','.join(map(repr, x))}}};\n")
    done = subprocess.run([PARSUM, "-f", path, "-e", "x[i]", "--reduce", ",".join(RESULTS), "--format", "csv",
                           str(len(x))], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[1].split(",")[3:]


def with_datamash(x, _):
    """datamash reads long doubles: all digits, so that they are the doubles."""
    lines = "".join(f"{Decimal(value)}\n" for value in x)
    return subprocess.run(["datamash", "--format", "%.17g", "sum", "1", "mean", "1", "svar", "1", "sstdev", "1"],
                          input=lines, capture_output=True, text=True, check=True).stdout.split()


def with_r(x, directory):
    """In binary: R does not read all decimal numbers as the nearest double."""
    path = os.path.join(directory, "data")
    with open(path, "wb") as file:
        file.write(struct.pack(f"{len(x)}d", *x))
    script = f"x <- readBin('{path}', 'double', {len(x)}); cat(sprintf('%.17g', c(sum(x), mean(x), var(x), sd(x))))"
    return subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True).stdout.split()


def with_numpy(x, _):
    array = numpy.array(x)
    return [array.sum(), array.mean(), array.var(ddof=1), array.std(ddof=1)]


def with_statistics(x, _):
    return [math.fsum(x), statistics.mean(x), statistics.variance(x), statistics.stdev(x)]


def with_fmean(x, _):
    """What many write: math.fsum, and the textbook formula."""
    n, total = len(x), math.fsum(x)
    variance = (math.fsum(value * value for value in x) - total * total / n) / (n - 1)
    return [total, total / n, variance, math.sqrt(variance) if variance >= 0 else math.nan]


def version(*command):
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return next(word for word in text.replace(",", " ").split() if word[0].isdigit())


def programs():
    python = ".".join(map(str, sys.version_info[:3]))
    yield f"parsum {version(PARSUM, '--version')}", with_parsum
    if shutil.which("datamash"):
        yield f"datamash {version('datamash', '--version')}", with_datamash
    if shutil.which("Rscript"):
        yield f"R {version('R', '--version')}", with_r
    if numpy:
        yield f"numpy {numpy.__version__}", with_numpy
    yield f"statistics of Python {python}", with_statistics
    yield "`math.fsum` and (Q - S^2/n)/(n - 1)", with_fmean


def place(x):
    """Doubles in their order as integers."""
    bits = struct.unpack("<q", struct.pack("<d", x))[0]
    return bits if bits >= 0 else -(2**63 + bits)


def judge(told, exact):
    """What is wrong: "sum 60, mean 62; var 7e-31 for 0"."""
    off, far = [], []
    for name, got, right in zip(RESULTS, map(float, told), exact, strict=True):
        distance = FAR + 1 if math.isnan(got) else abs(place(got) - place(right))
        if distance > FAR:
            far.append(f"{name} {got:.2g} for {right:.2g}".replace("nan", "NaN"))
        elif distance > 0:
            off.append(f"{name} {distance:,}")
    return "; ".join(filter(None, (", ".join(off), ", ".join(far)))) or "right"


def main():
    sets = list(data())
    exact = [exactly(x) for _, x in sets]
    print("| program |", " | ".join(what for what, _ in sets), "|\n|", "--- |" + " --- |" * len(sets))
    for name, compute in programs():
        with tempfile.TemporaryDirectory() as directory:
            told = [judge(compute(x, directory), right) for (_, x), right in zip(sets, exact)]
        print(f"| {name} |", " | ".join(told), "|", flush=True)


if __name__ == "__main__":
    main()
