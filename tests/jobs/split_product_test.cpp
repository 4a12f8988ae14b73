#include "jobs/device/split_product.hpp"

#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <vector>

#include "jobs/device/row_product.hpp"
#include "tests/support/same_bytes.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

TEST_CASE("a product has the same bits wherever its parts end",
          "[jobs][split_product]") {
  at::manual_seed(9);
  for (const auto kind : {at::kFloat, at::kDouble}) {
    for (const std::int64_t terms : {1, 7, 319, 320, 321, 1000}) {
      const at::Tensor x = at::randn({19, terms}, kind);
      const at::Tensor W = at::randn({terms, 130}, kind);
      const at::Tensor whole = row_product(x, W);
      CHECK(at::allclose(whole.to(at::kDouble),
                         at::mm(x.to(at::kDouble), W.to(at::kDouble)), 1e-4,
                         kind == at::kFloat ? 1e-4 : 1e-11));
      for (const std::int64_t at_once : {1, 3, 16, 100, 320, 333, 2000}) {
        INFO(terms << " terms, " << at_once << " at a time");
        // Into some columns of something wider, and anew.
        at::Tensor wide = at::full({19, 140}, 5, x.options());
        SplitProduct product(wide.narrow(1, 4, 130), terms);
        for (std::int64_t first = 0; first < terms; first += at_once) {
          const std::int64_t n = std::min(at_once, terms - first);
          product.add(x.narrow(1, first, n), W.narrow(0, first, n));
        }
        CHECK(tests::same_bytes(wide.narrow(1, 4, 130), whole));
        CHECK(wide.select(1, 3).eq(5).all().item<bool>());
        CHECK(wide.select(1, 134).eq(5).all().item<bool>());
      }
    }
  }
}

TEST_CASE("matrices may lie as they like", "[jobs][split_product]") {
  at::manual_seed(10);
  const at::Tensor x = at::randn({700, 11}, at::kFloat).t();
  const at::Tensor W = at::randn({60, 700}, at::kFloat).t();
  at::Tensor out = at::empty({11, 60}, at::kFloat);
  SplitProduct product(out, 700);
  product.add(x.narrow(1, 0, 450), W.narrow(0, 0, 450));
  product.add(x.narrow(1, 450, 250), W.narrow(0, 450, 250));
  CHECK(tests::same_bytes(out, row_product(x.contiguous(), W.contiguous())));
}
