"""differential: random jobs and terms, parsum against Python's integers and math.fsum.

    differential.py [--rounds N] [--seconds S] [--seed SEED]

A round is a random list of jobs, a random term, and a random way to run it. The sums are computed
a second time here: integers with C's rules for each operation, so that an overflow is foreseen with
the integer at which it happens, reals as doubles that math.fsum adds up exactly, and the built-in
term by arithmetic. Where PARI/GP is installed its parsum is asked too, now and then. A difference is
printed with all that is needed to see it again.

A compiler may simplify an expression so that what overflows in it is never computed, as in
(i + i) % 1. Then its sum must be the right one nonetheless: that of integers without bounds.
"""

import argparse
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

PARSUM = os.environ.get("PARSUM", "build/release/parsum")
LOW, HIGH = -2**63, 2**63 - 1
TERMS_MAX = 2**63 - 1


class Fault(Exception):
    """The term has no value for some i."""


# ---- terms: trees that can be written in C and evaluated here ----

bounded = True  # integers have 64 bits; else as many as they need


def whole(number):
    if bounded and not LOW <= number <= HIGH:
        raise Fault("overflow")
    return number


def divide(a, b):
    """C's division: towards zero."""
    if b == 0:
        raise Fault("division")
    quotient = abs(a) // abs(b)
    return whole(quotient if (a < 0) == (b < 0) else -quotient)


OPERATIONS = {
    "+": lambda a, b: whole(a + b),
    "-": lambda a, b: whole(a - b),
    "*": lambda a, b: whole(a * b),
    "/": divide,
    "%": lambda a, b: whole(a - b * divide(a, b)),
    "^": lambda a, b: a ^ b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
}


def random_integer_term(rng, depth):
    """(C text, function) of an expression of int64_t; constants are long, as i is."""
    if depth == 0 or rng.random() < 0.2:
        if rng.random() < 0.7:
            return "i", lambda i: i
        constant = rng.choice([1, 2, 3, 7, 1000, HIGH, rng.randrange(1, 2**rng.randrange(1, 40))])
        return (f"{constant}L", lambda i: constant)
    operator = rng.choice([*OPERATIONS, ">>", "?"])
    left, f = random_integer_term(rng, depth - 1)
    if operator == ">>":
        bits = rng.randrange(63)
        return f"({left} >> {bits})", lambda i: f(i) >> bits
    right, g = random_integer_term(rng, depth - 1)
    if operator == "?":  # for a few i alone
        low = rng.randrange(-20, 20)
        high = low + rng.randrange(1, 20)
        return (f"(i >= {low} && i < {high} ? {left} : {right})",
                lambda i: f(i) if low <= i < high else g(i))
    operation = OPERATIONS[operator]
    if operator in "/%":  # never i / i, which is 1 to a compiler, also for 0
        constant = rng.randrange(1, 50)
        right, g = rng.choice([(f"(i - {constant}L)", lambda i: whole(i - constant)),
                               (f"{constant}L", lambda i: constant)])
    if left == right:
        return left, f
    return f"({left} {operator} {right})", lambda i: operation(f(i), g(i))


def real_divide(a, b):
    if b == 0:
        return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1, b)
    return a / b


REAL_OPERATIONS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": real_divide,
}


def random_real_term(rng, depth):
    """(C text, function) of an expression of double."""
    if depth == 0 or rng.random() < 0.2:
        if rng.random() < 0.7:
            return "(double)i", float
        constant = rng.choice([1.0, 0.1, 3.0, 1e10, 1e-10, rng.uniform(-10, 10)])
        return (f"({constant!r})", lambda i: constant)
    if rng.random() < 0.15:
        inner, f = random_real_term(rng, depth - 1)
        return f"sqrt(fabs({inner}))", lambda i: math.sqrt(abs(f(i)))
    operator = rng.choice(list(REAL_OPERATIONS))
    left, f = random_real_term(rng, depth - 1)
    right, g = random_real_term(rng, depth - 1)
    operation = REAL_OPERATIONS[operator]
    return f"({left} {operator} {right})", lambda i: operation(f(i), g(i))


def checked_real(f):
    def value(i):
        number = f(i)
        if not math.isfinite(number):
            raise Fault("not finite")
        return number
    return value


