"""Compiling, saving and loading terms: errors, crashes, and what is left behind."""
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from program import PARSUM, Case, environment, run

COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]


class Term(Case):
    """A test with a directory of its own, in which there is one for temporary files."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.temporary = os.path.join(self.directory, "temporary")
        os.mkdir(self.temporary)

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.directory, name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def run_here(self, *arguments, **changes):
        """Runs parsum with the temporary directory, which must be empty afterwards."""
        result = run(*arguments, TMPDIR=self.temporary, **changes)
        self.assertEqual(os.listdir(self.temporary), [])
        return result


# What LLVM's OpenMP left in /dev/shm for processes that had the same number would have it look into /proc.
WITHOUT_PROC = ["unshare", "-m", "sh", "-c",
                'mount -t tmpfs none /proc && mount -t tmpfs none /dev/shm && "$@" && ls /dev/shm', "sh"]


def can_hide_proc():
    return bool(shutil.which("unshare")) and subprocess.run(
        [*WITHOUT_PROC, "true"], capture_output=True, check=False).returncode == 0


class Inlined(Term):
    @unittest.skipUnless(shutil.which("gcc") and shutil.which("nm"), "no GCC")
    def test_a_function_of_a_file_is_a_part_of_the_loop_that_calls_it(self):
        text = ("static double f(double x)\n{\n    double y = sin(x) * cos(2 * x) + exp(-x) * cos(3 * x);\n"
                "    double z = sin(y) * cos(2 * y) + exp(-y) * cos(3 * y);\n    return y > 0 && z > 0 ? y : z;\n}\n")
        for called, head in (False, "__attribute__((noinline)) "), (True, ""):
            saved = os.path.join(self.directory, "t.so")
            result = self.run_here("-f", self.write("f.c", head + text), "-e", "f(i/7.0)", "--save-term", saved,
                                   PARSUM_CC="gcc")
            self.assertEqual((result.status, result.err), (0, ""))
            names = subprocess.run(["nm", saved], capture_output=True, text=True, check=True).stdout
            self.assertEqual(" f\n" not in names, called, names)


class Bare(Term):
    @unittest.skipUnless(can_hide_proc(), "no file system can be mounted here")
    def test_a_term_runs_where_there_is_no_proc(self):
        for options in (["-e", "i*i"], ["-e", "1.0/(i+1)", "--save-term", self.directory + "/t.so"],
                        ["-f", self.directory + "/t.so"]):
            done = subprocess.run([*WITHOUT_PROC, PARSUM, *options, "2", "--format", "csv"],
                                  capture_output=True, text=True, check=False,
                                  env=environment(TMPDIR=self.temporary))
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            lines = done.stdout.splitlines()
            self.assertIn(lines[1], ("1,0,2,1", "1,0,2,1.5"))
            self.assertNotIn("KMP", lines[-1])
        self.assertEqual(os.listdir(self.temporary), [])


class Errors(Term):
    def test_an_error_in_an_expression_shows_the_expression(self):
        for compiler in COMPILERS:
            for expression, column in (("i*j", 3), ("3+f(i)", 3), ("i +* * k", 8)):
                result = self.run_here("-e", expression, "9", PARSUM_CC=compiler)
                self.assertEqual((result.status, result.out), (2, ""))
                lines = result.err.splitlines()
                self.assertEqual(len(lines), 3)
                self.assertRegex(lines[0], r"\Aparsum: --term: \S")
                self.assertEqual(lines[1], "    " + expression)
                self.assertEqual(lines[2], " " * (3 + column) + "^")
            result = self.run_here("-e", "i==3=2", "9", PARSUM_CC=compiler)
            self.assertRegex(result.err, r"\Aparsum: --term: .*\n    i==3=2\n +\^\n\Z")
            for expression in ("i*(", "i)", "1 2", "#", "i /*", "i; j"):
                result = self.run_here("-e", expression, "9", PARSUM_CC=compiler)
                self.assertEqual((result.status, result.out), (2, ""))
                self.assertRegex(result.err, r"\Aparsum: --term")
                self.assertIn(expression, result.err)
                self.assertNotIn("parsum_", result.err)
                self.assertNotIn(self.temporary, result.err)

    def test_all_that_a_compiler_says_is_shown(self):
        lines = [f"int f{k}(void) {{ return {'unknown_' * 20}{k}; }}\n" for k in range(15)]
        path = self.write("bad.c", "".join(lines) + "int64_t term(int64_t i) { return i; }\n")
        for compiler in COMPILERS:
            result = self.run_here("-f", path, "9", PARSUM_CC=compiler)
            self.assertEqual((result.status, result.out), (2, ""))
            for k in range(15):
                self.assertIn(f"bad.c:{k + 1}:", result.err)
                self.assertIn(f"unknown_{k};", result.err)

    def test_what_a_compiler_quotes_is_shown_and_not_obeyed(self):
        name = "odd\u009b2J\u202e.c"
        self.write(name, 'int64_t term(int64_t i) { return joker + *"\u009b\033[2J"; }\n')
        for compiler in COMPILERS:
            result = self.run_here("-f", os.path.join(self.directory, name), "9",
                                   PARSUM_CC=compiler)
            self.assertEqual(result.status, 2)
            self.assertIn(r"odd\u009b2J\u202e.c:1:", result.err)
            self.assertIn("\n  ", result.err)
            for character in "\u009b\u202e\033":
                self.assertNotIn(character, result.err)

    def test_an_error_in_a_file_shows_the_file_as_it_was_named_and_the_line(self):
        self.write("bad.c",
                   "#include <math.h>\n\nint64_t term(int64_t i)\n{\n    return i * joker;\n}\n")
        there = os.getcwd()
        self.addCleanup(os.chdir, there)
        program = os.path.abspath(PARSUM)
        for compiler in COMPILERS:
            for name in ("bad.c", "./bad.c", os.path.join(self.directory, "bad.c")):
                done = subprocess.run([program, "-f", name, "9"], cwd=self.directory,
                                      capture_output=True, text=True,
                                      env=environment(PARSUM_CC=compiler, TMPDIR=self.temporary),
                                      check=False)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(f"parsum: {name} does not compile", done.stderr)
                self.assertIn(f"{name}:5:", done.stderr)
                self.assertIn("'joker'", done.stderr)
                self.assertNotIn("parsum_", done.stderr)
                self.assertNotIn(self.temporary, done.stderr)

    def test_a_directory_is_no_file(self):
        self.assert_refuses(self.run_here("-f", self.directory, "9"), self.directory,
                            "no ordinary file", "give a C file")

    def test_a_file_that_does_not_define_the_term(self):
        rows = [("int64_t other(int64_t i) { return i; }", "defines no function term"),
                ("int64_t term(int64_t i, int64_t j) { return i; }", "term"),
                ("int64_t term(int i) { return i; }", "does not take one int64_t"),
                ("double term(double x) { return x; }", "does not take one int64_t"),
                ("int64_t term(uint64_t i) { return i; }", "does not take one int64_t"),
                ("int64_t g(int64_t); int64_t term(int64_t i) { return g(i); }",
                 "undefined reference to `g'"),
                ("void term(int64_t i) { }", "no value"), ("", "defines no function term")]
        for compiler in COMPILERS:
            for text, reason in rows:
                with self.subTest(text=text):
                    path = self.write("bad.c", text + "\n")
                    result = self.run_here("-f", path, "9", PARSUM_CC=compiler)
                    self.assertEqual((result.status, result.out), (2, ""))
                    self.assertIn(path, result.err)
                    self.assertIn(reason, result.err)
                    self.assertNotIn(self.temporary, result.err)

    def test_a_file_whose_value_is_none(self):
        switch = "enum kind { A, B }; static int of(enum kind k) { switch (k) { case A: return 1; " \
                 "case B: return 2; } } int64_t term(int64_t i) { return of((enum kind)(i & 1)); }"
        for compiler in COMPILERS:  # GCC sees no difference to a function that returns nothing
            options = "" if compiler == "clang" else " -Wno-return-type"
            self.assertIn("sum is 12\n", self.run_here("-qf", self.write("switch.c", switch), "8",
                                                       PARSUM_CC=compiler + options).out)
        helper = "static int h(int x) { x++; } int64_t term(int64_t i) { return h(3) + i; }"
        some = "static int h(int x) { if (x) return 1; } int64_t term(int64_t i) { return h(3); }"
        for text, what in (("int64_t term(int64_t i) { i * i; }", "return"),
                           (helper, "-Wno-return-type in PARSUM_CC"), (some, "return"),
                           ("static int t[3]; int64_t term(int64_t i) { return t; }", "integer"),
                           ("term(int64_t i) { return i; }", "defaults to 'int'"),
                           ("int64_t term(int64_t i) { return i;", "brace")):
            path = self.write("none.c", text)
            for compiler in COMPILERS:
                result = self.run_here("-f", path, "9", PARSUM_CC=compiler)
                self.assertEqual((result.status, result.out), (2, ""))
                self.assertIn(what, result.err)

    def test_macros_of_a_file_are_its_own_affair(self):
        path = self.write("macros.c", """
            #define noinline __attribute__((noinline))
            #define unused __attribute__((unused))
            #define always_inline inline __attribute__((always_inline))
            #define visibility 1
            #define value 2
            static noinline unused int64_t help(int64_t x) { return x + value; }
            int64_t term(int64_t i) { return help(i); }
            #define i (k + 1)
            """)
        for compiler in COMPILERS:
            self.assertIn("sum is 44\n", self.run_here("-qf", path, "8", PARSUM_CC=compiler).out)

    def test_an_unknown_name_is_told_how_to_bind_it(self):
        for compiler in COMPILERS:
            self.assertIn("i is the variable; --let, --define and columns of the jobs bind other names",
                          self.run_here("-e", "N*i", "9", PARSUM_CC=compiler).err)

    def test_a_library_that_is_not_there_is_named(self):
        for compiler in COMPILERS:
            self.assert_refuses(self.run_here("-e", "i", "9", PARSUM_CC=f"{compiler} -lnowhere"),
                                "cannot find -lnowhere")

    def test_a_file_that_is_not_there(self):
        for name in ("nosuch.c", "nosuch.so"):
            self.assert_refuses(self.run_here("-f", os.path.join(self.directory, name), "9"), name,
                                "No such file")

    def test_a_file_whose_path_c_cannot_quote(self):
        self.assert_refuses(self.run_here("-f", self.write('a"b.c', ""), "9"), 'a"b.c', "rename it")

    def test_a_term_that_depends_on_more_than_i_is_found_by_a_comparison(self):
        path = self.write("k.c", "static int64_t k;\nint64_t term(int64_t i) { return i + k++; }\n")
        self.assert_refuses(self.run_here("--quiet", "--compare", "-t1", "-f", path, "9"),
                            "different sums", "depends on more than i", status=3)

    def test_options_that_do_not_go_together(self):
        for arguments, reason in ((["-e", ""], "empty"), (["-e", " "], "empty"),
                                  (["-D", "N=1"], "--define"),
                                  (["--wrap"], "--wrap"),
                                  (["--save-term", "x.so"], "--save-term")):
            self.assert_refuses(self.run_here(*arguments, "9"), reason)

    def test_no_compiler_names_the_packages_and_saved_terms(self):
        for changes in ({"PARSUM_CC": "nosuch-cc -O2"}, {"PARSUM_CC": " ", "CC": "nosuch-cc"},
                        {"PATH": self.directory, "PARSUM_CC": "", "CC": ""}):
            self.assert_refuses(self.run_here("-e", "i", "9", **changes), "no compiler",
                                "--save-term", "gcc", "clang",
                                "PARSUM_CC", status=1)

    def test_the_compiler_is_the_first_that_is_named_and_no_shell_is_asked(self):
        self.assertEqual(self.run_here("-qe", "i", "9", PARSUM_CC=COMPILERS[0],
                                       CC="nosuch").status, 0)
        self.assertEqual(self.run_here("-qe", "i", "9", PARSUM_CC="", CC="gcc").status, 0)
        trace = os.path.join(self.directory, "trace")
        for text in (f"{COMPILERS[0]};touch {trace}", f"gcc $(touch {trace})",
                     f"gcc `touch {trace}`", f"gcc | touch {trace}"):
            self.run_here("-e", "i", "9", PARSUM_CC=text)
        self.run_here("-e", f"i; $(touch {trace})", "9")
        self.assertFalse(os.path.exists(trace))

    def test_a_parent_that_ignores_its_children_is_no_reason_to_miss_the_compilers_end(self):
        before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        try:
            process = subprocess.Popen([PARSUM, "-q", "-e", "i*i", "10"], stdout=subprocess.PIPE,
                                       env=environment())
        finally:
            signal.signal(signal.SIGCHLD, before)
        self.assertIn(b" sum is 285\n", process.communicate()[0])

    def test_words_of_the_compiler_are_options(self):
        self.write("own.h", "#define TRIPLE(x) (3 * (x))\n")
        result = self.run_here("-qo", "json", "-e", "TRIPLE(i)", "9",
                               PARSUM_CC=f"{COMPILERS[0]} -I {self.directory} -include own.h")
        self.assertEqual(json.loads(result.out)["total"], "108")
        result = self.run_here("-e", "i", "9", PARSUM_CC=COMPILERS[0] + " --no-such-option")
        self.assert_refuses(result, "--no-such-option")

    def test_a_compiler_that_is_killed_is_not_the_fault_of_the_term(self):
        killed = self.write("killed-cc", "#!/bin/sh\n"
                            "echo 'gcc: fatal error: Killed signal terminated program cc1'; exit 1\n")
        os.chmod(killed, 0o755)
        for compiler in (killed, self.write("dying-cc", "#!/bin/sh\nkill -9 $$\n", 0o755)):
            self.assert_refuses(self.run_here("-e", "i", "9", PARSUM_CC=compiler),
                                "ended by a signal", "memory", status=1)

    def test_a_directory_that_may_not_hold_executable_files_is_named(self):
        with open("/proc/mounts") as mounts:
            noexec = [line.split()[1] for line in mounts if "noexec" in line.split()[3].split(",")]
        places = [place for place in noexec
                  if os.access(place, os.W_OK) and not place.startswith(("/proc", "/sys"))]
        mounted = os.path.join(self.directory, "noexec")
        os.mkdir(mounted)
        if os.geteuid() == 0 and subprocess.run(["mount", "-t", "tmpfs", "-o", "noexec", "tmpfs",
                                                 mounted],
                                                capture_output=True, check=False).returncode == 0:
            self.addCleanup(subprocess.run, ["umount", mounted], check=True)
            places.append(mounted)
        if not places:
            self.skipTest("no file system is mounted noexec here")
        for place in places:
            before = os.listdir(place)
            self.assert_refuses(run("-e", "i", "9", TMPDIR=place), place, "executable", "TMPDIR",
                                status=1)
            self.assertEqual(os.listdir(place), before)

    def test_a_directory_without_room_is_named(self):
        mounted = os.path.join(self.directory, "small")
        os.mkdir(mounted)
        for compiler in COMPILERS:
            for size in (40, 56, 72, 80):
                if os.geteuid() != 0 or subprocess.run(
                        ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", mounted],
                        capture_output=True, check=False).returncode != 0:
                    self.skipTest("no small file system can be mounted here")
                try:
                    result = run("-qe", "1.0/(i+1)", "10", TMPDIR=mounted, PARSUM_CC=compiler)
                    self.assertEqual(os.listdir(mounted), [])
                finally:
                    subprocess.run(["umount", mounted], check=True)
                self.assert_refuses(result, mounted, "TMPDIR", status=1)

    def test_a_directory_that_is_not_there_is_named(self):
        self.assert_refuses(run("-e", "i", "9", TMPDIR="/nosuch"), "/nosuch", "TMPDIR", status=1)


class Crashes(Term):
    def assert_crashes(self, expression, name, *arguments):
        """It dies by the signal that is named, or else ends with status 1."""
        status = -getattr(signal, name, -1)
        for compiler in COMPILERS:
            with self.subTest(expression=expression, compiler=compiler):
                result = self.run_here(*arguments, "-e", expression, "0", "100", PARSUM_CC=compiler)
                self.assert_refuses(result, name, "job 2", status=status, out=result.timeless)

    def test_a_wild_pointer(self):
        for arguments in ([], ["-s"], ["-t", "2", "-g", "1"]):
            self.assert_crashes("i < 50 ? i : *(int64_t *)(i * 8)", "SIGSEGV", *arguments)

    def test_a_null_pointer(self):
        self.assert_crashes("*(int64_t *)(i - i)", "SIGSEGV")

    def test_a_division_by_zero(self):
        for term in "i / (i - 50)", "i % (i - 50)":
            self.assert_refuses(self.run_here("-e", term, "100"), "SIGFPE", "i = 50;", status=1)

    def test_abort(self):
        self.assert_crashes("i < 50 ? i : (abort(), i)", "SIGABRT")

    def test_exit(self):
        self.assert_crashes("i < 50 ? i : (exit(0), i)", "by exit")
        self.assert_crashes("i < 50 ? i : (exit(0), i)", "by exit", "-t", "2", "-g", "1")
        self.assert_crashes("i < 50 ? i : (quick_exit(0), i)", "by exit")

    def test_a_second_process_ends_with_its_term(self):
        path = self.write("forks.c", """
            #include <unistd.h>
            int64_t term(int64_t i) { if (i == 50) fork(); return i; }
            """)
        result = self.run_here("-f", path, "100", "-t", "1")
        self.assertEqual((result.status, result.timeless.count("4950")), (0, 2))
        self.assertIn("went on in a second process (by fork)", result.err)

    def test_trouble_in_a_thread_of_the_term(self):
        for does, what in (("*x = *x * *x * *x", "overflows in the term at i = 2097152;"),
                           ("*x = *x / (*x - 2097152)", "SIGFPE"), ("exit(0)", "by exit"),
                           ("abort()", "SIGABRT")):
            path = self.write("threads.c", f"""
                #include <pthread.h>
                static void *run(void *given) {{ int64_t *x = given; {does}; return x; }}
                int64_t term(int64_t i)
                {{
                    pthread_t thread;
                    pthread_create(&thread, NULL, run, &i);
                    pthread_join(thread, NULL);
                    return i;
                }}""")
            for compiler in COMPILERS:
                with self.subTest(does=does, compiler=compiler):
                    result = self.run_here("-f", path, "2097150:2097155", "-t", "1",
                                           PARSUM_CC=compiler)
                    self.assert_refuses(result, what, status=-getattr(signal, what, -1))

    @unittest.skipIf("ASAN_OPTIONS" in os.environ, "it does not know a stack that is unwound by force")
    def test_the_end_of_its_thread(self):
        path = self.write("leaves.c", """
            #include <pthread.h>
            int64_t term(int64_t i) { if (i == 50) pthread_exit(NULL); return i; }
            """)
        for threads in ["1", "2"]:
            result = self.run_here("-f", path, "100", "-t", threads, "-g", "1")
            self.assert_refuses(result, "job 1: the term ended its thread", "[50, 51)", status=1)

    def test_a_constructor(self):
        ways = [("abort()", "SIGABRT"), ("exit(0)", "by exit")]
        if "TSAN_OPTIONS" in os.environ:  # it ends a program that exits while it loads a library
            ways.pop()
        for call, name in ways:
            path = self.write("constructed.c", f"""
                __attribute__((constructor)) static void construct(void) {{ {call}; }}
                int64_t term(int64_t i) {{ return i; }}
                """)
            for compiler in COMPILERS:
                self.assert_refuses(self.run_here("-f", path, "9", PARSUM_CC=compiler), name,
                                    "as it was loaded",
                                    status=-signal.SIGABRT if name == "SIGABRT" else 1)

    def test_a_trap(self):
        self.assert_crashes("i < 50 ? i : (__builtin_trap(), i)", "SIGILL")

    def test_a_stack_that_overflows(self):
        path = self.write("deep.c", """
            static int64_t deep(int64_t i, volatile char *last)
            {
                volatile char here[65536];
                here[i & 4095] = *last;
                return deep(i + 1, here) + here[5];
            }
            int64_t term(int64_t i) { char none = 0; return i == 77 ? deep(i, &none) : 1; }
            """)
        for compiler in COMPILERS:
            for threads in ("1", "2"):
                result = self.run_here("-f", path, "-t", threads, "100", PARSUM_CC=compiler)
                self.assert_refuses(result, "SIGSEGV", "its stack is full", "OMP_STACKSIZE", "job 1",
                                    status=-signal.SIGSEGV)

    def test_a_thread_of_the_term_that_is_still_there_at_the_end(self):
        path = self.write("stays.c", """
            #include <pthread.h>
            #include <unistd.h>
            static void *stay(void *given) { for (;;) usleep(1000); return given; }
            int64_t term(int64_t i)
            {
                pthread_t thread;
                if (i == 5) pthread_create(&thread, NULL, stay, NULL);
                return i;
            }""")
        for _ in range(5):
            result = self.run_here("-qf", path, "10")
            self.assertEqual((result.status, result.err), (0, ""))
            self.assertIn(" sum is 45\n", result.out)


class Locale(Term):
    def test_a_term_that_sets_the_locale_leaves_output_and_journal_as_they_are(self):
        """Where a comma is the decimal point: if this machine can make such a locale."""
        made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8",
                               os.path.join(self.directory, "de_DE.UTF-8")], capture_output=True,
                              check=False) if shutil.which("localedef") else None
        if not made or made.returncode:
            self.skipTest("localedef can't make de_DE.UTF-8 (package locales)")
        path = self.write("locale.c", """
            #include <locale.h>
            double term(int64_t i)
            {
                static __thread int done;
                if (!done && !setlocale(LC_ALL, "de_DE.UTF-8")) abort();
                done = 1;
                return i + 0.5;
            }""")
        result = self.run_here("-f", path, "-t", "1", "-o", "csv", "3", "5",
                               LOCPATH=self.directory)
        self.assertEqual(result.out, "run,start,end,sum\n1,0,3,4.5\n2,0,5,12.5\n")

    def test_a_term_sees_the_locale_that_it_has_set_on_all_threads(self):
        path = self.write("wide.c", """
            #include <locale.h>
            #include <wchar.h>
            __attribute__((constructor)) static void set(void) { setlocale(LC_ALL, "C.UTF-8"); }
            int64_t term(int64_t i) { return MB_CUR_MAX; }
            """)
        expected = self.run_here("-qf", path, "-s", "10000").timeless.replace("for", "omp")
        for threads in "1", "2":
            self.assertEqual(self.run_here("-qf", path, "-t", threads, "-g", "100", "10000").timeless,
                             expected)


class LeftOvers(Term):
    def start(self, compiler):
        parsum = subprocess.Popen([PARSUM, "-e", "i", "9"], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE,
                                  start_new_session=True,
                                  env=environment(PARSUM_CC=compiler, TMPDIR=self.temporary))
        deadline = time.monotonic() + 20
        while not os.path.exists(os.path.join(self.directory, "begun")):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        return parsum

    def test_nothing_is_left_when_a_signal_comes_while_the_compiler_runs(self):
        begun = os.path.join(self.directory, "begun")
        slow = self.write("slow", f"#!/bin/sh\nsleep 60 &\necho $! > {begun}.new\n"
                                  f"mv {begun}.new {begun}\nwait\n", 0o755)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT,
                       signal.SIGALRM):
            for group in (False, True):
                with self.subTest(signal=number, group=group):
                    parsum = self.start(slow)
                    self.assertEqual(len(os.listdir(self.temporary)), 1)
                    (os.killpg if group else os.kill)(parsum.pid, number)
                    out, err = parsum.communicate(timeout=20)
                    self.assertEqual(parsum.returncode, -number)
                    self.assertEqual((out, err), (b"", b""))
                    self.assertEqual(os.listdir(self.temporary), [])
                    with open(begun, encoding="ascii") as file:
                        self.await_end(int(file.read()))
                    os.remove(begun)

    def test_nothing_is_left_when_it_is_killed_while_the_compiler_runs(self):
        begun = os.path.join(self.directory, "begun")
        slow = self.write("slow", f"#!/bin/sh\nsleep 60 &\necho $! > {begun}.new\n"
                                  f"mv {begun}.new {begun}\nwait\n", 0o755)
        for group in (False, True):
            parsum = self.start(slow)
            (os.killpg if group else os.kill)(parsum.pid, signal.SIGKILL)
            parsum.communicate(timeout=20)
            with open(begun, encoding="ascii") as file:
                self.await_end(int(file.read()))
            deadline = time.monotonic() + 20
            while os.listdir(self.temporary):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.01)
            os.remove(begun)

    def test_directories_without_an_owner_are_swept_up(self):
        hour = 3600

        def make(name, age, mode=0o700):
            path = os.path.join(self.temporary, name)
            os.mkdir(path, mode)
            with open(os.path.join(path, "term.c"), "w", encoding="ascii"):
                pass
            os.utime(path, (time.time() - age, time.time() - age))
            return os.open(path, os.O_RDONLY)

        files = [make("parsum-aaaaaa", hour), make("parsum-bbbbbb", 0), make("other-cccccc", hour),
                 make("parsum-dddddd", hour), make("parsum-eeeeee", hour, 0o755)]
        os.symlink(self.directory, os.path.join(self.temporary, "parsum-ffffff"))
        fcntl.flock(files[3], fcntl.LOCK_EX)
        self.assertEqual(run("-e", "i*i", "9", TMPDIR=self.temporary).status, 0)
        self.assertEqual(sorted(os.listdir(self.temporary)),
                         ["other-cccccc", "parsum-bbbbbb", "parsum-dddddd", "parsum-eeeeee",
                          "parsum-ffffff"])
        for file in files:
            os.close(file)

    def await_end(self, pid):
        """What the compiler had started is ended too; nobody may have taken note of it yet (Z)."""
        deadline = time.monotonic() + 20
        while True:
            try:
                with open(f"/proc/{pid}/stat", encoding="ascii") as file:
                    if file.read().rpartition(")")[2].split()[0] == "Z":
                        return
            except FileNotFoundError:
                return
            self.assertLess(time.monotonic(), deadline, "the compiler's process is still there")
            time.sleep(0.01)

    def test_nothing_is_there_while_the_term_runs(self):
        parsum = subprocess.Popen([PARSUM, "-e", "getchar() * 0 + i", "-s", "--wrap", "2"],
                                  stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env=environment(PARSUM_CC=COMPILERS[0] + " -include stdio.h",
                                                  TMPDIR=self.temporary))
        deadline = time.monotonic() + 20
        maps = f"/proc/{parsum.pid}/maps"
        loaded = False
        while not loaded:
            self.assertLess(time.monotonic(), deadline)
            with open(maps) as file:
                loaded = "whole.so (deleted)" in file.read()
        time.sleep(0.05)
        self.assertEqual(os.listdir(self.temporary), [])
        out, _ = parsum.communicate(b"xxx", timeout=20)
        self.assertIn(b"sum is: 1\n", out)


class Saved(Term):
    def save(self, *arguments, **changes):
        path = os.path.join(self.directory, "saved.so")
        result = self.run_here(*arguments, "--save-term", path, **changes)
        self.assertEqual((result.status, result.out, result.err), (0, "", ""))
        return path

    def total(self, *arguments, **changes):
        result = self.run_here("-qo", "json", *arguments, **changes)
        self.assertEqual(result.err, "")
        told = json.loads(result.out)
        return int(told["total"]), told["kernel"], told["term"]

    def test_a_saved_term_needs_no_compiler(self):
        for compiler in COMPILERS:
            path = self.save("-e", "N*i+1", "-D", "N=2", PARSUM_CC=compiler)
            total, kernel, term = self.total("-f", path, "1000", PARSUM_CC="nosuch", PATH="/nosuch")
            self.assertEqual(total, sum(2 * i + 1 for i in range(1000)))
            self.assertRegex(kernel, "proved")
            self.assertEqual(term, "N*i+1 with N=2")

    def test_a_saved_term_is_checked_for_all_integers(self):
        path = self.save("-e", "i*i+3")
        self.assertEqual(self.total("-f", path, "2147483640:2147483660")[0],
                         sum(i * i + 3 for i in range(2147483640, 2147483660)))
        self.assertEqual(self.total("-f", path, "--", "-2147483660:-2147483640")[0],
                         sum(i * i + 3 for i in range(-2147483660, -2147483640)))
        self.assert_refuses(self.run_here("-f", path, "3037000490:3037000510"), "i = 3037000500;",
                            status=1)

    def test_a_term_is_saved_and_run_at_once_too(self):
        path = os.path.join(self.directory, "saved.so")
        self.assertEqual(self.total("-e", "i*i", "--save-term", path, "5000000000:5000000001",
                                    "--wrap")[0],
                         25 * 10**18 - 2**64)
        self.assertEqual(self.total("-f", path, "100")[:2], (328350, "wrapping"))

    def test_a_loaded_term_takes_no_more_options(self):
        path = self.save("-e", "i")
        for arguments, reason in ((["-D", "N=1"], "--define"), (["--wrap"], "--wrap"),
                                  (["--save-term", "x.so"], "--save-term")):
            self.assert_refuses(self.run_here("-f", path, *arguments, "9"), path, reason)

    def test_what_is_no_saved_term_is_refused(self):
        self.assert_refuses(self.run_here("-f", self.write("text.so", "text\n"), "9"), "text.so",
                            "can't be loaded")
        empty = os.path.join(self.directory, "empty.so")
        subprocess.run([COMPILERS[0], "-shared", "-o", empty, "-x", "c", "/dev/null"], check=True)
        self.assert_refuses(self.run_here("-f", empty, "9"), "empty.so", "not a term")
        path = self.save("-e", "i*i")
        with open(path, "rb") as file:
            bytes_ = file.read()
        for length in (0, 100, 1000, 5000, len(bytes_) // 2, len(bytes_) - 1):
            with open(path, "wb") as file:
                file.write(bytes_[:length])
            self.assert_refuses(self.run_here("-f", path, "9"), path, "not all of one")
        for at in range(0, len(bytes_), len(bytes_) // 50):
            with open(path, "wb") as file:
                file.write(bytes_[:at] + bytes([bytes_[at] ^ 4]) + bytes_[at + 1:])
            self.assert_refuses(self.run_here("-f", path, "9"), path, "damaged")

    def test_a_term_that_another_version_has_saved_is_refused(self):
        path = self.save("-e", "i*i")
        with open(path, "rb") as file:
            text = file.read()
        at = text.index(b"parsum\1\0") + 8  # the version follows
        text = text[:at] + b"\xff" + text[at + 1:-8]
        digest = 0xcbf29ce484222325  # FNV-1a
        for byte in text[-8:] + text[:-24]:
            digest = (digest ^ byte) * 0x100000001b3 % 2**64
        with open(path, "wb") as file:
            file.write(text + digest.to_bytes(8, sys.byteorder))
        self.assert_refuses(self.run_here("-f", path, "9"), path, "another version")

    def test_a_term_that_cannot_be_saved(self):
        self.assert_refuses(self.run_here("-e", "i", "--save-term", "/nosuch/x.so"),
                            "/nosuch/x.so", "can't be written",
                            status=1)
        directory = os.path.join(self.directory, "x.so")
        os.mkdir(directory)
        self.assert_refuses(self.run_here("-e", "i", "--save-term", directory), "no ordinary file")
        self.assertEqual(os.listdir(directory), [])

    @unittest.skipUnless(os.uname().machine == "x86_64", "features are looked at on x86 only")
    def test_a_term_for_another_cpu_is_refused_and_not_run(self):
        with open("/proc/cpuinfo") as file:
            if " fma4 " in file.read():
                self.skipTest("this CPU has everything that the test takes for missing")
        result = self.run_here("-e", "i", "9", PARSUM_CC=COMPILERS[0] + " -mfma4")
        self.assert_refuses(result, "another CPU", "fma4", "compile it again on this machine, or")


if __name__ == "__main__":
    unittest.main()
