#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <optional>
#include <vector>

#include "jobs/decomposition/sparse_codes.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/task/numbers_error.hpp"

namespace coxswain::jobs {

// Rows that are multiplied at once with an encoder in memory, and with one that
// is read anew for every product, which takes as many as their products may
// have memory for.
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
  // The same, of the features alone that fire on a row of these means, which
  // also keep the codes of their rows from now on. Means asked for earlier are
  // complete when their features are looked for.
  Ticket project_on_firing(const at::Tensor& x, std::vector<Ticket> means);

  // Multiplies everything that was asked for; results are there afterwards.
  // Codes that are no numbers concern who asks for them, and nobody else: these
  // throw NumbersError for them.
  void run();
  // [n, d_sae] of the SAE's kind; of a mean [1, d_sae] float64; of
  // project_on_firing() [n, firing features].
  const at::Tensor& result(Ticket ticket) const;
  // The share of a mean's rows on which each feature fires, [d_sae] float64;
  // `ticket` is mean_code()'s.
  at::Tensor share_active(Ticket ticket) const;
  // The features of a project_on_firing(), ascending.
  const std::vector<std::int64_t>& firing(Ticket ticket) const;
  // The codes of the rows of one of its means.
  const SparseCodes& kept_codes(Ticket ticket) const;

 private:
  // What becomes of an input's product with W_enc.
  enum class Want : std::uint8_t { codes, mean, projection, on_firing };
  // One input, and what was made of it so far.
  struct Request {
    Want want = Want::codes;
    Biases biases = Biases::all;
    at::Tensor input;  // what is multiplied with W_enc
    at::Tensor x;      // what was asked for, of a mean
    bool subtract_b_dec = false;
    at::Tensor result;
    at::Tensor active;  // of a mean: rows on which each feature fires
    bool keeps_codes = false;
    SparseCodes kept;           // of a mean's rows
    std::vector<Ticket> means;  // whose features are projected on
    std::vector<std::int64_t> firing;
    std::optional<NumbersError> failure;  // of codes that are no numbers
  };
  Ticket add(Request request);
  // Throws what is wrong with its codes.
  const Request& sound(Ticket ticket) const;
  void take(Request& request, std::int64_t first, const at::Tensor& product);
  at::Tensor projections(const Request& request, std::int64_t first,
                         const at::Tensor& product) const;
  void find_firing(Request& request) const;

  const SparseAutoencoder& sae_;
  std::vector<Request> requests_;
};

}  // namespace coxswain::jobs
