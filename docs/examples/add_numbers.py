"""Sums of 0 + 1 + 2 + ... for many jobs, in the three usual ways of Python and by parsum. Each way prints the
sum of every job, and how long it took.

    python3 add_numbers.py [END...]
"""
import functools
import multiprocessing
import random
import sys
import time

import parsum


def add_numbers(job, start_from, print_done):
    number, end = job
    total = 0
    for i in range(start_from, end):
        total += i
    if print_done:  # in one piece, as several processes may print
        print(f"Run #{number}, sum is: {total}\n", end="", flush=True)
    return total


def use_for_loop(jobs):
    total = 0
    for job in jobs:
        total += add_numbers(job, 0, True)
    return total


def use_map(jobs):
    return sum(map(functools.partial(add_numbers, start_from=0, print_done=True), jobs))


def use_pool(jobs):
    with multiprocessing.Pool(4) as pool:
        return sum(pool.map(functools.partial(add_numbers, start_from=0, print_done=True), jobs))


def use_parsum(jobs):
    result = parsum.run("i", [end for _, end in jobs], threads=4)
    for (number, _), total in zip(jobs, result["sum"]):
        print(f"Run #{number}, sum is: {total}")
    return result.totals["sum"]


if __name__ == "__main__":
    source = random.Random(1)
    ends = [int(end) for end in sys.argv[1:]] or [source.randrange(3_000_000) for _ in range(10)]
    runs = list(enumerate(ends, 1))
    for name, way in (("a for loop", use_for_loop), ("map", use_map), ("multiprocessing", use_pool),
                      ("parsum", use_parsum), ("parsum again", use_parsum)):  # the first time it compiles "i"
        begin = time.perf_counter()
        whole = way(runs)
        print(f"Time took using {name} is {time.perf_counter() - begin:.6f} sum is {whole}", flush=True)
