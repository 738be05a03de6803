"""From what users have to doubles in memory.

An array of native doubles stays where it lies. It is looked at as lines: rows of doubles at one
stride, as few and as long as its strides allow, in any order, since exact sums have none. All else
is converted in blocks. A number that is no double, such as a large int, becomes several doubles
whose sum it is; where none are, it is refused.
"""

import ctypes
import itertools
import numbers
import operator
import struct
from array import array
from typing import Iterable, SupportsFloat, SupportsIndex, Union

from ._library import LIB

Numbers = Iterable[Union[SupportsFloat, SupportsIndex]]  # arrays are this, too

_BLOCK = 4096  # numbers that are converted at once
_DOUBLE = struct.calcsize("d")
_EXACT = 2**53  # integers up to this one are doubles
_LOW = 2**32 - 1
_HIGH = ~_LOW
NATIVE_ORDER = "<" if struct.pack("=H", 1)[0] else ">"
_NATIVE = {"d", "@d", "=d", NATIVE_ORDER + "d"}

# Formats of elements, as the module struct has them, after its signs for the order of bytes.
_WITHIN_DOUBLES = set("efdbBhHiI?")
_UNPACKED = _WITHIN_DOUBLES | set("lLqQnN")


class _Buffer(ctypes.Structure):
    """Py_buffer, as the stable ABI of Python has it."""

    _fields_ = [("buf", ctypes.c_void_p), ("obj", ctypes.c_void_p), ("len", ctypes.c_ssize_t),
                ("itemsize", ctypes.c_ssize_t), ("readonly", ctypes.c_int), ("ndim", ctypes.c_int),
                ("format", ctypes.c_char_p), ("shape", ctypes.c_void_p),
                ("strides", ctypes.c_void_p), ("suboffsets", ctypes.c_void_p),
                ("internal", ctypes.c_void_p)]


_STRIDES_AND_FORMAT = 0x1C  # PyBUF_RECORDS_RO
_get_buffer = ctypes.pythonapi.PyObject_GetBuffer
_get_buffer.argtypes = [ctypes.py_object, ctypes.POINTER(_Buffer), ctypes.c_int]
_release = ctypes.pythonapi.PyBuffer_Release
_release.argtypes, _release.restype = [ctypes.POINTER(_Buffer)], None


def address_of(view):
    """Where the first element lies. Without numpy only this tells it of memory that is read-only."""
    buffer = _Buffer()
    _get_buffer(view, buffer, _STRIDES_AND_FORMAT)
    address = buffer.buf or 0
    _release(buffer)
    return address


class Doubles:
    """Doubles where they lie: `address` and `strides` in bytes. The memory stays while this lives."""

    def __init__(self, owner, view):
        self.owner, self.view = owner, view
        self.address = address_of(view)
        self.format, self.shape, self.strides = view.format, view.shape, view.strides

    def are_native(self):
        return (self.format in _NATIVE and self.address % _DOUBLE == 0
                and not any(stride % _DOUBLE for stride in self.strides))


class Values:
    """An iterator over numbers of Python; `shape` is None where it comes from no array."""

    def __init__(self, iterator, shape=None):
        self.iterator, self.shape = iterator, shape


def _unpack(data):
    """The elements of a buffer, in C's order."""
    try:
        elements = struct.iter_unpack(data.format, data.view.tobytes())
    except struct.error:
        elements = None
    if elements is not None and data.format.lstrip("@=<>!") in _UNPACKED:
        return Values((element for element, in elements), data.shape)
    if hasattr(data.owner, "flat"):  # objects and long doubles of numpy
        return Values(iter(data.owner.flat), data.shape)
    raise TypeError(f"elements must be real numbers, not of the format '{data.format}'")


