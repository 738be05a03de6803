"""parsum.fsum, dot, norm, mean, var, std: with the standard library alone."""
import array
import ctypes
import math
import random
import statistics
import struct
import unittest
from decimal import Decimal
from fractions import Fraction

import parsum
import support

INF, NAN = math.inf, math.nan
FUNCTIONS = (parsum.fsum, parsum.norm, parsum.mean, parsum.var, parsum.std)


def bits(x):
    return "nan" if math.isnan(x) else struct.pack("d", x)


class Exact(unittest.TestCase):
    def test_sums_are_those_of_fractions_in_any_order_and_on_any_number_of_threads(self):
        for seed, n in enumerate([1, 2, 3, 10, 63, 64, 65, 1000, 100_000]):
            numbers = support.hard_numbers(n, seed)
            expected = bits(support.exact_sum(numbers))
            for threads in range(5):
                random.Random(threads).shuffle(numbers)
                with self.subTest(n=n, threads=threads):
                    self.assertEqual(bits(parsum.fsum(array.array("d", numbers), threads)), expected)
                    self.assertEqual(bits(parsum.fsum(numbers, threads=threads)), expected)

    def test_dot_products_are_those_of_fractions(self):
        for seed, n in enumerate([1, 7, 100, 5000]):
            a, b = support.hard_numbers(n, seed), support.hard_numbers(n, seed + 100)
            expected = bits(support.rounded(sum(Fraction(x) * Fraction(y) for x, y in zip(a, b))))
            for threads in 1, 2, 4:
                self.assertEqual(bits(parsum.dot(array.array("d", a), array.array("d", b), threads)), expected)
            self.assertEqual(bits(parsum.dot(a, iter(b))), expected)
            self.assertEqual(bits(parsum.dot(array.array("d", a), b)), expected)

    def test_mean_variance_and_their_roots_are_rounded_once(self):
        for seed, n in enumerate([2, 3, 50, 3000]):
            numbers = [x * 2.0**-520 for x in support.hard_numbers(n, seed)]
            exact = [Fraction(x) for x in numbers]
            for a in numbers, array.array("d", numbers):
                with self.subTest(n=n, kind=type(a)):
                    self.assertEqual(parsum.mean(a), float(sum(exact) / n))
                    self.assertTrue(support.is_rounded_root(parsum.norm(a), sum(x * x for x in exact)))
                    for ddof in 0, 1:
                        variance = support.exact_variance(numbers, ddof)
                        self.assertEqual(parsum.var(a, ddof=ddof), float(variance))
                        self.assertTrue(support.is_rounded_root(parsum.std(a, ddof=ddof), variance))

    def test_statistics_gives_the_same(self):
        numbers = [random.Random(1).gauss(1e6, 1e-3) for _ in range(1000)]
        self.assertEqual(parsum.mean(numbers), statistics.mean(numbers))
        self.assertEqual(parsum.var(numbers), statistics.variance(numbers))
        self.assertEqual(parsum.var(numbers, ddof=0), statistics.pvariance(numbers))

    def test_math_fsum_gives_the_same(self):
        for seed in range(50):
            numbers = [x for x in support.hard_numbers(200, seed) if abs(x) < 1e300]
            self.assertEqual(bits(parsum.fsum(numbers)), bits(math.fsum(numbers)))


