#include "jobs/task/source_digest.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "jobs/model/model_file.hpp"
#include "storage/files/digest.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

std::string name_as_digest(const std::string& path) {
  return "<" + std::filesystem::path(path).filename().string() + ">";
}

}  // namespace

TEST_CASE("a file's digest is that of the model that it is",
          "[jobs][source_digest]") {
  const tests::Scratch scratch;
  const std::string path = scratch.file("model.gguf");
  tests::write_file(path, "weights");
  CHECK(model_digest(path, name_as_digest) == "<model.gguf>");
  CHECK(model_digest(path) == storage::sha256("weights"));
}

TEST_CASE("a folder's digest is of lines as sha256sum prints them",
          "[jobs][source_digest]") {
  const tests::Scratch scratch;
  tests::write_file(scratch.file("config.json"), "{}");
  const storage::Array one{storage::DType::f32, {1}, std::string(4, 'x')};
  tests::write_file(scratch.file("model.safetensors"),
                    storage::to_safetensors({{"one", one}}));
  CHECK(model_digest(scratch.path(), name_as_digest) ==
        storage::sha256("<config.json>  config.json\n"
                        "<model.safetensors>  model.safetensors\n"));
}

TEST_CASE("an SAE's digest is of its files' digests, in their order",
          "[jobs][source_digest]") {
  SaeHeader header;
  header.files = {"sae/b", "sae/a"};
  CHECK(sae_digest(header, name_as_digest) == storage::sha256("<b><a>"));
}
