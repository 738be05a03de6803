"""install: what cmake --install puts where, with a prefix and below DESTDIR, and that it works there."""
import os
import re
import shutil
import subprocess
import tempfile
import unittest

BUILD, CMAKE = os.environ["PARSUM_BUILD_DIR"], os.environ["PARSUM_CMAKE"]
FILES = [
    "bin/parsum",
    "include/parsum.h",
    "share/bash-completion/completions/parsum",
    "share/doc/parsum/CHANGELOG.md",
    "share/doc/parsum/LICENSE",
    "share/doc/parsum/README.md",
    "share/doc/parsum/docs/examples/moving_mean.c",
    "share/doc/parsum/docs/terms.md",
    "share/parsum/batch/slurm-hybrid.sbatch",
    "share/parsum/scripts/plot.gp",
    "share/parsum/scripts/scaling",
    "share/parsum/scripts/study/study.py",
]


def files_below(directory):
    return sorted(os.path.relpath(os.path.join(path, name), directory)
                  for path, _, names in os.walk(directory) for name in names)


def install(prefix, **environment):
    subprocess.run([CMAKE, "--install", BUILD, "--prefix", prefix], check=True,
                   stdout=subprocess.DEVNULL, env={**os.environ, **environment})


class Install(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def assert_complete(self, files):
        for name in FILES:
            self.assertIn(name, files)
        self.assertTrue([name for name in files if name.startswith("share/man/man1/parsum.1")], files)
        self.assertTrue([name for name in files if name.endswith("/_parsum")], files)
        for library in "libparsum.a", "libparsum.so":
            self.assertTrue([name for name in files if name.endswith("/" + library)], files)
        self.assertFalse([name for name in files if "__pycache__" in name], files)

    def test_a_prefix_gets_everything_and_it_runs_there(self):
        install(self.directory)
        self.assert_complete(files_below(self.directory))
        done = subprocess.run([os.path.join(self.directory, "bin/parsum"), "-ocsv", "10"],
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "run,start,end,sum\n1,0,10,45\n")
        done = subprocess.run([os.path.join(self.directory, "share/parsum/scripts/scaling"), "--help"],
                              capture_output=True, text=True, check=True)
        self.assertIn("usage", done.stdout.lower())

    def test_the_pages_have_their_pictures_and_what_they_lead_to(self):
        install(self.directory)
        documents = os.path.join(self.directory, "share/doc/parsum")
        for page in ("README.md", "docs/scaling.md", "docs/design.md", "CONTRIBUTING.md"):
            with open(os.path.join(documents, page), encoding="utf-8") as file:
                links = re.findall(r"\]\(([^)#:]+)\)", file.read())
            self.assertGreater(len(links), 1, page)
            for link in links:
                place = os.path.join(documents, os.path.dirname(page), link)
                self.assertTrue(os.path.exists(place), (page, link))

    def test_the_template_for_a_study_finds_what_is_installed(self):
        install(self.directory)
        template = os.path.join(self.directory, "share/parsum/batch/slurm-scaling.sbatch")
        program = os.path.join(self.directory, "bin/parsum")
        submitted = tempfile.TemporaryDirectory()
        self.addCleanup(submitted.cleanup)
        done = subprocess.run(["bash", template, "--help"], cwd=submitted.name,
                              env={"PATH": os.environ["PATH"], "PARSUM": program,
                                   "SLURM_SUBMIT_DIR": submitted.name},
                              capture_output=True, text=True, check=True)
        self.assertIn("usage", done.stdout.lower())

    def use_library(self, prefix):
        """Programs of C and CMake find what lies below the prefix, shared and static."""
        source = os.path.join(self.directory, "use.c")
        with open(source, "w", encoding="ascii") as file:
            file.write("#include <parsum.h>\n#include <stdio.h>\nint main(void)\n{\n"
                       "    const double x[] = {1e100, 1, -1e100};\n"
                       '    return printf("%g\\n", parsum_array_sum(0, 3, x, 1)) < 0;\n}\n')
        below = [name for name in files_below(prefix) if name.endswith("/parsum.pc")]
        packages = os.path.join(prefix, os.path.dirname(*below))
        libraries = os.path.dirname(packages)
        environment = {**os.environ, "PKG_CONFIG_PATH": packages, "LD_LIBRARY_PATH": libraries,
                       "CMAKE_PREFIX_PATH": prefix}
        program = os.path.join(self.directory, "use")
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "parsum"], env=environment, text=True,
                               capture_output=True, check=True).stdout.split()
        subprocess.run([os.environ.get("PARSUM_C_COMPILER", "cc"), source, "-o", program, *flags], check=True)
        self.assertEqual(subprocess.run([program], env=environment, capture_output=True, text=True,
                                        check=True).stdout, "1\n")
        with open(os.path.join(self.directory, "CMakeLists.txt"), "w", encoding="ascii") as file:
            file.write("cmake_minimum_required(VERSION 3.20)\nproject(use C)\n"
                       "find_package(parsum 0.1 REQUIRED)\n"
                       "foreach(library parsum parsum_static)\n  add_executable(use_${library} use.c)\n"
                       "  target_link_libraries(use_${library} PRIVATE parsum::${library})\nendforeach()\n")
        built = os.path.join(self.directory, "built")
        compiler = os.environ.get("PARSUM_C_COMPILER", "cc")
        for command in ([CMAKE, "-S", self.directory, "-B", built, f"-DCMAKE_C_COMPILER={compiler}"],
                        [CMAKE, "--build", built]):
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
        for name in "use_parsum", "use_parsum_static":
            self.assertEqual(subprocess.run([os.path.join(built, name)], capture_output=True, text=True,
                                            check=True).stdout, "1\n")

    @unittest.skipIf(os.environ.get("PARSUM_SANITIZED") or not shutil.which("pkg-config"),
                     "a build with sanitizers, or no pkg-config")
    def test_programs_find_the_library_wherever_its_prefix_is(self):
        prefix = os.path.join(self.directory, "prefix")
        install(prefix)
        self.use_library(prefix)
        moved = os.path.join(self.directory, "moved")
        os.rename(prefix, moved)
        shutil.rmtree(os.path.join(self.directory, "built"))
        self.use_library(moved)

    def test_destdir_comes_before_the_prefix_and_nothing_lies_elsewhere(self):
        install("/opt/parsum", DESTDIR=self.directory)
        self.assertEqual(os.listdir(self.directory), ["opt"])
        self.assert_complete(files_below(os.path.join(self.directory, "opt/parsum")))
        self.assertFalse(os.path.exists("/opt/parsum"))

    def test_the_manual_page_is_of_this_version(self):
        install(self.directory)
        pages = os.path.join(self.directory, "share/man/man1")
        page, = os.listdir(pages)
        cat = ["gzip", "-dc"] if page.endswith(".gz") else ["cat"]
        text = subprocess.run([*cat, os.path.join(pages, page)], capture_output=True, text=True,
                              check=True).stdout
        version = subprocess.run([os.path.join(self.directory, "bin/parsum"), "--version"],
                                 capture_output=True, text=True, check=True).stdout.splitlines()[0]
        self.assertIn(f'"{version}"', text)


if __name__ == "__main__":
    unittest.main()
