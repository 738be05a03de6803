"""The package for Python with arrays of numpy."""
import itertools
import math
import random
import tracemalloc
import unittest
from fractions import Fraction

import support

if __name__ == "__main__":
    support.need_numpy()

import numpy as np  # noqa: E402
import parsum  # noqa: E402

INF = math.inf


def hard(shape, seed=0):
    return np.array(support.hard_numbers(math.prod(shape), seed)).reshape(shape)


def views(rng, array):
    """Views of an array: pieces with steps, turned and transposed."""
    while True:
        index = tuple(slice(rng.choice([None, 1]), rng.choice([None, -1]), rng.choice([1, 1, 2, -1, -2]))
                      for _ in array.shape)
        index = tuple(slice(None, None, part.step) if part.step < 0 else part for part in index)
        view = array[index].transpose(rng.sample(range(array.ndim), array.ndim))
        if view.size:
            yield view


def laid_out(rng, array):
    """A view with the same elements, which lie in another order and with gaps."""
    axes = rng.sample(range(array.ndim), array.ndim)
    steps = [rng.choice([1, 1, 2, -1, -2]) for _ in axes]
    room = np.full([array.shape[axis] * abs(step) for axis, step in zip(axes, steps)], math.nan)
    view = room[tuple(slice(None, None, step) for step in steps)].transpose(np.argsort(axes))
    view[...] = array
    return view


def exact_dot(a, b):
    return support.rounded(sum(Fraction(x) * Fraction(y) for x, y in zip(a.flat, b.flat)))


class Views(unittest.TestCase):
    def test_views_of_any_strides_give_the_sum_of_their_elements(self):
        rng = random.Random(1)
        for shape in (50,), (7, 11), (4, 5, 6), (2, 3, 1, 4), (1, 9), (3, 1):
            for view in itertools.islice(views(rng, hard(shape)), 30):
                with self.subTest(shape=view.shape, strides=view.strides):
                    for threads in 1, 3:
                        self.assertEqual(parsum.fsum(view, threads), support.exact_sum(view.flat))
                    small = view * 2.0**-520
                    self.assertEqual(parsum.mean(view), float(sum(map(Fraction, view.flat)) / view.size))
                    if small.size > 1:
                        exact = float(support.exact_variance(small.flat, 1))
                        self.assertEqual(parsum.var(small), exact)
                    self.assertTrue(support.is_rounded_root(
                        parsum.norm(view * 2.0**-10), sum(Fraction(x)**2 for x in (view * 2.0**-10).flat)))

    def test_dot_products_take_elements_of_the_same_index_whatever_their_strides(self):
        rng = random.Random(2)
        for shape in (50,), (7, 11), (4, 5, 6), (5, 5):
            a, b = hard(shape, 1), hard(shape, 2)
            expected = exact_dot(a, b)
            for _ in range(100):
                x, y = laid_out(rng, a), laid_out(rng, b)
                self.assertEqual(parsum.dot(x, y, rng.randrange(4)), expected, (x.strides, y.strides))
        self.assertRaises(ValueError, parsum.dot, np.ones((2, 3)), np.ones((3, 2)))
        a, b = hard((30, 40), 3), np.asfortranarray(hard((30, 40), 4))
        self.assertEqual(parsum.dot(a, b), exact_dot(a, b))
        self.assertEqual(parsum.dot(a[:, 3], list(b[:, 5])), exact_dot(a[:, 3], b[:, 5]))

    def test_variances_of_views_with_many_rows(self):
        view = hard((20, 30, 10))[:, 2:-2, ::3] * 2.0**-520
        self.assertEqual(parsum.var(view), float(support.exact_variance(view.flat, 1)))
        self.assertTrue(support.is_rounded_root(parsum.std(view), support.exact_variance(view.flat, 1)))

    def test_numpy_agrees_where_nothing_is_rounded(self):
        array = np.random.default_rng(1).integers(-2**15, 2**15, size=(300, 400)).astype(float)
        self.assertEqual(parsum.fsum(array), array.sum())
        self.assertEqual(parsum.dot(array, array), np.vdot(array, array))
        self.assertEqual(parsum.dot(array.T, array.T), np.vdot(array, array))
        self.assertEqual(parsum.norm(array), math.sqrt(np.vdot(array, array)))
        small = array[:16, :64]
        self.assertEqual(parsum.var(small, ddof=0), float(support.exact_variance(small.flat, 0)))
        self.assertAlmostEqual(parsum.var(array, ddof=0) / np.var(array), 1, 12)
        self.assertAlmostEqual(parsum.std(array) / np.std(array, ddof=1), 1, 12)

    def test_an_element_that_stands_for_many(self):
        self.assertEqual(parsum.fsum(np.broadcast_to(0.1, (1000, 1000))), float(10**6 * Fraction(0.1)))
        row = np.broadcast_to(np.array([0.1, 0.2, 0.3]), (1000, 3))
        self.assertEqual(parsum.fsum(row), float(1000 * sum(map(Fraction, [0.1, 0.2, 0.3]))))
        self.assertEqual(parsum.dot(row, np.ones((1000, 3))), parsum.fsum(row))

    def test_no_axes_and_no_elements(self):
        self.assertEqual(parsum.fsum(np.array(2.5)), 2.5)
        self.assertEqual(parsum.fsum(np.float64(2.5)), 2.5)
        for shape in (0,), (3, 0), (0, 3, 2):
            self.assertEqual(parsum.fsum(np.zeros(shape)), 0.0)
            self.assertEqual(parsum.dot(np.zeros(shape), np.zeros(shape)), 0.0)
            self.assertRaises(ValueError, parsum.mean, np.zeros(shape))
            self.assertRaises(ValueError, parsum.var, np.zeros(shape))
        self.assertRaises(ValueError, parsum.dot, np.zeros((0, 3)), np.zeros((3, 0)))

    def test_memory_that_is_read_only(self):
        array = hard((5, 6))
        array.flags.writeable = False
        self.assertEqual(parsum.fsum(array[:, ::2]), support.exact_sum(array[:, ::2].flat))

    def test_views_are_not_copied(self):
        array = np.ones((1000, 1000))
        views_of = array, array[::-1, ::2], array.T, array[1:-1, 1:-1], array[:, 7]
        for function in parsum.fsum, parsum.norm, parsum.mean, parsum.var, lambda a: parsum.dot(a, a):
            for view in views_of:
                function(view[:3])  # what is made once
                tracemalloc.start()
                function(view)
                _, most = tracemalloc.get_traced_memory()
                tracemalloc.stop()
                self.assertLess(most, 40_000)


