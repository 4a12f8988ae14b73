#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <vector>

#include "jobs/sae/sparse_autoencoder.hpp"

namespace coxswain::jobs {

// Rows that are multiplied at once with an encoder in memory, and with one that
// is read anew for every product, which takes as many as their products may
// have memory for. Constants of the version, since they decide which rows share
// a product.
constexpr std::int64_t kRowsInMemory = 512;
constexpr std::int64_t kBytesOfProducts = 256 << 20;
constexpr std::int64_t rows_a_reading(std::int64_t d_sae) {
  const std::int64_t bytes_a_row = 4 * d_sae;
  return bytes_a_row < kBytesOfProducts ? kBytesOfProducts / bytes_a_row : 1;
}

// Everything of a task that goes through an SAE's encoder, in one pass over
// its matrix however many methods and vectors there are: methods first say what
// they want encoded, then run() computes, then they take it.
class EncoderPass {
 public:
  explicit EncoderPass(const SparseAutoencoder& sae) : sae_(sae) {}

  using Ticket = std::size_t;
  // f(x) of every row of x [n, d_in].
  Ticket encode(const at::Tensor& x, bool subtract_b_dec,
                Biases biases = Biases::all);
  // The mean of f(x) over the rows of x, summed row by row in float64. Who asks
  // again for the same tensor gets the ticket it has.
  Ticket mean_code(const at::Tensor& x, bool subtract_b_dec);
  // <x, W_enc[:, j]>.
  Ticket project(const at::Tensor& x);

  // Multiplies everything that was asked for; results are there afterwards.
  void run();
  // [n, d_sae] of the SAE's kind; of a mean [1, d_sae] float64.
  const at::Tensor& result(Ticket ticket) const;
  // The share of a mean's rows on which each feature fires, [d_sae] float64;
  // `ticket` is mean_code()'s.
  at::Tensor share_active(Ticket ticket) const;

 private:
  // What becomes of an input's product with W_enc.
  enum class Want : std::uint8_t { codes, mean, projection };
  // One input, and what was made of it so far.
  struct Request {
    Want want = Want::codes;
    Biases biases = Biases::all;
    at::Tensor input;  // what is multiplied with W_enc
    at::Tensor x;      // what was asked for, of a mean
    bool subtract_b_dec = false;
    at::Tensor result;
    at::Tensor active;  // of a mean: rows on which each feature fires
  };
  Ticket add(Request request);
  void take(Request& request, std::int64_t first, const at::Tensor& product);

  const SparseAutoencoder& sae_;
  std::vector<Request> requests_;
};

}  // namespace coxswain::jobs