class Special(unittest.TestCase):
    def test_infinities_and_nan_follow_ieee(self):
        for numbers, expected in (([INF, 1.0], INF), ([-INF, 1e308, 1e308], -INF), ([INF, -INF], NAN),
                                  ([NAN, INF], NAN), ([1e308, 1e308], INF), ([-1e308, -1e308], -INF),
                                  ([1e308, 1e308, -1e308], 1e308), ([-0.0], 0.0), ([5e-324, 5e-324], 1e-323)):
            for a in numbers, array.array("d", numbers), iter(numbers):
                self.assertEqual(bits(parsum.fsum(a)), bits(expected), numbers)

    def test_what_math_fsum_does_there_is_as_documented(self):
        self.assertRaises(OverflowError, math.fsum, [1e308, 1e308, -1e308])
        self.assertRaises(ValueError, math.fsum, [INF, -INF])
        self.assertEqual(math.fsum([INF, 1.0]), INF)
        self.assertTrue(math.isnan(math.fsum([NAN, INF])))
        self.assertEqual(math.fsum([Fraction(1, 3)]), 1 / 3)

    def test_other_functions_with_infinities_and_nan(self):
        self.assertTrue(math.isnan(parsum.dot([0.0], [INF])))
        self.assertEqual(parsum.norm([-INF, 1.0]), INF)
        self.assertEqual(parsum.mean([INF, 1.0]), INF)
        self.assertTrue(math.isnan(parsum.var([INF, 1.0])))
        self.assertTrue(math.isnan(parsum.std([NAN, 1.0])))
        self.assertTrue(math.isnan(parsum.dot([INF, 2**60 + 1], [0, 3])))

    def test_no_numbers(self):
        for empty in [], (), array.array("d"), memoryview(b""), iter(()), array.array("l"), {}:
            self.assertEqual(bits(parsum.fsum(empty)), bits(0.0))
            self.assertEqual(bits(parsum.norm(empty)), bits(0.0))
            self.assertEqual(bits(parsum.dot(empty, [])), bits(0.0))
            for function in parsum.mean, parsum.var, parsum.std:
                self.assertRaises(ValueError, function, empty)

    def test_too_few_numbers_for_a_variance(self):
        for one in [3.0], array.array("d", [3.0]):
            self.assertRaises(ValueError, parsum.var, one)
            self.assertEqual(parsum.var(one, ddof=0), 0.0)
            self.assertRaises(ValueError, parsum.std, one, ddof=2)
            self.assertRaises(ValueError, parsum.std, one, ddof=-1)


class Memory(unittest.TestCase):
    """All that has the buffer protocol."""

    def test_strides_and_both_directions(self):
        numbers = support.hard_numbers(10_000, 3)
        view = memoryview(array.array("d", numbers))
        for part in slice(None, None, -1), slice(3, 9000, 7), slice(-2, 5, -3), slice(5, 5):
            self.assertEqual(parsum.fsum(view[part]), support.exact_sum(numbers[part]))
            self.assertEqual(parsum.dot(view[part], view[part][::-1]), support.rounded(
                sum(Fraction(x) * Fraction(y) for x, y in zip(numbers[part], numbers[part][::-1]))))

    def test_memory_that_is_read_only_and_has_axes(self):
        data = struct.pack("6d", *range(6))
        self.assertEqual(parsum.fsum(memoryview(data).cast("d")), 15.0)
        self.assertEqual(parsum.fsum(memoryview(data).cast("d", (2, 3))), 15.0)
        self.assertEqual(parsum.norm(memoryview(data).cast("d", (2, 3))[1:]), math.sqrt(50))

    def test_arrays_of_ctypes(self):
        self.assertEqual(parsum.fsum((ctypes.c_double * 3)(1, 2, 3)), 6.0)
        self.assertEqual(parsum.fsum((ctypes.c_double * 2 * 2)((1, 2), (3, 4))), 10.0)
        self.assertEqual(parsum.fsum((ctypes.c_int32 * 3)(-1, 2, 3)), 4.0)
        big = (ctypes.c_double.__ctype_be__ * 2)(0.5, 2.0)
        self.assertEqual(parsum.fsum(big), 2.5)

    def test_memory_where_no_double_may_lie(self):
        data = b"x" + struct.pack("3d", 1.0, 2.0, 4.0)
        self.assertEqual(parsum.fsum(memoryview(data)[1:].cast("d")), 7.0)

    def test_other_elements(self):
        for code in "bBhHiIlLqQf":
            numbers = [1, 2, 100] if code in "BHILQ" else [1, -2, 100]
            self.assertEqual(parsum.fsum(array.array(code, numbers)), sum(numbers), code)
            self.assertEqual(parsum.var(array.array(code, numbers)), statistics.variance(numbers), code)
        self.assertEqual(parsum.fsum(b"ab"), 195.0)
        large = [2**63 - 1, -2**63, 2**62 + 1, 7]
        self.assertEqual(parsum.fsum(array.array("q", large)), float(sum(large)))
        self.assertEqual(parsum.mean(array.array("q", large)), float(Fraction(sum(large), 4)))
        self.assertEqual(parsum.dot(array.array("q", large), array.array("q", large[::-1])),
                         float(sum(x * y for x, y in zip(large, large[::-1]))))
        self.assertRaises(TypeError, parsum.fsum, memoryview(b"ab").cast("c"))

    def test_memory_is_let_go(self):
        numbers = array.array("d", [1.0, 2.0])
        parsum.fsum(numbers)
        parsum.var(numbers)
        parsum.dot(numbers, numbers)
        numbers.append(3.0)  # BufferError as long as anybody looks at it