class Elements(unittest.TestCase):
    def test_the_other_order_of_bytes(self):
        array = hard((20, 30))
        for order in "<f8", ">f8", "=f8":
            other = array.astype(order)
            self.assertEqual(parsum.fsum(other), support.exact_sum(array.flat))
            self.assertEqual(parsum.fsum(other[::2, ::-3]), support.exact_sum(array[::2, ::-3].flat))
            self.assertEqual(parsum.dot(other, array.T.copy().T), exact_dot(array, array))

    def test_shorter_floats_and_integers(self):
        numbers = [[0.1, 1.5, -3], [65504, 2.0**-24, 7]]
        for kind in "f2", "f4", ">f2", ">f4":
            array = np.array(numbers, kind)
            self.assertEqual(parsum.fsum(array), support.exact_sum(float(x) for x in array.flat))
            self.assertEqual(parsum.var(array[:, ::2]), float(support.exact_variance(
                [float(x) for x in array[:, ::2].flat], 1)))
        for kind in "?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", ">i4", ">i8", ">u8":
            array = np.array([[0, 1, 1], [1, 0, 1]], kind)
            self.assertEqual(parsum.fsum(array[:, 1:]), 3.0, kind)
            self.assertEqual(parsum.dot(array, array[:, ::-1].astype(float)), 3.0, kind)

    def test_integers_of_64_bits_are_exact(self):
        times = np.arange(1_700_000_000_123_456_789, 1_700_000_000_123_456_789 + 50_000 * 3, 3)
        exact = [int(x) for x in times]
        for array in times, times[::-1], times.astype(">i8"), times.astype("u8"), times.reshape(100, 500).T:
            self.assertEqual(parsum.fsum(array), float(sum(exact)))
            self.assertEqual(parsum.mean(array), float(Fraction(sum(exact), len(exact))))
        self.assertEqual(parsum.var(times[:1000]), float(support.exact_variance(exact[:1000], 1)))
        self.assertEqual(parsum.dot(times[:9], times[:9] * 0.5),
                         float(sum(x * Fraction(float(x) * 0.5) for x in exact[:9])))

    def test_objects_and_long_doubles(self):
        objects = np.array([[Fraction(1, 4), 1], [2**70, -2**70]], object)
        self.assertEqual(parsum.fsum(objects), 1.25)
        self.assertRaises(ValueError, parsum.fsum, np.array([Fraction(1, 3)], object))
        long = np.array([[1.5, 2], [3, 4]], np.longdouble)
        self.assertEqual(parsum.fsum(long[:, ::-1]), 10.5)
        if np.finfo(np.longdouble).nmant > 52:
            self.assertRaises(ValueError, parsum.fsum, long + np.longdouble(2)**-60)

    def test_elements_that_are_no_real_numbers(self):
        for array in (np.array([1j]), np.array(["1"]), np.array([b"1"]), np.array(["2020-01-01"], "M8[s]"),
                      np.array([5], "m8[s]"), np.zeros(2, [("x", "f8"), ("y", "f8")]),
                      np.array([None], object)):
            for function in parsum.fsum, parsum.mean, parsum.var, parsum.norm:
                with self.assertRaisesRegex(TypeError, "real number", msg=array.dtype):
                    function(array)

    def test_masked_arrays_are_refused(self):
        masked = np.ma.masked_array([1.0, 2.0], mask=[False, True])
        self.assertRaisesRegex(TypeError, "compressed", parsum.fsum, masked)
        self.assertEqual(parsum.fsum(masked.compressed()), 1.0)

    def test_a_field_where_no_double_may_lie(self):
        packed = np.zeros(5, [("name", "S1"), ("value", "f8")])
        packed["value"] = [0.1, 0.2, 0.3, 1e100, -1e100]
        self.assertEqual(parsum.fsum(packed["value"]), support.exact_sum([0.1, 0.2, 0.3]))
        aligned = np.zeros(5, [("name", "i8"), ("value", "f8")])
        aligned["value"] = [0.1, 0.2, 0.3, 1e100, -1e100]
        self.assertEqual(parsum.fsum(aligned["value"]), support.exact_sum([0.1, 0.2, 0.3]))

    def test_what_has_an_array_is_asked_for_it(self):
        class Column:
            def __init__(self, array):
                self.array = array

            def __array__(self, *_):
                return self.array

        self.assertEqual(parsum.fsum(Column(np.array([[1.0, 2.0], [3.0, 4.0]]))), 10.0)
        self.assertRaises(TypeError, parsum.fsum, Column(np.array(["2020-01-01"], "M8[s]")))

    def test_scalars_within_iterables(self):
        self.assertEqual(parsum.fsum([np.float64(0.5), np.float32(0.25), np.int64(2**62), np.uint8(1),
                                      np.bool_(True)]), float(2**62 + Fraction(11, 4)))
        self.assertRaises(TypeError, parsum.fsum, [np.complex128(1)])
        self.assertRaises(TypeError, parsum.fsum, [np.array([1.0, 2.0])])


