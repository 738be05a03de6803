"""Fits on data whose law is known, and against formulas that were solved by hand."""

import random
import unittest

import support  # noqa: F401
from study import fit


def amdahl_time(p, share, one=3.0):
    return one * (share + (1 - share) / p)


def usl_time(p, contention, coherency, one=3.0):
    return one * (1 + contention * (p - 1) + coherency * p * (p - 1)) / p


def noisy(law, counts, runs, relative, seed):
    draw = random.Random(seed)
    return {p: [law(p) * draw.gauss(1, relative) for _ in range(runs)] for p in counts}


class Algebra(unittest.TestCase):
    def test_a_system_is_solved(self):
        # 2x + y = 5, x - 3y = -8
        for ours, expected in zip(fit.solve([[2, 1], [1, -3]], [5, -8]), (1, 3)):
            self.assertAlmostEqual(ours, expected)

    def test_a_zero_pivot_is_no_obstacle(self):
        self.assertEqual(fit.solve([[0, 1], [1, 0]], [2, 3]), [3, 2])

    def test_a_singular_system_is_refused(self):
        with self.assertRaises(ValueError):
            fit.solve([[1, 2], [2, 4]], [1, 2])

    def test_least_squares_finds_the_line_of_the_textbook(self):
        # (0, 1), (1, 2), (2, 4): slope 3/2, intercept 5/6.
        intercept, slope = fit.least_squares([[1, 0], [1, 1], [1, 2]], [1, 2, 4], [1, 1, 1])
        self.assertAlmostEqual(intercept, 5 / 6)
        self.assertAlmostEqual(slope, 3 / 2)

    def test_a_weight_of_two_counts_like_four_points(self):
        weighted = fit.least_squares([[1], [1]], [0, 5], [1, 2])
        self.assertAlmostEqual(weighted[0], 4.0)


class Amdahl(unittest.TestCase):
    def test_a_known_serial_share_is_found(self):
        for share in (0.0, 0.01, 0.2, 1.0):
            law = fit.amdahl({p: [amdahl_time(p, share)] * 5 for p in (1, 2, 4, 8)}, 1, 50)
            self.assertAlmostEqual(law.contention, share, places=9)
            self.assertAlmostEqual(law.one, 3.0, places=9)
            self.assertLess(law.misfit, 1e-9)
            self.assertTrue(law.tested)

    def test_a_known_serial_share_lies_in_the_interval_of_noisy_runs(self):
        held = 0
        for seed in range(40):
            times = noisy(lambda p: amdahl_time(p, 0.05), (1, 2, 4, 8, 16), 9, 0.02, seed)
            low, high = fit.amdahl(times, seed, 300).contention_interval
            held += low <= 0.05 <= high
            self.assertLess(high - low, 0.02)
        self.assertGreaterEqual(held, 34)

    def test_two_counts_give_the_share_by_the_formula_and_count_as_untested(self):
        # S = 1.6 on two threads: s = (2 / S - 1) / (2 - 1).
        law = fit.amdahl({1: [1.6] * 5, 2: [1.0] * 5}, 1, 50)
        self.assertAlmostEqual(law.contention, 2 / 1.6 - 1)
        self.assertFalse(law.tested)

    def test_one_count_has_no_fit(self):
        self.assertIsNone(fit.amdahl({1: [1.0] * 5}, 1))

    def test_a_law_that_does_not_hold_shows_in_the_misfit(self):
        # Whole jobs: ideal up to four threads, no gain beyond.
        law = fit.amdahl({p: [1 / min(p, 4)] * 5 for p in (1, 2, 4, 8, 16)}, 1, 50)
        self.assertGreater(law.misfit, 0.1)

    def test_the_curve_is_amdahls(self):
        law = fit.amdahl({p: [amdahl_time(p, 0.1)] * 5 for p in (1, 2, 4)}, 1, 50)
        self.assertAlmostEqual(law.speedup(1), 1)
        self.assertAlmostEqual(law.speedup(8), 1 / (0.1 + 0.9 / 8))
        low, high = law.speedup_interval(8)
        self.assertLessEqual(low, law.speedup(8) + 1e-9)
        self.assertGreaterEqual(high, law.speedup(8) - 1e-9)


class Scalability(unittest.TestCase):
    COUNTS = (1, 2, 4, 8, 12, 16)

    def test_known_contention_and_coherency_are_found(self):
        law = fit.usl({p: [usl_time(p, 0.03, 0.002)] * 5 for p in self.COUNTS}, 1, 20)
        self.assertAlmostEqual(law.contention, 0.03, places=9)
        self.assertAlmostEqual(law.coherency, 0.002, places=9)
        self.assertAlmostEqual(law.peak(), (0.97 / 0.002) ** 0.5, places=3)

    def test_without_coherency_it_is_amdahls_law_and_has_no_peak(self):
        law = fit.usl({p: [amdahl_time(p, 0.04)] * 5 for p in self.COUNTS}, 1, 20)
        self.assertAlmostEqual(law.contention, 0.04, places=6)
        self.assertAlmostEqual(law.coherency, 0, places=6)

    def test_neither_parameter_is_negative(self):
        # Ever better than linear: the free fit would need a negative parameter.
        for times in ({p: [p ** -1.1] * 5 for p in self.COUNTS},
                      noisy(lambda p: amdahl_time(p, 0.01), self.COUNTS, 5, 0.05, 3)):
            law = fit.usl(times, 1, 50)
            self.assertGreaterEqual(min(draw[0] for draw in law.draws), 0)
            self.assertGreaterEqual(min(draw[1] for draw in law.draws), 0)

    def test_five_counts_are_too_few(self):
        self.assertIsNone(fit.usl({p: [1 / p] * 5 for p in (1, 2, 3, 4, 5)}, 1))


if __name__ == "__main__":
    unittest.main()
