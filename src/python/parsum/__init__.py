"""Exact sums, of arrays and of loops: the same bits in every order, on any number of threads, on every machine.

    >>> import parsum
    >>> parsum.fsum([1e100, 1.0, -1e100])    # where sum() gives 0.0
    1.0
    >>> parsum.run("1.0/(i*i)", jobs=(1, 1000)).totals["sum"]
    1.6439335666815598

One call for an array, in parallel, each rounded once, to the nearest double:

    fsum(a)      the sum                      mean(a)    the mean
    dot(a, b)    the sum of products          var(a)     the variance, with n - 1
    norm(a)      the root of the squares      std(a)     the standard deviation

and `Sum`, an exact sum in the making, which numbers and arrays are added to and subtracted from. It
can be merged, pickled, and sent to other processes:

    >>> total = parsum.Sum()
    >>> total += [0.1, 0.2, 0.3]
    >>> total -= 0.3
    >>> float(total)
    0.30000000000000004

Of data that arrive in pieces, mean_of, var_of, std_of and root_of make statistics of such sums.

`run` does what the program parsum does: it folds a term, a C expression of `i`, over ranges of integers,
by sums, means, extremes, tables and lists, with arrays and columns. What it gives is a `Result`; what
goes wrong is an `Error`: `TermError`, `Fault`, `UsageError`, `Stopped`, `Unverified`. `loop` sums a
function of C.

What is taken for `a`:

  - Arrays of float64 of numpy, `array.array("d")`, memoryview, and all else with the buffer protocol:
    of any shape, with any strides, read-only, too. They are not copied, and all axes are summed.
    Elements at one stride, such as those of a contiguous array or of a column, are shared among
    threads; others are added row by row. Do not change an array while it is summed.
  - Arrays of other real numbers, of float32 and integers, and those of the other byte order, are
    converted, without rounding. What has `__array__` (pandas, xarray, torch) is asked for its array.
    Masked arrays are refused.
  - Iterables of real numbers: float, int, Fraction, Decimal, numpy's scalars. An int is taken exactly,
    whatever its size, up to the largest double. Any other number must be one that a double holds:
    Fraction(1, 4) is taken, Fraction(1, 3) raises ValueError, where `math.fsum` would round it.

Infinities and NaN follow IEEE 754: a NaN makes the result NaN, and so do infinities of both signs. A
sum beyond the largest double is infinite; partial sums do not matter. `math.fsum` gives the same, but
raises OverflowError where a partial sum or the sum is beyond the largest double, and ValueError for
infinities of both signs.

Threads of Python may call all of this at once, and children of `multiprocessing` may, too: in those
that were made by fork the calling thread works alone.
"""

from ._errors import Error, Fault, Note, Stopped, TermError, Unverified, UsageError
from ._functions import dot, fsum, mean, norm, std, var
from ._library import LIB as _LIB
from ._pieces import mean_of, root_of, std_of, var_of
from ._result import Result
from ._run import loop, run
from ._sum import Sum

__all__ = [
    "Error", "Fault", "Note", "Result", "Stopped", "Sum", "TermError", "Unverified", "UsageError", "dot", "fsum",
    "loop", "mean", "mean_of", "norm", "root_of", "run", "std", "std_of", "var", "var_of"]
__version__ = _LIB.version().decode()

for _name in __all__:
    globals()[_name].__module__ = __name__
