#include "storage/tensors/convert.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

using namespace coxswain::storage;

TEST_CASE("half-precision bits widen to the numbers they mean",
          "[storage][convert]") {
  // IEEE 754 binary16: one, the largest, the smallest subnormal, -2, infinity.
  CHECK(widen_f16(0x3c00) == 1.0F);
  CHECK(widen_f16(0x7bff) == 65504.0F);
  CHECK(widen_f16(0x0001) == std::ldexp(1.0F, -24));
  CHECK(widen_f16(0xc000) == -2.0F);
  CHECK(std::isinf(widen_f16(0x7c00)));
  CHECK(std::isnan(widen_f16(0x7e00)));
  CHECK(std::signbit(widen_f16(0x8000)));
  CHECK(widen_bf16(0x3f80) == 1.0F);
  CHECK(widen_bf16(0xc120) == -10.0F);
}

TEST_CASE("narrowing to bfloat16 rounds to the nearest, ties to even",
          "[storage][convert]") {
  CHECK(narrow_bf16(1.0F) == 0x3f80);
  CHECK(narrow_bf16(1.0F + 1.0F / 256) == 0x3f80);  // half way: to even
  CHECK(narrow_bf16(1.0F + 3.0F / 256) == 0x3f82);
  CHECK(narrow_bf16(1.0F + 1.5F / 256) == 0x3f81);
  CHECK(narrow_bf16(-1.0F - 1.5F / 256) == 0xbf81);
  CHECK(narrow_bf16(std::numeric_limits<float>::max()) == 0x7f80);
  CHECK(std::isnan(
      widen_bf16(narrow_bf16(std::numeric_limits<float>::quiet_NaN()))));
}

TEST_CASE("every kind of number goes to every kind that models compute in",
          "[storage][convert]") {
  const std::vector<float> values{1, -2, 0.5F, 1024};
  const std::string f32(reinterpret_cast<const char*>(values.data()), 16);
  for (const DType from : {DType::f32, DType::f64, DType::bf16}) {
    std::string there(values.size() * size_of(from), '\0');
    convert(DType::f32, f32, from, there.data(), "");
    std::vector<float> back(values.size());
    convert(from, there, DType::f32, back.data(), "");
    CHECK(back == values);
  }
  float out = 0;
  CHECK_THROWS_WITH(
      convert(DType::i64, std::string(8, 0), DType::f32, &out,
              "model.safetensors: x"),
      Catch::Contains("model.safetensors: x") && Catch::Contains("I64"));
}
