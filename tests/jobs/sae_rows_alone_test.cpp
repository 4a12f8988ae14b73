// What an SAE makes of a row is that row's alone, and the same wherever the
// SAE's matrices lie.

#include <ATen/ATen.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <utility>
#include <vector>

#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/decomposition/sae_dictionary.hpp"
#include "jobs/sae/sae_fit.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "tests/support/same_bytes.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using tests::same_bytes;

namespace {

constexpr std::int64_t kIn = 56, kFeatures = 1200, kRows = 61;

// A matrix that comes in blocks of some rows, or of some columns.
class CutMatrix : public MatrixSource {
 public:
  CutMatrix(at::Tensor values, std::int64_t at_once, bool upright)
      : values_(std::move(values)), at_once_(at_once), upright_(upright) {}

  void for_each_block(
      const std::function<void(const MatrixBlock&)>& use) const override {
    const at::Tensor lying = upright_ ? values_ : values_.t();
    for (std::int64_t first = 0; first < lying.size(0); first += at_once_) {
      const std::int64_t n = std::min(at_once_, lying.size(0) - first);
      // In memory of its own, as a block of a file is.
      const at::Tensor block =
          lying.narrow(0, first, n).clone(at::MemoryFormat::Contiguous);
      if (upright_) {
        use({block, first, 0});
      } else {
        use({block.t(), 0, first});
      }
    }
  }

 private:
  at::Tensor values_;
  std::int64_t at_once_;
  bool upright_;
};

SaeMatrix cut(const SaeMatrix& whole, std::int64_t at_once, bool upright) {
  return {whole.rows(), whole.columns(), at::kFloat,
          std::make_shared<CutMatrix>(whole.tensor(), at_once, upright)};
}

// An SAE of each kind of encoder and of each way to bring input to its units.
std::vector<SparseAutoencoder> saes() {
  at::manual_seed(11);
  SparseAutoencoder base;
  base.header.d_in = base.header.d_out = kIn;
  base.header.d_sae = kFeatures;
  base.header.k = 20;
  base.header.max_iterations = 9;
  base.header.residual_threshold = 2;
  base.W_enc = at::randn({kIn, kFeatures}, at::kFloat) * 0.3;
  base.W_dec = at::randn({kFeatures, kIn}, at::kFloat) * 0.2;
  base.b_enc = at::randn({kFeatures}, at::kFloat) * 0.2;
  base.b_dec = at::randn({kIn}, at::kFloat);
  base.threshold = at::rand({kFeatures}, at::kFloat);
  base.b_gate = at::randn({kFeatures}, at::kFloat);
  base.b_mag = at::randn({kFeatures}, at::kFloat);
  base.r_mag = at::randn({kFeatures}, at::kFloat) * 0.3;
  base.decoder_norms = base.W_dec.row_norms().to(at::kFloat);
  std::vector<SparseAutoencoder> all;
  for (const auto architecture :
       {SaeArchitecture::standard, SaeArchitecture::jump_relu,
        SaeArchitecture::top_k, SaeArchitecture::abs_top_k,
        SaeArchitecture::group_max, SaeArchitecture::gated,
        SaeArchitecture::matching_pursuit}) {
    all.push_back(base);
    all.back().header.architecture = architecture;
  }
  all.back().W_enc = SaeMatrix();
  for (const auto units :
       {InputNormalisation::constant_norm, InputNormalisation::layer_norm}) {
    all.push_back(base);
    all.back().header.architecture = SaeArchitecture::top_k;
    all.back().header.normalisation = units;
    all.back().header.rescaled = true;
    all.back().W_skip = at::randn({kIn, kIn}, at::kFloat);
  }
  return all;
}

at::Tensor rows() {
  at::manual_seed(12);
  return at::randn({kRows, kIn}, at::kFloat) * 3;
}

struct Made {
  at::Tensor codes, rebuilt;
};
Made made_of(const SparseAutoencoder& sae, const at::Tensor& x) {
  const at::Tensor codes = sae.encode(x, true);
  return {codes, sae.reconstruct(x, codes)};
}

bool same(const Made& a, const Made& b) {
  return same_bytes(a.codes, b.codes) && same_bytes(a.rebuilt, b.rebuilt);
}
Made chosen(const Made& all, const at::Tensor& order) {
  return {all.codes.index_select(0, order), all.rebuilt.index_select(0, order)};
}
Made part(const Made& all, std::int64_t first, std::int64_t n) {
  return {all.codes.narrow(0, first, n), all.rebuilt.narrow(0, first, n)};
}

}  // namespace

