"""soak: random runs that are stopped in random ways and go on, for a long time.

    soak.py [--seconds S] [--seed SEED] [--round N]

A round is random jobs (one that is huge, a few uneven ones, many tiny ones; from arguments, a file, a
pipe or a seed) and a random term. It is killed, interrupted, out of time, or its journal torn as by
a crash of the machine; each time it goes on with other threads and chunks, until it is done. Then it
must have printed what an undisturbed run prints, and its journal must know all of that.

The choices of a round follow from the seed and its number: --round repeats one. When a process is
stopped is up to the machine, so all that a failed round has left is kept, and told.
"""

import argparse
import collections
import os
import random
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "cli"))
from program import run  # noqa: E402
from restarts import STOPS, Restarts  # noqa: E402

PRIMES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "terms", "primes.c")

# Options that say what the term is, and how many of them take about a second with one thread.
TERMS = [
    ([], 1e10),
    (["--term", "i*i + 3"], 1e9),
    (["--term", "i % 7 ? -i : i << 20"], 3e8),
    (["--term", "(uint64_t)i * 0x9e3779b97f4a7c15"], 1e9),
    (["--term", "(__int128)i*i*i - 7"], 2e8),
    (["--term", "1.0/(2*i + 1)"], 5e8),
    (["--term", "(i % 2 ? 1e-300 : -1e300)/(2*i + 1)"], 1e8),
    (["--term", "sin(i)"], 5e7),
    (["--term-file", PRIMES], 1e6),
]
FARTHEST = 2**30  # no term overflows there


class Round:
    def __init__(self, rng, terms, directory):
        self.random, self.directory = rng, directory
        term, size = rng.choice(terms)
        shape = rng.choice([self.huge, self.uneven, self.tiny, self.mixed, self.seeded])
        self.jobs = None
        self.arguments = [*term, *rng.choice([[], [], ["--format=csv"], ["--quiet"]]),
                          *rng.choice([[], [], ["--grain=job"]]),
                          *shape(int(size * rng.uniform(0.1, 1)))]

    def job(self, terms):
        start = self.random.choice([0, self.random.randrange(-FARTHEST, FARTHEST)])
        return f"{start}:{start + int(terms)}"

    def huge(self, terms):
        return ["--", self.job(terms)]

    def shares(self, terms):
        weights = [self.random.random() ** 4 for _ in range(self.random.randrange(2, 40))]
        return [terms * weight / sum(weights) for weight in weights]

    def uneven(self, terms):
        return ["--", *map(self.job, self.shares(terms))]

    def seeded(self, terms):
        count = self.random.choice([3, 10, 1000])
        return ["--random", str(count), "--below", str(2 * terms // count + 1),
                "--seed", str(self.random.randrange(1000))]

    def tiny(self, terms):
        count = self.random.choice([1000, 100_000])
        return self.listed(self.random.randrange(2 * terms // count + 1) for _ in range(count))

    def mixed(self, terms):
        jobs = [*self.shares(terms), *[0] * 1000, *range(1000)]
        self.random.shuffle(jobs)
        return self.listed(jobs)

    def listed(self, lengths):
        """The jobs in a file; or in one that comes through a pipe."""
        path = os.path.join(self.directory, "jobs")
        with open(path, "w", encoding="ascii") as file:
            file.writelines(self.job(length).replace(":", " ") + "\n" for length in lengths)
        if self.random.random() < 0.5:
            return ["--input", path]
        self.jobs = path
        return ["--input", "-"]

    def undisturbed(self):
        with open(self.jobs or os.devnull, "rb") as source:
            plain = run(*self.arguments, stdin=source)
        if plain.status != 0:
            raise AssertionError(f"status {plain.status} undisturbed: {self.arguments}\n{plain.err}")
        return plain.timeless

    def run(self):
        """Returns how often it was stopped, by what."""
        stops = self.random.sample(STOPS, self.random.randrange(1, len(STOPS) + 1))
        restarts = Restarts(self.random, self.arguments, self.undisturbed(), self.directory,
                            self.jobs, stops)
        restarts.until_done()
        restarts.once_more()
        return restarts.stopped


def save_terms(directory):
    """Compiles the terms once; stopping compilers is no purpose here."""
    saved = []
    for number, (term, size) in enumerate(TERMS):
        path = os.path.join(directory, f"term{number}.so")
        if term:
            done = run(*term, "--save-term", path)
            if done.status != 0:
                sys.exit(f"soak: {term} can't be compiled:\n{done.err}")
        saved.append((["--term-file", path] if term else [], size))
    return saved


def play(seed, number, terms):
    """One round. Returns its stops, or None if it failed; then what it left is kept."""
    directory = tempfile.mkdtemp(prefix="parsum-soak-")
    try:
        stopped = Round(random.Random(f"{seed}/{number}"), terms, directory).run()
    except AssertionError as failure:
        print(f"round {number} of seed {seed}: {failure}\nkept in {directory}", flush=True)
        return None
    shutil.rmtree(directory)
    return stopped


def soak(arguments, terms):
    """Returns how many rounds failed."""
    rounds, failures, stopped = 0, 0, collections.Counter()
    end = time.monotonic() + arguments.seconds
    numbers = range(sys.maxsize) if arguments.round is None else [arguments.round]
    for number in numbers:
        if time.monotonic() > end:
            break
        stops = play(arguments.seed, number, terms)
        rounds += 1
        failures += stops is None
        stopped.update(stops or {})
    ways = ", ".join(f"{count} {way}" for way, count in stopped.most_common())
    print(f"{rounds} rounds, {stopped.total()} stops ({ways}), as many resumes, {failures} failures, "
          f"seed {arguments.seed}")
    return failures


def main():
    parser = argparse.ArgumentParser(description="random runs, stopped and resumed, for a long time")
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--round", type=int, metavar="N", help="that round alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parsum-soak-terms-") as directory:
        return 1 if soak(arguments, save_terms(directory)) else 0


if __name__ == "__main__":
    sys.exit(main())
