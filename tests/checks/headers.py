#!/usr/bin/env python3
"""headers.py SOURCE_FOLDER OUT_FOLDER PLAIN_FOLDER...: a source for each header
that must be compiled alone, which includes it and nothing else.

A source includes its own header first (structure.py), so compiling it tries the
header. Not so where a precompiled <ATen/ATen.h> comes before it (in jobs, but for
the plain folders), unless the header reaches libtorch itself. Prints two lists
for CMake, one a line: sources that don't reach libtorch, and those that do and
may take the precompiled header.
"""

import os
import sys

sys.dont_write_bytecode = True

from cpp_source import read_sources  # noqa: E402


def reaching(headers, prefixes):
    """The headers that include one of `prefixes`, themselves or by others."""
    found = {path for path, header in headers.items()
             if any(include.startswith(prefixes)
                    for include, _ in header.includes)}
    more = found
    while more:
        more = {path for path, header in headers.items() if path not in found
                and any(include in found for include, _ in header.includes)}
        found |= more
    return found


def write(path, text):
    """Leaves a file alone that says so already: it need not be compiled."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main(root, out, *plain_folders):
    files = read_sources(root)
    headers = {file.path: file for file in files if file.is_header}
    sources = {file.unit for file in files if not file.is_header}
    torch = reaching(headers, ("ATen/", "torch/", "c10/"))
    plain = tuple(folder + "/" for folder in plain_folders)
    lists = ([], [])
    for path, header in headers.items():
        precompiled = path.startswith("jobs/") and not path.startswith(plain)
        if header.unit in sources and (path in torch or not precompiled):
            continue
        alone = os.path.join(out, header.unit + "_alone.cpp")
        write(alone, f'#include "{path}"\n')
        lists[path in torch].append(alone)
    print("\n".join(";".join(each) for each in lists))


if __name__ == "__main__":
    main(*sys.argv[1:])
