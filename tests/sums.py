"""libparsum: what parsum.h promises, against exact arithmetic of Python's own."""
import ctypes
import math
import os
import random
import signal
import struct
import threading
import unittest
from fractions import Fraction

LIBRARY = ctypes.CDLL(os.path.join(os.environ["PARSUM_BUILD_DIR"], "libparsum.so"))
ROUNDS = int(os.environ.get("PARSUM_SUMS_ROUNDS", "150"))

DOUBLE, SIZE, STRIDE, INT = ctypes.c_double, ctypes.c_size_t, ctypes.c_ssize_t, ctypes.c_int
DOUBLES = ctypes.POINTER(DOUBLE)
BYTES, TEXT, NOT_A_SUM, DAMAGED, NEWER = 640, 1280, 1, 2, 3


class Sum(ctypes.Structure):
    _fields_ = [("words", ctypes.c_uint64 * 144)]


SUM = ctypes.POINTER(Sum)


def declare(name, result, *arguments):
    function = getattr(LIBRARY, "parsum_" + name)
    function.restype, function.argtypes = result, arguments
    return function


array_sum = declare("array_sum", DOUBLE, INT, SIZE, DOUBLES, STRIDE)
array_dot = declare("array_dot", DOUBLE, INT, SIZE, DOUBLES, STRIDE, DOUBLES, STRIDE)
array_norm = declare("array_norm", DOUBLE, INT, SIZE, DOUBLES, STRIDE)
array_mean = declare("array_mean", DOUBLE, INT, SIZE, DOUBLES, STRIDE)
array_variance = declare("array_variance", DOUBLE, INT, SIZE, DOUBLES, STRIDE, SIZE)
array_deviation = declare("array_deviation", DOUBLE, INT, SIZE, DOUBLES, STRIDE, SIZE)
clear = declare("clear", None, SUM)
add = declare("add", None, SUM, DOUBLE)
subtract = declare("subtract", None, SUM, DOUBLE)
add_product = declare("add_product", None, SUM, DOUBLE, DOUBLE)
subtract_product = declare("subtract_product", None, SUM, DOUBLE, DOUBLE)
add_array = declare("add_array", None, SUM, SIZE, DOUBLES, STRIDE)
subtract_array = declare("subtract_array", None, SUM, SIZE, DOUBLES, STRIDE)
add_products = declare("add_products", None, SUM, SIZE, DOUBLES, STRIDE, DOUBLES, STRIDE)
subtract_products = declare("subtract_products", None, SUM, SIZE, DOUBLES, STRIDE, DOUBLES, STRIDE)
merge = declare("merge", None, SUM, SUM)
subtract_sum = declare("subtract_sum", None, SUM, SUM)
value = declare("value", DOUBLE, SUM)
status_text = declare("status_text", ctypes.c_char_p, INT)
save = declare("save", SIZE, SUM, ctypes.c_char_p)
load = declare("load", INT, SUM, ctypes.c_char_p, SIZE)
print_text = declare("print", SIZE, SUM, ctypes.c_char_p)
parse = declare("parse", INT, SUM, ctypes.c_char_p, SIZE)
mean_of = declare("mean_of", DOUBLE, SUM, ctypes.c_uint64)
variance_of = declare("variance_of", DOUBLE, SUM, SUM, ctypes.c_uint64, ctypes.c_uint64)
deviation_of = declare("deviation_of", DOUBLE, SUM, SUM, ctypes.c_uint64, ctypes.c_uint64)
root_of = declare("root_of", DOUBLE, SUM, ctypes.c_uint64)


