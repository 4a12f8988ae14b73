// Files that are not what their names say.

#include "storage/files/stand_in.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "storage/files/json_text.hpp"
#include "storage/models/gguf.hpp"
#include "storage/models/hub_cache.hpp"
#include "storage/models/weight_file.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_gguf.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace fs = std::filesystem;

namespace {

const std::string kPointer =
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:"
    "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    "size 12345\n";
const std::string kPage =
    "\n<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>";

// What each reader says of the same bytes.
struct Refusals {
  std::string gguf, safetensors, json;
};

Refusals refusals_of(const std::string& bytes) {
  const tests::Scratch scratch;
  const std::string path = scratch.file("file");
  tests::write_file(path, bytes);
  return {tests::error_of([&] { GgufFile file(path); }),
          tests::error_of([&] { SafetensorsFile file(path); }),
          tests::error_of([&] { parse_json(read_text(path), path); })};
}

std::string folder_error(const fs::path& folder) {
  return tests::error_of([&] { open_safetensors_folder(folder.string()); });
}

}  // namespace

TEST_CASE("what stands in the place of a file is called what it is",
          "[storage][stand_in]") {
  struct Case {
    std::string bytes, found;
  };
  for (const Case& one :
       {Case{kPointer, "a Git LFS pointer"}, Case{kPage, "a page of HTML"},
        Case{"<?xml version=\"1.0\"?><Error/>", "a page of HTML or XML"},
        Case{"Entry not found", "a text, \"Entry not found\""},
        Case{"", "an empty file"}, Case{std::string(4096, '\0'), "zeros alone"},
        Case{std::string("PK\3\4", 4) + std::string(100, 'x'), "a zip file"},
        Case{"\x80\2}q" + std::string(100, 'x'), "a pickle"},
        Case{"\x1f\x8b\x08" + std::string(100, 'x'), "packed by gzip"},
        Case{"\x89HDF\r\n\x1a\n" + std::string(100, 'x'), "an HDF5 file"}}) {
    INFO(one.found);
    const Refusals refusals = refusals_of(one.bytes);
    CHECK_THAT(refusals.gguf, Catch::Contains(one.found));
    CHECK_THAT(refusals.safetensors, Catch::Contains(one.found));
    CHECK_THAT(refusals.json, Catch::Contains(one.found));
  }
  const Refusals gguf = refusals_of(tests::toy_llama().bytes());
  CHECK(gguf.gguf.empty());
  CHECK_THAT(gguf.safetensors, Catch::Contains("a GGUF file"));
  CHECK_THAT(gguf.json, Catch::Contains("a GGUF file"));
  CHECK_THAT(refusals_of("tjgg" + std::string(100, '\1')).gguf,
             Catch::Contains("of before GGUF"));
  CHECK_THAT(refusals_of(std::string("\xff\xfe{\0}\0", 6)).json,
             Catch::Contains("UTF-16"));
}

TEST_CASE("JSON may begin with a mark, and is told where it breaks off",
          "[storage][stand_in]") {
  CHECK(parse_json("\xef\xbb\xbf{\"a\": 1}", "config.json").at("a") == 1);
  CHECK_THAT(tests::error_of([] { parse_json("{\"a\": ", "config.json"); }),
             Catch::Contains("config.json") && Catch::Contains("column 7"));
}

TEST_CASE("a big-endian GGUF file is told by its numbers",
          "[storage][stand_in]") {
  std::string bytes = tests::toy_llama().bytes();
  std::swap(bytes[4], bytes[7]);
  CHECK_THAT(refusals_of(bytes).gguf, Catch::Contains("big-endian"));
  bytes = tests::toy_llama().bytes();
  bytes[4] = 1;
  CHECK_THAT(refusals_of(bytes).gguf, Catch::Contains("GGUF version: 1"));
}

TEST_CASE("a safetensors file that ends in its header is cut",
          "[storage][stand_in]") {
  const std::string whole =
      to_safetensors({{"w", {DType::f32, {2}, std::string(8, '\0')}}});
  CHECK_THAT(refusals_of(whole.substr(0, 20)).safetensors,
             Catch::Contains("the file is cut"));
}

TEST_CASE("a folder without weights says what it has instead",
          "[storage][stand_in]") {
  struct Case {
    const char* name;
    const char* said;
  };
  for (const Case& one :
       {Case{"config.json", "weights: none"},
        Case{"pytorch_model.bin", "pytorch_model.bin (pickled weights"},
        Case{"adapter_model.safetensors", "an adapter without its base"},
        Case{"adapter_model.bin", "an adapter without its base"},
        Case{"model.Q4_K.gguf", "name that file"},
        Case{"model-00001-of-00002.safetensors", "fetch the index"},
        Case{"model.fp16.safetensors", "call the one file model.safetensors"},
        Case{"consolidated.00.pth", "pickled weights"},
        Case{"tf_model.h5", "TensorFlow"},
        Case{"model.safetensors.part", "an unfinished download"},
        Case{".cache/huggingface/download/model.safetensors.ab.incomplete",
             "an unfinished download"}}) {
    INFO(one.name);
    const tests::Scratch scratch;
    const fs::path path = scratch.file(one.name);
    fs::create_directories(path.parent_path());
    tests::write_file(path.string(), "x");
    CHECK_THAT(folder_error(scratch.path()), Catch::Contains(one.said));
  }
}

TEST_CASE("a snapshot whose files are gone, or not there yet, says so",
          "[storage][stand_in]") {
  const tests::Scratch scratch;
  const fs::path model = scratch.file("models--org--toy");
  fs::create_directories(model / "snapshots/abc");
  fs::create_directories(model / "refs");
  fs::create_directories(model / "blobs");
  tests::write_file((model / "refs/main").string(), "abc");
  const auto error = [&] {
    return folder_error(find_in_hub(scratch.path(), "hf:org/toy"));
  };
  CHECK_THAT(error(), Catch::Contains("weights: none"));
  tests::write_file((model / "blobs/0123.incomplete").string(), "x");
  CHECK_THAT(error(), Catch::Contains("0123.incomplete (an unfinished"));
  fs::create_symlink("../../blobs/0123",
                     model / "snapshots/abc/model.safetensors");
  CHECK_THAT(error(), Catch::Contains("model.safetensors: a link to "
                                      "../../blobs/0123, which is not there"));
  CHECK_THAT(tests::error_of([&] {
               GgufFile file(find_in_hub(scratch.path(),
                                         "hf:org/toy//model.safetensors"));
             }),
             Catch::Contains("which is not there"));
}
