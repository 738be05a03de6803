"""parsum.Sum."""
import copy
import functools
import math
import operator
import pickle
import random
import threading
import unittest
from array import array
from decimal import Decimal
from fractions import Fraction

import parsum
import support
from parsum import Sum

INF, NAN = math.inf, math.nan


def exactly(total):
    return Fraction(*total.as_integer_ratio())


class Add(unittest.TestCase):
    def test_numbers_arrays_iterables_and_sums(self):
        total = Sum()
        total += 0.1
        total += 2**70 + 1
        total += Fraction(1, 2)
        total += array("d", [1e300, 2.0])
        total += (x for x in [1, 2.5])
        total += Sum([3.0])
        self.assertEqual(exactly(total), Fraction(0.1) + 2**70 + 1 + Fraction(1, 2) + Fraction(1e300)
                         + Fraction(8.5))

    def test_a_sum_adds_itself(self):
        total = Sum([0.1, 7])
        total += total
        self.assertEqual(exactly(total), 2 * (Fraction(0.1) + 7))
        total -= total
        self.assertEqual(total, Sum())

    def test_what_was_added_is_subtracted_again_infinities_too(self):
        numbers = support.hard_numbers(1000, 1)
        total = Sum(0.1)
        total += numbers
        total += [INF, -INF, NAN]
        total -= array("d", numbers)
        self.assertTrue(math.isnan(float(total)))
        total -= [NAN, -INF]
        self.assertEqual(float(total), INF)
        total -= INF
        self.assertEqual(total, Sum(0.1))
        self.assertEqual(float(total), 0.1)

    def test_products(self):
        a, b = support.hard_numbers(300, 2), support.hard_numbers(300, 3)
        total = Sum()
        total.add_products(array("d", a), b)
        self.assertEqual(float(total), parsum.dot(a, b))
        total.subtract_products(a[:100], b[:100])
        self.assertEqual(float(total), parsum.dot(a[100:], b[100:]))
        self.assertRaises(ValueError, total.add_products, [1.0], [])

    def test_an_error_leaves_the_sum_as_it_was(self):
        total = Sum([0.1, 0.2])
        before = total.to_bytes()

        def numbers():
            yield from range(10_000)
            raise KeyError

        for wrong, error in ((None, TypeError), ([1.0, "2"], TypeError), (Fraction(1, 3), ValueError),
                             ([1.0, Decimal("0.1")], ValueError), (2**1024, OverflowError),
                             ("3", TypeError), (1j, TypeError)):
            for change in operator.iadd, operator.isub:
                self.assertRaises(error, change, total, wrong)
                self.assertEqual(total.to_bytes(), before)
        for change in operator.iadd, operator.isub:
            self.assertRaises(KeyError, change, total, numbers())
            self.assertEqual(total.to_bytes(), before)
        self.assertRaises(TypeError, Sum, "3")
        self.assertRaises(TypeError, total.merge, 1.0)

    def test_plus_and_minus_make_new_sums(self):
        a, b = Sum([0.1, 0.2]), Sum(1e100)
        self.assertEqual(exactly(a + b), exactly(a) + exactly(b))
        self.assertEqual(exactly(a - b), exactly(a) - exactly(b))
        self.assertEqual(exactly(1 - a), 1 - exactly(a))
        self.assertEqual(exactly(-a), -exactly(a))
        self.assertEqual(exactly([1, 2] + a), exactly(a) + 3)
        self.assertEqual(+a, a)
        self.assertIsNot(+a, a)
        self.assertEqual(a, Sum([0.1, 0.2]))
        self.assertEqual(sum([a, b]), a + b)
        self.assertEqual(functools.reduce(operator.add, [a, b, a]), a + a + b)

    def test_any_split_and_any_tree_of_merges_gives_equal_sums(self):
        rng = random.Random(4)
        numbers = support.hard_numbers(2000, 4) + [INF]
        whole = Sum(numbers)
        for _ in range(20):
            rng.shuffle(numbers)
            cuts = sorted(rng.sample(range(len(numbers)), 7))
            parts = [Sum(numbers[start:end]) for start, end in zip([0, *cuts], [*cuts, None])]
            while len(parts) > 1:
                rng.shuffle(parts)
                parts[0].merge(parts.pop())
            self.assertEqual(parts[0], whole)
            self.assertEqual(parts[0].to_bytes(), whole.to_bytes())

    def test_threads_of_python_add_to_one_sum(self):
        total, numbers = Sum(), array("d", [0.1] * 1000)

        def work():
            nonlocal total
            for _ in range(300):
                total += 0.5
                total += numbers

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(exactly(total), 1200 * (Fraction(1, 2) + 1000 * Fraction(0.1)))


