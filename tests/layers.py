"""The plan of the house: what each file of src may include, and who owns which foreign API.

The plan is read from src/README.md: rooms in order, and the files of a room in order. A file includes
what stands above it there, and its own header. A file named after another and something more, such as
journal_file of journal, belongs to that one, and is no business of the others.
"""
import glob
import os
import re
import unittest

SOURCE = os.path.join(os.environ.get("PARSUM_SOURCE_DIR", "."), "src")

# Headers of foreign APIs that have one owner, and what that file's name begins with.
OWNERS = {
    "omp.h": ["run/team"],
    "mpi.h": ["cluster/ranks"],
    "signal.h": ["cli/signals", "base/child"],
    "dlfcn.h": ["term/library"],
    "getopt.h": ["cli/options"],
}

# And calls that need no header of their own, as others bring it along.
CALLS = {r"\b(?:kill|raise|sigaction|sigprocmask)\(": ["cli/signals", "base/child"]}

# Headers that CMake makes.
GENERATED = {"machine_build.h"}


def read_plan():
    """Names such as "base/clock", in order; and the rooms, in order."""
    names, rooms = [], []
    with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as file:
        block = file.read().split("```")[1]
    for line in block.strip("\n").splitlines():
        listed = re.match(r" *((?:\w+, )*\w+)", line)[1].split(", ")
        if line.startswith(" "):
            names += [f"{rooms[-1]}/{name}" for name in listed]
        else:
            rooms += listed
            names += listed  # a room that is a file
    return names, rooms


NAMES, ROOMS = read_plan()


def name_of(path):
    """The name in the plan that a file belongs to: the longest one that it begins with."""
    stem = os.path.splitext(path)[0]
    if stem.startswith("term/inside/"):
        return "term/inside"
    while stem not in NAMES and "_" in stem:
        stem = stem.rpartition("_")[0]
    return stem


def files():
    return sorted(glob.glob("**/*.[ch]", root_dir=SOURCE, recursive=True))


def includes(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return re.findall(r'^\s*#\s*include\s*(["<])([^">]+)[">]', file.read(), re.M)


def own_includes(path):
    """Of this project's files, from the program's own ones."""
    return [] if name_of(path) == "term/inside" else [
        included for kind, included in includes(path) if kind == '"' and included not in GENERATED]


class Plan(unittest.TestCase):
    def test_each_file_has_its_place_and_each_place_a_file(self):
        places = {name_of(path) for path in files()}
        self.assertEqual(places - set(NAMES), set())
        self.assertEqual({name for name in NAMES if name not in ROOMS} - places, set())

    def test_includes_name_the_room(self):
        for path in files():
            for included in own_includes(path):
                self.assertTrue(os.path.exists(os.path.join(SOURCE, included)), (path, included))

    def test_includes_point_upwards_in_the_list(self):
        for path in files():
            for included in own_includes(path):
                here, there = name_of(path), name_of(included)
                with self.subTest(file=path, includes=included):
                    if here != there:
                        self.assertLess(NAMES.index(there), NAMES.index(here))

    def test_what_belongs_to_a_file_is_its_own_business(self):
        for path in files():
            for included in own_includes(path):
                stem = os.path.splitext(included)[0]
                if stem != name_of(included) and name_of(included) != "term/inside":
                    self.assertEqual(name_of(path), name_of(included), (path, included))

    def test_text_for_users_libraries_stands_apart(self):
        for path in files():
            for included in own_includes(path):
                if name_of(included) == "term/inside":
                    self.assertEqual(included, "term/inside/term_abi.h", path)

    def test_a_source_includes_its_own_header_first(self):
        for path in files():
            header = os.path.splitext(path)[0] + ".h"
            if path.endswith(".c") and os.path.exists(os.path.join(SOURCE, header)):
                if name_of(path) != "term/inside":
                    self.assertEqual(includes(path)[0][1], header, path)

    def test_foreign_apis_have_one_owner(self):
        for path in files():
            owned = [OWNERS[included] for kind, included in includes(path) if included in OWNERS]
            with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
                text = file.read()
            owned += [owners for call, owners in CALLS.items() if re.search(call, text)]
            for owners in owned:
                if name_of(path) != "term/inside":
                    self.assertTrue(path.startswith(tuple(owners)), (path, owners))

    def test_no_file_is_longer_than_a_few_screens(self):
        others = [path for room in ("tests", "scripts")
                  for path in glob.glob(f"../{room}/**/*.[ch]", root_dir=SOURCE, recursive=True)]
        for path in files() + others:
            with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
                if path != "parsum.h":
                    self.assertLessEqual(len(file.readlines()), 450, path)


if __name__ == "__main__":
    unittest.main()