TEST_CASE("a row's codes and what they add up to are its own",
          "[jobs][sae_rows_alone]") {
  const at::Tensor x = rows();
  for (const SparseAutoencoder& sae : saes()) {
    INFO(name_of(sae.header.architecture)
         << " " << static_cast<int>(sae.header.normalisation));
    const Made all = made_of(sae, x);
    CHECK(all.codes.ne(0).any(1).all().item<bool>());
    tests::with_threads([&](int threads) {
      INFO(threads << " threads");
      CHECK(same(made_of(sae, x), all));
      const at::Tensor order = at::randperm(kRows);
      CHECK(same(made_of(sae, x.index_select(0, order)), chosen(all, order)));
      // Alone, a few together, beside others that are much larger, and lying
      // otherwise.
      for (const std::int64_t i : {0, 17, 60}) {
        CHECK(same(made_of(sae, x.narrow(0, i, 1)), part(all, i, 1)));
        const at::Tensor beside = at::cat({x * 1000, x.narrow(0, i, 1)});
        CHECK(same(part(made_of(sae, beside), kRows, 1), part(all, i, 1)));
      }
      CHECK(same(made_of(sae, x.narrow(0, 5, 7)), part(all, 5, 7)));
      CHECK(same(made_of(sae, x.t().contiguous().t()), all));
    });
  }
}

TEST_CASE("an SAE in blocks has the bits of one in memory",
          "[jobs][sae_rows_alone]") {
  const at::Tensor x = rows();
  for (const SparseAutoencoder& sae : saes()) {
    if (!sae.W_enc.defined()) continue;  // pursuits want a matrix in memory
    INFO(name_of(sae.header.architecture));
    const Made all = made_of(sae, x);
    for (const std::int64_t at_once : {1, 5, 16, 333, 5000}) {
      for (const bool upright : {true, false}) {
        INFO(at_once << " at a time, " << upright);
        SparseAutoencoder blocks = sae;
        blocks.W_enc = cut(sae.W_enc, at_once, upright);
        blocks.W_dec = cut(sae.W_dec, at_once, upright);
        CHECK(same(made_of(blocks, x), all));
        CHECK(same_bytes(blocks.W_dec.row_norms(), sae.W_dec.row_norms()));
        CHECK(
            same_bytes(blocks.W_enc.column_norms(), sae.W_enc.column_norms()));
      }
    }
  }
}

TEST_CASE("norms of rows and columns do not depend on threads",
          "[jobs][sae_rows_alone]") {
  at::manual_seed(13);
  const SaeMatrix wide(at::randn({900, 333}, at::kFloat));
  const at::Tensor by_row = wide.row_norms(), by_column = wide.column_norms();
  CHECK(at::allclose(by_row, wide.tensor().to(at::kDouble).norm(2, {1}), 1e-12,
                     1e-12));
  CHECK(at::allclose(by_column, wide.tensor().to(at::kDouble).norm(2, {0}),
                     1e-12, 1e-12));
  tests::with_threads([&](int) {
    CHECK(same_bytes(wide.row_norms(), by_row));
    CHECK(same_bytes(wide.column_norms(), by_column));
  });
}

TEST_CASE("a dictionary's products are rows' own, in blocks or not",
          "[jobs][sae_rows_alone]") {
  const SaeMatrix W_dec = saes()[0].W_dec;
  const SaeDictionary whole(W_dec);
  const at::Tensor x = rows().to(at::kDouble);
  const at::Tensor w = at::randn({7, kFeatures}, at::kDouble);
  const at::Tensor correlated = whole.correlate(x), combined = whole.combine(w);
  const at::Tensor gram = whole.gram();
  tests::with_threads([&](int threads) {
    INFO(threads << " threads");
    const at::Tensor order = at::randperm(kRows);
    CHECK(same_bytes(whole.correlate(x.index_select(0, order)),
                     correlated.index_select(0, order)));
    CHECK(same_bytes(whole.correlate(x.narrow(0, 9, 1))[0], correlated[9]));
    CHECK(same_bytes(whole.combine(w.narrow(0, 3, 1))[0], combined[3]));
    CHECK(same_bytes(whole.gram(), gram));
    for (const std::int64_t at_once : {1, 7, 500}) {
      for (const bool upright : {true, false}) {
        INFO(at_once << " at a time, " << upright);
        const SaeDictionary blocks(cut(W_dec, at_once, upright));
        CHECK(same_bytes(blocks.correlate(x), correlated));
        CHECK(same_bytes(blocks.combine(w), combined));
        CHECK(
            same_bytes(blocks.atoms({3, 1199, 0}), whole.atoms({3, 1199, 0})));
        if (upright) CHECK(same_bytes(blocks.gram(), gram));
      }
    }
  });
}

