#include <hdf5.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "storage/results/results_file.hpp"
#include "tests/support/activation_run.hpp"
#include "tests/support/pages.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

using Words = std::set<std::string>;

herr_t add_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<Words*>(names)->insert(name);
  return 0;
}

herr_t add_attributes(hid_t file, const char* name, const H5O_info_t*,
                      void* names) {
  const hid_t object = H5Oopen(file, name, H5P_DEFAULT);
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, add_attribute,
              names);
  return H5Oclose(object);
}

// The attributes that any object of the file has, as HDF5 itself tells.
Words attributes_of(const std::string& path) {
  Words names;
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  REQUIRE(file >= 0);
  H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, add_attributes, &names);
  H5Fclose(file);
  return names;
}

// "a/{b, c}" is a/b and a/c; a word without a slash that follows one with
// stands beside it: `codes/offsets`, `features`.
Words documented_arrays() {
  Words paths;
  for (const auto& row : tests::table_rows(tests::page("storage/README.md"))) {
    std::string folder;
    for (const std::string& word : tests::code_words(row[0])) {
      const std::size_t brace = word.find('{');
      if (brace == std::string::npos) {
        if (word.find('/') == std::string::npos) {
          paths.insert(folder + word);
          continue;
        }
        folder = word.substr(0, word.rfind('/') + 1);
        paths.insert(word);
        continue;
      }
      std::string list = word.substr(brace + 1, word.find('}') - brace - 1);
      list += ",";
      for (std::size_t at = 0, end = 0;
           end = list.find(',', at), end != std::string::npos; at = end + 1) {
        while (list[at] == ' ') ++at;
        paths.insert(word.substr(0, brace) + list.substr(at, end - at));
      }
    }
  }
  return paths;
}

}  // namespace

TEST_CASE("storage/README.md has each column beside its table",
          "[storage][pages]") {
  std::map<std::string, Words> columns;
  for (const auto& row : tests::table_rows(tests::page("storage/README.md"))) {
    if (row.size() != 2) continue;
    const auto words = tests::code_words(row[1]);
    for (const std::string& table : tests::code_words(row[0])) {
      columns[table].insert(words.begin(), words.end());
    }
  }
  columns["names"] = columns["names/kinds"];
  columns["activations"] = columns["activations/<model>/<behaviour>/rows"];
  for (const TableSchema* schema : all_schemas()) {
    INFO(schema->path);
    REQUIRE(columns.contains(schema->path));
    for (const Column& column : schema->columns) {
      INFO(column.name);
      CHECK(columns.at(schema->path).contains(column.name));
    }
  }
}

TEST_CASE("storage/README.md has each array, and no other",
          "[storage][pages]") {
  const Words documented = documented_arrays();
  Words there;
  for (const ResultArray& array : result_arrays()) {
    there.insert(std::string("arrays/") + array.name);
  }
  REQUIRE(there.size() > 10);
  for (const std::string& path : there) {
    INFO(path);
    CHECK(documented.contains(path));
  }
  for (const std::string& path : documented) {
    if (!path.starts_with("arrays/")) continue;
    INFO(path);
    CHECK(there.contains(path));
  }
}

TEST_CASE("storage/README.md names every attribute of results",
          "[storage][pages]") {
  const auto words = tests::code_words(tests::page("storage/README.md"));
  const Words documented(words.begin(), words.end());
  const tests::Scratch scratch;
  const tests::ActivationRun within(scratch.file("a"), DType::bf16,
                                    tests::Kept::within);
  const tests::ActivationRun beside(scratch.file("b"), DType::bf16,
                                    tests::Kept::beside);
  Words there = attributes_of(within.results());
  there.merge(attributes_of(beside.path + "/activations/000.h5"));
  CHECK(there.contains("first_row"));
  CHECK(there.size() > 12);
  for (const std::string& name : there) {
    INFO(name);
    CHECK(documented.contains(name));
  }
}
