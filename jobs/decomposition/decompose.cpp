#include "jobs/decomposition/decompose.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <span>

#include "jobs/decomposition/code_differences.hpp"
#include "jobs/decomposition/decomposed_vectors.hpp"
#include "jobs/decomposition/measures.hpp"
#include "jobs/decomposition/method_groups.hpp"
#include "jobs/decomposition/rotation.hpp"
#include "jobs/decomposition/sae_dictionary.hpp"
#include "jobs/decomposition/sparse_codes.hpp"
#include "jobs/decomposition/task_fit.hpp"
#include "jobs/device/fixed_sums.hpp"
#include "jobs/device/result_tensors.hpp"
#include "jobs/device/row_product.hpp"
#include "jobs/task/decompose_result.hpp"
#include "jobs/task/result_writer.hpp"

namespace coxswain::jobs {
namespace {

using decompose_result::Measures;

// At most n features of each behaviour: which, what is known of them, and the
// cosines of their decoder rows to those that differ most.
template <class Row>
struct RankedFeatures {
  RankedFeatures(std::int64_t behaviours, std::int64_t n)
      : shape{behaviours, n},
        features(static_cast<std::size_t>(behaviours * n), -1),
        facts(features.size()),
        cosines(at::full({behaviours, n, n},
                         std::numeric_limits<float>::quiet_NaN(), at::kFloat)) {
  }

  void put(std::int64_t behaviour, const std::vector<std::int64_t>& which,
           const std::vector<Row>& known, const at::Tensor& to_others) {
    const auto first = static_cast<std::ptrdiff_t>(behaviour * shape[1]);
    std::ranges::copy(which, features.begin() + first);
    std::ranges::copy(known, facts.begin() + first);
    cosines[behaviour]
        .narrow(0, 0, std::ssize(which))
        .narrow(1, 0, to_others.size(1))
        .copy_(to_others);
  }

  std::vector<std::int64_t> shape;  // [behaviours, n]
  std::vector<std::int64_t> features;
  std::vector<Row> facts;
  at::Tensor cosines;
};

// A bit a feature, 64 a word, the lowest first.
std::vector<std::int64_t> packed(const at::Tensor& features) {
  const at::Tensor dense = features.contiguous();
  const bool* on = dense.data_ptr<bool>();
  std::vector<std::uint64_t> words(
      (static_cast<std::size_t>(dense.numel()) + 63) / 64);
  for (std::size_t i = 0; i < static_cast<std::size_t>(dense.numel()); ++i) {
    if (on[i]) words[i / 64] |= std::uint64_t{1} << (i % 64);
  }
  return {words.begin(), words.end()};
}

// One decompose task. The order of its members matters: each is made of those
// before it.
class Decomposer {
 public:
  Decomposer(const DecomposeTask& task,
             const std::vector<storage::ArrayMap>& inputs,
             const SparseAutoencoder& sae)
      : task_(task),
        inputs_(inputs),
        sae_(sae),
        kind_(sae.b_dec.scalar_type()),
        atoms_(sae.W_dec),
        pass_(sae),
        context_{sae, atoms_, pass_},
        made_(make_vectors(task, inputs, atoms_,
                           [this](auto input) { return pairs(input); })),
        groups_(task, made_.vectors, pairs_of(), context_),
        fit_(task, pairs_of(), sae, pass_) {}

  TaskOutput run() {
    // Everything is asked for before the one pass through the encoder, and
    // before the one through the decoder: an SAE in blocks is read twice in
    // all, but for solvers.
    begin_differences();
    on_encoder_ticket_ = pass_.project(made_.vectors.to(kind_));
    pass_.run();
    codes_ = groups_.finish();
    for (CodeDifferences& one : differences_) one.choose(task_.n_differences);
    read_decoder_once();
    add_fit();
    add_codes();
    add_measures();
    add_top();
    add_parts();
    add_differences();
    add_failures();
    return std::move(output_);
  }

 private:
  const PairActivations& pairs(std::int32_t input) {
    const auto found = pairs_.find(input);
    if (found != pairs_.end()) return found->second;
    std::size_t first = task_.n_extracts.size();
    for (std::int32_t i = 0; i < input; ++i) {
      first += static_cast<std::size_t>(
          task_.n_extracts[static_cast<std::size_t>(i)]);
    }
    const auto n = static_cast<std::size_t>(
        task_.n_extracts.at(static_cast<std::size_t>(input)));
    PairActivations read = pair_activations(inputs_, first, n, task_.layer);
    read.positive = read.positive.to(kind_);
    read.negative = read.negative.to(kind_);
    return pairs_.emplace(input, std::move(read)).first->second;
  }