# ---- jobs ----

def random_bound(rng):
    bits = rng.choice([4, 10, 20, 40, 62])
    return rng.randrange(-2**bits, 2**bits)


def random_job(rng, longest):
    start = rng.choice([0, random_bound(rng), LOW, HIGH - longest])
    length = int(2**rng.uniform(0, math.log2(longest))) - 1
    return start, min(start if rng.random() < 0.1 else start + length, HIGH)


def spell(rng, number):
    """One of the ways to write a number."""
    text = str(number)
    if abs(number) >= 1000 and rng.random() < 0.2:
        text = f"{number:_}"
    if number != 0 and number % 1000 == 0 and rng.random() < 0.5:
        text = f"{number // 1000}e3"
    return "+" + text if number >= 0 and rng.random() < 0.05 else text


def spell_line(rng, job):
    start, end = spell(rng, job[0]), spell(rng, job[1])
    if job[0] == 0 and rng.random() < 0.5:
        return end
    blank = rng.choice(["", " ", "\t"])
    return blank + start + rng.choice([" ", ",", " , ", "\t", ", "]) + end + blank + rng.choice(
        ["", "", " # a comment"])


# ---- a round ----

class Round:
    def __init__(self, rng):
        kind = rng.random()
        self.polynomial = None
        self.real = False
        if kind < 0.6:
            self.term, longest = None, 2**rng.choice([8, 16, 28])
        elif kind < 0.8:
            self.term, self.value = random_integer_term(rng, rng.randrange(1, 4))
            longest = 2000
        else:
            self.term, value = random_real_term(rng, rng.randrange(1, 4))
            self.term, self.value = f"1.0 * {self.term}", checked_real(lambda i: 1.0 * value(i))
            self.real, longest = True, 2000
        count = rng.choice([1, 2, 5, 20, 300 if self.term is None else 40])
        self.jobs = [random_job(rng, longest) for _ in range(count)]
        self.command = [PARSUM, "--format=json"]
        if self.term is not None:
            self.command.append(f"--term={self.term}")
        self.command += self.random_way(rng)
        self.lines = None
        if rng.random() < 0.5:
            self.lines = "".join(spell_line(rng, job) + rng.choice(["\n", "\n", "\r\n", "\r"])
                                 for job in self.jobs)
            self.command.append("--input=-")
        else:
            self.command.append("--")
            self.command += [f"{spell(rng, a)}:{spell(rng, b)}" for a, b in self.jobs]

    @staticmethod
    def random_way(rng):
        way = []
        if rng.random() < 0.8:
            way.append(f"--threads={rng.randrange(1, 9)}")
        elif rng.random() < 0.5:
            way.append("--serial")
        if rng.random() < 0.5:
            way.append("--grain=" + rng.choice(["job", "1000", "100000", str(rng.randrange(50, 9999))]))
        if "--serial" not in way and rng.random() < 0.2:
            way.append("--compare")
        return way

    def expected_sum(self, job):
        start, end = job
        if end <= start:
            return 0.0 if self.real else 0
        if self.term is None:
            return (end - start) * (start + end - 1) // 2
        values = []
        for i in range(start, end):
            try:
                values.append(self.value(i))
            except Fault as fault:
                raise Fault(i) from fault
        return math.fsum(values) if self.real else sum(values)

    def expectation(self):
        """The sums and the total; or (job number, i) of the first fault."""
        if sum(max(0, b - a) for a, b in self.jobs) > TERMS_MAX:
            return None, None
        sums = []
        for number, job in enumerate(self.jobs, 1):
            try:
                sums.append(self.expected_sum(job))
            except Fault as fault:
                return None, (number, fault.args[0])
        return sums, None

    def expectation_without_bounds(self):
        global bounded
        bounded = False
        try:
            return self.expectation()
        finally:
            bounded = True

    def refused(self, done):
        """Do constants overflow that the compiler works out, wherever they stand?"""
        return done.returncode == 2 and self.term and (
            b"a constant overflows" in done.stderr or b"overflow in expression" in done.stderr)

    def tells_fault(self, done, fault):
        """Was it this fault that ended the run, or one behind it which the compiler left in?"""
        told = re.search(r"^parsum: job (\d+) \[.* at i = (-?\d+);", done.stderr.decode(), re.M)
        if done.returncode != 1 or not told or (int(told[1]), int(told[2])) < fault:
            return False
        start, end = self.jobs[int(told[1]) - 1]
        if not start <= int(told[2]) < end:
            return False
        try:
            self.value(int(told[2]))
        except Fault:
            return True
        return False

    def total(self, sums):
        if not self.real:
            return sum(sums)
        return math.fsum(self.value(i) for a, b in self.jobs for i in range(a, b))

    def run(self):
        return subprocess.run(self.command, input=(self.lines or "").encode(), check=False,
                              capture_output=True, timeout=600)

    def complaint(self, done):
        """What is wrong with what came out, or None."""
        sums, fault = self.expectation()
        said = done.stderr.decode()
        if self.refused(done):
            return None
        if fault and done.returncode == 0:
            sums, fault = self.expectation_without_bounds()
        if fault:
            return None if self.tells_fault(done, fault) else (
                f"a fault was expected in job {fault[0]} at i = {fault[1]}")
        if sums is None:
            return None if done.returncode == 2 and "2^63-1 terms" in said else "too many terms"
        if done.returncode != 0:
            return "it should succeed"
        report = json.loads(done.stdout)
        number = float if self.real else int
        got = [(row["run"], int(row["start"]), int(row["end"]), number(row["sum"])) for row in report["jobs"]]
        want = [(k, *job, value) for k, (job, value) in enumerate(zip(self.jobs, sums), 1)]
        for row, expected in zip(got, want):
            if row != expected:
                return f"{row} came out, but {expected} is right"
        if len(got) != len(want):
            return f"{len(got)} jobs came out of {len(want)}"
        if number(report["total"]) != self.total(sums):
            return f"the total must be {self.total(sums)}"
        return None

    def gp_complaint(self, done):
        """The same question to PARI/GP, for terms that it reads as C does: the built-in one."""
        if self.term is not None or done.returncode != 0:
            return None
        a, b = min(self.jobs, key=lambda job: abs(job[1] - job[0]))
        if b - a > 1000000:
            return None
        k = self.jobs.index((a, b))
        answer = subprocess.run(["gp", "-q", "--default", "parisizemax=1G"], check=True,
                                input=f"print(parsum(i={a},{b - 1},i))\n".encode(),
                                capture_output=True).stdout.decode().strip()
        got = json.loads(done.stdout)["jobs"][k]["sum"]
        return None if answer == got else f"PARI/GP says {answer} of [{a}, {b}), not {got}"


