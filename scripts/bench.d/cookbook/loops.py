"""loops.py RECIPE SHARE ARGUMENT...: a recipe of the cookbook as a loop in Python; prints the answer as JSON.

Of the outer loop every SHARE-th step is done, as the whole of it would take minutes or hours. SHARE is a prime
number where the work depends on the step, so that steps of all kinds have their share.
"""
import array
import csv
import json
import math
import random
import sys


def load(path):
    """The doubles of a .npy file, without numpy, which takes its time to start."""
    with open(path, "rb") as file:
        data = file.read()
    return array.array("d", data[10 + int.from_bytes(data[8:10], "little"):]).tolist()


def pi(share, pairs):
    inside = 0
    for _ in range(0, pairs, share):
        x, y = random.random(), random.random()
        if x * x + y * y < 1:
            inside += 1
    return 4 * inside * share / pairs


RAD = math.pi / 180


def power(day, tilt):
    d, h = -23.44 * RAD * math.cos(2 * math.pi / 365 * (day + 10)), 2 * math.pi * (day - 0.5)
    up = math.sin(d) * math.sin(52 * RAD) + math.cos(d) * math.cos(52 * RAD) * math.cos(h)
    on = (math.sin(d) * math.sin((52 - tilt) * RAD)
          + math.cos(d) * math.cos((52 - tilt) * RAD) * math.cos(h))
    return 1.361 * on if up > 0 and on > 0 else 0.0


def roof(share, tilts, minutes):
    total = 0.0
    for k in range(0, tilts, share):
        for i in range(minutes):
            total += power(i / 1440, 0.45 * k) / 60
    return total


def energy(s):
    right = (s << 1 & 0x1ef7bde) | (s >> 4 & 0x108421)
    below = (s << 5 & 0x1ffffe0) | s >> 20
    return 2 * ((s ^ right).bit_count() + (s ^ below).bit_count()) - 50


def density(share, states):
    table = {}
    for s in range(0, states, share):
        e = energy(s)
        table[e] = table.get(e, 0) + 1
    return max(table.values())


def partition(share, states):
    total = 0.0
    for k in range(20):
        for s in range(0, states, share):
            total += math.exp(-energy(s) / (0.5 + 0.25 * k))
    return total


def pairs(share, path):
    places, e = load(path), 0.0
    r = list(zip(places[0::3], places[1::3], places[2::3]))
    for i in range(0, len(r), share):
        x, y, z = r[i]
        for j in range(i):
            a, b, c = r[j]
            e -= 1 / math.sqrt((x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2)
    return e


def zeta(share, end):
    total = 0.0
    for k in range(50):
        for i in range(1, end, share):
            total += i ** -(1.1 + 0.1 * k)
    return total


def mobius(n):
    mu, p = 1, 2
    while p * p <= n:
        if n % p == 0:
            n //= p
            mu = -mu
            if n % p == 0:
                return 0
        p += 1
    return -mu if n > 1 else mu


def mertens(share, end):
    return sum(mobius(n) for n in range(1, end, share))


def steps(n):
    k = 0
    while n > 1:
        n = 3 * n + 1 if n % 2 else n // 2
        k += 1
    return k


def histogram(share, end):
    table = {}
    for n in range(1, end, share):
        k = steps(n)
        table[k] = table.get(k, 0) + 1
    return max(table.values())


def longest(share, end):
    return max(steps(n) for n in range(1, end, share))


def likelihood(share, path):
    x, best = load(path), -math.inf
    for k in range(0, 101 * 101, share):
        m, s, total = 2.98 + 0.0004 * (k // 101), 0.48 + 0.0004 * (k % 101), 0.0
        for one in x:
            z = (one - m) / s
            total -= math.log(math.pi * s * (1 + z * z))
        best = max(best, total)
    return best


def pensions(_, path):
    """The file has a part of the members."""
    total = 0.0
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            age, pension = float(row["age"]), float(row["pension"])
            for i in range(int(row["end"])):
                t = i / 12
                total += pension / 12 * math.exp(
                    -0.02 * t - 3e-4 * math.exp(0.09 * (age - 20)) * (math.exp(0.09 * t) - 1))
    return total


def isprime(n):
    if n < 4 or n % 2 == 0:
        return n in (2, 3)
    return all(n % d for d in range(3, math.isqrt(n) + 1, 2))


def is_wilson(p):
    product = 1
    for k in range(2, p):
        product = product * k % (p * p)
    return product == p * p - 1


def wilson(share, end):
    return sum(isprime(p) and is_wilson(p) for p in range(2, end, share))


def gap(share, end):
    """A part of the search up to END, where primes take as long as they do on average."""
    start = end * 2 // 5 if share > 1 else 3
    last = 2 if share == 1 else start
    for p in range(start, start + end // share):
        if isprime(p):
            if p - last > 200:
                return last
            last = p
    return 0


def main():
    recipe, share, *arguments = sys.argv[1:]
    values = [word if word.endswith((".npy", ".csv")) else int(float(word)) for word in arguments]
    print(json.dumps({"total": repr(float(globals()[recipe](int(share), *values)))}))


if __name__ == "__main__":
    main()
