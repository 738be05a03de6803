"""npy: .npy files as numpy writes them, made without it, for tests of the command line."""
import struct

CODES = {"b1": "?", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "u2": "H", "u4": "I",
         "u8": "Q", "f4": "f", "f8": "d"}


def raw(values, dtype="<f8"):
    """Elements one after the other."""
    order = ">" if dtype[0] == ">" else "<"
    return struct.pack(f"{order}{len(values)}{CODES[dtype[-2:]]}", *values)


def npy(values, dtype="<f8", shape=None, version=1, fortran=False, pad=64, header=None):
    """The bytes of a file; the shape is that of a list if none is given."""
    shape = (len(values),) if shape is None else shape
    text = header or f"{{'descr': '{dtype}', 'fortran_order': {fortran}, 'shape': {shape}, }}"
    width = 2 if version == 1 else 4
    length = -(-(8 + width + len(text) + 1) // pad) * pad - 8 - width
    text = text.ljust(length - 1) + "\n"
    return (b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", length)
            + text.encode("utf-8" if version == 3 else "latin-1") + raw(values, dtype))