def tell(seed, number, one, done, complaint):
    """Everything that is needed to see it again."""
    print(f"round {number} of seed {seed}: {complaint}")
    print("command:", " ".join(f"'{word}'" for word in one.command))
    if one.lines is not None:
        with tempfile.NamedTemporaryFile("w", suffix=".jobs", delete=False) as file:
            file.write(one.lines)
        print("standard input:", file.name)
    print("exit status:", done.returncode)
    print(done.stderr.decode(errors="replace"), end="")
    print(done.stdout.decode(errors="replace")[-2000:])


def main():
    parser = argparse.ArgumentParser(description="parsum against an independent computation")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=math.inf)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    gp = shutil.which("gp")
    counts = {"rounds": 0, "jobs": 0, "terms compiled": 0, "faults": 0, "refused": 0,
              "PARI/GP": 0}
    end = time.monotonic() + arguments.seconds
    for number in range(arguments.rounds):
        if time.monotonic() > end:
            break
        one = Round(random.Random(f"{arguments.seed}/{number}"))
        done = one.run()
        complaint = one.complaint(done)
        if not complaint and gp and number % 20 == 0:
            counts["PARI/GP"] += 1
            complaint = one.gp_complaint(done)
        if complaint:
            tell(arguments.seed, number, one, done, complaint)
            return 1
        counts["rounds"] += 1
        counts["jobs"] += len(one.jobs)
        counts["terms compiled"] += one.term is not None
        counts["faults"] += done.returncode == 1
        counts["refused"] += done.returncode == 2
    print(", ".join(f"{value} {name}" for name, value in counts.items()) + ", no difference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