  PairsOf pairs_of() {
    return [this](std::int32_t input) -> const PairActivations& {
      return pairs(input);
    };
  }

  const DecompositionRequest& request(std::int64_t i) const {
    return task_.requests[static_cast<std::size_t>(i)];
  }
  // scale * v of a request, [d_in] float64.
  at::Tensor scaled(std::int64_t i) const {
    return made_.vectors[request(i).vector] * request(i).scale;
  }

  void begin_differences() {
    if (task_.n_differences == 0) return;
    for (std::size_t b = 0; b < task_.n_extracts.size(); ++b) {
      const auto input = static_cast<std::int32_t>(b);
      differences_.emplace_back(
          pass_, sae_, pairs(input),
          made_.vectors[static_cast<std::int64_t>(b)].to(kind_));
    }
  }

  static double value(const at::Tensor& one) {
    return one.to(at::kDouble).item<double>();
  }

  CodeRows rows_of(std::int64_t i) const {
    return method_named(request(i).method).traits.rows;
  }

  // Appends a row of codes as coefficients of decoder rows as they are stored.
  void append_decoded(const SparseCodes& from, std::int64_t row, CodeRows rows,
                      SparseCodes& to) const {
    to.append_row(from, row);
    // Coefficients of unit rows, and codes of a rescaled top_k, become those of
    // stored rows: divided by the length of the row.
    if (rows == CodeRows::stored && !sae_.header.rescaled) return;
    const auto* factor = atoms_.inverse_norms().data_ptr<double>();
    const auto first =
        static_cast<std::size_t>(to.offsets[to.offsets.size() - 2]);
    for (std::size_t j = first; j < to.values.size(); ++j) {
      to.values[j] *= factor[to.features[j]];
    }
  }

  // One pass over the decoder for reconstructions, parts, the fit and all that
  // asks for decoder rows.
  void read_decoder_once() {
    SparseCodes wanted;
    for (std::int64_t i = 0; i < std::ssize(task_.requests); ++i) {
      append_decoded(codes_.codes, place(i).row, rows_of(i), wanted);
    }
    for (const PartRequest& part : task_.parts) {
      SparseCodes one;
      append_part(codes_.codes, place(part.request).row, part.part, part.k,
                  one);
      append_decoded(one, 0, rows_of(part.request), wanted);
    }
    const SparseCodes fitted = fit_.codes();
    for (std::int64_t row = 0; row < fitted.rows(); ++row) {
      append_decoded(fitted, row, CodeRows::stored, wanted);
    }
    std::vector<std::int64_t> features;
    for (const CodeDifferences& one : differences_) {
      for (const auto& some : {one.features(), one.active()}) {
        features.insert(features.end(), some.begin(), some.end());
      }
    }
    decoder_ =
        read_decoder(sae_.W_dec, wanted, made_.vectors.to(kind_), features);
  }

  const CodePlace& place(std::int64_t request) const {
    return codes_.places[static_cast<std::size_t>(request)];
  }

  void add_fit() {
    const std::int64_t first =
        std::ssize(task_.requests) + std::ssize(task_.parts);
    const auto measured = fit_.measure(
        decoder_.sums.narrow(0, first, decoder_.sums.size(0) - first));
    fit_.require(task_, measured);
    storage::ArrayMap& result = output_.result;
    put(result, decompose_result::kFitSums, measured.sums, {2});
    put(result, decompose_result::kFitMean, measured.mean);
    const auto words = packed(measured.active);
    put(result, decompose_result::kFitActive, words, {std::ssize(words)});
  }

  // Puts the codes into the result, in the order of the requests.
  void add_codes() {
    for (std::int64_t i = 0; i < std::ssize(task_.requests); ++i) {
      ordered_.append_row(codes_.codes, place(i).row);
    }
    const std::vector<float> values(ordered_.values.begin(),
                                    ordered_.values.end());
    put(output_.result, decompose_result::kOffsets, ordered_.offsets,
        {std::ssize(ordered_.offsets)});
    put(output_.result, decompose_result::kFeatures, ordered_.features,
        {std::ssize(ordered_.features)});
    put(output_.result, decompose_result::kValues, values,
        {std::ssize(values)});
  }

  bool failed(std::int64_t request) const {
    return !codes_.failures[static_cast<std::size_t>(request)].empty();
  }

