"""Statistics of what sums hold, for data that arrive in pieces."""

from __future__ import annotations

import operator

from ._library import LIB
from ._sum import Sum

_MOST = 2**63 - 1  # what a sum holds


def _count(name: str, value: int, least: int) -> int:
    value = operator.index(value)
    if not least <= value <= _MOST:
        raise ValueError(f"{name} must be from {least} to {_MOST}, not {value}")
    return value


def _check(*sums: Sum) -> None:
    for held in sums:
        if not isinstance(held, Sum):
            raise TypeError(f"must be a parsum.Sum, not {type(held).__name__}")


def mean_of(total: Sum, n: int) -> float:
    """Return the mean of `n` numbers whose sum is `total`, rounded once.

    Parameters
    ----------
    total : Sum
        What the numbers were added to.
    n : int
        How many numbers they are, at least 1; ValueError otherwise.

    Examples
    --------
    >>> import parsum
    >>> parsum.mean_of(parsum.Sum([1e308, 1.5e308]), 2)
    1.25e+308
    """
    _check(total)
    return float(LIB.mean_of(total._words, _count("n", n, 1)))


def root_of(squares: Sum, n: int = 1) -> float:
    """Return the square root of `squares` divided by `n`, rounded once.

    Parameters
    ----------
    squares : Sum
        What the squares were added to, by `squares.add_products(a, a)`.
    n : int, optional
        1, the default, for the norm; the number of elements for their root mean square.

    Returns
    -------
    float
        NaN where `squares` is below 0.

    Examples
    --------
    >>> import parsum
    >>> squares = parsum.Sum()
    >>> squares.add_products([3.0], [3.0])
    >>> squares.add_products([4.0], [4.0])
    >>> parsum.root_of(squares)
    5.0
    """
    _check(squares)
    return float(LIB.root_of(squares._words, _count("n", n, 1)))


def var_of(total: Sum, squares: Sum, n: int, *, ddof: int = 1) -> float:
    """Return the variance of `n` numbers from their sum and that of their squares.

    It is rounded once. Nothing is lost where the numbers are large and their variance is small, as both
    sums are exact.

    Parameters
    ----------
    total, squares : Sum
        What the numbers `a` were added to: `total += a`, and `squares.add_products(a, a)`.
    n : int
        How many numbers they are, more than `ddof`; ValueError otherwise.
    ddof : int, optional
        Degrees of freedom that are taken off n, as in `var`; 1 by default.

    Returns
    -------
    float
        NaN if a number is infinite or NaN, and where `squares` does not belong to `total` and the
        variance would be below 0.

    Examples
    --------
    >>> import parsum
    >>> total, squares, n = parsum.Sum(), parsum.Sum(), 0
    >>> for piece in [1e9 + 1, 1e9 + 2], [1e9 + 3, 1e9 + 4]:
    ...     total += piece
    ...     squares.add_products(piece, piece)
    ...     n += len(piece)
    >>> parsum.var_of(total, squares, n)
    1.6666666666666667
    """
    return _spread(LIB.variance_of, total, squares, n, ddof)


def std_of(total: Sum, squares: Sum, n: int, *, ddof: int = 1) -> float:
    """Return the standard deviation of `n` numbers from their sum and that of their squares.

    It is the square root of the exact variance, rounded once.

    Parameters
    ----------
    total, squares, n, ddof
        As in `var_of`.

    Examples
    --------
    >>> import parsum
    >>> total, squares = parsum.Sum([1e200, 3e200]), parsum.Sum()
    >>> squares.add_products([1e200, 3e200], [1e200, 3e200])
    >>> parsum.std_of(total, squares, 2, ddof=0)
    1e+200
    """
    return _spread(LIB.deviation_of, total, squares, n, ddof)


def _spread(of_sums, total, squares, n, ddof):
    _check(total, squares)
    ddof = _count("ddof", ddof, 0)
    return float(of_sums(total._words, squares._words, _count("n", n, ddof + 1), ddof))
