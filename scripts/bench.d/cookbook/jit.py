"""jit.py RECIPE ARGUMENT...: a recipe of the cookbook with numba, whose code is kept for the next start;
prints the answer as JSON."""
import json
import sys

import numba
import numpy as np


@numba.njit(parallel=True, cache=True)
def pi(pairs):
    inside = 0
    for _ in numba.prange(pairs):
        x, y = np.random.random(), np.random.random()
        inside += x * x + y * y < 1
    return 4 * inside / pairs


@numba.njit(cache=True)
def steps(n):
    k = 0
    while n > 1:
        n = 3 * n + 1 if n % 2 else n // 2
        k += 1
    return k


@numba.njit(parallel=True, cache=True)
def longest(end):
    most = 0
    for n in numba.prange(1, end):
        most = max(most, steps(n))
    return most


def pairs(path):
    return -energy(np.load(path))


@numba.njit(parallel=True, cache=True)
def energy(r):
    e = 0.0
    for i in numba.prange(len(r)):
        for j in range(i):
            x, y, z = r[i, 0] - r[j, 0], r[i, 1] - r[j, 1], r[i, 2] - r[j, 2]
            e += 1 / np.sqrt(x * x + y * y + z * z)
    return e


def main():
    recipe, argument = sys.argv[1:]
    answer = globals()[recipe](argument if recipe == "pairs" else int(float(argument)))
    print(json.dumps({"total": repr(float(answer))}))


if __name__ == "__main__":
    main()
