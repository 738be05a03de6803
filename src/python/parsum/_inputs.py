"""From what users have to what a run reads: jobs, numbers beside them, arrays and texts.

Memory with the buffer protocol that the library can read stays where it lies. All else becomes arrays.
What is made here keeps the memory that it stands for.
"""

from __future__ import annotations

import ctypes
import numbers
import operator
import os
from array import array
from typing import Any, Iterable, Mapping, NamedTuple, Sequence, Union

from ._numbers import NATIVE_ORDER, address_of, exact_parts, view_of
from ._structs import Array, Column, Texts

Job = Union[int, "tuple[int, int]", range]
Jobs = Union[Job, Iterable[Job]]
Number = Union[int, float]

_CODES = {**dict.fromkeys("bhilqn", "i"), **dict.fromkeys("?BHILQN", "u"), **dict.fromkeys("fd", "f")}
_LEAST, _MOST = -2**63, 2**63 - 1


class Memory(NamedTuple):
    """Elements one after the other; they stay there while `owner` lives."""

    address: int
    type: str  # "f8", "i4" ...
    shape: tuple[int, ...]
    owner: Any


def whole(name: str, number: Any, least: int = _LEAST, most: int = _MOST) -> int:
    """An integer of 64 bits; a float that is one, such as 1e9, will do."""
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    try:
        number = operator.index(number)
    except TypeError:
        raise TypeError(f"{name} must be an integer, not {number!r}") from None
    if not least <= number <= most:
        raise ValueError(f"{name} must be from {least} to {most}, not {number}")
    return number