  // From what a request's coefficients add up to, to its reconstruction.
  void finish_whole(std::int64_t i, at::Tensor&& sum) const {
    if (failed(i)) {
      sum.fill_(std::numeric_limits<double>::quiet_NaN());
      return;
    }
    turn_back(i, sum);
    // Before the units are undone: b_dec is in those of the normalised input.
    if (request(i).b_dec_output) sum.add_(sae_.b_dec);
    sum.mul_(place(i).scale).add_(place(i).shift);
  }

  // What was decoded with turned atoms.
  void turn_back(std::int64_t i, const at::Tensor& sum) const {
    const std::optional<storage::Key>& turned = place(i).turned;
    if (!turned) return;
    const Rotation rotation(*turned, sum.size(0));
    sum.copy_(rotation.turn_back(sum.unsqueeze(0)).squeeze(0));
  }

  // A share of v below which what is left of it is rounding of weights and
  // codes, and its direction means nothing.
  double rounding() const { return kind_ == at::kDouble ? 1e-9 : 1e-5; }

  void add_measures() {
    const std::int64_t n = std::ssize(task_.requests);
    std::vector<at::Tensor> vectors;
    at::Tensor rebuilt = decoder_.sums.narrow(0, 0, n).clone();
    for (std::int64_t i = 0; i < n; ++i) {
      vectors.push_back(scaled(i));
      finish_whole(i, rebuilt[i]);
    }
    const at::Tensor v = n == 0 ? at::zeros_like(rebuilt) : at::stack(vectors);
    std::vector<Measures> measures = measure(v, rebuilt, rounding());
    count_negative(on_encoder(), &Measures::negative_encoder, measures);
    count_negative(decoder_.projections, &Measures::negative_decoder, measures);
    put(output_.result, decompose_result::kReconstructions,
        rebuilt.to(at::kFloat));
    put(output_.result, decompose_result::kMeasures, measures, {n});
  }

  const at::Tensor& on_encoder() const {
    return pass_.result(on_encoder_ticket_);
  }

  // Features on which scale * v projects negatively.
  void count_negative(const at::Tensor& projections, double Measures::*member,
                      std::vector<Measures>& measures) const {
    const at::Tensor below = projections.lt(0).sum(1);
    const at::Tensor above = projections.gt(0).sum(1);
    for (std::size_t i = 0; i < measures.size(); ++i) {
      const DecompositionRequest& one = task_.requests[i];
      measures[i].*member = value((one.scale < 0 ? above : below)[one.vector]);
    }
  }

  // Puts the strongest features into the result by size, ties to the lower
  // index, with the vector's projections on them; and what of a known answer is
  // among them.
  void add_top() {
    const std::int64_t n = std::ssize(task_.requests);
    const std::int64_t k = task_.top;
    std::vector<std::int64_t> features(static_cast<std::size_t>(n * k), -1);
    std::vector<decompose_result::TopFeature> top(features.size());
    std::vector<decompose_result::Truth> truth;
    for (std::int64_t i = 0; i < n; ++i) {
      const auto order = by_size(ordered_, i);
      const std::int64_t vector = request(i).vector;
      for (std::int64_t rank = 0; rank < std::min(k, std::ssize(order));
           ++rank) {
        const auto at =
            static_cast<std::size_t>(order[static_cast<std::size_t>(rank)]);
        const std::int64_t feature = ordered_.features[at];
        const auto place = static_cast<std::size_t>(i * k + rank);
        features[place] = feature;
        top[place] = {
            ordered_.values[at],
            request(i).scale * value(on_encoder()[vector][feature]),
            request(i).scale * value(decoder_.projections[vector][feature])};
      }
      truth.push_back(recovered(ordered_, i, order,
                                made_.planted[static_cast<std::size_t>(vector)],
                                request(i).scale));
    }
    put(output_.result, decompose_result::kTopFeatures, features, {n, k});
    put(output_.result, decompose_result::kTop, top, {n, k});
    put(output_.result, decompose_result::kTruth, truth, {n});
  }

  // From a part to what v is without it: nothing, if it is no more than
  // rounding.
  void leave_of(const at::Tensor& v, at::Tensor&& part) const {
    part.copy_(v - part);
    if (vector_norm(part) <= rounding() * vector_norm(v)) part.zero_();
  }

  // From a direction to the projection of v on it; 0 stays 0.
  static void project(const at::Tensor& v, at::Tensor&& part) {
    const double square = vector_dot(part, part);
    if (square > 0) part.mul_(vector_dot(part, v) / square);
  }

