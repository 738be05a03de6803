"""arrays.py WAY N: how long numpy.sum, or math.fsum, takes for N doubles in memory, as JSON."""
import json
import math
import sys
import time


def main():
    way, count = sys.argv[1], int(sys.argv[2])
    if way == "numpy":
        import numpy
        numbers = numpy.random.default_rng(1).uniform(-1, 1, count)
        add_up = numpy.sum
    else:
        import random
        numbers = [random.uniform(-1, 1) for _ in range(count)]
        add_up = math.fsum
    best = math.inf
    for _ in range(5):
        begin = time.perf_counter()
        total = add_up(numbers)
        best = min(best, time.perf_counter() - begin)
    print(json.dumps({"seconds": best, "value": float(total)}))


main()
