#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <string_view>

#include "jobs/kernels/kernels.hpp"
#include "jobs/model/row_operations.hpp"

using namespace coxswain::jobs;

namespace {

// Of the largest value; what is rounded to bfloat16 is rounded once, to 2^-9.
constexpr double kFloat = 2e-6, kBfloat = 4.1e-3;

double error(const at::Tensor& found, const at::Tensor& expected) {
  const at::Tensor wide = expected.to(at::kDouble);
  return ((found.to(at::kDouble) - wide).abs().max() / wide.abs().max())
      .item<double>();
}

template <class T>
T* at_start(const at::Tensor& tensor) {
  return static_cast<T*>(tensor.data_ptr());
}

template <class T>
struct Multiplied;
template <>
struct Multiplied<float> {
  static constexpr at::ScalarType kind = at::kFloat;
  static constexpr double tolerance = kFloat;
  static const Products<float>& of(const Kernels& k) { return k.f32_products; }
};
template <>
struct Multiplied<double> {
  static constexpr at::ScalarType kind = at::kDouble;
  static constexpr double tolerance = 1e-14;
  static const Products<double>& of(const Kernels& k) { return k.f64_products; }
};
template <>
struct Multiplied<Bfloat16> {
  static constexpr at::ScalarType kind = at::kBFloat16;
  static constexpr double tolerance = kFloat;
  static const Products<Bfloat16>& of(const Kernels& k) {
    return k.bf16_products;
  }
};

// A matrix and what it is multiplied with, as one set's products have them.
template <class T>
struct Factors {
  Factors(const Products<T>& all, std::int64_t n, std::int64_t d_in,
          std::int64_t d_out, bool with_bias)
      : products(all),
        x(at::randn({n, d_in}, at::kDouble).to(Multiplied<T>::kind)),
        w(at::randn({d_out, d_in}, at::kDouble).to(Multiplied<T>::kind)) {
    const auto sums = std::is_same_v<T, double> ? at::kDouble : at::kFloat;
    start = at::randn({n, d_out}, sums);
    if (with_bias) bias = at::randn({d_out}, sums);
    exact = at::linear(x.to(at::kDouble), w.to(at::kDouble));
    if (with_bias) exact = exact + bias.to(at::kDouble);
    const std::int64_t together = kOutputsTogether<T>;
    panels = at::empty({(d_out + together - 1) / together * together, d_in},
                       w.options());
    products.pack(at_start<T>(w), d_out, d_in, at_start<T>(panels));
    matrix = {at_start<T>(panels), d_out, d_in,
              with_bias ? at_start<Sum<T>>(bias) : nullptr};
  }

  Rows<T> rows(std::int64_t first, std::int64_t n) const {
    return {at_start<T>(x) + first * x.size(1), n, x.size(1)};
  }
  std::int64_t n() const { return x.size(0); }
  std::int64_t d_out() const { return w.size(0); }

