"""One call for an array."""

from __future__ import annotations

import operator

from ._library import LIB, Words
from ._numbers import Doubles, Numbers, add, add_products, lines, look_at, product_lines, square_lines

_MOST_THREADS = 2**31 - 1


def _count(name, value):
    value = operator.index(value)
    if not 0 <= value <= _MOST_THREADS:
        raise ValueError(f"{name} must be from 0 to {_MOST_THREADS}, not {value}")
    return value


def _single(found):
    """The one line of doubles that these are, or None."""
    first = next(found, None)
    return first if first is not None and next(found, None) is None else None


def _single_line(source):
    return _single(lines(source.shape, [source])) if isinstance(source, Doubles) else None


def fsum(a: Numbers, threads: int = 0) -> float:
    """Return the sum of the numbers in `a`, rounded once, to the nearest double.

    Parameters
    ----------
    a : array of float64, any shape, or iterable of real numbers
        The numbers; see `help(parsum)` for what is taken.
    threads : int, optional
        Threads that may work on an array. 0, the default, is as many as OpenMP's rules give:
        OMP_NUM_THREADS, else the CPUs that this process may use. Short arrays, iterables and what
        has to be converted are done by the calling thread.

    Returns
    -------
    float
        The same bits for every order of the numbers, number of threads and machine; 0.0 for none.
        NaN if one of them is NaN, or if there are infinities of both signs.

    Raises
    ------
    TypeError
        An element is no real number.
    ValueError
        No double holds an element exactly, such as Fraction(1, 3).
    OverflowError
        An int is beyond the largest double.

    Notes
    -----
    `math.fsum` gives the same, but raises OverflowError where a partial sum or the sum is beyond the
    largest double, and ValueError for infinities of both signs; and it rounds what is no double.

    Examples
    --------
    >>> import parsum
    >>> parsum.fsum([1e100, 1.0, -1e100])
    1.0
    >>> sum([0.1] * 10), parsum.fsum([0.1] * 10)
    (0.9999999999999999, 1.0)
    >>> parsum.fsum([1e308, 1e308, -1e308])
    1e+308
    """
    threads = _count("threads", threads)
    source = look_at(a)
    line = _single_line(source)
    if line:
        return LIB.array_sum(threads, *line)
    words = Words()
    add(words, source)
    return LIB.value(words)


def dot(a: Numbers, b: Numbers, threads: int = 0) -> float:
    """Return the sum of the products of `a` and `b`, element by element, rounded once.

    The products are not rounded; they neither overflow nor underflow.

    Parameters
    ----------
    a, b : arrays of float64 of the same shape, or iterables of real numbers of the same length
        The factors. Of arrays with several dimensions, elements of the same index are multiplied, as
        `numpy.vdot` does; this is no product of matrices.
    threads : int, optional
        Threads that may work on arrays, as in `fsum`.

    Returns
    -------
    float
        0.0 where there are no elements. Where a factor is infinite or NaN, the product is what
        IEEE 754 says: 0 times infinity is NaN.

    Raises
    ------
    ValueError
        Shapes or lengths differ, or no double holds an element exactly.
    TypeError, OverflowError
        As in `fsum`.

    Examples
    --------
    >>> import parsum
    >>> parsum.dot([1e200, 2.0, 1e200], [1e200, 3.0, -1e200])
    6.0
    """
    threads = _count("threads", threads)
    a, b = look_at(a), look_at(b)
    if isinstance(a, Doubles) and isinstance(b, Doubles):
        line = _single(product_lines(a, b))
        if line:
            return LIB.array_dot(threads, *line)
    words = Words()
    add_products(words, a, b)
    return LIB.value(words)


