"""page: docs/cookbook.md as recipes, each with the files and commands that it shows, and its tables of times.

A block of the kind `console` has commands behind "$ ", each with what it prints; "$ cat FILE" shows a file of
the recipe. A comment `<!-- times: NAME -->` stands above the table of that name.
"""
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, "docs", "cookbook.md")


class Recipe:
    """`files` are texts by name; `commands` are pairs of a command and what it prints."""

    def __init__(self, number, title, text):
        self.number, self.title, self.files, self.commands = number, title, {}, []
        for block in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S):
            parts = re.split(r"^\$ (.*)\n", block, flags=re.M)[1:]
            for command, output in zip(parts[0::2], parts[1::2]):
                if command.startswith("cat "):
                    self.files[command.split()[1]] = output
                else:
                    self.commands.append((command, output))

    def parsum(self, index):
        """Its command number `index` that calls parsum."""
        return [command for command, _ in self.commands if re.search(r"\bparsum ", command)][index]


def read(path=PAGE):
    with open(path, encoding="utf-8") as file:
        return file.read()


def recipes():
    """All of them by number."""
    parts = re.split(r"^## (\d+)\. (.*)\n", read(), flags=re.M)[1:]
    return {int(number): Recipe(int(number), title, text)
            for number, title, text in zip(parts[0::3], parts[1::3], parts[2::3])}


TABLE = re.compile(r"^<!-- times: ([\w-]+) -->\n(?:\n((?:\|.*\n)+))?", re.M)


def tables():
    """The tables of times by name, as text; one that was not measured yet is empty."""
    return dict(TABLE.findall(read()))


def with_tables(text, new):
    """The text with these tables in place of its own."""
    return TABLE.sub(lambda found: f"<!-- times: {found[1]} -->\n\n{new[found[1]]}" if found[1] in new else found[0], text)
