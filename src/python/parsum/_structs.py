"""What parsum.h declares of loops and runs, for ctypes: the same names, in the same order."""

import ctypes
from ctypes import POINTER, c_char_p, c_double, c_int, c_int64, c_size_t, c_uint64, c_void_p

OK, FAILED, USAGE, TERM, FAULT, UNVERIFIED, STOPPED = 0, 4, 5, 6, 7, 8, 9  # enum parsum_status
NONE, REAL, INTEGER, NATURAL = range(4)  # enum parsum_kind
JOBS, KEYS, HITS = range(3)  # enum parsum_rows

Texts = POINTER(c_char_p)  # NULL at the end
Progress = ctypes.CFUNCTYPE(c_int, c_void_p, c_uint64, c_uint64)
Note = ctypes.CFUNCTYPE(None, c_void_p, c_char_p)


class Job(ctypes.Structure):
    """struct parsum_job"""

    _fields_ = [("start", c_int64), ("end", c_int64)]


class Column(ctypes.Structure):
    """struct parsum_column"""

    _fields_ = [("name", c_char_p), ("real", c_int), ("numbers", c_void_p)]


class Array(ctypes.Structure):
    """struct parsum_array"""

    _fields_ = [("name", c_char_p), ("type", c_char_p), ("elements", c_void_p), ("n", c_int64),
                ("columns", c_int64)]


class Value(ctypes.Structure):
    """struct parsum_value"""

    _fields_ = [("kind", c_int), ("real", c_double), ("low", c_uint64), ("high", c_int64),
                ("run", c_int64)]


class Failure(ctypes.Structure):
    """struct parsum_error"""

    _fields_ = [("status", c_int), ("text", c_char_p), ("place", c_size_t), ("remedy", c_char_p),
                ("job", c_uint64), ("i", c_int64)]


class Task(ctypes.Structure):
    """struct parsum_task"""

    _fields_ = [
        ("size", c_size_t),
        ("jobs", c_void_p), ("job_count", c_size_t), ("next_job", c_void_p), ("input", c_char_p),
        ("segments", c_char_p), ("random", c_int64), ("below", c_int64), ("start", c_int64),
        ("end", POINTER(c_int64)), ("columns", POINTER(Column)), ("column_count", c_size_t),
        ("real", c_void_p), ("integer", c_void_p), ("reals", c_void_p), ("value_count", c_size_t),
        ("name", c_char_p), ("terms", Texts), ("lets", Texts), ("defines", Texts),
        ("term_file", c_char_p), ("arrays", POINTER(Array)), ("array_count", c_size_t),
        ("data", Texts), ("seed", c_int64), ("wrap", c_int), ("libm", c_int), ("skip_nan", c_int),
        ("no_cache", c_int), ("save_term", c_char_p),
        ("reduce", c_char_p), ("by", c_char_p), ("list", c_char_p), ("first", c_int64),
        ("max_keys", c_int64), ("cumulative", c_int),
        ("threads", c_int), ("serial", c_int), ("whole_jobs", c_int), ("grain", c_int64),
        ("compare", c_int), ("journal", c_char_p), ("max_seconds", c_double),
        ("trace", c_void_p), ("stop", POINTER(c_int)),
        ("context", c_void_p), ("row", c_void_p), ("progress", Progress), ("note", Note),
    ]


class Summary(ctypes.Structure):
    """struct parsum_summary"""

    _fields_ = [
        ("rows", c_int), ("jobs", c_uint64), ("terms", c_uint64), ("hits", c_uint64), ("terms_before", c_uint64),
        ("skipped", c_uint64), ("threads", c_int), ("keys_unsigned", c_int),
        ("machines_bits", c_int), ("seconds", c_double), ("serial_seconds", c_double),
        ("data_seconds", c_double), ("busy_seconds", c_double), ("busiest_seconds", c_double),
        ("kernel", c_char_p),
    ]
