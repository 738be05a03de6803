"""A sum in the making."""

from __future__ import annotations

import ctypes
import math
from typing import Any, SupportsFloat, SupportsIndex, TypeVar, Union

from ._library import BYTES, LIB, TEXT, Words
from ._numbers import Numbers, add, add_products, exact_parts, look_at

Self = TypeVar("Self", bound="Sum")
Addend = Union[SupportsFloat, SupportsIndex, Numbers, "Sum"]


class Sum:
    """An exact sum in the making: `total += numbers`, and `float(total)` rounds it once.

    Parameters
    ----------
    numbers : number, array, iterable or Sum, optional
        What to begin with; nothing by default.

    Notes
    -----
    `+=` and `-=` take a real number, all that `fsum` takes, and another Sum. What was added can be
    subtracted again, infinities and NaN, too: afterwards the sum is as if they had never been there.
    An error leaves the sum as it was. `a + b` is a new sum, so `functools.reduce` and mpi4py's
    `allreduce` work with sums. Several threads may add to one sum. It takes 1152 bytes and holds at most
    2**63 - 1 additions.

    Two sums are equal if their exact values are, and the infinities and NaN that they hold; a sum
    equals a number if its exact value does. Pickles and `to_bytes` are the same for equal sums and on
    every machine.

    Examples
    --------
    >>> import parsum
    >>> total = parsum.Sum()
    >>> total += 1e100
    >>> total += [0.5, 0.25]
    >>> total -= 1e100
    >>> float(total)
    0.75
    >>> total
    <parsum.Sum 0.75>
    >>> total == 0.75
    True
    >>> parts = [parsum.Sum([0.1] * n) for n in (1, 2, 7)]
    >>> float(sum(parts))
    1.0
    """

    __slots__ = ("_words", "__weakref__")
    __hash__ = None  # type: ignore[assignment]  # as it changes
    __array_ufunc__ = None  # numpy's arrays leave + and - to the sum

    def __init__(self, numbers: Addend = ()) -> None:
        self._words = _words_of(numbers)

    def __iadd__(self: Self, numbers: Addend) -> Self:
        if type(numbers) is float:
            LIB.add(self._words, numbers)
        else:
            LIB.merge(self._words, _words_of(numbers))
        return self

    def __isub__(self: Self, numbers: Addend) -> Self:
        if type(numbers) is float:
            LIB.subtract(self._words, numbers)
        else:
            LIB.subtract_sum(self._words, _words_of(numbers))
        return self

    def add_products(self, a: Numbers, b: Numbers) -> None:
        """Add the products of `a` and `b`, element by element, without rounding; as `dot` takes them.

        With `a` twice these are squares, which `mean` and `var` of data in pieces are made from.

        Examples
        --------
        >>> import parsum
        >>> work = parsum.Sum()
        >>> work.add_products([1e200, 2.0], [1e200, 3.0])
        >>> work.subtract_products([1e200], [1e200])
        >>> float(work)
        6.0
        """
        LIB.merge(self._words, _words_of_products(a, b))

    def subtract_products(self, a: Numbers, b: Numbers) -> None:
        """Subtract the products of `a` and `b`; see `add_products`."""
        LIB.subtract_sum(self._words, _words_of_products(a, b))

    def merge(self, other: Sum) -> None:
        """Add all that went into another Sum. Raises TypeError for anything else."""
        if not isinstance(other, Sum):
            raise TypeError(f"must be a parsum.Sum, not {type(other).__name__}; += takes numbers, too")
        LIB.merge(self._words, other._words)

    def clear(self) -> None:
        """Make the sum empty."""
        self._words = Words()

    def copy(self: Self) -> Self:
        """Return a sum of its own that holds the same."""
        return self + Sum()

    __copy__ = copy

    def __deepcopy__(self: Self, memo: Any) -> Self:
        return self.copy()

    def __add__(self: Self, numbers: Addend) -> Self:
        return self._combined(LIB.merge, self, numbers)

    def __sub__(self: Self, numbers: Addend) -> Self:
        return self._combined(LIB.subtract_sum, self, numbers)

    __radd__ = __add__

    def __rsub__(self: Self, numbers: Addend) -> Self:
        return self._combined(LIB.subtract_sum, numbers, self)

    def __neg__(self: Self) -> Self:
        return self._combined(LIB.subtract_sum, (), self)

    def __pos__(self: Self) -> Self:
        return self.copy()

    def _combined(self, combine, left, right):
        made = type(self)()
        LIB.merge(made._words, _words_of(left))
        combine(made._words, _words_of(right))
        return made

    def __float__(self) -> float:
        """The sum, rounded to the nearest double, ties to even."""
        return LIB.value(self._words)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Sum):
            return self.to_bytes() == other.to_bytes()
        if not _is_number(other):
            return NotImplemented
        text = self.hex()
        if " " in text:  # infinities or NaN
            return float(self) == other
        try:
            return _text(_words_of(other)) == text
        except (TypeError, ValueError, OverflowError):
            return False  # no sum of doubles is such a number

    def __repr__(self) -> str:
        return f"<parsum.Sum {float(self)!r}>"

    def as_integer_ratio(self) -> tuple[int, int]:
        """Return the exact value as (numerator, denominator), as `float.as_integer_ratio` does.

        Raises
        ------
        OverflowError
            An infinity is in the sum.
        ValueError
            A NaN is.

        Examples
        --------
        >>> import parsum
        >>> parsum.Sum([2.0**-60, 1.0]).as_integer_ratio()
        (1152921504606846977, 1152921504606846976)
        """
        number, *others = self.hex().split()
        if others:
            return (math.nan if "nan" in others[-1] else math.inf).as_integer_ratio()  # raises
        mantissa, power = number.split("p")
        whole, _, fraction = mantissa.partition(".")
        numerator, exponent = int(whole + fraction, 16), int(power) - 4 * len(fraction)
        if exponent >= 0:
            return numerator << exponent, 1
        twos = (numerator & -numerator).bit_length() - 1 if numerator else -exponent
        shift = min(-exponent, twos)
        return numerator >> shift, 1 << -exponent - shift

    def hex(self) -> str:
        """Return the exact sum as text, as `float.hex` writes a float, with as many digits as it takes.

        Counts of infinities and NaN follow if there are any.

        Examples
        --------
        >>> import parsum
        >>> parsum.Sum([1.5, float("inf")]).hex()
        '0x1.8p+0 +inf:1'
        """
        return _text(self._words)

    @classmethod
    def fromhex(cls: type[Self], text: str) -> Self:
        """Return the Sum that `hex` wrote as `text`. Raises ValueError for anything else.

        Examples
        --------
        >>> import parsum
        >>> parsum.Sum.fromhex("0x1.8p+1")
        <parsum.Sum 3.0>
        """
        return cls._read(LIB.parse, text.encode())

    def to_bytes(self) -> bytes:
        """Return the exact sum as at most 640 bytes, for files and messages: the same on every machine.

        Examples
        --------
        >>> import parsum
        >>> saved = parsum.Sum([0.1, 0.2]).to_bytes()
        >>> parsum.Sum.from_bytes(saved)
        <parsum.Sum 0.30000000000000004>
        """
        data = ctypes.create_string_buffer(BYTES)
        length = LIB.save(self._words, data)
        return data.raw[:length]

    @classmethod
    def from_bytes(cls: type[Self], data: bytes) -> Self:
        """Return the Sum that `to_bytes` wrote. Raises ValueError for bytes that were changed or cut."""
        return cls._read(LIB.load, bytes(data))

    @classmethod
    def _read(cls, read, data):
        made = cls()
        status = read(made._words, data, len(data))
        if status:
            raise ValueError(LIB.status_text(status).decode())
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self.to_bytes(),)


def _text(words):
    data = ctypes.create_string_buffer(TEXT)
    length = LIB.print(words, data)
    return data.raw[:length].decode()


def _is_number(thing):
    """Whether it is one real number; arrays have a conversion to float, too, for one element."""
    return hasattr(type(thing), "__float__") and not hasattr(type(thing), "__len__")


def _words_of(numbers):
    """What += takes, as an object that nobody changes meanwhile."""
    if isinstance(numbers, Sum):
        return numbers._words
    words = Words()
    if _is_number(numbers):
        for part in exact_parts(numbers):
            LIB.add(words, part)
    else:
        add(words, look_at(numbers))
    return words


def _words_of_products(a, b):
    words = Words()
    add_products(words, look_at(a), look_at(b))
    return words
