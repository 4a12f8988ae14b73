"""structure.py on small trees: a sound one, and each rule broken once."""

import contextlib
import io
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))

import structure  # noqa: E402

WINGS = """
storage:
  files:
  tensors: files
jobs: storage
  .:
foreign:
  zip.h: storage/files
"""
TREE = {
    "storage/files/a.hpp": '#include <string>\n// An a.\nstruct A {};\n',
    "storage/files/a.cpp": '#include "storage/files/a.hpp"\n'
                           '#include <zip.h>\n',
    "storage/tensors/b.hpp": '#include "storage/files/a.hpp"\n',
    "jobs/c.cpp": '#include "storage/tensors/b.hpp"\n',
}
LONG = "int long_one() {\n" + "  // Nothing.\n" * 200 + "}\n"
FUNCTIONS = """
#define TWICE(x) { x
namespace d {
inline const int kOne{1};
const auto none_here = [] { return 1; };
constexpr Pair kPairs[] = {{1, none()}, {2, none()}};
template <typename T>
struct D : Base<T> {
  void none() const { char c = '{'; }
  explicit D(int one = {}, char mark = '}')
      : Base<T>{one}, two_{one} {
    auto raw = R"(})";
  }
  friend bool operator==(const D&, const D&) { return true; }
  struct Inside { int one = 0; };
};
template <>
auto two<int>(std::vector<int> x = {}) -> std::vector<int> {
  return {1'000, x[0]};  /* } */ }
int three() {
  struct Local {}; }
}
"""


def faults(changes, wings=WINGS):
    """What the check says of TREE with `changes`, and its exit code."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in {**TREE, **changes, "wings.txt": wings}.items():
            place = os.path.join(root, path)
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "w", encoding="utf-8") as file:
                file.write(text)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = structure.check(root, os.path.join(root, "wings.txt"))
        return said.getvalue(), code


class Structure(unittest.TestCase):
    def refused(self, sentence, changes, wings=WINGS):
        said, code = faults(changes, wings)
        self.assertIn(sentence, said)
        self.assertEqual(code, 1)

    def test_sound(self):
        self.assertEqual(faults({}), ("4 files, 3 wings\n", 0))

    def test_include_without_arrow(self):
        self.refused("jobs/c.cpp includes runner/d.hpp: wings.txt has no arrow "
                     "jobs -> runner",
                     {"jobs/c.cpp": '#include "storage/files/a.hpp"\n'
                                    '#include "runner/d.hpp"\n'})
        self.refused("storage/files/a.cpp includes storage/tensors/b.hpp: "
                     "wings.txt has no arrow storage/files -> storage/tensors",
                     {"storage/files/a.cpp":
                      '#include "storage/tensors/b.hpp"\n#include <zip.h>\n'})

    def test_folder_without_line(self):
        self.refused("jobs/new: has sources, but no line in wings.txt",
                     {"jobs/new/d.cpp": ""})

    def test_line_without_need(self):
        self.refused("nothing in storage/tensors includes storage/files",
                     {"storage/tensors/b.hpp": ""})
        self.refused("nothing in jobs includes storage: ", {"jobs/c.cpp": ""})
        self.refused("nothing in storage/files includes zip.h",
                     {"storage/files/a.cpp": ""})
        self.refused("storage/gone has no sources", {},
                     WINGS.replace("jobs:", "  gone:\njobs:"))

    def test_arrow_that_points_down(self):
        self.refused("files -> storage/tensors: an arrow must point at a wing "
                     "listed above", {},
                     WINGS.replace("files:\n", "files: tensors\n", 1))

    def test_two_way_folders(self):
        self.refused("jobs/d and jobs/e include each other",
                     {"jobs/d/x/one.hpp": '#include "jobs/e/two.hpp"\n',
                      "jobs/e/y/one.hpp": '#include "jobs/d/two.hpp"\n'})
        self.refused("jobs and jobs/d include each other",
                     {"jobs/d/one.hpp": '#include "jobs/two.hpp"\n',
                      "jobs/c.cpp": '#include "jobs/d/one.hpp"\n'})

    def test_cycle_of_units(self):
        cycle = {"jobs/d.hpp": '#include "jobs/e.hpp"\n',
                 "jobs/e.cpp": '#include "jobs/d.hpp"\n'}
        self.refused("units that include each other: jobs/d, jobs/e", cycle)

    def test_foreign_library(self):
        self.refused("jobs/d.cpp includes zip.h: zip.h stays in storage/files",
                     {"jobs/d.cpp": "#include <zip.h>\n"})
        self.refused("jobs/d.cpp includes new/library.hpp: wings.txt names no "
                     "room", {"jobs/d.cpp": "#include <new/library.hpp>\n"})
        self.refused('jobs/d.cpp includes <storage/files/a.hpp>: ours take',
                     {"jobs/d.cpp": "#include <storage/files/a.hpp>\n"})

    def test_long_function(self):
        self.refused("jobs/d.cpp:1: long_one has 202 lines",
                     {"jobs/d.cpp": LONG})

    def test_own_header_first(self):
        self.refused("storage/files/a.cpp must include storage/files/a.hpp",
                     {"storage/files/a.cpp":
                      '#include <zip.h>\n#include "storage/files/a.hpp"\n'})

    def test_finds_functions(self):
        with tempfile.TemporaryDirectory() as root:
            with open(os.path.join(root, "d.hpp"), "w") as file:
                file.write(FUNCTIONS)
            source = structure.cpp_source.Source(root, "d.hpp")
        self.assertEqual(
            [(name, last - first + 1) for name, first, last in source.functions],
            [("none", 1), ("D", 4), ("operator==", 1), ("two<int>", 3),
             ("three", 2)])
        self.assertEqual([name for name, _ in source.types], ["D"])

    def test_undocumented_types(self):
        self.refused("jobs/d.hpp:3: no comment above E",
                     {"jobs/d.hpp": "namespace d {\nstruct Forward;\n"
                                    "enum class E { one };\nclass F {};\n}\n"})


if __name__ == "__main__":
    unittest.main()
