"""arrays.py WAY N: how long numpy.sum, or math.fsum, takes for N doubles in memory, as JSON; for numpy N may
be a file of doubles, which is mapped."""
import json
import math
import sys
import time


def main():
    way, what = sys.argv[1:]
    if way == "numpy":
        import numpy
        numbers = (numpy.random.default_rng(1).uniform(-1, 1, int(what)) if what.isdigit()
                   else numpy.memmap(what, "f8", "r"))
        add_up = numpy.sum
    else:
        import random
        numbers = [random.uniform(-1, 1) for _ in range(int(what))]
        add_up = math.fsum
    best = math.inf
    for _ in range(5):
        begin = time.perf_counter()
        total = add_up(numbers)
        best = min(best, time.perf_counter() - begin)
    print(json.dumps({"seconds": best, "value": float(total)}))


main()