def look_at(a):
    """`a` as Doubles or as Values. Raises TypeError where it is neither array nor iterable."""
    a, view = view_of(a)
    if view is None:
        return Values(iter(a))
    data = Doubles(a, view)
    if data.are_native():
        return data
    if data.format.lstrip("@=<>!") in _WITHIN_DOUBLES and hasattr(a, "astype"):
        a = a.astype("=f8")  # numpy converts these without rounding
        return Doubles(a, memoryview(a))
    return _unpack(data)


def view_of(a):
    """`a`, or its array, and a view of its memory; None where it does not have the buffer protocol."""
    if hasattr(type(a), "compressed"):  # its buffer has what is masked, too
        raise TypeError("masked arrays are not taken; a.compressed() has what is not masked")
    view = _view(a)
    if view is None and hasattr(type(a), "__array__"):  # pandas, xarray, torch
        a = a.__array__()
        view = _view(a)
    return a, view


def _view(a):
    """Its memory, or None where it does not have the buffer protocol."""
    try:
        return memoryview(a)
    except TypeError:
        return None
    except (BufferError, ValueError) as fault:
        raise TypeError(f"elements of this {type(a).__name__} must be real numbers: {fault}") from fault


def lines(shape, arrays):
    """Yields (n, address, stride, address, stride...): lines that have each index of `shape` once.
    `arrays` are Doubles of this shape, one or two; strides are in doubles."""
    if 0 in shape:
        return
    if len(shape) == 1:
        yield [*shape, *itertools.chain.from_iterable(
            (data.address, data.strides[0] // _DOUBLE) for data in arrays)]
        return
    start = [data.address for data in arrays]
    axes = []
    for length, *steps in zip(shape, *(data.strides for data in arrays)):
        if length == 1:
            continue
        if steps[0] < 0:  # from the other end, all arrays together
            start = [at + (length - 1) * step for at, step in zip(start, steps)]
            steps = [-step for step in steps]
        axes.append((length, steps))
    axes.sort(key=lambda axis: axis[1][0])
    merged = []
    for length, steps in axes:
        if merged and steps == [merged[-1][0] * step for step in merged[-1][1]]:
            merged[-1] = (merged[-1][0] * length, merged[-1][1])
        else:
            merged.append((length, steps))
    merged.sort(key=lambda axis: axis[0])
    n, inner = merged.pop() if merged else (1, [0] * len(arrays))
    for index in itertools.product(*(range(length) for length, _ in merged)):
        line = [n]
        for k, (at, step) in enumerate(zip(start, inner)):
            line += [at + sum(i * steps[k] for i, (_, steps) in zip(index, merged)), step // _DOUBLE]
        yield line


def exact_parts(x):
    """Doubles whose sum is exactly the number x."""
    if isinstance(x, float):
        return [float(x)]
    if isinstance(x, numbers.Integral):
        return _parts_of_int(operator.index(x))
    kind = type(x)
    other = isinstance(x, numbers.Complex) and not isinstance(x, numbers.Real)
    other = other or isinstance(x, (str, bytes))  # numpy's scalars of these have __float__
    if other or not (hasattr(kind, "__float__") or hasattr(kind, "__index__")):
        raise TypeError(f"must be a real number, not {kind.__name__}")
    value = float(x)
    if value != x and x == x:
        raise ValueError(f"no double is exactly {x!r}; float(x) rounds it, if that is wanted")
    return [value]


def _parts_of_int(x):
    parts = []
    sign, x = (-1.0, -x) if x < 0 else (1.0, x)
    while x or not parts:
        shift = max(x.bit_length() - 53, 0)
        top = x >> shift << shift
        parts.append(sign * float(top))  # OverflowError where it is beyond the largest double
        x -= top
    return parts


def _doubles(block):
    """The numbers as an array, or None where that would round or needs a closer look."""
    kinds = set(map(type, block))
    if kinds == {float}:
        return array("d", block)
    if kinds <= {float, int, bool}:
        integers = [x for x in block if type(x) is not float]
        if max(integers) <= _EXACT and min(integers) >= -_EXACT:
            return array("d", block)
    return None


def _halves(block):
    """Two arrays whose elements, added in pairs, are these numbers: integers, in practice of 64 bits.
    None for others."""
    if set(map(type, block)) <= {int, bool} and max(block) < 2**84 and min(block) > -2**84:
        return (array("d", [x & _HIGH for x in block]), array("d", [x & _LOW for x in block]))
    return None


def _parts(block):
    """An array of doubles with the sum of these numbers."""
    halves = _halves(block)
    return halves[0] + halves[1] if halves else array(
        "d", itertools.chain.from_iterable(map(exact_parts, block)))


def _products(block, other):
    """Two arrays of doubles; their products, added up, are those of the numbers."""
    x, y = _halves(block), _halves(other)
    if x and y:
        return x[0] + x[0] + x[1] + x[1], y[0] + y[1] + y[0] + y[1]
    left, right = array("d"), array("d")
    for x, y in zip(block, other):
        for part, factor in itertools.product(exact_parts(x), exact_parts(y)):
            left.append(part)
            right.append(factor)
    return left, right


def _in_blocks(iterator):
    while block := list(itertools.islice(iterator, _BLOCK)):
        yield block


def _line(values):
    return values.buffer_info()[0], 1


def sum_lines(source):
    """Yields (count, line): as many numbers, and a line of doubles (n, address, stride) with their sum."""
    if isinstance(source, Doubles):
        for line in lines(source.shape, [source]):
            yield line[0], line
        return
    for block in _in_blocks(source.iterator):
        values = _doubles(block)
        if values is None:
            values = _parts(block)
        yield len(block), [len(values), *_line(values)]


def square_lines(source):
    """Yields (count, line, products): as sum_lines, and two lines whose products are the squares."""
    if isinstance(source, Doubles):
        for line in lines(source.shape, [source]):
            yield line[0], line, [*line, *line[1:]]
        return
    for block in _in_blocks(source.iterator):
        values = _doubles(block)
        if values is not None:
            line = [len(values), *_line(values)]
            yield len(block), line, [*line, *line[1:]]
            continue
        values = _parts(block)
        left, right = _products(block, block)
        yield (len(block), [len(values), *_line(values)],
               [len(left), *_line(left), *_line(right)])


def _iterator(source):
    return source.iterator if isinstance(source, Values) else _unpack(source).iterator


def _pairs(a, b):
    """zip, which refuses different lengths."""
    end = object()
    for x, y in itertools.zip_longest(a, b, fillvalue=end):
        if x is end or y is end:
            raise ValueError("a and b must have the same number of elements")
        yield x, y


def product_lines(a, b):
    """Yields two lines (n, address, stride, address, stride) with the products of a and b."""
    if None not in (a.shape, b.shape) and a.shape != b.shape:
        raise ValueError(f"a and b must have the same shape, not {a.shape} and {b.shape}")
    if len(a.shape or [0]) > 1 and b.shape is None or len(b.shape or [0]) > 1 and a.shape is None:
        raise ValueError("an array of several dimensions needs another one of the same shape")
    if isinstance(a, Doubles) and isinstance(b, Doubles):
        yield from lines(a.shape, [a, b])
        return
    for block in _in_blocks(_pairs(_iterator(a), _iterator(b))):
        x, y = zip(*block)
        left, right = _doubles(x), _doubles(y)
        if left is None or right is None:
            left, right = _products(x, y)
        yield [len(left), *_line(left), *_line(right)]


def add(words, source, squares=None):
    """Adds numbers to *words, and their squares to *squares; returns how many they are."""
    count = 0
    if squares is None:
        for some, line in sum_lines(source):
            LIB.add_array(words, *line)
            count += some
        return count
    for some, line, products in square_lines(source):
        LIB.add_array(words, *line)
        LIB.add_products(squares, *products)
        count += some
    return count


def add_products(words, a, b):
    """Adds the products of the elements of two sources to *words."""
    for line in product_lines(a, b):
        LIB.add_products(words, *line)
