#include "storage/tensors/safetensors.hpp"

#include <catch2/catch.hpp>

#include "storage/files/bytes.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

std::string container(const std::string& header, const std::string& data) {
  ByteWriter out;
  out.text(header);
  out.raw(data);
  return out.take();
}

}  // namespace

TEST_CASE("arrays survive a round trip through file and memory",
          "[storage][safetensors]") {
  const tests::Scratch scratch;
  const std::vector<double> values{0.5, -1, 2};
  const ArrayMap arrays{{"b", make_array(std::span<const double>(values), {3})},
                        {"a", {DType::i64, {}, std::string(8, '\1')}}};
  const std::string bytes = to_safetensors(arrays);
  tests::write_file(scratch.file("x"), bytes);
  for (const ArrayMap& found : {from_safetensors(bytes, "memory"),
                                read_safetensors(scratch.file("x"))}) {
    CHECK(doubles(found.at("b")) == values);
    CHECK(found.at("a").shape.empty());
    CHECK(found.at("a").bytes == std::string(8, '\1'));
  }
}

TEST_CASE("a file says of itself what it was given, and nothing else",
          "[storage][safetensors]") {
  const tests::Scratch scratch;
  const std::vector<float> values{1, 2};
  const ArrayMap arrays{{"w", make_array(std::span<const float>(values), {2})}};
  const SafetensorsMetadata metadata{{"model", "güte \"1\""},
                                     {"w", R"({"layer":3})"}};
  const std::string bytes = to_safetensors(arrays, metadata);
  CHECK(bytes == to_safetensors(arrays, metadata));
  tests::write_file(scratch.file("x"), bytes);
  const SafetensorsFile file(scratch.file("x"));
  CHECK(file.metadata() == metadata);
  CHECK(file.tensors().size() == 1);
  CHECK(floats(file.read("w")) == values);
  CHECK(from_safetensors(bytes, "memory").size() == 1);

  // Task results are kept for good: their bytes don't change.
  const std::string plain = to_safetensors(arrays);
  CHECK(plain.substr(8, 56) ==
        R"({"w":{"data_offsets":[0,8],"dtype":"F32","shape":[2]}}  )");
  tests::write_file(scratch.file("y"), plain);
  CHECK(SafetensorsFile(scratch.file("y")).metadata().empty());
}

TEST_CASE("a header that no reader takes is not written",
          "[storage][safetensors]") {
  const SafetensorsMetadata metadata{{"text", std::string(101U << 20, 'x')}};
  CHECK_THAT(tests::error_of([&] { safetensors_header({}, metadata); }),
             Catch::Contains("header") && Catch::Contains("at most"));
}

TEST_CASE("hostile headers are refused before anything is allocated",
          "[storage][safetensors]") {
  const auto message = [](const std::string& bytes) {
    return tests::error_of([&] { from_safetensors(bytes, "evil"); });
  };
  CHECK_THAT(message(std::string(8, '\xff')), Catch::Contains("evil"));
  CHECK_THAT(message(container("not json", "")), Catch::Contains("header"));
  CHECK_THAT(
      message(container(
          R"({"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})", "ab")),
      Catch::Contains("w") && Catch::Contains("outside"));
  CHECK_THAT(
      message(container(
          R"({"w":{"dtype":"F32","shape":[9],"data_offsets":[0,4]}})", "abcd")),
      Catch::Contains("by its shape"));
  CHECK_THAT(message(container(
                 R"({"w":{"dtype":"F32","shape":[4611686018427387904,4],)"
                 R"("data_offsets":[0,0]}})",
                 "")),
             Catch::Contains("impossible shape"));
  CHECK_THAT(
      message(container(
          R"({"w":{"dtype":"Q9","shape":[0],"data_offsets":[0,0]}})", "")),
      Catch::Contains("Q9"));
  CHECK_THAT(
      message(container(
          R"({"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,0]}})", "")),
      Catch::Contains("impossible shape"));
}

TEST_CASE("every byte of the data is one tensor's, every name there once",
          "[storage][safetensors]") {
  const auto message = [](const std::string& entries) {
    return tests::error_of([&] {
      from_safetensors(container("{" + entries + "}", "12345678"), "evil");
    });
  };
  const auto entry = [](const char* name, int from, int to) {
    return "\"" + std::string(name) + R"(":{"dtype":"U8","shape":[)" +
           std::to_string(to - from) + R"(],"data_offsets":[)" +
           std::to_string(from) + "," + std::to_string(to) + "]}";
  };
  CHECK(message(entry("b", 0, 4) + "," + entry("a", 4, 8)).empty());
  CHECK(message(entry("a", 0, 8) + "," + entry("none", 8, 8)).empty());
  CHECK(
      message(R"("__metadata__":{"format":"pt"},)" + entry("a", 0, 8)).empty());
  CHECK_THAT(message(entry("a", 0, 5) + "," + entry("b", 4, 8)),
             Catch::Contains("b: data that overlap"));
  CHECK_THAT(message(entry("a", 0, 3) + "," + entry("b", 4, 8)),
             Catch::Contains("b: a hole of 1 bytes"));
  CHECK_THAT(message(entry("a", 0, 7)),
             Catch::Contains("1 bytes after the last tensor"));
  CHECK_THAT(message(entry("a", 0, 8) + "," + entry("a", 0, 8)),
             Catch::Contains("a: named twice"));
  CHECK_THAT(message(R"("a":{"dtype":"U8","dtype":"I8"})"),
             Catch::Contains("dtype: named twice"));
  CHECK_THAT(message(R"("a":{"dtype":"U8","shape":[8.5],)"
                     R"("data_offsets":[0,8]})"),
             Catch::Contains("impossible shape, [8.5]"));
  CHECK_THAT(message(R"("a":{"dtype":"U8","shape":[8]})"),
             Catch::Contains("a: no data_offsets"));
  CHECK_THAT(message(R"("__metadata__":{"a":1},)" + entry("a", 0, 8)),
             Catch::Contains("__metadata__"));
}

TEST_CASE("a file cut anywhere is refused", "[storage][safetensors]") {
  const tests::Scratch scratch;
  const std::vector<float> values(16, 1.5F);
  const std::string bytes =
      to_safetensors({{"w", make_array(std::span<const float>(values), {16})}});
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    tests::write_file(scratch.file("x"), bytes.substr(0, cut));
    REQUIRE_THROWS(read_safetensors(scratch.file("x")));
  }
}