def nearest(exact):
    """The double nearest to a Fraction: Python divides integers with one rounding."""
    try:
        return exact.numerator / exact.denominator
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def nearest_root(exact):
    """The double nearest to its square root, by way of more than enough bits and one for the rest."""
    bits = 1400
    root = math.isqrt((exact.numerator << 2 * bits) // exact.denominator)
    rest = Fraction(root * root, 1 << 2 * bits) != exact
    return nearest(Fraction(2 * root + rest, 2 << bits))


def one_of(kind):
    """A double of one of several hard kinds."""
    uniform = random.uniform(-1, 1)
    return {
        "plain": lambda: uniform,
        "any": lambda: math.ldexp(uniform, random.randint(-1074, 1023)),
        "far apart": lambda: math.ldexp(uniform, random.choice([-1000, 1000, -530, 510, 0])),
        "shifted": lambda: 1e9 + uniform,
        "subnormal": lambda: math.ldexp(random.randint(-9, 9), -1074),
        "near overflow": lambda: random.choice([1.7976931348623157e308, -1.7976931348623157e308, 2.0**970, 1.0]),
        "ties": lambda: random.choice([1.0, 2.0**-53, -2.0**-53, 2.0**-52, 5e-324, -5e-324]),
        "spread": lambda: math.ldexp(uniform, random.randint(-10, 10)),
        "wide": lambda: math.ldexp(uniform, random.randint(-40, 40)),
        "zeros": lambda: random.choice([0.0, -0.0, 0.0, uniform]),
    }[kind]()


KINDS = ["plain", "any", "far apart", "shifted", "subnormal", "near overflow", "ties", "spread", "wide", "zeros"]


class View:
    """n elements of an array of C with a stride: `at` points to the first, `exact` are their values."""

    def __init__(self, kind, n, stride):
        length = n * max(1, abs(stride)) + 1
        self.memory = (DOUBLE * length)(*(one_of(kind) for _ in range(length)))
        first = (n - 1) * -stride if stride < 0 and n > 0 else 0
        self.at = ctypes.cast(ctypes.byref(self.memory, 8 * first), DOUBLES)
        self.n, self.stride = n, stride
        self.exact = [Fraction(self.memory[first + j * stride]) for j in range(n)]


def saved(total):
    bytes_ = ctypes.create_string_buffer(BYTES)
    length = save(total, bytes_)
    return bytes_.raw[:length]


def text(total):
    buffer = ctypes.create_string_buffer(TEXT)
    length = print_text(total, buffer)
    assert length == len(buffer.value)
    return buffer.value.decode()


class Arrays(unittest.TestCase):
    def same(self, got, expected, *what):
        if not (math.isnan(got) and math.isnan(expected)):
            self.assertEqual((got, math.copysign(1, got)), (expected, math.copysign(1, expected)), what)

    def compare(self, kind, n, stride, threads):
        x, y = View(kind, n, stride), View(random.choice(KINDS), n, random.choice([1, 1, 2, -1]))
        what = (kind, n, stride, threads)
        first, second = sum(x.exact), sum(number * number for number in x.exact)
        where = threads, n, x.at, stride
        self.same(array_sum(*where), nearest(first), "sum", *what)
        self.same(array_dot(*where, y.at, y.stride), nearest(sum(a * b for a, b in zip(x.exact, y.exact))),
                  "dot", *what)
        self.same(array_norm(*where), nearest_root(Fraction(second)), "norm", *what)
        self.same(array_mean(*where), nearest(first / n) if n else math.nan, "mean", *what)
        for ddof in 0, 1, 2:
            exact = (n * second - first * first) / (n * (n - ddof)) if n > ddof else None
            self.same(array_variance(*where, ddof), math.nan if exact is None else nearest(exact),
                      "variance", *what)
            self.same(array_deviation(*where, ddof), math.nan if exact is None else nearest_root(exact),
                      "deviation", *what)

    def test_each_result_is_the_nearest_double(self):
        random.seed(1)
        for number in range(ROUNDS):
            n = random.choice([0, 1, 2, 3, 7, 10, 33, 64, 65, 100, random.randrange(1, 3000)])
            self.compare(KINDS[number % len(KINDS)], n, random.choice([1, 1, 1, 2, -1, -3, 0]), number % 4)

    def test_infinities_and_nan_follow_ieee(self):
        inf, nan = math.inf, math.nan
        for elements, total, norm, spread in (
                ([1, inf], inf, inf, nan), ([1, -inf], -inf, inf, nan), ([inf, -inf], nan, inf, nan),
                ([nan, 1], nan, nan, nan), ([inf, nan], nan, nan, nan), ([inf, inf], inf, inf, nan)):
            for padding in 0, 200:  # by the short way and by lanes
                numbers = (DOUBLE * (2 + padding))(*elements)
                n = len(numbers)
                self.same(array_sum(1, n, numbers, 1), total, elements, padding)
                self.same(array_mean(1, n, numbers, 1), total, elements, padding)
                self.same(array_norm(1, n, numbers, 1), norm, elements, padding)
                self.same(array_variance(1, n, numbers, 1, 1), spread, elements, padding)
                self.same(array_deviation(1, n, numbers, 1, 0), spread, elements, padding)
        self.same(array_dot(1, 1, (DOUBLE * 1)(0), 1, (DOUBLE * 1)(inf), 1), nan)

    def test_what_fsum_refuses_has_a_value(self):
        numbers = (DOUBLE * 3)(1e308, 1e308, -1e308)
        self.assertRaises(OverflowError, math.fsum, numbers)
        self.assertEqual(array_sum(1, 3, numbers, 1), 1e308)
        self.assertRaises(ValueError, math.fsum, [math.inf, -math.inf])

    def test_norm_neither_overflows_nor_underflows_on_the_way(self):
        for scale in 1e300, 1e-300, 5e-324:
            self.assertEqual(array_norm(1, 2, (DOUBLE * 2)(3 * scale, 4 * scale), 1), nearest_root(
                Fraction(3 * scale)**2 + Fraction(4 * scale)**2))
        largest = 1.7976931348623157e308
        self.assertEqual(array_norm(1, 1, (DOUBLE * 1)(-largest), 1), largest)
        self.assertEqual(array_norm(1, 2, (DOUBLE * 2)(largest, largest), 1), math.inf)

    def test_nothing_is_needed_of_an_array_without_elements(self):
        self.same(array_sum(0, 0, None, 1), 0.0)
        self.same(array_dot(0, 0, None, 1, None, 1), 0.0)
        self.same(array_norm(0, 0, None, 1), 0.0)
        self.same(array_mean(0, 0, None, 1), math.nan)
        self.same(array_variance(0, 0, None, 1, 0), math.nan)

    def test_the_number_of_threads_changes_nothing(self):
        random.seed(2)
        n = 600_000
        numbers = (DOUBLE * n)(*(math.ldexp(random.random() - 0.5, random.randint(-30, 30)) for _ in range(n)))
        for function, more in ((array_sum, ()), (array_norm, ()), (array_mean, ()), (array_variance, (1,)),
                               (array_deviation, (0,))):
            expected = function(1, n, numbers, 1, *more)
            for threads in 0, 2, 3, 7, -1:
                self.assertEqual(function(threads, n, numbers, 1, *more), expected)
        self.assertEqual(array_sum(1, n, numbers, 1), math.fsum(numbers))
        self.assertEqual(array_dot(0, n // 2, numbers, 2, numbers, 1),
                         nearest(sum(Fraction(numbers[2 * j]) * Fraction(numbers[j]) for j in range(n // 2))))

    def test_many_threads_may_call_at_once(self):
        n = 300_000
        numbers = (DOUBLE * n)(*(math.sin(j) * 2.0**(j % 50) for j in range(n)))
        expected, wrong = array_sum(1, n, numbers, 1), []

        def work():
            for _ in range(20):
                if array_sum(2, n, numbers, 1) != expected:
                    wrong.append(1)

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(wrong, [])

    def test_a_child_of_fork_goes_on_though_its_parent_has_used_threads(self):
        n = 1_000_000
        numbers = (DOUBLE * n)(*range(n))
        self.assertEqual(array_sum(2, n, numbers, 1), n * (n - 1) / 2)
        child = os.fork()
        if child == 0:
            signal.alarm(100)
            os._exit(array_sum(2, n, numbers, 1) != n * (n - 1) / 2)
        self.assertEqual(os.waitpid(child, 0)[1], 0)


class Objects(unittest.TestCase):
    def test_whatever_is_added_and_subtracted_is_counted_exactly(self):
        random.seed(3)
        for number in range(ROUNDS):
            kind, n = KINDS[number % len(KINDS)], random.choice([0, 1, 5, 70, random.randrange(2000)])
            x, y = View(kind, n, random.choice([1, -2])), View(random.choice(KINDS), n, 1)
            products = sum(a * b for a, b in zip(x.exact, y.exact))
            total, other = Sum(), Sum()
            add_array(total, n, x.at, x.stride)
            self.assertEqual(value(total), nearest(sum(x.exact)))
            add_products(total, n, x.at, x.stride, y.at, 1)
            self.assertEqual(value(total), nearest(sum(x.exact) + products))
            add_array(other, n, y.at, 1)
            merge(total, other)
            subtract_array(total, n, x.at, x.stride)
            self.assertEqual(value(total), nearest(sum(y.exact) + products))
            subtract_sum(total, other)
            self.assertEqual(value(total), nearest(products))
            for j in range(n // 2):
                subtract_product(total, x.at[j * x.stride], y.at[j])
                add(total, 3.0)
            subtract_products(total, n - n // 2, ctypes.cast(ctypes.byref(x.at.contents, 8 * (n // 2) * x.stride), DOUBLES) if n else None,
                              x.stride, ctypes.cast(ctypes.byref(y.at.contents, 8 * (n // 2)), DOUBLES) if n else None, 1)
            self.assertEqual(value(total), 3.0 * (n // 2))
            subtract(total, 3.0 * (n // 2))
            self.assertEqual(saved(total), saved(Sum()))

    def test_an_infinity_can_be_taken_out_again(self):
        total = Sum()
        for number in 2.5, math.inf, -math.inf, math.nan:
            add(total, number)
        for number, left in ((math.nan, math.nan), (-math.inf, math.inf), (math.inf, 2.5)):
            subtract(total, number)
            self.assertEqual(repr(value(total)), repr(left))
        subtract(total, math.inf)
        self.assertEqual(value(total), -math.inf)

    def test_saved_bytes_and_text_come_back(self):
        random.seed(4)
        for number in range(ROUNDS):
            total, back = Sum(), Sum()
            for _ in range(random.randrange(5)):
                add_product(total, one_of(KINDS[number % len(KINDS)]), one_of(random.choice(KINDS)))
            if number % 7 == 0:
                add(total, -math.inf)
            self.assertEqual(load(back, saved(total), len(saved(total))), 0)
            self.assertEqual(saved(back), saved(total))
            clear(back)
            add(back, 5)
            self.assertEqual(parse(back, text(total).encode(), len(text(total))), 0)
            self.assertEqual(text(back), text(total))
            if math.isfinite(value(total)):
                self.assertEqual(float.fromhex(text(total)), value(total))

    def test_bytes_are_those_of_version_1(self):
        total = Sum()
        add(total, -1.5)
        # 1.5 is 0x60000 * 2^(32 * 67 - 2162)
        expected = b"PSUM" + struct.pack("<BBHH3qI", 1, 1, 67, 1, 0, 0, 0, 0x60000)
        digest = 0xcbf29ce484222325
        for byte in expected:
            digest = (digest ^ byte) * 0x100000001b3 % 2**64
        self.assertEqual(saved(total), expected + struct.pack("<Q", digest))

    def test_what_cannot_be_read_leaves_the_sum_as_it_was(self):
        total = Sum()
        add(total, 7)
        good = saved(total)
        for bytes_, status in ((b"", NOT_A_SUM), (good[:-1], NOT_A_SUM), (good + b"x", NOT_A_SUM),
                               (good[:-1] + bytes([good[-1] ^ 1]), DAMAGED), (good[:4] + b"\2" + good[5:], NEWER)):
            self.assertEqual(load(total, bytes_, len(bytes_)), status)
        for bad in b"", b"7", b"0x1p+0 ", b"inf":
            self.assertEqual(parse(total, bad, len(bad)), NOT_A_SUM)
        self.assertEqual(value(total), 7)

    def test_each_status_has_a_text(self):
        texts = [status_text(status).decode() for status in range(11)]
        self.assertEqual(len(set(texts)), 11)
        self.assertEqual(texts[10], "unknown status")

    def test_statistics_of_pieces_are_those_of_the_whole(self):
        random.seed(5)
        n = 999
        x = View("shifted", n, 1)
        total, squares = Sum(), Sum()
        for first in range(0, n, 37):
            piece = ctypes.cast(ctypes.byref(x.memory, 8 * first), DOUBLES)
            length = min(37, n - first)
            part, part_squares = Sum(), Sum()
            add_array(part, length, piece, 1)
            add_products(part_squares, length, piece, 1, piece, 1)
            merge(total, part)
            merge(squares, part_squares)
        self.assertEqual(mean_of(total, n), array_mean(1, n, x.at, 1))
        self.assertEqual(variance_of(total, squares, n, 1), array_variance(1, n, x.at, 1, 1))
        self.assertEqual(deviation_of(total, squares, n, 1), array_deviation(1, n, x.at, 1, 1))
        self.assertEqual(root_of(squares, 1), array_norm(1, n, x.at, 1))
        self.assertEqual(root_of(squares, n), nearest_root(sum(number * number for number in x.exact) / n))


if __name__ == "__main__":
    unittest.main()
