"""arrays.py WAY N: how long numpy.sum, or math.fsum, takes for N doubles in memory, as JSON; for numpy N may
be a file of doubles, which is mapped, and is read once before, as parsum brings its pages into memory before
the run."""
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
    best, turns = math.inf, 5
    if way == "numpy" and not what.isdigit():
        numbers[::512].sum()
        turns = 1
    for _ in range(turns):
        begin = time.perf_counter()
        total = add_up(numbers)
        best = min(best, time.perf_counter() - begin)
    print(json.dumps({"seconds": best, "value": float(total)}))


main()
