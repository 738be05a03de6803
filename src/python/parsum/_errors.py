"""What can go wrong in a run, as exceptions."""

from __future__ import annotations

import re

from . import _structs

# Options of the program that the library's texts name. Here they are keywords of run.
_OPTIONS = re.compile(
    r"(?<![\w-])--(input|random|below|seed|start|end|segments|term-file|term|let|define|data|skip-nan|wrap|"
    r"libm|save-term|no-cache|reduce|by|max-keys|cumulative|list|first|threads|serial|grain|compare|"
    r"journal|max-time)(?![\w-])")


class Error(Exception):
    """A run failed: memory, a file or the compiler. The base of all errors of runs.

    Parameters
    ----------
    text : str
        "PLACE: WHAT IS WRONG; REMEDY". Lines of the compiler may follow. `str` of the error.
    place, remedy : str
        Both pieces of the text; "" where there is none.

    Examples
    --------
    >>> import parsum
    >>> try:
    ...     parsum.run("i", jobs=(5, 1))
    ... except parsum.Error as error:
    ...     print(error.place, "|", error.remedy)
    job 1 | a job is [start, end) with start <= end
    """

    def __init__(self, text: str, place: str = "", remedy: str = "") -> None:
        super().__init__(text, place, remedy)
        self.text, self.place, self.remedy = text, place, remedy

    def __str__(self) -> str:
        return self.text


class UsageError(Error, ValueError):
    """What was asked for makes no sense, or an input is bad.

    Parameters as of `Error`.
    """


class TermError(UsageError):
    """The term does not compile, or is of a type that cannot be summed.

    Parameters as of `Error`.

    Examples
    --------
    >>> import parsum
    >>> try:
    ...     parsum.run("1.0/j", jobs=10)
    ... except parsum.TermError as error:
    ...     print(error.text.splitlines()[0])
    term: 'j' undeclared; i is the variable; let=, define= and columns of the jobs bind other names
    """


class Fault(Error, ArithmeticError):
    """The term has no finite value at some integer, or a result does not fit its type.

    Parameters
    ----------
    text, place, remedy : str
        As of `Error`.
    job : int
        The number of the job, from 1.
    i : int
        The integer, if it is one at which the term fails; else where the job starts.

    Examples
    --------
    >>> import parsum
    >>> try:
    ...     parsum.run("1.0/(i - 7)", jobs=[5, 10])
    ... except parsum.Fault as fault:
    ...     print(fault.job, fault.i)
    2 7
    """

    def __init__(self, text: str, place: str = "", remedy: str = "", job: int = 0, i: int = 0) -> None:
        super().__init__(text, place, remedy)
        self.args = (text, place, remedy, job, i)
        self.job, self.i = job, i


class Unverified(Error):
    """A sum differs from what it must be: this machine computes wrong.

    Parameters as of `Error`.
    """


class Stopped(Error):
    """The time of `max_time` is over; with a journal the same call goes on.

    Parameters as of `Error`.
    """


class Note(UserWarning):
    """What a run tells that is no error, as a warning of Python's.

    Parameters
    ----------
    text : str
        One sentence or more.

    Examples
    --------
    >>> import parsum, warnings
    >>> warnings.simplefilter("ignore", parsum.Note)    # not to hear of them
    """


_KINDS = {_structs.USAGE: UsageError, _structs.TERM: TermError, _structs.UNVERIFIED: Unverified,
          _structs.STOPPED: Stopped}


def _keywords(line, begins=False):
    """A line of text with keywords for options; where it begins with one, as its place, the name alone."""
    return _OPTIONS.sub(lambda found: found[1].replace("-", "_") + "=" * (not begins or found.start() > 0), line)


def shown(text: bytes) -> str:
    """A text of the library, in which options are keywords: "max_keys=" for "--max-keys"."""
    first, *lines = text.decode("utf-8", "replace").split("\n")
    return "\n".join([_keywords(first, begins=True), *(line if line.startswith("    ") else _keywords(line)
                                                       for line in lines)])  # pieces of code stay


def error_of(failure: _structs.Failure) -> Error:
    """The exception for what parsum_error tells."""
    remedy, *_ = failure.remedy.decode("utf-8", "replace").split("\n")
    pieces = shown(failure.text), shown(failure.text[:failure.place]), _keywords(remedy)
    if failure.status == _structs.FAULT:
        return Fault(*pieces, failure.job, failure.i)
    return _KINDS.get(failure.status, Error)(*pieces)
