#!/usr/bin/env python3
"""structure.py [--table] SOURCE_FOLDER: which folder includes which, which sees
which foreign library, how long functions are, what types say of themselves.

wings.txt beside this file is the list; every line of it must be needed.
"""

import argparse
import os
import re
import sys
from collections import defaultdict

sys.dont_write_bytecode = True

import cpp_source  # noqa: E402
import measures  # noqa: E402
from cpp_source import TOP_FOLDERS, read_sources  # noqa: E402

LONGEST_FUNCTION = 60  # lines
DOCUMENTED_TYPES = 0.90  # of those at namespace scope in headers, at least

STANDARD = re.compile(
    r"[a-z_]+$|(unistd|fcntl|dlfcn|spawn|signal|sched|poll|malloc)\.h$|sys/")


class Wings:
    """wings.txt: wings, arrows between them, foreign libraries' rooms."""

    def __init__(self, path):
        self.below = {}  # top folder -> top folders that it may include
        self.arrows = {}  # wing -> wings of its top folder, in order
        self.rooms = {}  # prefix of a foreign header -> folders
        self.faults = []
        top = None
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                line = line.split("#")[0].rstrip()
                if not line:
                    continue
                name, _, targets = line.partition(":")
                targets = targets.split()
                where = f"wings.txt:{number}: {name.strip()}"
                if not line.startswith(" "):
                    top = name
                    if top != "foreign":
                        self._order(where, targets, self.below)
                        self.below[top] = targets
                elif top == "foreign":
                    self.rooms[name.strip()] = targets
                else:
                    targets = [_wing(top, target) for target in targets]
                    self._order(where, targets, self.arrows)
                    self.arrows[_wing(top, name.strip())] = targets

    def _order(self, where, targets, earlier):
        for target in targets:
            if target not in earlier:
                self.faults.append(f"{where} -> {target}: an arrow must point "
                                   f"at a wing listed above it")

    def allows(self, source, target):
        top, below = source.split("/")[0], target.split("/")[0]
        if top != below:
            return below in self.below.get(top, [])
        return target in self.arrows.get(source, [])


def _wing(top, name):
    return top if name == "." else f"{top}/{name}"


def included_folders(files):
    """(folder, folder) -> includes that lead from one to the other."""
    found = defaultdict(list)
    for file in files:
        for include, _ in file.includes:
            target = os.path.dirname(include)
            if include.split("/")[0] in TOP_FOLDERS and target != file.folder:
                found[file.folder, target].append((file.path, include))
    return found


def check_wings(files, wings):
    yield from wings.faults
    folders = {file.folder for file in files}
    for folder in sorted(folders - set(wings.arrows)):
        yield f"{folder}: has sources, but no line in wings.txt"
    for wing in sorted(set(wings.arrows) - folders):
        yield f"wings.txt: {wing} has no sources: take its line out"
    used = included_folders(files)
    for (source, target), includes in sorted(used.items()):
        if not wings.allows(source, target):
            for path, include in includes:
                yield (f"{path} includes {include}: wings.txt has no arrow "
                       f"{source} -> {target}")
    tops = {(source.split("/")[0], target.split("/")[0])
            for source, target in used}
    arrows = [(wing, target, (wing, target) in used)
              for wing, targets in wings.arrows.items() for target in targets]
    arrows += [(top, below, (top, below) in tops)
               for top, belows in wings.below.items() for below in belows]
    for source, target, is_used in arrows:
        if not is_used:
            yield (f"wings.txt: nothing in {source} includes {target}: take "
                   f"the arrow out")


def check_two_way(files):
    for one, other, there, back in measures.two_way_pairs(files):
        yield (f"{one} and {other} include each other: {there[0]} includes "
               f"{there[1]}, {back[0]} includes {back[1]}")


def check_cycles(files):
    for cycle in measures.unit_cycles(files):
        yield "units that include each other: " + ", ".join(cycle)


def check_foreign(files, wings):
    used = set()
    for file in files:
        for include, is_angled in file.includes:
            if include.split("/")[0] in TOP_FOLDERS:
                if is_angled:
                    yield f'{file.path} includes <{include}>: ours take "..."'
                continue
            library = max((prefix for prefix in wings.rooms
                           if include.startswith(prefix)), key=len, default="")
            if not library:
                if not is_angled or not STANDARD.match(include):
                    yield (f"{file.path} includes {include}: wings.txt names "
                           f"no room for this library")
                continue
            rooms = [room for room in wings.rooms[library]
                     if (file.folder + "/").startswith(room + "/")]
            used |= {(library, room) for room in rooms}
            if not rooms:
                yield (f"{file.path} includes {include}: {library} stays in " +
                       ", ".join(wings.rooms[library]))
    for library, rooms in wings.rooms.items():
        for room in rooms:
            if (library, room) not in used:
                yield (f"wings.txt: nothing in {room} includes {library}: take "
                       f"the room out")


def check_functions(files):
    for file in files:
        for name, first, last in file.functions:
            lines = last - first + 1
            if lines > LONGEST_FUNCTION:
                yield (f"{file.path}:{first}: {name} has {lines} lines, at "
                       f"most {LONGEST_FUNCTION}")


def check_own_header(files):
    headers = {file.path for file in files if file.is_header}
    for file in files:
        own = file.unit + ".hpp"
        if not file.is_header and own in headers and (
                not file.includes or file.includes[0][0] != own):
            yield (f"{file.path} must include {own} before all else, so that "
                   f"compiling it tries the header alone")


def check_types(files):
    share = measures.documented_share(files)
    if share < DOCUMENTED_TYPES:
        for file, name, line in measures.undocumented_types(files):
            yield f"{file.path}:{line}: no comment above {name}"
        yield (f"{share:.1%} of the types in headers have a comment directly "
               f"above, at least {DOCUMENTED_TYPES:.0%}")


def check(root, wings_path):
    files = read_sources(root)
    wings = Wings(wings_path)
    faults = [*check_wings(files, wings), *check_two_way(files),
              *check_cycles(files), *check_foreign(files, wings),
              *check_own_header(files), *check_functions(files),
              *check_types(files)]
    print("\n".join(faults) or f"{len(files)} files, {len(wings.arrows)} wings")
    return 1 if faults else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("source", nargs="?", default=".")
    arguments.add_argument("--table", action="store_true",
                           help="print the measures of every top folder")
    chosen = arguments.parse_args()
    if chosen.table:
        print(measures.table(read_sources(chosen.source),
                             read_sources(chosen.source, ["tests"])))
        return 0
    return check(chosen.source,
                 os.path.join(os.path.dirname(__file__), "wings.txt"))


if __name__ == "__main__":
    sys.exit(main())
