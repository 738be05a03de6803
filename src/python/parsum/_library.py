"""libparsum as ctypes sees it: where it lies, and what parsum.h declares."""

import ctypes
import os
from typing import Any

from . import _place
from ._structs import Failure, Summary, Task, Value

_HERE = os.path.dirname(os.path.abspath(__file__))


class Words(ctypes.Structure):
    """struct parsum_sum; all bytes 0 is an empty sum."""

    _fields_ = [("words", ctypes.c_uint64 * 144)]


BYTES = 640  # PARSUM_BYTES
TEXT = 1280  # PARSUM_TEXT

_INT, _SIZE, _STRIDE = ctypes.c_int, ctypes.c_size_t, ctypes.c_ssize_t
_REAL, _COUNT, _AT = ctypes.c_double, ctypes.c_uint64, ctypes.c_void_p
_RESULT = ctypes.c_void_p  # struct parsum_result *
_SUM = ctypes.POINTER(Words)
_ARRAY = [_SIZE, _AT, _STRIDE]
_TWO_ARRAYS = [*_ARRAY, _AT, _STRIDE]

# Calls that take long, during which other threads of Python run.
_LONG = {
    "parsum_array_sum": (_REAL, [_INT, *_ARRAY]),
    "parsum_array_dot": (_REAL, [_INT, *_TWO_ARRAYS]),
    "parsum_array_norm": (_REAL, [_INT, *_ARRAY]),
    "parsum_array_mean": (_REAL, [_INT, *_ARRAY]),
    "parsum_array_variance": (_REAL, [_INT, *_ARRAY, _SIZE]),
    "parsum_array_deviation": (_REAL, [_INT, *_ARRAY, _SIZE]),
    "parsum_add_array": (None, [_SUM, *_ARRAY]),
    "parsum_add_products": (None, [_SUM, *_TWO_ARRAYS]),
    "parsum_run": (_INT, [ctypes.POINTER(Task), ctypes.POINTER(_RESULT)]),
}

# Calls that take less than a microsecond. No other thread of Python runs meanwhile, so a sum that
# two threads add to is never changed by both at once.
_SHORT = {
    "parsum_version": (ctypes.c_char_p, []),
    "parsum_add": (None, [_SUM, _REAL]),
    "parsum_subtract": (None, [_SUM, _REAL]),
    "parsum_merge": (None, [_SUM, _SUM]),
    "parsum_subtract_sum": (None, [_SUM, _SUM]),
    "parsum_value": (_REAL, [_SUM]),
    "parsum_save": (_SIZE, [_SUM, ctypes.c_char_p]),
    "parsum_load": (_INT, [_SUM, ctypes.c_char_p, _SIZE]),
    "parsum_print": (_SIZE, [_SUM, ctypes.c_char_p]),
    "parsum_parse": (_INT, [_SUM, ctypes.c_char_p, _SIZE]),
    "parsum_status_text": (ctypes.c_char_p, [_INT]),
    "parsum_mean_of": (_REAL, [_SUM, _COUNT]),
    "parsum_variance_of": (_REAL, [_SUM, _SUM, _COUNT, _COUNT]),
    "parsum_deviation_of": (_REAL, [_SUM, _SUM, _COUNT, _COUNT]),
    "parsum_root_of": (_REAL, [_SUM, _COUNT]),
    "parsum_error": (Failure, []),
    "parsum_result_free": (None, [_RESULT]),
    "parsum_result_count": (_SIZE, [_RESULT]),
    "parsum_result_name": (ctypes.c_char_p, [_RESULT, _SIZE]),
    "parsum_result_total": (Value, [_RESULT, _SIZE]),
    "parsum_result_rows": (_SIZE, [_RESULT]),
    "parsum_result_value": (Value, [_RESULT, _SIZE, _SIZE]),
    "parsum_result_reals": (_AT, [_RESULT, _SIZE]),
    "parsum_result_integers": (_AT, [_RESULT, _SIZE]),
    "parsum_result_numbers": (_AT, [_RESULT]),
    "parsum_result_jobs": (_AT, [_RESULT]),
    "parsum_result_at": (_AT, [_RESULT]),
    "parsum_result_summary": (Summary, [_RESULT]),
}


class Library:
    """The functions of _LONG and _SHORT, by their names without "parsum_"."""

    def __init__(self, path):
        for kind, functions in (ctypes.CDLL, _LONG), (ctypes.PyDLL, _SHORT):
            library = kind(path)
            for name, (result, arguments) in functions.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
                setattr(self, name.removeprefix("parsum_"), function)


def _open():
    path = os.path.normpath(os.path.join(_HERE, _place.LIBRARY))
    try:
        return Library(path)
    except (OSError, AttributeError) as fault:
        raise ImportError(
            f"parsum needs its library of C, {path}, which cannot be used ({fault}); install parsum "
            "again, library and package with the same prefix") from fault


LIB: Any = _open()
