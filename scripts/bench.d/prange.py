"""prange.py START END: the sum of 1.0/(i*i) with numba's prange; prints JSON."""
import json
import sys
import time

import numba


@numba.njit(parallel=True)
def inverse(start, end):
    total = 0.0
    for i in numba.prange(start, end):
        total += 1.0 / (float(i) * float(i))
    return total


def main():
    start, end = map(int, sys.argv[1:])
    inverse(1, 3)  # compiles
    begin = time.perf_counter()
    total = inverse(start, end)
    print(json.dumps({"seconds": time.perf_counter() - begin, "total": repr(total)}))


if __name__ == "__main__":
    main()