  // Puts the parts into the result: the whole is what the request's
  // reconstruction is; a part of it is a direction, without b_dec; and some are
  // what the vector is without it.
  void add_parts() {
    const std::int64_t n = std::ssize(task_.parts);
    at::Tensor parts =
        decoder_.sums.narrow(0, std::ssize(task_.requests), n).clone();
    for (std::int64_t i = 0; i < n; ++i) {
      const PartRequest& part = task_.parts[static_cast<std::size_t>(i)];
      if (part.part == Part::all || part.part == Part::residual ||
          failed(part.request)) {
        finish_whole(part.request, parts[i]);
      } else {
        turn_back(part.request, parts[i]);
        // A shift belongs to the whole: parts of it would add up to several.
        parts[i].mul_(place(part.request).scale);
      }
      if (part.part == Part::off_atom) {
        project(scaled(part.request), parts[i]);
      }
      if (part.part == Part::residual || part.part == Part::minus_atom ||
          part.part == Part::off_atom) {
        leave_of(scaled(part.request), parts[i]);
      }
    }
    put(output_.result, decompose_result::kParts, parts.to(at::kFloat));
  }

  // Says which methods failed on which vectors, if any did.
  void add_failures() {
    std::string reasons;
    std::vector<std::int64_t> available, parts;
    for (const std::string& one : codes_.failures) {
      available.push_back(one.empty() ? 1 : 0);
      if (!one.empty()) reasons += one + '\n';
    }
    if (reasons.empty()) return;
    for (const PartRequest& part : task_.parts) {
      parts.push_back(failed(part.request) ? 0 : 1);
    }
    storage::ArrayMap& result = output_.result;
    put(result, decompose_result::kAvailable, available,
        {std::ssize(available)});
    put(result, decompose_result::kPartsAvailable, parts, {std::ssize(parts)});
    put_bytes(result, decompose_result::kFailures.name, storage::DType::u8,
              {std::ssize(reasons)}, std::as_bytes(std::span(reasons)));
  }

  // Decoder rows that were asked for, as long as one: [n, d] float64.
  at::Tensor unit_rows(std::int64_t first, std::int64_t n) const {
    const at::Tensor rows = decoder_.rows.narrow(0, first, n).to(at::kDouble);
    return rows / row_norms(rows).unsqueeze(1).clamp_min_(
                      std::numeric_limits<double>::min());
  }

  void add_differences() {
    const std::int64_t n = task_.n_differences;
    const std::int64_t behaviours = std::ssize(differences_);
    RankedFeatures<decompose_result::Difference> features(behaviours, n);
    RankedFeatures<decompose_result::Active> active(behaviours, n);
    std::int64_t first = 0;
    for (std::int64_t b = 0; b < behaviours; ++b) {
      const CodeDifferences& one = differences_[static_cast<std::size_t>(b)];
      const at::Tensor on_decoder = decoder_.projections[b];
      const auto n_features = std::ssize(one.features());
      const auto n_active = std::ssize(one.active());
      const at::Tensor rows = unit_rows(first, n_features);
      first += n_features;
      features.put(b, one.features(), one.facts(on_encoder()[b], on_decoder),
                   row_product(rows, rows.t()));
      active.put(b, one.active(), one.active_facts(on_encoder()[b], on_decoder),
                 row_product(unit_rows(first, n_active), rows.t()));
      first += n_active;
    }
    storage::ArrayMap& result = output_.result;
    put(result, decompose_result::kDifferenceFeatures, features.features,
        features.shape);
    put(result, decompose_result::kDifferences, features.facts, features.shape);
    put(result, decompose_result::kDifferenceCosines, features.cosines);
    put(result, decompose_result::kActiveFeatures, active.features,
        active.shape);
    put(result, decompose_result::kActive, active.facts, active.shape);
    put(result, decompose_result::kActiveCosines, active.cosines);
  }

  const DecomposeTask& task_;
  const std::vector<storage::ArrayMap>& inputs_;
  const SparseAutoencoder& sae_;
  at::ScalarType kind_;
  SaeDictionary atoms_;
  EncoderPass pass_;
  MethodContext context_;
  std::map<std::int32_t, PairActivations> pairs_;
  DecomposedVectors made_;
  MethodGroups groups_;
  TaskFit fit_;
  std::vector<CodeDifferences> differences_;
  EncoderPass::Ticket on_encoder_ticket_ = 0;
  PlacedCodes codes_;
  SparseCodes ordered_;  // codes_ in the order of the requests
  DecoderReading decoder_;
  TaskOutput output_;
};

}  // namespace

TaskOutput decompose(const DecomposeTask& task,
                     const std::vector<storage::ArrayMap>& inputs,
                     const SparseAutoencoder& sae) {
  return Decomposer(task, inputs, sae).run();
}

}  // namespace coxswain::jobs
