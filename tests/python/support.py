"""What the tests of the package for Python share. The package of the build comes from PYTHONPATH."""
import math
import os
import random
import sys
import tempfile
from fractions import Fraction

SKIPPED = 77  # what ctest takes for a skipped test


def need_numpy():
    """Goes on with a Python that has numpy: this one, or the system's. Without one the test is skipped,
    but not in CI."""
    try:
        import numpy  # noqa: F401
    except ImportError:
        if sys.executable != "/usr/bin/python3" and os.access("/usr/bin/python3", os.X_OK):
            os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
        print("skipped: no numpy; scripts/setup test installs it")
        sys.exit(1 if os.environ.get("CI") else SKIPPED)


def own_cache():
    """A directory for the terms that this program compiles, and its children: each term once."""
    directory = tempfile.TemporaryDirectory()
    os.environ["XDG_CACHE_HOME"] = directory.name
    os.environ.pop("PARSUM_CACHE", None)
    return directory


def hard_numbers(n, seed):
    """Finite doubles of all sizes, many of which cancel."""
    rng = random.Random(seed)
    numbers = []
    while len(numbers) < n:
        x = math.ldexp(rng.uniform(-1, 1), rng.choice([0, 3, 60, -60, 900, -1060, 1020]))
        numbers += [x, -x * rng.choice([1, 1, 1 + 2**-52, 0.5])]
    rng.shuffle(numbers)
    return numbers[:n]


def rounded(exact):
    """The nearest double of a fraction, as IEEE has it: infinite where it is too large."""
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def exact_sum(numbers):
    return rounded(sum(map(Fraction, numbers)))


def exact_variance(numbers, ddof):
    numbers = [Fraction(x) for x in numbers]
    mean = sum(numbers) / len(numbers)
    return sum((x - mean) ** 2 for x in numbers) / (len(numbers) - ddof)


def is_rounded_root(root, square):
    """Whether `root` is the nearest double of the square root of a fraction."""
    below, above = math.nextafter(root, 0), math.nextafter(root, math.inf)
    if math.isinf(above):
        return False
    low, high = (Fraction(root) + Fraction(below)) / 2, (Fraction(root) + Fraction(above)) / 2
    return low**2 <= square <= high**2
