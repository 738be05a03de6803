"""contestants: parsum and its rivals as functions that run once and give seconds."""
import atexit
import glob
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, "build", "bench")
os.environ["XDG_CACHE_HOME"] = BUILD  # compiled terms of these rows, and of nobody else
PARSUM = os.path.join(ROOT, "build", "release", "parsum")
LINES = 10_000_000


class Missing(Exception):
    """A rival is not installed."""


def fail(message):
    sys.exit(f"scripts/bench: {message}")


def run(argv, threads=None, bound=True):
    """Runs a program to its end; gives the seconds that took and what it wrote.

    OpenMP's threads are bound to CPUs, parsum's and the rivals' alike, as in a batch job: a kernel
    may start two threads on one CPU and part them milliseconds later, which is as long as the
    shortest of these runs. Where they are not bound nothing is said of it.
    """
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("OMP_PROC_BIND", "OMP_PLACES", "GOMP_CPU_AFFINITY")}
    if bound:
        environment["OMP_PROC_BIND"] = "true"
    if threads is not None:
        environment["OMP_NUM_THREADS"] = str(threads)
    with tempfile.TemporaryFile() as out:
        redirect = [(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]
        begin = time.perf_counter()
        pid = os.posix_spawn(argv[0], argv, environment, file_actions=redirect)
        _, status = os.waitpid(pid, 0)
        seconds = time.perf_counter() - begin
        out.seek(0)
        text = out.read().decode()
    if status != 0:
        fail(f"'{' '.join(argv[:4])}' failed; run it by hand to see why")
    return seconds, text


def need(program):
    path = shutil.which(program)
    if path is None:
        raise Missing(f"{program} is not installed")
    return path


def check(total, expected, argv):
    """All sums are compared in 64 bits, since that is what most rivals have."""
    if (int(total) - int(expected)) % 2**64 != 0:
        fail(f"'{' '.join(argv[:4])}' says {total} in place of {expected}")


def closed_form(ends):
    return sum(int(end) * (int(end) - 1) // 2 for end in ends)


def inner(argv, ends, threads=None, bound=True):
    """A contestant that tells its own time, of the sums alone, as JSON."""

    def turn():
        _, text = run(argv + ends, threads, bound)
        said = json.loads(text)
        if "total" in said:
            check(said["total"], closed_form(ends), argv)
        return said["seconds"]

    return turn


def whole(argv, ends, threads=None):
    """A contestant whose whole process is timed, from its start to its end."""

    def turn():
        seconds, text = run(argv + ends, threads)
        check(json.loads(text)["total"], closed_form(ends), argv)
        return seconds

    return turn


def parsum(*options):
    return [PARSUM, "-o", "json", *options]


def mpirun(ranks, *command):
    """`command` under MPI; as root, Open MPI wants to be told twice."""
    if not os.path.exists(PARSUM + "-mpi"):
        raise Missing("parsum was built without MPI")
    os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
    return [need("mpirun"), "--bind-to", "core", "-n", str(ranks), *command]


def shared(ranks, *options):
    """parsum with so many ranks of one thread each."""
    return mpirun(ranks, *parsum("--mpi", "-t", "1", *options))


def rounds(ranks):
    """The seconds that a round costs which ranks share, without its work."""
    argv = mpirun(ranks, os.path.join(ROOT, "build", "release", "rounds"), "1000", "1")
    return lambda: json.loads(run(argv)[1])["seconds"]


def compiled(source, *options):
    """The path of a rival written in C or C++, built if it's older than its source or a header here."""
    compiler = need("g++" if source.endswith(".cpp") else "gcc")
    path = os.path.join(HERE, source)
    binary = os.path.join(BUILD, source.split(".")[0])
    sources = [path, *glob.glob(os.path.join(HERE, "**", "*.h"), recursive=True)]
    if not os.path.exists(binary) or os.path.getmtime(binary) < max(map(os.path.getmtime, sources)):
        os.makedirs(BUILD, exist_ok=True)
        command = [compiler, "-O3", "-march=native", path, "-o", binary, *options]
        if subprocess.run(command, stderr=subprocess.DEVNULL).returncode != 0:
            raise Missing(f"{source} does not compile here: {' '.join(command)}")
    return [binary]


def plain():
    return compiled("plain.c", "-fopenmp")


def limit():
    return compiled("limit.c", "-fopenmp")


def sieve():
    return compiled("sieve.c", "-fopenmp", "-lm")


def tbb():
    return compiled("tbb.cpp", "-ltbb")


def python(way):
    return [sys.executable, os.path.join(HERE, "loop.py"), way]


def python_with(module):
    """A Python that has the module: this one or the system's, for which packages are made."""
    for path in (sys.executable, "/usr/bin/python3"):
        probe = [path, "-c", f"import {module}; print({module}.__version__)"]
        if os.path.exists(path):
            found = subprocess.run(probe, capture_output=True, text=True)
            if found.returncode == 0:
                return path, found.stdout.strip()
    raise Missing(f"{module} is not installed")


def numpy():
    return [python_with("numpy")[0], os.path.join(HERE, "loop.py"), "numpy"]


def term(argv, expected, threads=None, near=1e-6):
    """A contestant that adds up a term and tells its own time; doubles need not be exact."""

    def turn():
        _, text = run(argv, threads)
        said = json.loads(text)
        if isinstance(expected, float):
            if abs(float(said["total"]) - expected) > near * abs(expected):
                fail(f"'{' '.join(argv[:4])}' says {said['total']} in place of {expected}")
        else:
            check(said["total"], expected, argv)
        return said["seconds"]

    return turn


def with_library(source, *words, threads=1):
    """A program that calls libparsum, or a plain loop in its place; tells its own time."""
    library = os.path.join(ROOT, "build", "release")
    argv = compiled(source, "-fopenmp", "-I" + os.path.join(ROOT, "src"), "-L" + library, "-lparsum",
                    "-Wl,-rpath," + library)
    argv += [*map(str, words), str(threads)]
    return lambda: json.loads(run(argv, threads)[1])["seconds"]


def arrays(what, count, spread=0, threads=1):
    """Arrays in memory."""
    return with_library("arrays.c", what, count, spread, threads=threads)


def calls(way, threads=1):
    """Calls of a function of 10 ns."""
    return with_library("call.c", way, 50_000_000, threads=threads)


def python_arrays(way, what):
    interpreter = python_with("numpy")[0] if way == "numpy" else sys.executable
    argv = [interpreter, os.path.join(HERE, "arrays.py"), way, str(what)]
    return lambda: json.loads(run(argv, 1)[1])["seconds"]


def data_file(kind, count=10**8, seed=1):
    """A file of so many random numbers, one after the other: "f8", "f4" or "i4"; "wild" are doubles of
    all sizes, and "offsets" begin and end count // 10 uneven segments of them."""
    path = os.path.join(BUILD, f"{kind}-{count}-{seed}.raw")
    if not os.path.exists(path):
        os.makedirs(BUILD, exist_ok=True)
        script = ("import sys, numpy as np; kind, count, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]\n"
                  "rng = np.random.default_rng(int(sys.argv[4]))\n"
                  "if kind == 'i4': a = rng.integers(-2**31, 2**31, count, dtype='i4')\n"
                  "elif kind == 'offsets': a = np.sort(rng.integers(0, count, count // 10 + 1)); a[0], a[-1] = 0, count\n"
                  "elif kind == 'wild': a = np.ldexp(rng.uniform(-1, 1, count), rng.integers(-900, 900, count))\n"
                  "else: a = rng.uniform(-1, 1, count).astype(kind)\n"
                  "a.tofile(path + '.part')")
        subprocess.run([python_with("numpy")[0], "-c", script, kind, str(count), path, str(seed)], check=True)
        os.rename(path + ".part", path)
    return path


def data(threads, expression, *files):
    """A term that reads arrays x and y; tells its own time."""
    names = [word for name, file in zip("xy", files) for word in ("--data", f"{name}={file}")]
    return lambda: json.loads(run(parsum("-q", "-t", str(threads), *names, "-e", expression), threads)[1])["seconds"]


def segments(kind):
    """A process that writes the sums of a million segments as an array of numpy's, to memory where that can be."""
    out = os.path.join("/dev/shm" if os.access("/dev/shm", os.W_OK) else BUILD, f"parsum-bench-{os.getpid()}.npy")
    atexit.register(lambda: os.path.exists(out) and os.remove(out))
    return process([PARSUM, "-t", "1", "--data", f"x={data_file(kind, 10**7)}:f8", "-e", "x[i]", "--segments",
                    data_file("offsets", 10**7) + ":i8", "-o", "npy", "--output", out])


def mapped(threads, file, what):
    """The file read by a plain loop: "seconds" with mapping it, "reading" alone."""
    library = os.path.join(ROOT, "build", "release")
    argv = compiled("arrays.c", "-fopenmp", "-I" + os.path.join(ROOT, "src"), "-L" + library, "-lparsum",
                    "-Wl,-rpath," + library)
    argv += ["mapped", file, "0", str(threads)]
    if what == "process":
        return process(argv)
    return lambda: json.loads(run(argv, threads)[1])[what]


def added(*contestants):
    """Several, one after the other, as one."""
    return lambda: sum(contestant() for contestant in contestants)


def terms(name, start, end):
    return [*compiled("terms.c", "-fopenmp"), name, str(start), str(end)]


def functions(name, end):
    """A plain loop over a mathematical function; GCC calls libmvec."""
    return [*compiled("functions.c", "-Ofast", "-mprefer-vector-width=512", "-lm"), name, str(end)]


def pi(pairs):
    """A plain loop over pairs of random numbers, with vectors as wide as parsum's terms have them."""
    return [*compiled("pi.c", "-fopenmp", "-I" + os.path.join(ROOT, "src"),
                      "-mprefer-vector-width=512", "-ffp-contract=off"), str(pairs)]


def python_pi(way, pairs):
    return [python_with(way)[0], os.path.join(HERE, "pi.py"), way, str(pairs)]


def tbb_term(start, end):
    return [*compiled("tbb_term.cpp", "-ltbb"), str(start), str(end)]


def prange(start, end):
    return [python_with("numba")[0], os.path.join(HERE, "prange.py"), str(start), str(end)]


def pari(start, end):
    """PARI/GP's own parallel sum, with the precision of a double."""
    script = (f'default(realprecision,18);my(t=getwalltime());s=parsum(i={start},{end}-1,1.0/i^2);'
              'printf("{\\"seconds\\":%.9f,\\"total\\":\\"%.17g\\"}\\n",(getwalltime()-t)/1000.,s)')
    program = os.path.join(BUILD, "parsum.gp")
    os.makedirs(BUILD, exist_ok=True)
    with open(program, "w") as file:
        file.write(script + "\nquit\n")
    return [need("gp"), "-q", "-f", program]


def made_file(name, lines):
    """A file in the build tree of what lines(numbers) yields, the same each time."""
    path = os.path.join(BUILD, name)
    if not os.path.exists(path):
        os.makedirs(BUILD, exist_ok=True)
        with open(path + ".part", "w") as file:
            file.writelines(lines(random.Random(1)))
        os.rename(path + ".part", path)
    return path


def jobs_file(name, count, below):
    """A file of so many jobs of random ends."""
    return made_file(name, lambda numbers: (f"{int(numbers.random() * below)}\n"
                                            for _ in range(count)))


def table_file():
    """A million jobs of ten terms with a real and an integer each."""
    def lines(numbers):
        yield "start,end,a,n\n"
        for _ in range(1_000_000):
            start = int(numbers.random() * 1e6)
            yield f"{start},{start + 10},{numbers.random():.4f},{int(numbers.random() * 1e6)}\n"
    return made_file("table.csv", lines)


def lines_file():
    return jobs_file("lines.txt", LINES, 100)


def journaled(argv):
    """A process with a journal of its own in the build tree, that is, on a disk."""
    journal = os.path.join(BUILD, "journal")

    def turn():
        os.makedirs(BUILD, exist_ok=True)
        if os.path.exists(journal):
            os.unlink(journal)
        return run([*argv, "--journal", journal])[0]

    return turn


def process(argv):
    return lambda: run(argv)[0]


def unhardened():
    """parsum from the same source without what hardens it, built where that is stale. Compilers of
    distributions do some of it by themselves, so they are told not to."""
    directory = os.path.join(BUILD, "unhardened")
    flags = os.environ.get("CFLAGS", "") + " -U_FORTIFY_SOURCE -fno-stack-protector -fno-pie"
    for command in (["cmake", "-S", ROOT, "-B", directory, "-DCMAKE_BUILD_TYPE=Release",
                     "-DPARSUM_HARDENING=OFF", "-DPARSUM_TESTS=OFF", "-DPARSUM_MPI=OFF",
                     f"-DCMAKE_C_FLAGS={flags.strip()}",
                     "-DCMAKE_EXE_LINKER_FLAGS=-no-pie -Wl,-z,norelro -Wl,-z,lazy"],
                    ["cmake", "--build", directory, "--target", "parsum"]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            fail(f"'{' '.join(command[:4])}' failed:\n{done.stdout}")
    return os.path.join(directory, "parsum")


def mawk_lines():
    argv = [need("mawk"), '{s+=$1*($1-1)/2} END {printf "%.0f\\n", s}', lines_file()]
    _, text = run(argv)
    _, quiet = run([PARSUM, "--quiet", "--input", lines_file()])
    check(quiet.split()[-1], text, argv)
    return process(argv)
