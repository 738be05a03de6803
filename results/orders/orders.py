#!/usr/bin/env python3
"""Sums the same million doubles in a hundred random orders, on 1 to 4 threads, with numpy, math.fsum and
parsum; writes what came out to orders.csv and labels.txt beside this file, and draws orders.svg of it.

    PYTHONPATH=build/release/python /usr/bin/python3 results/orders/orders.py

numpy has no threads for sums: the array is cut into as many pieces as there are threads, and the sums of
these are added. math.fsum has one thread. The script needs numpy and gnuplot.
"""
import concurrent.futures
import math
import os
import statistics
import subprocess
import time

import numpy
import parsum

HERE = os.path.dirname(os.path.abspath(__file__))
NUMBERS, ORDERS, THREADS = 1_000_000, 100, (1, 2, 3, 4)


def data():
    """Readings of both signs and of many sizes, as the terms of a balance have them."""
    source = numpy.random.default_rng(1)
    return source.normal(size=NUMBERS) * 10.0 ** source.uniform(-3, 3, size=NUMBERS)


def numpy_sum(x, threads, pool):
    return float(sum(pool.map(numpy.sum, numpy.array_split(x, threads)))) if threads > 1 else float(x.sum())


WAYS = {
    "numpy.sum": numpy_sum,
    "math.fsum": lambda x, threads, pool: math.fsum(x),
    "parsum.fsum": lambda x, threads, pool: parsum.fsum(x, threads),
}


def measure():
    """[(way, order, threads, sum)], and the median of the seconds that each way takes on one thread."""
    rows, times, ways = [], {way: [] for way in WAYS}, list(WAYS)
    with concurrent.futures.ThreadPoolExecutor(max(THREADS)) as pool:
        for threads in THREADS:  # 1 first: the times are of a process that has no other threads yet
            source, x = numpy.random.default_rng(2), data()
            for order in range(1, ORDERS + 1):
                source.shuffle(x)
                for way in ways[order % 3:] + ways[:order % 3]:  # each is the first as often
                    if way == "math.fsum" and threads > 1:
                        continue
                    start = time.perf_counter()
                    rows.append((way, order, threads, WAYS[way](x, threads, pool)))
                    if threads == 1:
                        times[way].append(time.perf_counter() - start)
    return rows, {way: statistics.median(taken) for way, taken in times.items()}


def digits(sums):
    """Decimal digits that all of these have in common, and the others, of the smallest and largest."""
    texts = ["%.17g" % value for value in (min(sums), max(sums))]
    same = os.path.commonprefix(texts)
    return same, [text[len(same):] for text in texts]


def main():
    rows, times = measure()
    exact, = {value for way, _, _, value in rows if way == "parsum.fsum"}  # one value
    with open(os.path.join(HERE, "orders.csv"), "w", encoding="ascii") as file:
        file.write("way,order,threads,sum,ulps\n")
        for way, order, threads, value in rows:
            file.write("%s,%d,%d,%.17g,%d\n" % (way, order, threads, value, (value - exact) / math.ulp(exact)))
    with open(os.path.join(HERE, "labels.txt"), "w", encoding="utf-8") as file:
        for way in WAYS:
            sums = [value for name, _, _, value in rows if name == way]
            same, others = digits(sums)
            changing = " to \u2026".join(others) if others[0] else ""
            file.write("%s|%d|%s|%s|%g\n" % (way, len(set(sums)), same, changing,
                                              float("%.2g" % (times[way] / times["numpy.sum"]))))
    subprocess.run(["gnuplot", "orders.gp"], cwd=HERE, check=True)


if __name__ == "__main__":
    main()
