"""Measures of the sources, and the table that structure.py --table prints."""

import os
import re
from collections import Counter, defaultdict

from cpp_source import TOP_FOLDERS


def ancestors(folder):
    while folder:
        yield folder
        folder = os.path.dirname(folder)


def two_way_pairs(files):
    """Folders that include each other: siblings with all that lies below
    them, and a folder's own files with a folder inside it."""
    arrows = {}
    for file in files:
        for include, _ in file.includes:
            target = os.path.dirname(include)
            if include.split("/")[0] not in TOP_FOLDERS:
                continue
            found = (file.path, include)
            for one in ancestors(file.folder):
                for other in ancestors(target):
                    nested = (one + "/").startswith(other + "/") or (
                        other + "/").startswith(one + "/")
                    own = one == file.folder and other == target
                    sibling = os.path.dirname(one) == os.path.dirname(other)
                    if own or sibling and not nested:
                        arrows.setdefault((one, other), found)
    return [(one, other, found, arrows[other, one])
            for (one, other), found in sorted(arrows.items())
            if one < other and (other, one) in arrows]


def unit_cycles(files):
    """Groups of units (header and source of one stem) that reach each other."""
    units = {file.unit for file in files}
    graph = defaultdict(set)
    for file in files:
        for include, _ in file.includes:
            unit = os.path.splitext(include)[0]
            if unit in units and unit != file.unit:
                graph[file.unit].add(unit)
    return sorted(strong_components(graph), key=len)


def strong_components(graph):
    """Tarjan's, of two nodes or more, without recursion."""
    order, low, stack, found = {}, {}, [], []
    for root in sorted(graph):
        if root in order:
            continue
        path = [(root, iter(sorted(graph[root])))]
        order[root] = low[root] = len(order)
        stack.append(root)
        while path:
            node, targets = path[-1]
            for target in targets:
                if target not in order:
                    order[target] = low[target] = len(order)
                    stack.append(target)
                    path.append((target, iter(sorted(graph.get(target, ())))))
                    break
                if target in stack:
                    low[node] = min(low[node], order[target])
            else:
                path.pop()
                if path:
                    above = path[-1][0]
                    low[above] = min(low[above], low[node])
                if low[node] == order[node]:
                    at = stack.index(node)
                    if len(stack) - at > 1:
                        found.append(sorted(stack[at:]))
                    del stack[at:]
    return found


def undocumented_types(files):
    return [(file, name, line) for file in files if file.is_header
            for name, line in file.types
            if line < 2 or not file.is_comment(line - 1)]


def documented_share(files):
    types = sum(len(file.types) for file in files if file.is_header)
    return 1 - len(undocumented_types(files)) / types if types else 1.0


def comment_share(files):
    written = comments = 0
    for file in files:
        for number, line in enumerate(file.lines, 1):
            written += bool(line.strip())
            comments += file.is_comment(number)
    return comments / written if written else 0.0


def spread(numbers):
    """Median / nine tenths / largest."""
    numbers = sorted(numbers)
    if not numbers:
        return "-"
    at = lambda share: numbers[min(int(len(numbers) * share), len(numbers) - 1)]
    return f"{at(0.5)} / {at(0.9)} / {numbers[-1]}"


def column(files, test_files):
    functions = [last - first + 1 for file in files
                 for _, first, last in file.functions]
    lines = sum(len(file.lines) for file in files)
    folders = sorted(Counter(file.folder for file in files).values())
    cycles = unit_cycles(files)
    asserts = sum(len(re.findall(r"(?<![\w.])assert\(", file.text))
                  for file in files)
    headers = [file for file in files if file.is_header]
    sources = [file for file in files if not file.is_header]
    tests = sum(len(file.lines) for file in test_files)
    return {
        "files": len(files),
        "lines a file, median / p90 / max":
            spread(len(file.lines) for file in files),
        "functions": len(functions),
        "lines a function": spread(functions),
        "functions over 60 lines": sum(length > 60 for length in functions),
        "comment share": f"{comment_share(files):.0%}",
        "in headers, in sources":
            f"{comment_share(headers):.0%}, {comment_share(sources):.0%}",
        "types documented": f"{documented_share(files):.0%}",
        "types not documented": len(undocumented_types(files)),
        "test lines a code line": f"{tests / lines:.2f}" if lines else "-",
        "two-way folder pairs": len(two_way_pairs(files)),
        "cycles of units, largest":
            f"{len(cycles)}, {max(map(len, cycles), default=0)}",
        "files a folder, median / max":
            f"{folders[len(folders) // 2]} / {folders[-1]}" if folders else "-",
        "asserts": asserts,
    }


def table(files, test_files):
    columns = {"all": column(files, test_files)}
    for top in TOP_FOLDERS:
        columns[top] = column(
            [file for file in files if file.path.startswith(top + "/")],
            [file for file in test_files
             if file.path.startswith(f"tests/{top}/")])
    rows = [["", *columns]]
    rows += [[name, *(str(one[name]) for one in columns.values())]
             for name in columns["all"]]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in
                               zip(row, widths)).rstrip() for row in rows)