def text(name: str, value: Any) -> bytes | None:
    """A text for the library, or None."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError(f"{name} has a character of value 0")
    return os.fsencode(value)


def file(name: str, path: Any) -> bytes | None:
    """The name of a file for the library, or None."""
    return text(name, os.fsdecode(path) if isinstance(path, (bytes, os.PathLike)) else path)


def texts(name: str, values: Iterable[Any]) -> Any:
    """Texts as C has lists of them."""
    made = [text(name, value) for value in values]
    return (ctypes.c_char_p * (len(made) + 1))(*made, None) if made else Texts()


def named(name: str, values: Mapping[str, Any] | None) -> list[str]:
    """{"x": "i*i"} as ["x=i*i"]."""
    for key, value in (values or {}).items():
        if not (isinstance(key, str) and key.isidentifier()):
            raise ValueError(f"{name}: {key!r} is no name")
        if not isinstance(value, str):
            raise TypeError(f"{name}: {key} must be text, not {type(value).__name__}")
        if not value.strip() or value.lstrip().startswith("="):
            raise ValueError(f"{name}: {key} is {value!r}, which is no expression")
    return [f"{key}={value}" for key, value in (values or {}).items()]


def constant(value: Any) -> str:
    """A number as C has it: a float stays one. Text is an expression of constants."""
    if isinstance(value, str):
        return value
    if isinstance(value, numbers.Integral):
        return str(operator.index(value))
    number, = exact_parts(value)
    shown = repr(number)
    return shown if "." in shown else shown.replace("e", ".0e")


def _contiguous(view, owner):
    """Memory that the library can read; None if its elements are of another type."""
    code = view.format.lstrip("@=" + NATIVE_ORDER)
    if code not in _CODES or view.ndim not in (1, 2):
        return None
    if not view.c_contiguous:
        owner = view.tobytes()
        return Memory(address_of(owner), f"{_CODES[code]}{view.itemsize}", view.shape, owner)
    return Memory(address_of(view), f"{_CODES[code]}{view.itemsize}", view.shape, (view, owner))


def _of_array(values):
    """Memory of an array.array of int64 or double."""
    address, n = values.buffer_info()
    return Memory(address, "f8" if values.typecode == "d" else "i8", (n,), values)


def _list_of(name, values):
    """Numbers of Python as int64, if all are integers, else as doubles; nothing is rounded."""
    values = list(values)
    if all(isinstance(value, numbers.Integral) for value in values):
        return _of_array(array("q", [whole(name, value) for value in values]))
    made = array("d")
    for value in values:
        parts = exact_parts(value)
        if len(parts) != 1:
            raise ValueError(f"{name}: no double is exactly {value!r}; float(x) rounds it, if that is wanted")
        made.append(*parts)
    return _of_array(made)


def _array(name, a):
    """An array of one or two dimensions."""
    a, view = view_of(a)
    if view is None:
        return _list_of(name, a)
    memory = _contiguous(view, a)
    if memory is None and view.ndim in (1, 2) and hasattr(a, "astype"):
        order = a.astype(a.dtype.newbyteorder("="))
        memory = _contiguous(memoryview(order), order)
    if memory is None:
        raise TypeError(f"{name}: must have one or two dimensions, of integers, float32 or float64, not "
                        f"{view.ndim}, of the format '{view.format}'; convert it, as by a.astype(float)")
    if memory.shape[1:] == (0,):
        raise ValueError(f"{name}: has rows without elements")
    return memory


def arrays(data: Mapping[str, Any] | None) -> tuple[list[Array], list[str], list[Any]]:
    """Arrays in memory, those in files, and what keeps the memory."""
    found, files, kept = [], [], []
    for name, a in (data or {}).items():
        if isinstance(a, (str, os.PathLike)):
            files.append(f"{name}={os.fspath(a)}")
            continue
        memory = _array(f"data: {name}", a)
        kept.append(memory)
        found.append(Array(text("data", name), memory.type.encode(), memory.address, memory.shape[0],
                           memory.shape[1] if len(memory.shape) > 1 else 0))
    return found, files, kept


def columns(given: Mapping[str, Any] | None, jobs: Memory | None) -> tuple[list[Column], list[Any]]:
    """Columns of the jobs, and what keeps the memory."""
    found, kept = [], []
    for name, values in (given or {}).items():
        if jobs is None:
            raise ValueError("columns= goes with jobs=")
        place = f"columns: {name}"
        values, view = view_of(values)
        memory = _contiguous(view, values) if view is not None else None
        if memory is None or memory.type not in ("i8", "f8") or len(memory.shape) != 1:
            memory = _list_of(place, values.tolist() if hasattr(values, "tolist") else values)
        if memory.shape[0] != jobs.shape[0]:
            raise ValueError(f"{place}: has {memory.shape[0]} numbers for {jobs.shape[0]} jobs")
        kept.append(memory)
        found.append(Column(text("columns", name), memory.type == "f8", memory.address))
    return found, kept


def _range_of(name, job, start):
    """The two bounds of a job."""
    if hasattr(job, "tolist"):  # a row of numpy's
        job = job.tolist()
    if isinstance(job, range):
        if job.step != 1:
            raise ValueError(f"{name}: a range must have the step 1, not {job.step}; let the term have i*{job.step}")
        return whole(name, job.start), whole(name, max(job.start, job.stop))
    if isinstance(job, (tuple, list)):
        if len(job) != 2:
            raise ValueError(f"{name}: must be an end or a pair (start, end), not {len(job)} numbers")
        return whole(name, job[0]), whole(name, job[1])
    return start, whole(name, job)


def _is_integer(thing):
    return isinstance(thing, (numbers.Integral, float))


def _jobs_of(jobs, start):
    """An int, a pair and a range are one job; others are several."""
    if _is_integer(jobs) or isinstance(jobs, range):
        return [_range_of("jobs", jobs, start)]
    if isinstance(jobs, tuple) and len(jobs) == 2 and all(map(_is_integer, jobs)):
        return [_range_of("jobs", jobs, start)]
    if isinstance(jobs, (str, bytes, Mapping)):
        raise TypeError(f"jobs must be integers or pairs of them, not {type(jobs).__name__}; a file is input=")
    return [_range_of(f"jobs[{k}]", job, start) for k, job in enumerate(jobs)]


def ranges(jobs: Jobs | Sequence[Any] | None, start: int) -> Memory | None:
    """The jobs as C has them, pairs of int64; None if none are given."""
    if jobs is None:
        return None
    jobs, view = (jobs, None) if isinstance(jobs, bytes) or _is_integer(jobs) else view_of(jobs)
    if view is not None:
        memory = _contiguous(view, jobs)
        if memory and memory.type == "i8" and memory.shape[1:] == (2,) and memory.address % 8 == 0:
            return memory
        jobs = jobs.tolist()
    bounds = array("q")
    for pair in _jobs_of(jobs, start):
        bounds.extend(pair)
    shape = len(bounds) // 2, 2
    bounds.extend((0, 0))  # no jobs have an address, too
    return Memory(bounds.buffer_info()[0], "i8", shape, bounds)
