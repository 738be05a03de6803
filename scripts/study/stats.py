"""Statistics of few, noisy times: medians, quartiles and bootstrap intervals."""

import random


def quantile(values, q):
    """The q-quantile, 0 <= q <= 1, by linear interpolation between order statistics.

    Hyndman and Fan's definition 7 ("Sample quantiles in statistical packages", 1996), the one
    that R and numpy take by default.
    """
    if not values:
        raise ValueError("a quantile of no values")
    ordered = sorted(values)
    place = q * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def median(values):
    return quantile(values, 0.5)


def spread(values):
    """Interquartile range over median: how far apart the middle half of the runs lies."""
    middle = median(values)
    return (quantile(values, 0.75) - quantile(values, 0.25)) / middle if middle > 0 else 0.0


def resample(values, generator):
    """As many values, drawn with replacement."""
    return generator.choices(values, k=len(values))


def interval(draws, level=0.95):
    """The middle `level` of the draws: (low, high)."""
    tail = (1 - level) / 2
    return quantile(draws, tail), quantile(draws, 1 - tail)


def bootstrap_ratio(numerators, denominators, seed, resamples=2000, level=0.95):
    """(low, high) of median(numerators) / median(denominators).

    The percentile bootstrap (Efron, "Bootstrap methods", 1979): both samples are drawn again with
    replacement, independently, and the middle of what the ratio then is makes the interval. The
    same seed gives the same interval.
    """
    generator = random.Random(seed)
    draws = [median(resample(numerators, generator)) / median(resample(denominators, generator))
             for _ in range(resamples)]
    return interval(draws, level)