  const Products<T>& products;
  at::Tensor x, w, bias, start, panels, exact;
  PackedMatrix<T> matrix{};
};

// f(first row, rows, first output, end of outputs): rows in two parts and
// outputs in two, or each row alone.
template <class T, class F>
void in_parts(std::int64_t n, std::int64_t outputs, const F& f) {
  const std::int64_t row = n / 3;
  const std::int64_t cut =
      outputs / 2 / kOutputsTogether<T> * kOutputsTogether<T>;
  f(0, row, 0, outputs);
  f(row, n - row, 0, cut);
  f(row, n - row, cut, outputs);
}
template <class F>
void one_by_one(std::int64_t n, std::int64_t outputs, const F& f) {
  for (std::int64_t row = 0; row < n; ++row) f(row, 1, 0, outputs);
}

// What all kinds of product give, however the work is cut.
template <class T>
std::vector<at::Tensor> all_products(const Factors<T>& f, const auto& cut) {
  const std::int64_t d_out = f.d_out();
  const at::Tensor plain = at::empty_like(f.start), sum = f.start.clone();
  const at::Tensor strided = at::empty_like(f.start), more = f.start.clone();
  const StridedMatrix<T> lying{at_start<T>(f.w), d_out, f.w.size(1),
                               f.w.size(1), 1};
  cut(f.n(), d_out, [&](auto row, auto rows, auto begin, auto end) {
    const Rows<T> some = f.rows(row, rows);
    const auto at = [&](const at::Tensor& out) {
      return at_start<Sum<T>>(out) + row * d_out;
    };
    f.products.product(some, f.matrix, begin, end, at(plain));
    f.products.add_product(some, f.matrix, begin, end, at(sum));
    f.products.strided_product(some, lying, begin, end, at(strided), d_out,
                               false);
    f.products.strided_product(some, lying, begin, end, at(more), d_out, true);
  });
  std::vector<at::Tensor> all{plain, sum, strided, more};
  if (d_out % (2 * kOutputsTogether<T>) == 0 &&
      f.products.gated_product != nullptr) {
    all.push_back(at::empty({f.n(), d_out / 2}, f.x.options()));
    cut(f.n(), d_out / 2, [&](auto row, auto rows, auto begin, auto end) {
      f.products.gated_product(f.rows(row, rows), f.matrix,
                               GatedActivation::silu, begin, end,
                               at_start<T>(all.back()) + row * d_out / 2);
    });
  }
  return all;
}

template <class T>
void check_products(const Kernels& set, std::int64_t n, std::int64_t d_in,
                    std::int64_t d_out, bool with_bias) {
  const Products<T>& products = Multiplied<T>::of(set);
  if (d_in % products.columns_together != 0) return;
  INFO(set.name << " " << Multiplied<T>::kind << ", " << n << " rows, " << d_in
                << " to " << d_out << ", bias " << with_bias);
  const Factors<T> f(products, n, d_in, d_out, with_bias);
  const auto parts =
      all_products(f, [](auto rows, auto outputs, const auto& g) {
        in_parts<T>(rows, outputs, g);
      });
  constexpr double tolerance = Multiplied<T>::tolerance;
  CHECK(error(parts[0], f.exact) < tolerance);
  CHECK(error(parts[1], f.start.to(at::kDouble) + f.exact) < tolerance);
  if (!with_bias) {
    // A matrix that is not packed has the same bits.
    CHECK(at::equal(parts[2], parts[0]));
    CHECK(at::equal(parts[3], parts[1]));
  }
  if (parts.size() > 4) {
    CHECK(error(parts[4], gated(f.exact, Activation::silu)) <
          (std::is_same_v<T, Bfloat16> ? kBfloat : kFloat));
  }
  const auto alone =
      all_products(f, [](auto rows, auto outputs, const auto& g) {
        one_by_one(rows, outputs, g);
      });
  for (std::size_t i = 0; i < parts.size(); ++i) {
    CHECK(at::equal(parts[i], alone[i]));
  }
  const at::Tensor unpacked = at::empty_like(f.w);
  products.unpack(at_start<T>(f.panels), d_out, d_in, at_start<T>(unpacked));
  CHECK(at::equal(unpacked, f.w));
}

template <class T>
void check_all_products() {
  for (const Kernels* set : kernel_sets()) {
    for (const bool bias : {false, true}) {
      check_products<T>(*set, 1, 1, 1, bias);
      check_products<T>(*set, 3, 2, 31, bias);
      check_products<T>(*set, 7, 64, 33, bias);
      check_products<T>(*set, 23, 130, 128, bias);
      check_products<T>(*set, 200, 66, 192, bias);  // two blocks of rows
      check_products<T>(*set, 9, 4100, 100, bias);  // several of columns
    }
  }
}

}  // namespace

TEST_CASE("products are summed in float, or double, each row by itself",
          "[jobs][products]") {
  at::manual_seed(5);
  check_all_products<float>();
  check_all_products<double>();
  check_all_products<Bfloat16>();
}

TEST_CASE("sums are made in the order that is written down",
          "[jobs][products]") {
  at::manual_seed(6);
  // Blocks of columns that differ by one; fused where the processor can.
  constexpr std::int64_t kColumns = 700, kBlocks = 3;
  for (const Kernels* set : kernel_sets()) {
    const bool fused = std::string_view(set->name) != "baseline";
    const Factors<float> f(set->f32_products, 5, kColumns, 40, false);
    const at::Tensor out = at::empty_like(f.start);
    set->f32_products.product(f.rows(0, 5), f.matrix, 0, 40,
                              at_start<float>(out));
    bool same = true;
    for (std::int64_t row = 0; row < 5; ++row) {
      for (std::int64_t output = 0; output < 40; ++output) {
        const float* x = at_start<float>(f.x) + row * kColumns;
        const float* w = at_start<float>(f.w) + output * kColumns;
        float all = 0;
        for (std::int64_t block = 0; block < kBlocks; ++block) {
          float sum = 0;
          for (std::int64_t i = kColumns * block / kBlocks;
               i < kColumns * (block + 1) / kBlocks; ++i) {
            const volatile float rounded = x[i] * w[i];
            sum = fused ? std::fma(x[i], w[i], sum) : sum + rounded;
          }
          all = block == 0 ? sum : all + sum;
        }
        same = same && all == at_start<float>(out)[row * 40 + output];
      }
    }
    INFO(set->name);
    CHECK(same);
  }
}
