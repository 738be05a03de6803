"""Statistics against values computed by hand and by Python's own statistics module."""

import random
import statistics
import unittest

import support  # noqa: F401
from study import stats


class Quantiles(unittest.TestCase):
    def test_the_median_of_an_odd_number_is_the_middle_one(self):
        self.assertEqual(stats.median([3, 1, 2]), 2)

    def test_the_median_of_an_even_number_lies_between_the_middle_two(self):
        self.assertEqual(stats.median([4, 1, 2, 3]), 2.5)

    def test_quartiles_are_interpolated(self):
        # 0.25 * (4 - 1) = 0.75: three quarters of the way from the first to the second.
        self.assertEqual(stats.quantile([10, 20, 40, 80], 0.25), 17.5)
        self.assertEqual(stats.quantile([10, 20, 40, 80], 0.75), 50)

    def test_the_ends_are_the_extremes(self):
        self.assertEqual(stats.quantile([5, 9, 7], 0), 5)
        self.assertEqual(stats.quantile([5, 9, 7], 1), 9)

    def test_one_value_is_all_of_its_quantiles(self):
        self.assertEqual([stats.quantile([7], q) for q in (0, 0.3, 1)], [7, 7, 7])

    def test_no_values_are_refused(self):
        with self.assertRaises(ValueError):
            stats.median([])

    def test_quartiles_are_those_of_the_statistics_module(self):
        draw = random.Random(1)
        for count in range(2, 40):
            values = [draw.random() for _ in range(count)]
            theirs = statistics.quantiles(values, n=4, method="inclusive")
            for q, expected in zip((0.25, 0.5, 0.75), theirs):
                self.assertAlmostEqual(stats.quantile(values, q), expected, places=12)

    def test_spread_is_the_interquartile_range_over_the_median(self):
        self.assertAlmostEqual(stats.spread([10, 20, 40, 80]), (50 - 17.5) / 30)
        self.assertEqual(stats.spread([2, 2, 2]), 0)


class Bootstrap(unittest.TestCase):
    def test_the_same_seed_gives_the_same_interval(self):
        one, two = [1.0, 1.1, 0.9, 1.05, 1.2], [0.5, 0.55, 0.6, 0.5, 0.52]
        self.assertEqual(stats.bootstrap_ratio(one, two, "a"), stats.bootstrap_ratio(one, two, "a"))
        self.assertNotEqual(stats.bootstrap_ratio(one, two, "a"),
                            stats.bootstrap_ratio(one, two, "b"))

    def test_equal_times_have_an_interval_without_width(self):
        self.assertEqual(stats.bootstrap_ratio([4.0] * 5, [2.0] * 5, 1), (2.0, 2.0))

    def test_of_two_values_the_ends_are_drawn_a_quarter_of_the_time_each(self):
        # Two runs of 1 and 3 over a constant: the median is 1, 2, 2 or 3 with equal chances, so
        # 95% reach from 1 to 3, and the middle 40% are all 2.
        draws = stats.bootstrap_ratio([1.0, 3.0], [1.0, 1.0], 5)
        self.assertEqual(draws, (1.0, 3.0))
        self.assertEqual(stats.bootstrap_ratio([1.0, 3.0], [1.0, 1.0], 5, level=0.4), (2.0, 2.0))

    def test_the_interval_holds_the_true_ratio_about_as_often_as_it_says(self):
        draw = random.Random(7)
        trials, held = 200, 0
        for trial in range(trials):
            one = [draw.gauss(2.0, 0.1) for _ in range(9)]
            two = [draw.gauss(1.0, 0.05) for _ in range(9)]
            low, high = stats.bootstrap_ratio(one, two, trial, resamples=400)
            held += low <= 2.0 <= high
        self.assertGreater(held / trials, 0.88)
        self.assertLess(held / trials, 0.995)


if __name__ == "__main__":
    unittest.main()
