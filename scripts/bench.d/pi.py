"""pi.py numpy|numba PAIRS: how many of so many pairs of random numbers lie in a quarter of a circle.

numpy draws from its own Philox, on one core; numba from its own generator, on all of them. Prints
four times their share as the total, an estimate of pi.
"""
import json
import sys
import time

BLOCK = 1_000_000  # pairs that numpy holds in memory


def by_numpy(pairs):
    import numpy

    generator = numpy.random.Generator(numpy.random.Philox(1))

    def count(pairs):
        inside = 0
        for begin in range(0, pairs, BLOCK):
            x, y = generator.random((2, min(BLOCK, pairs - begin)))
            inside += int(numpy.count_nonzero(x * x + y * y < 1))
        return inside

    return count


def by_numba(_):
    import numba
    import numpy

    @numba.njit(parallel=True)
    def count(pairs):
        inside = 0
        for _ in numba.prange(pairs):
            x, y = numpy.random.random(), numpy.random.random()
            inside += x * x + y * y < 1
        return inside

    count(10)  # compiles
    return count


def main():
    way, pairs = sys.argv[1], int(sys.argv[2])
    count = {"numpy": by_numpy, "numba": by_numba}[way](pairs)
    begin = time.perf_counter()
    inside = count(pairs)
    print(json.dumps({"seconds": time.perf_counter() - begin, "total": repr(4 * inside / pairs)}))


if __name__ == "__main__":
    main()
