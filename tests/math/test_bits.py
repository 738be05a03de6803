"""Parsum's mathematical functions have the same bits whatever compiles them, and however: GCC and Clang, -O0
to -O3, for any CPU, for one with AVX2 and for this one, as vectors and one by one. hashes.c makes a hash of
100,000 results of each; here is what they are. With --all every compiler is tried in every way, and
aarch64 by a cross compiler and qemu.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = os.environ.get("PARSUM_SOURCE_DIR", ".")

HASHES = """
exp b6538aff4c7d9fdc
exp2 8dbc5878720ba48e
expm1 d0765be3976d31d6
log cfb2d53d0845b9e9
log2 f411fc999106be00
log10 9b5b12c5177c4250
log1p 3f36675b5c283f7f
pow 45cc90fcbf8ebe94
cbrt dd36d85d9b8c045e
hypot 03aea68854c7fd33
sin 0ba91649bc615552
cos 01fecba3fefb9ac2
tan 049f9889e2eb45f6
asin d1af22a44f6a2dff
acos af87d63feca9a0ab
atan 7494f02c78f39990
atan2 f20d8e1b6b6c6b64
sinh 00eb4c36e38a30ed
cosh cfee9164315d4173
tanh 10a0b5d86f06303a
erf f14c6c9dc33c5bb6
erfc 4df2cc0ca587e05c
"""

GCC, CLANG = "gcc", "clang"
WAYS = [(GCC, "-O0", "x86-64"), (GCC, "-O1", "haswell"), (GCC, "-O2", "native"), (GCC, "-O3", "x86-64"),
        (GCC, "-O3", "haswell"), (GCC, "-O3", "native"), (CLANG, "-O0", "native"), (CLANG, "-O2", "x86-64"),
        (CLANG, "-O3", "native")]
ALL = "--all" in sys.argv
CROSS, EMULATOR = "aarch64-linux-gnu-gcc", "qemu-aarch64"
if ALL:
    sys.argv.remove("--all")
    WAYS = [(compiler, level, cpu) for compiler in (GCC, CLANG, "clang-19")
            for level in ("-O0", "-O1", "-O2", "-O3") for cpu in ("x86-64", "x86-64-v2", "haswell", "native")]
FLAGS = ["-std=gnu17", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-I", os.path.join(SOURCE, "src")]


def has_avx2():
    with open("/proc/cpuinfo", encoding="ascii") as file:
        return " avx2 " in file.read()


class Bits(unittest.TestCase):
    def hashes(self, *command, under=()):
        """What hashes.c says, compiled by the command, and run by itself or under an emulator."""
        with tempfile.TemporaryDirectory() as place:
            program = os.path.join(place, "hashes")
            subprocess.run([*command[:1], *FLAGS, *command[1:],
                            os.path.join(SOURCE, "tests", "math", "hashes.c"), "-o", program, "-lm"],
                           check=True)
            return subprocess.run([*under, program], check=True, stdout=subprocess.PIPE,
                                  text=True).stdout.strip()

    def test_all_ways_have_the_same_bits(self):
        for compiler, level, cpu in WAYS:
            if shutil.which(compiler) and (cpu != "haswell" or has_avx2()):
                with self.subTest(compiler=compiler, level=level, cpu=cpu):
                    self.assertEqual(self.hashes(compiler, level, f"-march={cpu}",
                                                 "-mprefer-vector-width=512"), HASHES.strip())

    @unittest.skipUnless(ALL and shutil.which(CROSS) and shutil.which(EMULATOR), "no --all, or no tools")
    def test_aarch64_has_the_same_bits(self):
        for level in "-O0", "-O2", "-O3":
            with self.subTest(level=level):
                self.assertEqual(self.hashes(CROSS, level, "-static", under=[EMULATOR]), HASHES.strip())

    @unittest.skipUnless(shutil.which(GCC) and has_avx2(), "no GCC, or no FMA")
    def test_contracted_products_have_others(self):
        """So the hashes can tell."""
        self.assertNotEqual(self.hashes(GCC, "-O2", "-march=haswell", "-ffp-contract=fast"),
                            HASHES.strip())


if __name__ == "__main__":
    unittest.main()
