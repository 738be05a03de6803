"""What came of a run, as objects of Python's."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from . import _structs
from ._library import LIB


def _copied(kind, address, n):
    """n numbers from there: an array of numpy's where it has been loaded, else a list."""
    values = (kind * n).from_address(address) if n else (kind * 0)()
    numpy = sys.modules.get("numpy")
    return numpy.array(values) if hasattr(numpy, "ndarray") else values[:]


def _number(value):
    """A parsum_value as int or float; None if there is none."""
    if value.kind == _structs.NONE:
        return None
    if value.kind == _structs.REAL:
        return value.real
    high = value.high if value.kind == _structs.INTEGER else value.high % 2**64
    return high * 2**64 + value.low


def _column(result, k, rows):
    """Result k of each row."""
    for kind, array in (ctypes.c_double, LIB.result_reals), (ctypes.c_int64, LIB.result_integers):
        address = array(result, k)
        if address:
            return _copied(kind, address, rows)
    return [_number(LIB.result_value(result, row, k)) for row in range(rows)]


def _pairs(result, rows):
    bounds = _copied(ctypes.c_int64, LIB.result_jobs(result), 2 * rows)
    return list(zip(bounds[::2], bounds[1::2])) if isinstance(bounds, list) else bounds.reshape(rows, 2)


class Result:
    """What came of a run. `run` makes it.

    A row is a job; of a table (`by`) it is a key, in ascending order, and of a list (`list`) a hit. What
    is told "of each row" is an array of numpy's if the program has loaded numpy and 64 bits hold all
    the numbers, else a list of Python's. What there is none of, such as the mean of no terms, is NaN
    among floats and None elsewhere.

    Attributes
    ----------
    names : tuple of str
        The results: "sum"; "mean" and "sd" for `reduce=["mean", "sd"]`; of terms with names "n",
        "n_mean" and so on; of a list "value".
    totals : dict of str to int, float or None
        Each result of the whole: of all jobs, or all keys. Of a list the number of hits.
    runs : dict of str to int
        Of each argmin and argmax of the whole: the number of the job in which that `i` lies, from 1.
    rows : int
        How many rows there are.
    jobs : array of shape (rows, 2), or list of pairs
        The range [start, end) of each row's job. None for a table.
    numbers : array or list of int
        The number of each row's job, from 1. None for a table.
    keys : array or list of int
        Of a table the key of each row, else None.
    hits : array or list of int
        Of a list the `i` of each row, else None; `result["value"]` has the values there.
    job_count, terms, terms_before, skipped : int
        How many jobs there were, and terms; how many of these the journal had; how many values were
        left out (`skip_nan`).
    threads : int
        Threads that the run was allowed.
    seconds, serial_seconds, data_seconds : float
        How long the run took, in seconds, without compiling; and the serial run before it (`compare`);
        and bringing arrays into memory.
    busy_seconds, busiest_seconds : float
        How long all threads together spent on terms; and the one that spent most.
    kernel : str
        What ran the term: "avx512", "checked", "function" ...
    machines_bits : bool
        Whether the term calls functions whose last bits are this machine's.

    Examples
    --------
    >>> import parsum
    >>> result = parsum.run("i*i", jobs=[10, (10, 20)])
    >>> list(result["sum"]), result.totals["sum"]
    ([285, 2185], 2470)
    """

    def __init__(self, result: Any) -> None:
        summary = LIB.result_summary(result)
        keyed, listed = summary.rows == _structs.KEYS, summary.rows == _structs.HITS
        count, rows = LIB.result_count(result), LIB.result_rows(result)
        self.names: tuple[str, ...] = tuple(LIB.result_name(result, k).decode() for k in range(count))
        totals = [LIB.result_total(result, k) for k in range(count)]
        self.totals: dict[str, Any] = dict(zip(self.names, map(_number, totals)))
        self.runs: dict[str, int] = {name: total.run for name, total in zip(self.names, totals) if total.run}
        self.rows: int = rows
        self._columns = {name: _column(result, k, rows) for k, name in enumerate(self.names)}
        key = ctypes.c_uint64 if summary.keys_unsigned else ctypes.c_int64
        self.jobs: Any = None if keyed else _pairs(result, rows)
        self.numbers: Any = None if keyed else _copied(ctypes.c_uint64, LIB.result_numbers(result), rows)
        self.keys: Any = _copied(key, LIB.result_at(result), rows) if keyed else None
        self.hits: Any = _copied(ctypes.c_int64, LIB.result_at(result), rows) if listed else None
        self.job_count: int = summary.jobs
        self.terms: int = summary.terms
        self.terms_before: int = summary.terms_before
        self.skipped: int = summary.skipped
        self.threads: int = summary.threads
        self.seconds: float = summary.seconds
        self.serial_seconds: float = summary.serial_seconds
        self.data_seconds: float = summary.data_seconds
        self.busy_seconds: float = summary.busy_seconds
        self.busiest_seconds: float = summary.busiest_seconds
        self.kernel: str = (summary.kernel or b"").decode()
        self.machines_bits: bool = bool(summary.machines_bits)

    def __getitem__(self, name: str) -> Any:
        """The result of that name of each row. Raises KeyError for another name."""
        try:
            return self._columns[name]
        except (KeyError, TypeError):
            raise KeyError(f"{name!r}: there are {', '.join(self.names)}") from None

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self):
        return iter(self.names)

    def __repr__(self) -> str:
        totals = ", ".join(f"{name}={total!r}" for name, total in self.totals.items())
        kind = "" if self.keys is None and self.hits is None else "key" if self.hits is None else "hit"
        counts = [(self.rows, kind)] if kind else []
        told = [f"{n} {what}{'s' * (n != 1)}" for n, what in [*counts, (self.job_count, "job"), (self.terms, "term")]]
        return (f"<parsum.Result: {totals}; {', '.join(told)} in {self.seconds:.3g} s on {self.threads} "
                f"thread{'s' * (self.threads != 1)}>")
