"""Scaling laws fitted to times by thread count.

Both laws are linear in the core time p T(p), the time that all p threads together are held:

    Amdahl                       p T(p) = T1 (1 + s (p - 1))
    universal scalability law    p T(p) = T1 (1 + a (p - 1) + b p (p - 1))

(Amdahl 1967; Gunther, "Guerrilla Capacity Planning", 2007; s = serial share, a = contention,
b = coherency.) So a weighted linear least squares fit finds T1, s, a and b at once, and no single
measurement, not the one of one thread either, is taken for the truth. Weights are 1 / (p T(p)), so
that relative errors count alike at every p.

Errors come from the bootstrap: runs are drawn again at each thread count and the law is fitted
again. This is the error of the measurement; whether the law is the right one shows in `misfit`.
"""

import random

from . import stats

USL_COUNTS = 6  # thread counts below which three parameters would follow the noise
AMDAHL_COUNTS = 3  # with two counts the law goes through both, whatever they are


class Fit:
    """A fitted law.

    one         fitted seconds on one thread
    contention  s or a: the share that one thread does while the others wait
    coherency   b, 0 under Amdahl's law
    contention_interval, coherency_interval   (low, high), 95%
    misfit      the largest |measured / fitted - 1| over the thread counts
    counts      the thread counts that it rests on
    tested      more counts than parameters: the law could have been contradicted
    draws       (contention, coherency) of every bootstrap draw
    """

    def __init__(self, law, one, contention, coherency, medians, draws):
        self.law = law
        self.one = one
        self.contention = contention
        self.coherency = coherency
        self.draws = draws
        self.contention_interval = stats.interval([draw[0] for draw in draws])
        self.coherency_interval = stats.interval([draw[1] for draw in draws])
        self.counts = sorted(medians)
        self.tested = len(medians) >= (USL_COUNTS if law == "usl" else AMDAHL_COUNTS)
        self.misfit = max(abs(time * self.speedup(p) / one - 1) for p, time in medians.items())

    def speedup(self, threads):
        return law_speedup(threads, self.contention, self.coherency)

    def speedup_interval(self, threads):
        """95% of the fitted curve at a thread count."""
        return stats.interval([law_speedup(threads, *draw) for draw in self.draws])

    def peak(self):
        """The thread count beyond which more threads make it slower, or None."""
        if self.coherency <= 0 or self.contention >= 1:
            return None
        return ((1 - self.contention) / self.coherency) ** 0.5

    def as_dict(self):
        return {
            "law": self.law, "one_thread_seconds": self.one,
            "serial_share" if self.law == "amdahl" else "contention": self.contention,
            "serial_share_95" if self.law == "amdahl" else "contention_95":
                list(self.contention_interval),
            **({} if self.law == "amdahl" else {
                "coherency": self.coherency, "coherency_95": list(self.coherency_interval),
                "peak_threads": self.peak()}),
            "largest_misfit": self.misfit, "thread_counts": self.counts, "tested": self.tested,
        }


def law_speedup(threads, contention, coherency=0.0):
    held = 1 + contention * (threads - 1) + coherency * threads * (threads - 1)
    return threads / held if held > 0 else float(threads)


def solve(matrix, right):
    """Solves a small linear system by Gaussian elimination with pivots; ValueError if singular."""
    size = len(right)
    rows = [list(row) + [value] for row, value in zip(matrix, right)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda r: abs(rows[r][column]))
        if abs(rows[pivot][column]) < 1e-300:
            raise ValueError("the points do not determine the fit")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for r in range(size):
            if r != column:
                factor = rows[r][column] / rows[column][column]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[column])]
    return [rows[r][size] / rows[r][r] for r in range(size)]


def least_squares(rows, values, weights):
    """The x that makes the sum of (weight * (row . x - value))^2 least."""
    size = len(rows[0])
    squares = [weight * weight for weight in weights]
    matrix = [[sum(w * row[i] * row[j] for w, row in zip(squares, rows)) for j in range(size)]
              for i in range(size)]
    right = [sum(w * row[i] * value for w, row, value in zip(squares, rows, values))
             for i in range(size)]
    return solve(matrix, right)


def _solve_law(medians, terms):
    """(T1, a, b) for the chosen terms of the law; what is not chosen is 0."""
    counts = sorted(medians)
    held = [p * medians[p] for p in counts]
    columns = {"one": lambda p: 1.0, "a": lambda p: p - 1.0, "b": lambda p: p * (p - 1.0)}
    solution = dict(zip(terms, least_squares([[columns[t](p) for t in terms] for p in counts],
                                             held, [1 / h for h in held])))
    one = solution["one"]
    return one, solution.get("a", 0.0) / one, solution.get("b", 0.0) / one


def _solve_usl(medians):
    """The universal scalability law with a >= 0 and b >= 0: the better of the two edges where the
    free fit leaves that quarter, since neither waiting nor talking can save time."""
    best = _solve_law(medians, ("one", "a", "b"))
    if best[1] >= 0 and best[2] >= 0:
        return best
    edges = [_solve_law(medians, ("one", term)) for term in ("a", "b")]
    edges = [edge for edge in edges if edge[1] >= 0 and edge[2] >= 0]
    if not edges:
        return _solve_law(medians, ("one",))

    def error(law):
        one, a, b = law
        return sum((one / law_speedup(p, a, b) / time - 1) ** 2 for p, time in medians.items())
    return min(edges, key=error)


def _fit(law, solver, times, seed, resamples):
    generator = random.Random(seed)
    medians = {p: stats.median(values) for p, values in times.items()}
    one, contention, coherency = solver(medians)
    draws = []
    for _ in range(resamples):
        drawn = {p: stats.median(stats.resample(values, generator)) for p, values in times.items()}
        draws.append(solver(drawn)[1:])
    return Fit(law, one, contention, coherency, medians, draws)


def amdahl(times, seed, resamples=1000):
    """Fits Amdahl's law to {threads: [seconds, ...]}; None with less than two thread counts."""
    if len(times) < 2:
        return None
    return _fit("amdahl", lambda medians: _solve_law(medians, ("one", "a")), times, seed, resamples)


def usl(times, seed, resamples=1000):
    """Fits the universal scalability law; None with less than USL_COUNTS thread counts."""
    if len(times) < USL_COUNTS:
        return None
    return _fit("usl", _solve_usl, times, seed, resamples)
