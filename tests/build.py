"""build: CMake with unusual options and in unusual places."""
import os
import shutil
import subprocess
import tempfile
import unittest

CMAKE = os.environ.get("PARSUM_CMAKE", "cmake")
SOURCE = os.environ.get("PARSUM_SOURCE_DIR") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FAST = ["-DCMAKE_BUILD_TYPE=Debug", "-DPARSUM_TESTS=OFF"]
ALONE = [*FAST, "-DPARSUM_MPI=OFF", "-DPARSUM_OPENMP=OFF"]


def run(*command, cwd=None, **environment):
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          env={**os.environ, "CFLAGS": "", "LDFLAGS": "", **environment})
    return done.returncode, done.stdout.decode("utf-8", "replace")


class Build(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = place.name
        self.directory = os.path.join(place.name, "build")

    def configure(self, *options, **environment):
        status, said = run(CMAKE, "-S", SOURCE, "-B", self.directory, *options, **environment)
        return status, " ".join(said.split())

    def refuse(self, option, words, **environment):
        with self.subTest(**environment):
            status, said = self.configure(*ALONE, "-DCMAKE_C_FLAGS_DEBUG=-O2", **environment)
            self.assertEqual(status, 1, said[-500:])
            self.assertIn(option, said)
            self.assertIn(words, said)
            self.assertIn("CFLAGS", said)
            shutil.rmtree(self.directory)

    def test_options_with_which_sums_would_be_wrong_are_refused(self):
        for option in ("-ffast-math", "-Ofast", "-funsafe-math-optimizations", "-freciprocal-math",
                       "-fassociative-math", "-ffinite-math-only"):
            self.refuse(option, "sums of doubles would be wrong", CFLAGS="-g " + option + " -Wall")
        compiler = os.environ.get("CC", "cc")
        self.refuse("-ffast-math", "sums of doubles would be wrong", LDFLAGS="-ffast-math")
        self.refuse("-Ofast", "sums of doubles would be wrong", CC=compiler + " -Ofast")

    def test_they_are_seen_too_where_they_are_not_written(self):
        path = os.path.join(self.place, "options")
        with open(path, "w", encoding="ascii") as file:
            file.write("-ffast-math")
        self.refuse(path, "sums of doubles would be wrong", CFLAGS="@" + path)

    def test_a_static_program_is_refused(self):
        for environment in ({"CFLAGS": "-static"}, {"LDFLAGS": "-static"}):
            self.refuse("-static", "cannot load terms", **environment)

    def test_harmless_options_are_taken(self):
        status, said = self.configure(*ALONE, CFLAGS="-fno-math-errno -ffp-contract=fast -static-libgcc")
        self.assertEqual(status, 0, said[-500:])

    def test_a_build_that_was_good_is_checked_anew(self):
        self.assertEqual(self.configure(*ALONE)[0], 0)
        self.assertEqual(self.configure("-DCMAKE_C_FLAGS=-ffast-math")[0], 1)
        self.assertEqual(self.configure("-DCMAKE_C_FLAGS=")[0], 0)

    def test_flags_are_kept_as_they_are(self):
        for flags, kept in (('-DX="a b"', '-DX="a b"'), ("-DX='\"a\\\\b\"'", "-DX='\"a\\\\b\"'"),
                            ("-DX=a\\;b", "-DX=a\\;b"), ("-DX='#y'", "-DX='#y'"),
                            ("-DX='$HOME'", "-DX='$HOME'"), ("-DX='a\"b'", "-DX='a\"b'"),
                            ('-DX="%s @PROJECT_NAME@ ${PROJECT_NAME}"',
                             '-DX="%s @PROJECT_NAME@ ${PROJECT_NAME}"'),
                            ("-DX=1\n-DY=2", "-DX=1 -DY=2")):
            with self.subTest(flags=flags):
                status, said = self.configure(*ALONE, CFLAGS=flags)
                self.assertEqual(status, 0, said[-500:])
                status, said = run("make", "-C", self.directory, "src/base/machine.c.o")
                self.assertEqual(status, 0, said[-500:])
                name = "CMakeFiles/parsum_rooms.dir/src/base/machine.c.o"
                with open(os.path.join(self.directory, name), "rb") as file:
                    self.assertIn(kept.encode() + b" -g", file.read())
                shutil.rmtree(self.directory)

    def test_it_builds_and_is_installed_where_paths_have_blanks_and_quotes(self):
        """And what scripts/run builds is all that is installed: --mpi has its program too."""
        source = os.path.join(self.place, "it's a $source (copy)")
        shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("build", ".git"))
        build, prefix = os.path.join(source, "build", "x y"), os.path.join(self.place, "in 'here'")
        status, said = run(CMAKE, "-S", source, "-B", build, *FAST, CFLAGS='-DX="a b"')
        self.assertEqual(status, 0, said[-500:])
        status, said = run(CMAKE, "--build", build, "--target", "parsum", "--parallel", "2")
        self.assertEqual(status, 0, said[-500:])
        status, said = run(CMAKE, "--install", build, "--prefix", prefix)
        self.assertEqual(status, 0, said[-500:])
        program = os.path.join(prefix, "bin", "parsum")
        status, said = run(program, "--version")
        self.assertIn('-DX="a b"', said)
        self.assertEqual("MPI no" not in said, os.path.exists(program + "-mpi"), said)


if __name__ == "__main__":
    unittest.main()
