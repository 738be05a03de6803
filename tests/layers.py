"""The plan of the house: what each file of src may include, and who owns which foreign API.

The floors are read from src/README.md. A file includes its own header and those of lower floors. A
file named after a room and something more, such as job_file of job, belongs to that room, and is no
business of the others.
"""
import glob
import os
import re
import unittest

SOURCE = os.path.join(os.environ.get("PARSUM_SOURCE_DIR", "."), "src")

# Headers of foreign APIs that have one owner, and what that file's name begins with.
OWNERS = {
    "omp.h": "team",
    "mpi.h": "ranks",
    "signal.h": "signals",
    "dlfcn.h": "term",
    "getopt.h": "options",
}

# And calls that need no header of their own, as others bring it along.
CALLS = {r"\b(?:kill|raise|sigaction|sigprocmask)\(": "signals"}


def read_floors():
    """Room -> floor, from lines such as "floor 3  team   what it is" and "         ranks  ..."."""
    floors, floor = {}, None
    with open(os.path.join(SOURCE, "README.md")) as file:
        for line in file:
            match = re.match(r"(?:floor (\d+) +|\s{9})(\w+) ", line)
            if match and match[1]:
                floor = int(match[1])
            if match and floor is not None:
                floors[match[2]] = floor
    return floors


FLOORS = read_floors()


def room_of(name):
    """The room a file belongs to: the longest one that its name begins with."""
    stem = os.path.splitext(name)[0]
    while stem not in FLOORS and "_" in stem:
        stem = stem.rpartition("_")[0]
    return stem


def files():
    return sorted(glob.glob("**/*.[ch]", root_dir=SOURCE, recursive=True))


def includes(name):
    with open(os.path.join(SOURCE, name)) as file:
        return re.findall(r'^\s*#\s*include\s*(["<])([^">]+)[">]', file.read(), re.M)


class Layers(unittest.TestCase):
    def test_every_file_has_a_room_in_the_plan_and_every_room_has_a_file(self):
        rooms = {room_of(os.path.basename(name)) for name in files()}
        self.assertEqual(rooms, set(FLOORS))

    def test_a_file_includes_headers_of_lower_floors_and_of_its_own_room_only(self):
        for name in files():
            room = room_of(os.path.basename(name))
            for quote, included in includes(name):
                other = room_of(os.path.basename(included))
                if quote == '"' and other != room:
                    self.assertIn(other, FLOORS, f"{name} includes {included}")
                    self.assertLess(FLOORS[other], FLOORS[room], f"{name} includes {included}")

    def test_what_belongs_to_a_room_is_included_by_that_room_only(self):
        for name in files():
            for quote, included in includes(name):
                stem = os.path.splitext(included)[0]
                if quote == '"' and stem not in FLOORS:
                    self.assertEqual(room_of(included), room_of(os.path.basename(name)),
                                     f"{name} includes {included}")

    def test_a_source_file_includes_its_own_header_first(self):
        for name in files():
            header = os.path.splitext(os.path.basename(name))[0] + ".h"
            if name.endswith(".c") and header in map(os.path.basename, files()):
                self.assertEqual(includes(name)[0], ('"', header), name)

    def test_each_foreign_api_has_one_owner(self):
        for name in files():
            for _, included in includes(name):
                if included in OWNERS:
                    self.assertRegex(os.path.basename(name), rf"\A{OWNERS[included]}(_\w+)?\.",
                                     f"{name} includes {included}")

    def test_each_foreign_call_has_one_owner(self):
        for name in files():
            with open(os.path.join(SOURCE, name)) as file:
                text = file.read()
            for call, owner in CALLS.items():
                if room_of(os.path.basename(name)) != owner:
                    self.assertNotRegex(text, call, name)


if __name__ == "__main__":
    unittest.main()
