#include "runner/commands/machine_rates.hpp"

#include <catch2/catch.hpp>

using Catch::EndsWith;
using coxswain::runner::rates_text;

TEST_CASE("the faster compute type is named", "[runner][machine_rates]") {
  CHECK(rates_text({189e9, 357e9}) ==
        "products on this processor, one thread: float32 189 GFLOP/s, bfloat16 "
        "357: bfloat16 is 1.9 times as fast");
  CHECK_THAT(rates_text({357e9, 189e9}),
             EndsWith("float32 is 1.9 times as fast"));
  CHECK_THAT(rates_text({63e9, 60e9}), EndsWith("equally fast"));
}
