"""Runs: what the program parsum does; and loops over functions of C."""

from __future__ import annotations

import ctypes
import math
import os
import queue
import threading
import warnings
from typing import Any, Callable, Iterable, Mapping, Union

from . import _inputs, _structs
from ._errors import Note, error_of, shown
from ._functions import _count
from ._library import LIB
from ._result import Result

Path = Union[str, "os.PathLike[str]"]

_INTEGER, _POINTER = ctypes.c_int64, ctypes.c_void_p
_FUNCTIONS = {(ctypes.c_double, 2): "real", (_INTEGER, 2): "integer", (None, 3): "reals"}


def _new_task(**members):
    task = _structs.Task(size=ctypes.sizeof(_structs.Task), **members)
    task.kept = []  # what it points to
    return task


def _take_function(task, function):
    """A function of C, known by its types as ctypes has them. numba's have them, too."""
    function = getattr(function, "ctypes", function)
    types = getattr(function, "argtypes", None)
    types = types if isinstance(types, tuple) else ()
    kind = _FUNCTIONS.get((getattr(function, "restype", None), len(types)))
    if kind is None or types[0] is not _INTEGER or types[1] is not _POINTER:
        raise TypeError(
            "must be a function of C, double f(int64_t i, void *context), as ctypes (with restype and argtypes) and "
            "numba.cfunc have them; what a function of Python does has to be written as text, or in a file of C "
            "(term_file=)")
    setattr(task, kind, ctypes.cast(function, _POINTER).value)
    task.kept.append(function)


def _take_term(task, term, terms, let, define):
    if term is not None and terms is not None:
        raise ValueError("give one of term= and terms=")
    if isinstance(terms, Mapping):
        terms = _inputs.named("terms", terms)
    elif isinstance(term, str):
        terms = [term]
    elif term is not None:
        _take_function(task, term)
    elif isinstance(terms, str):
        raise TypeError("terms must be several, not one text; one is term=")
    constants = {name: _inputs.constant(value) for name, value in (define or {}).items()}
    task.terms = _inputs.texts("terms", terms or [])
    task.lets = _inputs.texts("let", _inputs.named("let", let))
    task.defines = _inputs.texts("define", _inputs.named("define", constants))


def _take_jobs(task, jobs, columns):
    ranges = _inputs.ranges(jobs, task.start)
    if ranges:
        task.jobs, task.job_count = ranges.address, ranges.shape[0]
    given, kept = _inputs.columns(columns, ranges)
    if given:
        task.columns, task.column_count = (_structs.Column * len(given))(*given), len(given)
    task.kept += [ranges, kept]


def _take_data(task, data):
    arrays, files, kept = _inputs.arrays(data)
    if arrays:
        task.arrays, task.array_count = (_structs.Array * len(arrays))(*arrays), len(arrays)
    task.data = _inputs.texts("data", files)
    task.kept.append(kept)


def _take_way(task, threads, grain, max_time):
    task.threads = _count("threads", threads)
    task.whole_jobs = grain == "job"
    task.grain = 0 if task.whole_jobs or grain is None else _inputs.whole("grain", grain, 1)
    if max_time is not None and not 0 < max_time < math.inf:
        raise ValueError(f"max_time must be a number of seconds greater than 0, not {max_time}")
    task.max_seconds = max_time or 0