class Sums(unittest.TestCase):
    def test_arrays_are_added_and_subtracted_on_both_sides(self):
        array = hard((6, 7))
        total = parsum.Sum(array)
        total += array[:, ::2]
        total -= array
        self.assertEqual(float(total), support.exact_sum(array[:, ::2].flat))
        for made in array + parsum.Sum(1), parsum.Sum(1) + array:
            self.assertIsInstance(made, parsum.Sum)
            self.assertEqual(float(made), support.exact_sum([1.0, *array.flat]))
        self.assertEqual(np.float64(0.5) + parsum.Sum(1), 1.5)
        self.assertEqual(parsum.Sum(1) - np.int64(3), -2)

    def test_products_of_views(self):
        a, b = hard((5, 6), 1), hard((5, 6), 2)
        total = parsum.Sum()
        total.add_products(a[:, 1:], b[:, :-1])
        self.assertEqual(float(total), exact_dot(a[:, 1:], b[:, :-1]))

    def test_an_array_is_not_equal_to_a_sum(self):
        self.assertFalse(parsum.Sum(1.0) == np.array([1.0]))


class Runs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(support.own_cache().cleanup)

    def test_arrays_are_read_where_they_lie(self):
        numbers = [[1, 0, 1], [0, 1, 0]]
        for kind in "?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", ">i4", ">f8", ">u2":
            array = np.array(numbers, kind)
            for view in array, array[:, ::-1], np.asfortranarray(array), array[::-1]:
                result = parsum.run("x[0][i] + 10*x[1][i] + 100*x_n", [1, 2, 3], data={"x": view})
                expected = np.cumsum(view[0] + 10.0 * view[1] + 200.0)
                self.assertTrue((result["sum"] == expected).all(), kind)
            self.assertEqual(parsum.run("x[i]", data={"x": array[0, ::2]}).totals["sum"], 2)
        array = np.zeros(3)
        array.flags.writeable = False
        self.assertEqual(parsum.run("x[i]", data={"x": array}).totals["sum"], 0.0)
        for wrong in (np.zeros((2, 2, 2)), np.array(1.5), np.array([1j]), np.zeros(2, "f2"), np.zeros(2, np.longdouble),
                      np.array(["1"]), np.array(["2020-01-01"], "M8[s]"), np.ma.masked_array([1.0], mask=[True])):
            self.assertRaises(TypeError, parsum.run, "1", data={"x": wrong})
        self.assertRaises(ValueError, parsum.run, "1", data={"x": np.zeros((2, 0))})

    def test_long_arrays_may_begin_anywhere(self):
        for kind in "f4", "f8":
            numbers = np.random.default_rng(3).uniform(-1, 1, 20000).astype(kind)
            for first in range(17):
                exact = math.fsum(map(float, numbers[first:]))
                self.assertEqual(parsum.run("x[i]", data={"x": numbers[first:]}).totals["sum"], exact)
                self.assertEqual(parsum.run("x[i]", (first, 20000), data={"x": numbers}).totals["sum"], exact)

    def test_large_arrays_are_not_copied(self):
        x, jobs = np.ones((1000, 1000)), np.array([[0, 10]] * 100_000)
        columns = {"a": np.ones(100_000), "b": np.ones(100_000, int)}
        keywords = {"data": {"x": x}, "columns": columns, "by": "i % 2"}
        parsum.run("x[i][0] + a*b", jobs, **keywords)  # what is made once
        tracemalloc.start()
        parsum.run("x[i][0] + a*b", jobs, **keywords)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        self.assertLess(most, 100_000)

    def test_jobs_and_columns_may_be_arrays(self):
        pairs = np.array([[0, 10], [5, 7], [3, 3]])
        for jobs in pairs, pairs.astype("i4"), pairs.astype(">i8"), pairs.astype("u8"), pairs[::-1][::-1], \
                pairs.astype(float), list(pairs), [tuple(pair) for pair in pairs]:
            result = parsum.run("a*i", jobs, columns={"a": np.array([1, 2, 3], "u1")})
            self.assertEqual(result["sum"].tolist(), [45, 22, 0])
            self.assertEqual(result["sum"].dtype, np.int64)
            self.assertTrue((result.jobs == pairs).all())
        self.assertEqual(parsum.run("i", np.array([3, 4]))["sum"].tolist(), [3, 6])
        self.assertEqual(parsum.run("i", np.int64(4)).totals["sum"], 6)
        self.assertEqual(parsum.run("i", (np.uint8(3), np.float64(5))).totals["sum"], 7)
        self.assertEqual(parsum.run("i", np.zeros((0, 2), int))["sum"].tolist(), [])
        for numbers in np.array([1, 2, 4])[::-2], np.array([4, 1.0], "f4"), np.array([4, 1], ">i2"):
            self.assertEqual(parsum.run("a", [1, 2], columns={"a": numbers})["sum"].tolist(), [4, 2])
        for wrong in np.zeros((3, 3), int), np.array([1.5]), np.array(["1"]), np.array([2**63], "u8"):
            self.assertRaises((TypeError, ValueError), parsum.run, "i", wrong)

    def test_results_are_arrays_where_64_bits_hold_them(self):
        result = parsum.run("i*0.5", [3, 0], reduce=["sum", "mean", "max", "count"])
        for name, kind in ("sum", "f8"), ("mean", "f8"), ("max", "f8"), ("count", "i8"):
            self.assertEqual(result[name].dtype, kind)
        self.assertTrue(np.isnan(result["mean"][1]))
        result["sum"][0] = 7  # it is the caller's
        self.assertEqual(parsum.run("(__int128)1 << 80", 3)["sum"], [3 << 80])
        self.assertEqual(parsum.run("i", [3, 0], reduce="min")["min"], [0, None])
        table = parsum.run("i*1.5", 10, by="(uint64_t)-(i % 2)")
        self.assertEqual((table.keys.dtype, table.keys.tolist()), (np.uint64, [0, 2**64 - 1]))
        listed = parsum.run(list="i % 4 == 3", jobs=10)
        self.assertEqual((listed.hits.tolist(), listed.jobs.tolist()), ([3, 7], [[0, 10], [0, 10]]))
        self.assertEqual(parsum.run(list="i > 10", jobs=10).jobs.shape, (0, 2))

    def test_functions_of_numba_are_terms(self):
        try:
            from numba import cfunc
        except ImportError:
            self.skipTest("no numba")
        inverse = cfunc("float64(int64, voidptr)")(lambda i, context: 1 / i)
        cube = cfunc("int64(int64, voidptr)")(lambda i, context: i**3)
        self.assertEqual(parsum.loop(inverse, 1, 5000, threads=2), parsum.run("1.0/i", (1, 5000)).totals["sum"])
        self.assertEqual(parsum.loop(cube, -5, 1000), sum(i**3 for i in range(-5, 1000)))
        self.assertRaises(TypeError, parsum.loop, cfunc("float64(float64, voidptr)")(lambda x, context: x), 0, 5)


if __name__ == "__main__":
    unittest.main()
