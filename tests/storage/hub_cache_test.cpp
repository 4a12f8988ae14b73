#include "storage/models/hub_cache.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace fs = std::filesystem;

namespace {

// A cache as huggingface_hub lays it out: snapshots hold links into blobs.
struct Hub {
  Hub() {
    const fs::path model = fs::path(root()) / "models--org--toy-1b";
    fs::create_directories(model / "refs");
    fs::create_directories(model / "blobs");
    fs::create_directories(model / "snapshots/0123abcd/inner");
    tests::write_file((model / "refs/main").string(), "0123abcd\n");
    tests::write_file((model / "blobs/ff00").string(), "{}");
    fs::create_symlink("../../blobs/ff00",
                       model / "snapshots/0123abcd/config.json");
  }
  std::string root() const { return scratch.file("hub"); }
  std::string find(const std::string& source) const {
    return find_in_hub(root(), source);
  }
  std::string error(const std::string& source) const {
    return tests::error_of([&] { find(source); });
  }
  tests::Scratch scratch;
};

}  // namespace

TEST_CASE("a model is found in the local hub cache by its name",
          "[storage][hub_cache]") {
  const Hub hub;
  CHECK(is_hub_source("hf:org/toy-1b"));
  CHECK_FALSE(is_hub_source("models/toy"));
  const std::string folder = hub.find("hf:org/toy-1b");
  CHECK(fs::exists(fs::path(folder) / "config.json"));
  CHECK(hub.find("hf:org/toy-1b@0123abcd") == folder);
  CHECK(hub.find("hf:org/toy-1b//inner").ends_with("inner"));
}

TEST_CASE("what is not in the cache is named, and nothing leaves it",
          "[storage][hub_cache]") {
  const Hub hub;
  CHECK_THAT(hub.error("hf:org/other"), Catch::Contains("models--org--other") &&
                                            Catch::Contains("HF_HOME"));
  CHECK_THAT(hub.error("hf:org/toy-1b@v2"), Catch::Contains("v2"));
  CHECK_THAT(hub.error("hf:org/toy-1b//outer"), Catch::Contains("outer"));
  for (const char* bad : {"hf:", "hf:../x", "hf:org/../x",
                          "hf:org/toy-1b//../../refs", "hf:org/toy-1b@../main",
                          "hf:a/b/c", "hf:org/toy-1b//", "hf:org/toy 1b"}) {
    INFO(bad);
    CHECK_THAT(hub.error(bad), Catch::Contains("hf:"));
  }
  tests::write_file(hub.root() + "/models--org--toy-1b/refs/main",
                    "../../../etc");
  CHECK_FALSE(hub.error("hf:org/toy-1b").empty());
}
