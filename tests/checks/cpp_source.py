"""C++ sources as the checks see them: lines, includes, functions, types."""

import bisect
import os
import re

TOP_FOLDERS = ("storage", "jobs", "analysis", "cluster", "runner")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)

# What means nothing to the structure. A string keeps its quotes, and whatever
# is taken out keeps its line ends, so that line numbers stay.
BLANKED = re.compile(
    r"""(?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)
    |(?P<raw>R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")
    |(?P<string>"(?:\\.|[^"\\\n])*")
    |(?P<char>(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+')
    |(?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)""",
    re.X | re.S | re.M)
TYPE_HEAD = re.compile(r"^(?:struct|class|union|enum(?:\s+(?:class|struct))?)\b"
                       r"(?:\s*alignas\s*\([^)]*\)|\s*\[\[.*?\]\])*"
                       r"\s*([A-Za-z_][\w:]*)?[^()]*$", re.S)
# A constructor's list of members has begun, and a member's name stands last.
MEMBER_OPENS = re.compile(r"\)[^():]*(?<!:):(?!:).*[\w>]\s*$", re.S)


class Source:
    """One file: its text, and what its braces enclose."""

    def __init__(self, root, path):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            self.text = file.read()
        self.path = path
        self.folder = os.path.dirname(path)
        self.unit = os.path.splitext(path)[0]
        self.is_header = path.endswith(".hpp")
        self.lines = self.text.splitlines()
        self.includes = [(match[2], match[1] == "<")
                         for match in INCLUDE.finditer(self.text)]
        self.functions = []  # (name, first line, last line)
        self.types = []  # (name, first line), at namespace scope
        self._read_braces()

    def is_comment(self, line):
        return self.lines[line - 1].lstrip().startswith("//")

    def _read_braces(self):
        code = BLANKED.sub(_blank, self.text)
        ends = [at for at, letter in enumerate(code) if letter == "\n"]
        scopes = []  # (kind, name, line of its head's first letter)
        head = 0  # where the declaration being read begins
        for match in re.finditer(r"[{};]", code):
            at = match.start()
            kind = scopes[-1][0] if scopes else "namespace"
            if match[0] == "{":
                scope = _opened(code[head:at], kind)
                begin = head + len(code[head:at]) - len(code[head:at].lstrip())
                scopes.append((*scope, bisect.bisect_left(ends, begin) + 1))
                if scope[0] == "type" and kind == "namespace":
                    self.types.append((scope[1], scopes[-1][2]))
                if scope[0] != "value":
                    head = at + 1
            elif match[0] == "}":
                if not scopes:
                    raise SystemExit(f"{self.path}: a brace too many, or one "
                                     f"that cpp_source.py does not understand")
                opened, name, first = scopes.pop()
                if opened == "function":
                    last = bisect.bisect_left(ends, at) + 1
                    self.functions.append((name, first, last))
                if opened != "value":
                    head = at + 1
            elif kind != "value":
                head = at + 1
        if scopes:
            raise SystemExit(f"{self.path}: a brace is left open, or one that "
                             f"cpp_source.py does not understand")


def _blank(match):
    text = match[0]
    ends = "\n" * text.count("\n")
    return f'""{ends}' if match["raw"] or match["string"] else ends


def _opened(head, around):
    """Kind and name of what a brace after `head` opens, inside `around`."""
    if around in ("value", "body", "function"):
        return "value" if around == "value" else "body", ""
    head = re.sub(r"^\s*(?:(?:public|private|protected)\s*:\s*)*", "", head)
    while begin := re.match(r"template\s*(?=<)", head):
        head = _after_angles(head[begin.end():])
    if re.match(r'(?:inline\s+)?namespace\b|extern\s*""\s*$', head):
        return "namespace", ""
    if type_head := TYPE_HEAD.match(head):
        return "type", type_head[1] or ""
    name = re.search(r"([\w:~]+(?:<[^()]*>)?|operator\W+)\s*\(", head)
    if not name or re.search(r"=\s*$|^[^(]*[^=!<>]=[^=]", head) and (
            "operator" not in head):
        return "value", ""
    if MEMBER_OPENS.search(head):
        return "value", ""
    return "function", name[1]


def _after_angles(text):
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == "<") - (letter == ">")
        if depth == 0:
            return text[at + 1:].lstrip()
    return text


def read_sources(root, folders=TOP_FOLDERS):
    """Every header and source below `folders`, in the order of their names."""
    paths = []
    for folder in folders:
        for place, _, names in os.walk(os.path.join(root, folder)):
            paths += [os.path.relpath(os.path.join(place, name), root)
                      for name in names if name.endswith((".hpp", ".cpp"))]
    return [Source(root, path) for path in sorted(paths)]
