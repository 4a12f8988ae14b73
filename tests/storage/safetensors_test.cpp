#include "storage/safetensors.hpp"

#include <catch2/catch.hpp>

#include "storage/bytes.hpp"
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
