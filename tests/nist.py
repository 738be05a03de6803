"""libparsum and parsum on data of which NIST has certified mean and standard deviation: StRD, univariate sets.

Data and certified values: NIST Statistical Reference Datasets, https://www.itl.nist.gov/div898/strd/,
doi 10.18434/T43G6C, as the files of data/NIST in mathnet/mathnet-numerics on GitHub hold them. The sets
NumAcc2 to NumAcc4 are made as their descriptions say. Certified values belong to decimal numbers, so they
are met as far as the data, rounded to doubles, allow; `digits` says how far that is.
"""
import csv
import ctypes
import os
import subprocess
import tempfile
import unittest

LIBRARY = ctypes.CDLL(os.path.join(os.environ["PARSUM_BUILD_DIR"], "libparsum.so"))
for name in "mean", "deviation":
    function = getattr(LIBRARY, "parsum_array_" + name)
    function.restype = ctypes.c_double
    function.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.POINTER(ctypes.c_double), ctypes.c_ssize_t,
                         *([ctypes.c_size_t] if name == "deviation" else [])]

LEW = """-213 -564 -35 -15 141 115 -420 -360 203 -338 -431 194 -220 -513 154 -125 -559 92 -21 -579 -52 99 -543
-175 162 -457 -346 204 -300 -474 164 -107 -572 -8 83 -541 -224 180 -420 -374 201 -236 -531 83 27 -564 -112
131 -507 -254 199 -311 -495 143 -46 -579 -90 136 -472 -338 202 -287 -477 169 -124 -568 17 48 -568 -135 162
-430 -422 172 -74 -577 -13 92 -534 -243 194 -355 -465 156 -81 -578 -64 139 -449 -384 193 -198 -538 110 -44
-577 -6 66 -552 -164 161 -460 -344 205 -281 -504 134 -28 -576 -118 156 -437 -381 200 -220 -540 83 11 -568
-160 172 -414 -408 188 -125 -572 -32 139 -492 -321 205 -262 -504 142 -83 -574 0 48 -571 -106 137 -501 -266
190 -391 -406 194 -186 -553 83 -13 -577 -49 103 -515 -280 201 300 -506 131 -45 -578 -80 138 -462 -361 201
-211 -554 32 74 -533 -235 187 -372 -442 182 -147 -566 25 68 -535 -244 194 -351 -463 174 -125 -570 15 72 -550
-190 172 -424 -385 198 -218 -536 96"""

MICHELSO = """299.85 299.74 299.90 300.07 299.93 299.85 299.95 299.98 299.98 299.88 300.00 299.98 299.93 299.65
299.76 299.81 300.00 300.00 299.96 299.96 299.96 299.94 299.96 299.94 299.88 299.80 299.85 299.88 299.90
299.84 299.83 299.79 299.81 299.88 299.88 299.83 299.80 299.79 299.76 299.80 299.88 299.88 299.88 299.86
299.72 299.72 299.62 299.86 299.97 299.95 299.88 299.91 299.85 299.87 299.84 299.84 299.85 299.84 299.84
299.84 299.89 299.81 299.81 299.82 299.80 299.77 299.76 299.74 299.75 299.76 299.91 299.92 299.89 299.86
299.88 299.72 299.84 299.85 299.85 299.78 299.89 299.84 299.78 299.81 299.76 299.81 299.79 299.81 299.82
299.85 299.87 299.87 299.81 299.74 299.81 299.94 299.95 299.80 299.81 299.87"""

MAVRO = """2.00180 2.00170 2.00180 2.00190 2.00180 2.00170 2.00150 2.00140 2.00150 2.00150 2.00170 2.00180
2.00180 2.00190 2.00190 2.00210 2.00200 2.00160 2.00140 2.00130 2.00130 2.00150 2.00150 2.00160 2.00150
2.00140 2.00130 2.00140 2.00150 2.00140 2.00150 2.00160 2.00150 2.00160 2.00190 2.00200 2.00200 2.00210
2.00220 2.00230 2.00240 2.00250 2.00270 2.00260 2.00260 2.00260 2.00270 2.00260 2.00250 2.00240"""


def read(text):
    return [float(word) for word in text.split()]


# {name: (data, certified mean, certified deviation, digits)}
SETS = {
    "Lew": (read(LEW), -177.435000000000, 277.332168044316, 14),
    "Michelso": (read(MICHELSO), 299.852400000000, 0.0790105478190518, 13),
    "Mavro": (read(MAVRO), 2.00185600000000, 0.000429123454003053, 12),
    "NumAcc1": ([10000001.0, 10000003.0, 10000002.0], 10000002, 1, 14),
    "NumAcc2": ([1.2, *500 * [1.1, 1.3]], 1.2, 0.1, 14),
    "NumAcc3": ([1000000.2, *500 * [1000000.1, 1000000.3]], 1000000.2, 0.1, 9),
    "NumAcc4": ([10000000.2, *500 * [10000000.1, 10000000.3]], 10000000.2, 0.1, 8),
}


class Nist(unittest.TestCase):
    def certify(self, name, got_mean, got_deviation):
        _, mean, deviation, digits = SETS[name]
        self.assertLessEqual(abs(got_mean - mean), 2e-15 * abs(mean), name)
        self.assertLessEqual(abs(got_deviation - deviation), 10.0**-digits * deviation, name)

    def test_the_sets_are_whole(self):
        self.assertEqual([len(data) for data, *_ in SETS.values()], [200, 100, 50, 3, 1001, 1001, 1001])

    def test_the_library(self):
        for name, (data, *_) in SETS.items():
            x = (ctypes.c_double * len(data))(*data)
            for threads in 1, 2:
                self.certify(name, LIBRARY.parsum_array_mean(threads, len(data), x, 1),
                             LIBRARY.parsum_array_deviation(threads, len(data), x, 1, 1))

    def test_the_command(self):
        """All sets as one table of a C file, each a job."""
        table, jobs = [], []
        for data, *_ in SETS.values():
            jobs.append(f"{len(table)}:{len(table) + len(data)}")
            table += data
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "table.c")
            with open(path, "w", encoding="ascii") as file:
                file.write(f"static const double x[] = {{{','.join(map(float.hex, table))}}};\n")
            done = subprocess.run([os.environ["PARSUM"], "-f", path, "-e", "x[i]", "--reduce", "mean,sd",
                                   "--format", "csv", *jobs], capture_output=True, text=True, check=True)
        rows = list(csv.DictReader(done.stdout.splitlines()))
        for name, row in zip(SETS, rows, strict=True):
            self.certify(name, float(row["mean"]), float(row["sd"]))


if __name__ == "__main__":
    unittest.main()
