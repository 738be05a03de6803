"""loop.py for|pool|numpy END...: the same sums in Python, three ways; prints JSON."""
import json
import multiprocessing
import sys
import time


def add_up(end):
    total = 0
    for i in range(end):
        total += i
    return total


def main():
    way, ends = sys.argv[1], [int(end) for end in sys.argv[2:]]
    if way == "numpy":
        import numpy

    begin = time.perf_counter()
    if way == "for":
        sums = [add_up(end) for end in ends]
    elif way == "pool":
        with multiprocessing.Pool() as pool:
            sums = pool.map(add_up, ends, chunksize=1)
    else:
        sums = [int(numpy.arange(end, dtype=numpy.int64).sum()) for end in ends]
    seconds = time.perf_counter() - begin
    print(json.dumps({"seconds": seconds, "total": str(sum(sums))}))


if __name__ == "__main__":
    main()