def _open_trace(task, path):
    """A file of C's, which the run closes."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.fopen.restype, libc.fopen.argtypes = _POINTER, [ctypes.c_char_p, ctypes.c_char_p]
    task.trace = libc.fopen(path, b"we")
    if not task.trace:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), os.fsdecode(path))


def _work(task, events):
    """The run itself, in a thread of its own; what comes of it is the last event."""
    result = ctypes.c_void_p()
    try:
        outcome = error_of(LIB.error()) if LIB.run(task, result) else Result(result)
    except BaseException as fault:  # memory
        outcome = fault
    finally:
        LIB.result_free(result)
    events.put((None, outcome))


def _listen(events, progress):
    """Tells of notes and progress as they come; returns the outcome."""
    while True:
        kind, *told = events.get()
        if kind == "note":
            warnings.warn(shown(*told), Note, stacklevel=4)
        elif kind == "progress":
            progress(*told)
        else:
            return told[0]


def _carry_out(task, progress):
    """Runs the task. Its thread is another one: this one waits where signals find it, and so Ctrl-C
    does. Notes and progress are told here, where an exception ends the run, too."""
    events: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def note(_, text):
        events.put(("note", text))

    def advance(_, done, terms):
        if events.empty():  # else the last one has not been told yet
            events.put(("progress", done, terms or None))
        return 0

    stop = ctypes.c_int(0)
    task.stop, task.note = ctypes.pointer(stop), _structs.Note(note)
    if progress is not None:
        task.progress = _structs.Progress(advance)
    worker = threading.Thread(target=_work, args=(task, events), name="parsum.run", daemon=True)
    try:
        worker.start()
        outcome = _listen(events, progress)
    except BaseException:
        stop.value = 1
        raise
    finally:
        if worker.is_alive():
            worker.join()
    if isinstance(outcome, BaseException):
        raise outcome
    if progress is not None:
        progress(outcome.terms, outcome.terms)
    return outcome


def run(term: Any = None, jobs: Any = None, *,
        terms: Mapping[str, str] | Iterable[str] | None = None, let: Mapping[str, str] | None = None,
        define: Mapping[str, Any] | None = None, term_file: Path | None = None,
        data: Mapping[str, Any] | None = None, columns: Mapping[str, Any] | None = None,
        reduce: str | Iterable[str] | None = None, by: str | None = None, max_keys: int = 0,
        list: str | None = None, first: int = 0, cumulative: bool = False,
        start: int = 0, end: int | None = None, input: Path | None = None, segments: Path | None = None,
        random: int = 0, below: int = 0, seed: int = 1,
        skip_nan: bool = False, wrap: bool = False, libm: bool = False, no_cache: bool = False,
        save_term: Path | None = None, context: int | None = None, value_count: int = 0, name: str | None = None,
        threads: int = 0, serial: bool = False, grain: int | str | None = None, compare: bool = False,
        journal: Path | None = None, max_time: float | None = None, trace: Path | None = None,
        progress: Callable[[int, int | None], Any] | None = None) -> Result:
    """Fold a term, an expression of C, over ranges of integers, as the program does.

    Keywords are named as the program's options are, and mean the same; `docs/terms.md` and the others of
    its pages tell more of each.

    Parameters
    ----------
    term : str or function of C, optional
        A C expression of `i`: "1.0/(i*i)", or "name=1.0/(i*i)". Or a function, as ctypes (with restype
        and argtypes) and numba.cfunc have them: `double f(int64_t i, void *context)`; the same of int64_t;
        `void f(int64_t i, void *context, double *values)` of `value_count` values. None: `i` itself.
    jobs : int, pair, range, iterable of these, or array, optional
        Ranges of integers without their ends. An int is an end, and the start is `start`; a tuple of
        two is (start, end); all else is several jobs. An array of pairs, of shape (n, 2) and int64,
        is not copied. Without jobs, and no other source of them, all indexes of the first array.
    terms : mapping of str to str, or iterable of str, optional
        Several terms, with their names: {"n": "1", "total": "x[i]"}.
    let : mapping of str to str, optional
        Expressions that are computed at each `i`, before the terms, which see them.
    define : mapping of str to number, optional
        Constants. A float is a double in the term, an int an integer. Text is a C expression of
        constants, such as "M_PI/180".
    term_file : path, optional
        A file of C with a function `term(int64_t i)`, or a saved term (.so).
    data : mapping of str to array or path, optional
        Arrays that the term reads as `x[i]` or `x[i][j]`, with `x_n` elements or rows: what has the
        buffer protocol (numpy's arrays, array.array, bytes), of integers, float32 or float64, and one or
        two dimensions. C-contiguous ones of this machine's byte order are not copied, others are; so
        are iterables of numbers, to int64 or double. A str is a file as for the option --data.
    columns : mapping of str to sequence of numbers, optional
        A number for each job, which the term sees by that name: int64 where all are int, else double.
    reduce : str or iterable of str, optional
        "sum" (the default), "count", "mean", "var", "sd", "se", "rms", "min", "max", "argmin", "argmax".
    by : str, optional
        An integer expression, the key: results are those of each key over all jobs.
    max_keys : int, optional
        So many keys at most; 0 is a million.
    list, first : str and int, optional
        In place of a term: list each `i` at which this expression is not 0; the first so many, if
        that is not 0.
    cumulative : bool, optional
        A job's results are those of all jobs so far.
    start, end : int, optional
        For jobs that have no start, or, in a file, no end.
    input, segments : path, optional
        Files with jobs, or with offsets of jobs.
    random, below : int, optional
        So many random jobs, with ends in [0, below); 0 is 1e8.
    seed : int, optional
        Of random jobs, and of random numbers in the term.
    skip_nan, wrap, libm, no_cache : bool, optional
        Leave out values that are NaN; let signed integers wrap; take the machine's exp, sin and so on;
        compile anew, and keep nothing.
    save_term : path, optional
        Where to save the compiled term; without jobs nothing is run.
    context : int, optional
        An address that a function is passed.
    value_count : int, optional
        How many values a function has, if it has several.
    name : str, optional
        Of a function, in messages and in a journal.
    threads : int, optional
        As in `fsum`.
    serial : bool, optional
        Run on one thread, as a plain loop.
    grain : int or "job", optional
        Terms in a chunk, or whole jobs; the library chooses by default.
    compare : bool, optional
        Run serially, too, and compare; `serial_seconds` of the result tells how long that took.
    journal : path, optional
        A file to note progress in, and to go on from.
    max_time : float, optional
        Seconds, after which the run ends with `Stopped`.
    trace : path, optional
        A file for who computed what, and when, in JSON, for Perfetto.
    progress : callable, optional
        Called as progress(done, terms), some times a second and at the end, in the thread that
        called `run`: terms that are done, and how many there are, None if that is not known. What it
        returns does not matter; an exception ends the run.

    Returns
    -------
    Result
        `result["sum"]` has the sum of each job, `result.totals["sum"]` the whole. The same bits for
        every number of threads and on every machine.

    Raises
    ------
    TermError
        The term does not compile, or cannot be summed.
    Fault
        The term has no finite value at some integer, or a result does not fit its type.
    UsageError
        What was asked for makes no sense, or an input is bad. It is a ValueError.
    Stopped
        The time of `max_time` is over.
    Unverified, Error
        The machine computes wrong; memory, a file or the compiler failed. `Error` is the base of all these.
    TypeError, ValueError, OSError
        An argument is of the wrong type or value; the file of `trace` cannot be opened.
    KeyboardInterrupt
        After Ctrl-C, as soon as the chunks in hand are done: mostly well within a second, but no term is
        broken off. A second Ctrl-C does not wait for that.

    Warns
    -----
    Note
        What is no error, but should be known.

    Notes
    -----
    A term that is text is compiled by the machine's C compiler the first time, which takes some tenths
    of a second, and kept in the user's cache. Other threads of Python go on meanwhile, and may run, too.
    In children that were made by fork a run works on one thread. Nothing should change an array
    while it is read. A term that crashes crashes the process.

    Examples
    --------
    >>> import parsum
    >>> result = parsum.run("1.0/(i*i)", jobs=[(1, 10), (10, 1000)])
    >>> result["sum"][0], result.totals["sum"]
    (1.5397677311665408, 1.6439335666815598)
    >>> parsum.run("x[i]", data={"x": [3.0, 1.0, 2.0]}, reduce="mean,argmax").totals
    {'mean': 2.0, 'argmax': 0}
    >>> table = parsum.run("i", 10, by="i % 3", reduce=["count", "sum"])
    >>> list(table.keys), list(table["sum"])
    ([0, 1, 2], [18, 12, 15])
    """
    whole, file = _inputs.whole, _inputs.file
    if not (reduce is None or isinstance(reduce, str)):
        reduce = ",".join(reduce)
    task = _new_task(
        term_file=file("term_file", term_file), save_term=file("save_term", save_term),
        input=file("input", input), segments=file("segments", segments), journal=file("journal", journal),
        reduce=_inputs.text("reduce", reduce), by=_inputs.text("by", by), list=_inputs.text("list", list),
        first=whole("first", first, 0), max_keys=whole("max_keys", max_keys, 0), cumulative=bool(cumulative),
        start=whole("start", start), random=whole("random", random, 0), below=whole("below", below, 0),
        seed=whole("seed", seed), skip_nan=bool(skip_nan), wrap=bool(wrap), libm=bool(libm),
        no_cache=bool(no_cache), value_count=whole("value_count", value_count, 0),
        context=context, name=_inputs.text("name", name), serial=bool(serial), compare=bool(compare))
    if end is not None:
        task.end = ctypes.pointer(_INTEGER(whole("end", end)))
    _take_term(task, term, terms, let, define)
    _take_jobs(task, jobs, columns)
    _take_data(task, data)
    _take_way(task, threads, grain, max_time)
    if trace is not None:
        _open_trace(task, file("trace", trace))
    return _carry_out(task, progress)


def loop(function: Any, start: int, end: int, *, context: int | None = None, threads: int = 0) -> Any:
    """Return the sum of what a function of C returns at each integer of [start, end).

    The sum is made in parallel, and exact; a double is rounded once.

    Parameters
    ----------
    function : function of C
        `double f(int64_t i, void *context)` or `int64_t f(int64_t i, void *context)`, of ctypes, with
        restype and argtypes, or made by `numba.cfunc("float64(int64, voidptr)")`. Several threads call it
        at once, so it should depend on `i` alone. One of Python's, by ctypes.CFUNCTYPE, works, too, but
        its calls take turns.
    start, end : int
        The range, without its end.
    context : int, optional
        An address that it is passed; None is NULL.
    threads : int, optional
        As in `fsum`.

    Returns
    -------
    float or int
        The sum: of integers the exact one, of doubles rounded once to the nearest.

    Raises
    ------
    Fault
        A value is infinite or NaN, or the sum is beyond the largest double.
    TypeError
        It is no such function.
    KeyboardInterrupt, Error
        As in `run`.

    Examples
    --------
    >>> import ctypes, parsum
    >>> kind = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p)
    >>> parsum.loop(kind(lambda i, context: i * i), 0, 10)
    285
    """
    task = _new_task(context=context)
    _take_function(task, function)
    _take_jobs(task, (start, end), None)
    _take_way(task, threads, None, None)
    return _carry_out(task, None).totals["sum"]
