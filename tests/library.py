"""libparsum: what it exports, and what it may not do to a process that is not its own."""
import os
import re
import shutil
import subprocess
import unittest

BUILD = os.environ["PARSUM_BUILD_DIR"]
FORBIDDEN = """exit atexit at_quick_exit quick_exit abort umask setlocale uselocale setenv putenv unsetenv
getopt getopt_long perror stdout stderr printf vprintf puts putchar signal raise_default alarm
pthread_sigmask""".split()
FOR_THE_CHILD = {"sigaction", "sigprocmask", "raise", "kill", "_exit"}


# The introduction of parsum.h, in what C and C++ have in common.
PROGRAM = r"""
#include <parsum.h>
#include <stdio.h>

int main(void)
{
    const double x[] = {1e100, 1.0, -1e100};
    struct parsum_sum sum = PARSUM_SUM_ZERO;
    parsum_add(&sum, 0.1);
    parsum_add_array(&sum, 3, x, 1);
    parsum_subtract(&sum, 1.0);
    return printf("%s %g %g\n", parsum_version(), parsum_array_sum(0, 3, x, 1), parsum_value(&sum)) < 0;
}
"""


def symbols(name, *options):
    listed = subprocess.run(["nm", *options, os.path.join(BUILD, name)], capture_output=True, text=True,
                            check=True).stdout
    return {line.split()[-1].partition("@")[0] for line in listed.splitlines() if line.split()[1:]}


def declared():
    """The functions that parsum.h declares."""
    with open(os.path.join(os.environ["PARSUM_SOURCE_DIR"], "src", "parsum.h"), encoding="ascii") as file:
        return set(re.findall(r"^PARSUM_API [^(]*\b(parsum_\w+)\(", file.read(), re.M))


class Library(unittest.TestCase):
    def test_what_is_exported_is_what_the_header_declares(self):
        for name, options in (("libparsum.so", ["-D", "--defined-only"]),
                              ("libparsum.a", ["-g", "--defined-only"])):
            # Locks that Clang shares between all OpenMP code of a process are names of its own.
            exported = {symbol for symbol in symbols(name, *options)
                        if not symbol.endswith(":") and not symbol.startswith(".gomp_")}
            self.assertEqual(exported, declared())

    def test_the_process_stays_its_hosts(self):
        for name, options in (("libparsum.so", ["-D", "--undefined-only"]),
                              ("libparsum.a", ["-u"])):
            self.assertEqual(symbols(name, *options) & set(FORBIDDEN), set(), name)

    def test_only_a_child_has_to_do_with_signals(self):
        objects = os.path.join(BUILD, "CMakeFiles", "parsum_rooms.dir", "src")
        users = set()
        for directory, _, files in os.walk(objects):
            for name in files:
                path = os.path.join(directory, name)
                if path.endswith(".o") and symbols(path, "-u") & FOR_THE_CHILD:
                    users.add(os.path.relpath(path, objects))
        self.assertEqual(users, {"base/child.c.o"})

    def test_a_program_links_to_either(self):
        include = os.path.join(os.environ["PARSUM_SOURCE_DIR"], "src")
        program = os.path.join(BUILD, "use")
        for compiler, ending in ((os.environ.get("PARSUM_C_COMPILER", "cc"), "c"), ("c++", "cpp")):
            if not shutil.which(compiler):
                continue
            source = f"{program}.{ending}"
            with open(source, "w", encoding="ascii") as file:
                file.write(PROGRAM)
            for libraries in ([f"-L{BUILD}", "-lparsum", f"-Wl,-rpath,{BUILD}"],
                              [os.path.join(BUILD, "libparsum.a"), "-lm", "-ldl", "-lpthread",
                               *os.environ.get("PARSUM_OPENMP_FLAGS", "").split()]):
                if compiler == "c++" and "-fopenmp=libomp" in libraries:
                    continue  # the C++ compiler may be another one's
                subprocess.run([compiler, "-Wall", "-Wextra", "-pedantic", "-Werror", "-I", include, source,
                                "-o", program, *libraries], check=True)
                told = subprocess.run([program], capture_output=True, text=True, check=True).stdout
                self.assertRegex(told, re.compile(r"\A\d+\.\d+\.\d+ 1 0\.1\n\Z"))


if __name__ == "__main__":
    unittest.main()
