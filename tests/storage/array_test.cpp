#include "storage/tensors/array.hpp"

#include <catch2/catch.hpp>

using namespace coxswain::storage;

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