def norm(a: Numbers, threads: int = 0) -> float:
    """Return the square root of the sum of the squares of `a`, rounded once: the 2-norm.

    Parameters
    ----------
    a : array of float64, any shape, or iterable of real numbers
        The numbers. Of a matrix this is Frobenius' norm.
    threads : int, optional
        Threads that may work on an array, as in `fsum`.

    Returns
    -------
    float
        In the unit of the numbers; 0.0 for none. Finite wherever the norm is within the range of
        double, whatever the squares are.

    Raises
    ------
    TypeError, ValueError, OverflowError
        As in `fsum`.

    Examples
    --------
    >>> import parsum
    >>> parsum.norm([3 * 2.0**1000, 4 * 2.0**1000]) / 2.0**1000
    5.0
    """
    threads = _count("threads", threads)
    source = look_at(a)
    line = _single_line(source)
    if line:
        return LIB.array_norm(threads, *line)
    squares = Words()
    for _, _, products in square_lines(source):
        LIB.add_products(squares, *products)
    return LIB.root_of(squares, 1)


def mean(a: Numbers, threads: int = 0) -> float:
    """Return the arithmetic mean of `a`, rounded once.

    Parameters
    ----------
    a : array of float64, any shape, or iterable of real numbers
        At least one number.
    threads : int, optional
        Threads that may work on an array, as in `fsum`.

    Returns
    -------
    float
        In the unit of the numbers. Finite for finite numbers, even where their sum is not.

    Raises
    ------
    ValueError
        There are no numbers, or no double holds one of them exactly.
    TypeError, OverflowError
        As in `fsum`.

    Examples
    --------
    >>> import parsum
    >>> parsum.mean([1e308, 1.5e308])
    1.25e+308
    """
    threads = _count("threads", threads)
    source = look_at(a)
    line = _single_line(source)
    if line:
        return LIB.array_mean(threads, *line)
    words = Words()
    count = add(words, source)
    if count == 0:
        raise ValueError("the mean needs at least one number")
    return LIB.mean_of(words, count)


def var(a: Numbers, *, ddof: int = 1, threads: int = 0) -> float:
    """Return the variance of `a`, rounded once.

    It is the sum of (x - mean)^2 divided by n - ddof, from exact sums and the exact mean.

    Parameters
    ----------
    a : array of float64, any shape, or iterable of real numbers
        More than `ddof` numbers.
    ddof : int, optional
        Degrees of freedom that are taken off the number of elements. 1, the default, is for a sample,
        as in `statistics.variance`; 0 for a whole population, as in `statistics.pvariance` and where
        `numpy.var` is not told otherwise.
    threads : int, optional
        Threads that may work on an array, as in `fsum`.

    Returns
    -------
    float
        In the square of the numbers' unit. NaN if one of them is infinite or NaN.

    Raises
    ------
    ValueError
        There are `ddof` numbers or fewer, or no double holds one of them exactly.
    TypeError, OverflowError
        As in `fsum`.

    Examples
    --------
    >>> import parsum
    >>> parsum.var([1.0, 2.0, 3.0, 4.0])
    1.6666666666666667
    >>> parsum.var([1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4], ddof=0)
    1.25
    """
    return _spread(LIB.array_variance, LIB.variance_of, a, ddof, threads)


def std(a: Numbers, *, ddof: int = 1, threads: int = 0) -> float:
    """Return the standard deviation of `a`, the root of the exact variance, rounded once.

    Parameters
    ----------
    a, ddof, threads
        As in `var`.

    Returns
    -------
    float
        In the unit of the numbers. NaN if one of them is infinite or NaN.

    Raises
    ------
    TypeError, ValueError, OverflowError
        As in `var`.

    Examples
    --------
    >>> import parsum
    >>> parsum.std([1e200, 3e200], ddof=0)
    1e+200
    """
    return _spread(LIB.array_deviation, LIB.deviation_of, a, ddof, threads)


def _spread(of_array, of_sums, a, ddof, threads):
    ddof, threads = _count("ddof", ddof), _count("threads", threads)
    source = look_at(a)
    line = _single_line(source)
    if line:
        _check_enough(line[0], ddof)
        return of_array(threads, *line, ddof)
    words, squares = Words(), Words()
    count = add(words, source, squares)
    _check_enough(count, ddof)
    return of_sums(words, squares, count, ddof)


def _check_enough(count, ddof):
    if count <= ddof:
        raise ValueError(f"a variance with ddof={ddof} needs more than {ddof} numbers, not {count}")
