#include "storage/array.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace coxswain::storage;

TEST_CASE("half-precision bits widen to the numbers they mean",
          "[storage][array]") {
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

TEST_CASE("an array that contradicts its shape is refused",
          "[storage][array]") {
  const std::vector<float> values{1, 2, 3};
  CHECK_THROWS(make_array(std::span<const float>(values), {2, 2}));
  const Array array = make_array(std::span<const float>(values), {3});
  CHECK(doubles(array) == std::vector<double>{1, 2, 3});
  CHECK_THROWS(integers(array));
}

TEST_CASE("a tensor that is missing is named with what is there",
          "[storage][array]") {
  const ArrayMap arrays{{"W_enc", Array{}}};
  CHECK_THROWS_WITH(at(arrays, "W_dec", "sae.safetensors"),
                    Catch::Contains("W_dec") && Catch::Contains("W_enc") &&
                        Catch::Contains("sae.safetensors"));
}