TEST_CASE("one pass over the decoder has the bits of each row's own",
          "[jobs][sae_rows_alone]") {
  const SparseAutoencoder sae = saes()[1];
  const at::Tensor x = rows();
  SparseCodes codes;
  codes.append(sae.encode(x, true));
  const std::vector<std::int64_t> wanted{4, 1100, 0};
  const DecoderReading all = read_decoder(sae.W_dec, codes, x, wanted);
  const auto same_reading = [&](const DecoderReading& one) {
    return same_bytes(one.sums, all.sums) &&
           same_bytes(one.projections, all.projections) &&
           same_bytes(one.rows, all.rows);
  };
  tests::with_threads([&](int) {
    CHECK(same_reading(read_decoder(sae.W_dec, codes, x, wanted)));
    for (const std::int64_t at_once : {1, 50}) {
      for (const bool upright : {true, false}) {
        INFO(at_once << " at a time, " << upright);
        CHECK(same_reading(
            read_decoder(cut(sae.W_dec, at_once, upright), codes, x, wanted)));
      }
    }
    SparseCodes one;
    one.append_row(codes, 33);
    const DecoderReading alone =
        read_decoder(sae.W_dec, one, x.narrow(0, 33, 1), {});
    CHECK(same_bytes(alone.sums[0], all.sums[33]));
    CHECK(same_bytes(alone.projections[0], all.projections[33]));
  });
}

TEST_CASE("a fit is the same wherever chunks of its rows end",
          "[jobs][sae_rows_alone]") {
  const SparseAutoencoder sae = saes()[1];
  const at::Tensor x = rows();
  const SaeFit whole = fit_of(sae, x, true);
  tests::with_threads([&](int) {
    FitSum sum(x.to(at::kDouble).mean({0}, true), kFeatures);
    FitSum cut_sum(x.to(at::kDouble).mean({0}, true), kFeatures);
    const auto add = [&](FitSum& to, const at::Tensor& some) {
      const at::Tensor codes = sae.encode(some, true);
      to.add(some, codes, sae.reconstruct(some, codes));
    };
    add(sum, x);
    for (std::int64_t i = 0; i < kRows; i += 4) {
      add(cut_sum, x.narrow(0, i, std::min<std::int64_t>(4, kRows - i)));
    }
    for (const SaeFit& one : {sum.fit(), cut_sum.fit(), fit_of(sae, x, true)}) {
      CHECK(one.l0 == whole.l0);
      CHECK(one.mean_norm == whole.mean_norm);
      CHECK(one.dead_share == whole.dead_share);
    }
    CHECK(cut_sum.fit().explained_variance == sum.fit().explained_variance);
    CHECK(fit_of(sae, x, true).explained_variance == whole.explained_variance);
  });
}

TEST_CASE("rows that share a pass through the encoder do not meet",
          "[jobs][sae_rows_alone]") {
  const SparseAutoencoder sae = saes()[1];
  const at::Tensor x = rows();
  EncoderPass alone(sae);
  const auto codes = alone.encode(x, true);
  const auto mean = alone.mean_code(x, false);
  alone.run();
  tests::with_threads([&](int) {
    EncoderPass many(sae);
    // As many as move the rows to another place, and over the end of a chunk.
    const auto before = many.project(at::ones({501, kIn}, at::kFloat));
    const auto mean_again = many.mean_code(x, false);
    const auto codes_again = many.encode(x, true);
    many.run();
    CHECK(many.result(before).size(0) == 501);
    CHECK(same_bytes(many.result(codes_again), alone.result(codes)));
    CHECK(same_bytes(many.result(mean_again), alone.result(mean)));
  });
}