class Pieces(unittest.TestCase):
    def test_statistics_of_sums_are_those_of_all_numbers(self):
        numbers = [x * 2.0**-520 for x in support.hard_numbers(3000, 6)]
        total, squares = Sum(), Sum()
        for start in 0, 1000, 2000:
            piece = array("d", numbers[start:start + 1000])
            total += piece
            squares.add_products(piece, piece)
        self.assertEqual(parsum.mean_of(total, 3000), parsum.mean(numbers))
        self.assertEqual(parsum.root_of(squares), parsum.norm(numbers))
        for ddof in 0, 1, 2999:
            self.assertEqual(parsum.var_of(total, squares, 3000, ddof=ddof), parsum.var(numbers, ddof=ddof))
            self.assertEqual(parsum.std_of(total, squares, 3000, ddof=ddof), parsum.std(numbers, ddof=ddof))
        rms = parsum.root_of(squares, 3000)
        self.assertTrue(support.is_rounded_root(rms, sum(Fraction(x)**2 for x in numbers) / 3000))

    def test_wrong_counts_and_sums_are_refused(self):
        one = Sum(1.0)
        for error, function, arguments in (
                (ValueError, parsum.mean_of, (one, 0)), (ValueError, parsum.root_of, (one, 0)),
                (ValueError, parsum.var_of, (one, one, 1)), (ValueError, parsum.std_of, (one, one, 1)),
                (ValueError, parsum.mean_of, (one, 2**63)), (TypeError, parsum.mean_of, (one, 1.0)),
                (TypeError, parsum.mean_of, (1.0, 1)), (TypeError, parsum.var_of, (one, 1.0, 2))):
            self.assertRaises(error, function, *arguments)
        self.assertRaises(ValueError, parsum.var_of, one, one, 3, ddof=-1)
        self.assertTrue(math.isnan(parsum.root_of(Sum(-1.0))))


class Compare(unittest.TestCase):
    def test_sums_are_equal_where_their_exact_values_are(self):
        self.assertEqual(Sum([0.1, 0.2, -0.1]), Sum(0.2))
        self.assertNotEqual(Sum([0.1] * 10), Sum(1.0))
        self.assertNotEqual(Sum([INF, 1.0]), Sum(INF))
        self.assertEqual(Sum(NAN), Sum(NAN))

    def test_numbers_are_compared_with_the_exact_value(self):
        self.assertTrue(Sum([0.5, 0.25]) == 0.75 == Sum([0.5, 0.25]))
        self.assertFalse(Sum([0.1] * 10) == 1.0)
        self.assertTrue(Sum([2**53, 1]) == 2**53 + 1)
        self.assertFalse(Sum([2**53, 1]) == 2**53)
        self.assertFalse(Sum([0.3]) == Fraction(1, 3))
        self.assertTrue(Sum([0.25]) == Fraction(1, 4))
        self.assertFalse(Sum(1.0) == 2**5000)
        self.assertTrue(Sum([INF, 1.0]) == INF)
        self.assertFalse(Sum([INF]) == -INF)
        self.assertFalse(Sum([1e308, 1e308]) == INF)
        self.assertFalse(Sum([NAN]) == NAN)
        self.assertTrue(Sum() == 0 == Sum([1, -1]))
        self.assertFalse(Sum(1.0) == "1.0")
        self.assertFalse(Sum(1.0) == [1.0])
        self.assertFalse(Sum(1.0) is None)

    def test_a_sum_has_no_hash_as_it_changes(self):
        self.assertRaises(TypeError, hash, Sum())


class Save(unittest.TestCase):
    SUMS = [Sum(), Sum(1.0), Sum(-5e-324), Sum([1e308] * 3), Sum([INF, NAN, NAN, -INF, 0.1]),
            Sum() - INF, Sum(support.hard_numbers(100, 9))]

    def test_pickles_copies_bytes_and_text_give_equal_sums(self):
        for total in self.SUMS:
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                self.assertEqual(pickle.loads(pickle.dumps(total, protocol)), total)
            self.assertEqual(Sum.from_bytes(total.to_bytes()), total)
            self.assertEqual(Sum.from_bytes(bytearray(total.to_bytes())), total)
            self.assertEqual(Sum.fromhex(total.hex()), total)
            for made in copy.copy(total), copy.deepcopy(total), total.copy():
                self.assertEqual(made, total)
                made += 1.0
                self.assertNotEqual(made, total)

    def test_what_is_no_saved_sum_is_refused(self):
        saved = Sum([0.1, 1e100]).to_bytes()
        changed = bytes([*saved[:-1], saved[-1] ^ 1])
        for wrong in b"", saved[:-1], saved + b"x", changed, b"\0" * 5000:
            self.assertRaises(ValueError, Sum.from_bytes, wrong)
        for wrong in "", "1", "0x1p+0 ", "0x2p+0", "nan", "0x1p+0\0", "\xe9", "0x1p+99999":
            self.assertRaises(ValueError, Sum.fromhex, wrong)
        self.assertRaises(TypeError, Sum.from_bytes, "text")

    def test_text_is_that_of_floats(self):
        for x in 1.5, -0.1, 5e-324, 1.7976931348623157e308, 3.0, 1e100:
            self.assertEqual(float.fromhex(Sum(x).hex()), x)

    def test_subclasses_stay_what_they_are(self):
        self.assertIs(type(Special(1.0) + 1.0), Special)
        self.assertIs(type(pickle.loads(pickle.dumps(Special(1.0)))), Special)
        self.assertIs(type(copy.copy(Special(1.0))), Special)

    def test_a_sum_shows_its_rounded_value(self):
        self.assertEqual(repr(Sum([0.1] * 10)), "<parsum.Sum 1.0>")
        self.assertEqual(str(Sum(INF)), "<parsum.Sum inf>")

    def test_the_exact_ratio(self):
        for x in 0.0, 1.5, -0.1, 5e-324, 1e308, 96.0:
            self.assertEqual(Sum(x).as_integer_ratio(), x.as_integer_ratio())
        self.assertEqual(Sum([1e308] * 4).as_integer_ratio(), (4 * int(1e308), 1))
        self.assertRaises(OverflowError, Sum(INF).as_integer_ratio)
        self.assertRaises(ValueError, Sum(NAN).as_integer_ratio)

    def test_clear_makes_it_empty(self):
        total = Sum([INF, 1.0])
        total.clear()
        self.assertEqual(total, Sum())


class Special(Sum):
    pass


if __name__ == "__main__":
    unittest.main()