class Iterables(unittest.TestCase):
    def test_integers_of_any_size_are_exact(self):
        numbers = [2**53 + 1, -2**53, 3**300, 1, -3**300, True, 2**200 + 2**100 + 1]
        self.assertEqual(parsum.fsum(numbers), float(sum(numbers)))
        self.assertEqual(parsum.fsum([2**1024 - 1, -2**1024 + 3]), 2.0)
        self.assertEqual(parsum.dot(numbers, numbers[::-1]), float(sum(map(int.__mul__, numbers, numbers[::-1]))))
        self.assertEqual(parsum.var(numbers), float(support.exact_variance(numbers, 1)))
        self.assertEqual(parsum.dot([3**600], [-3**600]), -INF)
        mixed = [2**60 + 1, 0.5, -2**60, Fraction(1, 4)]
        self.assertEqual(parsum.fsum(mixed), 1.75)
        self.assertEqual(parsum.var(mixed), float(support.exact_variance(mixed, 1)))

    def test_many_integers(self):
        rng = random.Random(7)
        numbers = [rng.randrange(-2**63, 2**63) for _ in range(10_000)]
        self.assertEqual(parsum.fsum(numbers), float(sum(numbers)))
        self.assertEqual(parsum.norm(numbers), parsum.norm(numbers[::-1]))
        self.assertTrue(support.is_rounded_root(parsum.norm(numbers), sum(x * x for x in numbers)))

    def test_what_a_double_holds_is_taken_and_what_it_does_not_is_refused(self):
        self.assertEqual(parsum.fsum([Fraction(1, 4), Decimal("0.5"), 1, True]), 2.75)
        self.assertEqual(parsum.fsum([Decimal("Infinity")]), INF)
        self.assertTrue(math.isnan(parsum.fsum([Decimal("NaN")])))
        for inexact in Fraction(1, 3), Decimal("0.1"), Decimal("1e400"):
            for function in parsum.fsum, parsum.var, parsum.norm:
                with self.assertRaisesRegex(ValueError, "no double is exactly"):
                    function([1.0, inexact])
        self.assertRaises(OverflowError, parsum.fsum, [2**1024])
        self.assertRaises(OverflowError, parsum.fsum, [Fraction(10**400)])

    def test_what_is_no_number_is_refused_by_name(self):
        for wrong in "1", b"1", None, 1j, [1.0], object():
            for function in FUNCTIONS:
                with self.assertRaisesRegex(TypeError, f"real number, not {type(wrong).__name__}"):
                    function([1.0, wrong])
        for wrong in 1.0, None, 7, object():
            for function in FUNCTIONS:
                self.assertRaises(TypeError, function, wrong)
        self.assertRaises(TypeError, parsum.fsum, "12")

    def test_lengths_of_factors_must_agree(self):
        for a, b in (([1.0], [1.0, 2.0]), (array.array("d", [1]), array.array("d", [1, 2])),
                     (array.array("d", [1]), [1, 2]), (iter([1, 2]), [1]),
                     (memoryview(bytes(32)).cast("d", (2, 2)), [1, 2, 3, 4])):
            self.assertRaises(ValueError, parsum.dot, a, b)

    def test_more_numbers_than_a_block(self):
        numbers = support.hard_numbers(20_001, 5)
        self.assertEqual(parsum.fsum(iter(numbers)), support.exact_sum(numbers))
        self.assertEqual(parsum.mean(x for x in range(100_000)), 49999.5)

    def test_an_iterator_that_fails_tells_its_own_error(self):
        def numbers():
            yield 1.0
            raise KeyError("mine")

        self.assertRaises(KeyError, parsum.fsum, numbers())


class Threads(unittest.TestCase):
    def test_their_number_is_checked(self):
        for wrong, error in ((-1, ValueError), (2**31, ValueError), (1.0, TypeError), ("1", TypeError)):
            for function in FUNCTIONS:
                self.assertRaises(error, function, [1.0, 2.0], threads=wrong)
            self.assertRaises(error, parsum.dot, [1.0], [2.0], wrong)


if __name__ == "__main__":
    unittest.main()
