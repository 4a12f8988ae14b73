#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "jobs/cost/decompose_cost.hpp"
#include "jobs/cost/task_cost.hpp"
#include "jobs/decomposition/decompose.hpp"
#include "jobs/decomposition/decomposed_vectors.hpp"
#include "jobs/decomposition/sae_dictionary.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/observation/feature_activity.hpp"
#include "jobs/observation/observe.hpp"
#include "jobs/steering/evaluate.hpp"
#include "jobs/steering/steering_vector.hpp"
#include "jobs/steering/string_activations.hpp"
#include "jobs/steering/variants.hpp"
#include "jobs/task/activity_result.hpp"
#include "jobs/task/decompose_result.hpp"
#include "jobs/task/evaluate_result.hpp"
#include "jobs/task/extract_result.hpp"
#include "jobs/task/observe_result.hpp"
#include "jobs/task/result_reader.hpp"
#include "jobs/task/result_writer.hpp"
#include "jobs/task/store_result.hpp"
#include "jobs/task/variants_result.hpp"
#include "jobs/task/vector_result.hpp"
#include "storage/files/fault.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/support/toy_model.hpp"
#include "tests/support/toy_sae.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

constexpr std::int64_t kPairs = 9, kSaeFeatures = 64;

// One sweep's tasks on toys, each fed with the results of those before it.
struct Results {
  Results() {
    tests::write_toy_sae(scratch.path(), model.d_model, kSaeFeatures);
    sae = load_sae(scratch.path());
    for (std::int64_t i = 0; i < kPairs; ++i) {
      extracting.pairs.push_back(locate({"item " + std::to_string(7 * i), 0},
                                        "+", "-", *toy.header.tokenizer,
                                        PositionRule{}));
      extracting.pairs.back().letter_sign = i < 4 ? 1 : -1;
    }
    extracting.layers = {0, 2};
    extracting.keep_activations = true;
    extracted = extract(extracting, toy.model);
    vector = merge_vectors(merging, {extracted.result});
    take_apart();
    making.requests.resize(3);
    making.requests[1].source = VariantSource::reconstruction;
    making.requests[1].input = 2;
    making.requests[1].row = 0;
    making.n_extracts = 1;
    variants = make_variants(making,
                             {vector.result, extracted.bulk, decomposed.result},
                             [&]() -> const Transformer& { return toy.model; });
    evaluating.items = extracting.pairs;
    evaluating.variants = {{0, 0, 1, SignRule::fixed},
                           {0, 2, 2, SignRule::fixed}};
    evaluating.multipliers = {-1, 0, 1};
    answers = evaluate(evaluating, {variants.result}, toy.model);
    observe_texts();
  }

  void take_apart() {
    decomposing.layer = 1;
    decomposing.n_extracts = {1};
    decomposing.sae.least_explained = -1e30;
    decomposing.top = 5;
    decomposing.n_differences = 4;
    decomposing.planted_atoms = 3;
    decomposing.vectors = {{Control::none, 0, -1, {}},
                           {Control::sparse, 0, -1, planted_key}};
    decomposing.requests = {{0, "encode", 0, 2, true, false},
                            {0, "omp", 6, -1, true, false},
                            {1, "encode", 0, 1, true, false}};
    decomposing.parts = {{1, Part::all, -1}, {1, Part::positive, -1}};
    decomposed = decompose(decomposing, {vector.result, extracted.bulk}, sae);
  }

  void observe_texts() {
    observing.texts = {{1, 5, 7, 9}, {1, 6, 9}, {4, 4, 4, 4, 4}};
    observing.layers = {0, 2};
    observed = observe(observing, toy.model);
    activity.texts = observing.texts;
    activity.layer = 2;
    activity.contexts = 2;
    active = feature_activity(
        activity, {}, sae, [&]() -> const Transformer& { return toy.model; });
    storing.pairs = {
        whole_strings({"item", 0}, " (A)", " (B)", *toy.header.tokenizer)};
    storing.layers = {0, 2};
    storing.dtype = storage::DType::bf16;
    stored = string_activations(storing, toy.model);
  }

  tests::ToyModel toy{ComputeType::float32};
  const Architecture& model = toy.model.architecture();
  tests::Scratch scratch;
  SparseAutoencoder sae;
  storage::Key planted_key{1, 2};
  ExtractTask extracting;
  VectorTask merging{2};
  DecomposeTask decomposing;
  VariantsTask making;
  EvaluateTask evaluating;
  ObserveTask observing;
  ActivityTask activity;
  StoreTask storing;
  TaskOutput extracted, vector, decomposed, variants, answers, observed, active,
      stored;
};

// Names as they lie in journals; columns are 0 where the last axis is not that
// of a row.
struct Listed {
  const char* name;
  storage::DType dtype;
  std::int64_t columns = 0;
};

constexpr auto f32 = storage::DType::f32, f64 = storage::DType::f64,
               i32 = storage::DType::i32, i64 = storage::DType::i64;

const std::vector<Listed> kSums{{"positive_sum", f64},   {"negative_sum", f64},
                                {"difference_sum", f64}, {"letter_sums", f64},
                                {"n_letters", i64, 2},   {"norms", f32}};

// These arrays and no others.
void check_arrays(const storage::ArrayMap& arrays,
                  const std::vector<Listed>& listed) {
  CHECK(arrays.size() == listed.size());
  for (const Listed& one : listed) {
    INFO(one.name);
    const auto found = arrays.find(one.name);
    REQUIRE(found != arrays.end());
    CHECK(found->second.dtype == one.dtype);
    if (one.columns > 0) CHECK(found->second.shape.back() == one.columns);
  }
}

// The members of a row, 1, 2, 3 ..., are those in this order.
template <class Row, class T>
void check_order(std::initializer_list<T Row::*> members) {
  std::array<T, kColumnsOf<Row>> numbers;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = static_cast<T>(i + 1);
  }
  const Row row = std::bit_cast<Row>(numbers);
  REQUIRE(members.size() == numbers.size());
  std::size_t i = 0;
  for (const auto member : members) CHECK(row.*member == numbers[i++]);
}

// What the arrays hold without their names.
std::int64_t numbers_in(const storage::ArrayMap& arrays) {
  std::int64_t bytes = 0;
  for (const auto& [name, array] : arrays) bytes += std::ssize(array.bytes);
  return bytes;
}
// As much as is billed for their names is taken off.
std::int64_t billed(std::int64_t bytes, const storage::ArrayMap& arrays) {
  return bytes - 8 - 90 * std::ssize(arrays);
}

}  // namespace

TEST_CASE("each kind of task gives the arrays of its kind, under their names",
          "[jobs][results]") {
  const Results all;
  check_arrays(all.extracted.result, kSums);
  check_arrays(all.extracted.bulk, {{"activations", f32}});
  check_arrays(all.vector.result, {{"vector", f64},
                                   {"positive_mean", f64},
                                   {"balanced", f64},
                                   {"negative_mean", f64},
                                   {"letter", f64},
                                   {"n_letters", i64, 2},
                                   {"median_norm", f64},
                                   {"n_pairs", i64}});
  check_arrays(all.decomposed.result, {{"offsets", i64},
                                       {"features", i64},
                                       {"values", f32},
                                       {"reconstructions", f32},
                                       {"measures", f64, 7},
                                       {"truth", i64, 3},
                                       {"top_features", i64},
                                       {"top", f64, 3},
                                       {"parts", f32},
                                       {"difference_features", i64},
                                       {"differences", f64, 5},
                                       {"difference_cosines", f32},
                                       {"active_features", i64},
                                       {"active", f64, 8},
                                       {"active_cosines", f32},
                                       {"fit_sums", f64, 5},
                                       {"fit_mean", f64},
                                       {"fit_active", i64}});
  check_arrays(all.variants.result,
               {{"vectors", f32}, {"norm", f64}, {"cosine", f64}});
  check_arrays(
      all.answers.result,
      {{"logit_match", f32}, {"logit_other", f32}, {"log_sum_exp", f32}});
  check_arrays(all.stored.result, {});
  check_arrays(all.stored.bulk, {{"activations", storage::DType::bf16}});
  check_arrays(
      all.observed.result,
      {{"offsets", i64}, {"bins", i64}, {"counts", i64}, {"moments", f64, 6}});
  check_arrays(all.active.result, {{"tokens", i64},
                                   {"active", i64},
                                   {"code_sum", f64},
                                   {"code_most", f64},
                                   {"projection_sum", f64},
                                   {"projection_squares", f64},
                                   {"context_values", f32},
                                   {"context_places", i32, 2}});
}

TEST_CASE("imported activations give what extracted ones do",
          "[jobs][results]") {
  const tests::Scratch scratch;
  const std::vector<float> values{1, 2, 3, 4, 5, 6};
  const auto side = storage::make_array(std::span<const float>(values), {3, 2});
  ImportTask task;
  task.path = scratch.file("mine.safetensors");
  task.behaviour = "mine";
  task.layers = {4};
  tests::write_file(task.path, storage::to_safetensors(
                                   {{"positive", side}, {"negative", side}}));
  const TaskOutput imported = import_activations(task);
  check_arrays(imported.result, kSums);
  check_arrays(imported.bulk, {{"activations", f32}});
  const TaskSize size = cost_of(task, 2, 3).size;
  CHECK(billed(size.result_bytes, imported.result) ==
        numbers_in(imported.result));
  CHECK(billed(size.bulk_bytes, imported.bulk) == numbers_in(imported.bulk));
}

TEST_CASE("columns lie in the order that journals have", "[jobs][results]") {
  using namespace decompose_result;
  check_order<Measures, double>(
      {&Measures::norm, &Measures::norm_ratio, &Measures::cosine,
       &Measures::explained_variance, &Measures::residual_cosine,
       &Measures::negative_encoder, &Measures::negative_decoder});
  check_order<Truth, std::int64_t>(
      {&Truth::planted, &Truth::recovered, &Truth::recovered_signs});
  check_order<TopFeature, double>({&TopFeature::value,
                                   &TopFeature::encoder_projection,
                                   &TopFeature::decoder_projection});
  check_order<Difference, double>(
      {&Difference::mean_code_positive, &Difference::mean_code_negative,
       &Difference::encoder_projection, &Difference::decoder_projection,
       &Difference::code});
  check_order<Active, double>(
      {&Active::code, &Active::code_zero, &Active::mean_code_positive,
       &Active::mean_code_negative, &Active::rate_positive,
       &Active::rate_negative, &Active::encoder_projection,
       &Active::decoder_projection});
  check_order<FitSums, double>({&FitSums::activations, &FitSums::wrong,
                                &FitSums::spread, &FitSums::active,
                                &FitSums::norms});
  using extract_result::LetterCounts;
  check_order<LetterCounts, std::int64_t>({&LetterCounts::a, &LetterCounts::b});
  using observe_result::Moments;
  check_order<Moments, double>({&Moments::sum_whole, &Moments::sum_rest,
                                &Moments::squares_whole, &Moments::squares_rest,
                                &Moments::lowest, &Moments::highest});
  using activity_result::TextPlace;
  check_order<TextPlace, std::int32_t>(
      {&TextPlace::text, &TextPlace::position});
}

TEST_CASE("every number that a result holds is billed", "[jobs][results]") {
  const Results all;
  const auto check = [](std::int64_t bytes, const storage::ArrayMap& arrays) {
    CHECK(billed(bytes, arrays) == numbers_in(arrays));
  };
  const TaskSize extracted = cost_of(all.extracting, all.model).size;
  check(extracted.result_bytes, all.extracted.result);
  check(extracted.bulk_bytes, all.extracted.bulk);
  const std::int64_t d = all.model.d_model;
  check(cost_of(all.merging, d, kPairs).size.result_bytes, all.vector.result);
  check(cost_of(all.making, d, kPairs).size.result_bytes, all.variants.result);
  check(cost_of(all.evaluating, all.model).size.result_bytes,
        all.answers.result);
  check(cost_of(all.activity, all.model, kSaeFeatures, 0).size.result_bytes,
        all.active.result);
  const TaskSize stored = cost_of(all.storing, all.model).size;
  check(stored.result_bytes, all.stored.result);
  check(stored.bulk_bytes, all.stored.bulk);
  // How many coefficients there are shows afterwards.
  const std::int64_t pairs[] = {kPairs};
  const TaskSize size = cost_of(all.decomposing, all.sae.header, pairs).size;
  const std::int64_t found =
      all.decomposed.result.at(decompose_result::kValues.name).count();
  check(size.result_bytes + (8 + 4) * (found - size.coefficients),
        all.decomposed.result);
}

namespace {

double scalar(const at::Tensor& x) { return x.to(at::kDouble).item<double>(); }
double length(const at::Tensor& x) { return scalar(x.norm()); }
double count(const at::Tensor& mask) { return scalar(mask.sum()); }
double cosine(const at::Tensor& a, const at::Tensor& b) {
  return scalar(a.dot(b)) / (length(a) * length(b));
}
Approx near(double value) { return Approx(value).epsilon(1e-4).margin(1e-5); }

at::Tensor unit_rows(const SparseAutoencoder& sae) {
  const at::Tensor rows = sae.W_dec.tensor().to(at::kDouble);
  return rows / rows.norm(2, {1}, true);
}

}  // namespace

TEST_CASE("measures of a decomposition are what they are called",
          "[jobs][results]") {
  using namespace decompose_result;
  const Results all;
  ResultReader result(all.decomposed.result, "decompose");
  const auto measures = result.rows(kMeasures);
  REQUIRE(measures.size() == 3);
  const at::Tensor rebuilt =
      to_tensor(result.array(kReconstructions)).to(at::kDouble);
  const at::Tensor v =
      to_tensor(all.vector.result.at("vector"))[1].to(at::kDouble);
  for (std::size_t i = 0; i < 2; ++i) {
    const at::Tensor scaled = v * all.decomposing.requests[i].scale;
    const at::Tensor r = rebuilt[static_cast<std::int64_t>(i)];
    const at::Tensor rest = scaled - r;
    CHECK(measures[i].norm == near(length(r)));
    CHECK(measures[i].norm_ratio == near(length(r) / length(scaled)));
    CHECK(measures[i].cosine == near(cosine(r, scaled)));
    CHECK(measures[i].explained_variance ==
          near(1 - std::pow(length(rest) / length(scaled), 2)));
    CHECK(measures[i].residual_cosine == near(cosine(rest, scaled)));
    const at::Tensor on_encoder =
        at::mv(all.sae.W_enc.tensor().to(at::kDouble).t(), scaled);
    CHECK(measures[i].negative_encoder == count(on_encoder.lt(0)));
    CHECK(measures[i].negative_decoder ==
          count(at::mv(unit_rows(all.sae), scaled).lt(0)));
    CHECK(measures[i].negative_encoder != measures[i].negative_decoder);
  }
}

TEST_CASE("top features have their coefficient and their projections",
          "[jobs][results]") {
  using namespace decompose_result;
  const Results all;
  ResultReader result(all.decomposed.result, "decompose");
  const auto top = result.rows(kTop);
  const auto& features = result.integers(kTopFeatures);
  const auto& offsets = result.integers(kOffsets);
  const auto k = static_cast<std::size_t>(all.decomposing.top);
  const at::Tensor v = to_tensor(all.vector.result.at("vector"))[1] * -1.0;
  const at::Tensor on_encoder =
      at::mv(all.sae.W_enc.tensor().to(at::kDouble).t(), v);
  const at::Tensor on_decoder = at::mv(unit_rows(all.sae), v);
  for (std::size_t i = k; i < 2 * k; ++i) {  // of the pursuit
    std::size_t place = 0;
    for (auto at = static_cast<std::size_t>(offsets[1]);
         at < static_cast<std::size_t>(offsets[2]); ++at) {
      if (result.integers(kFeatures)[at] == features[i]) place = at;
    }
    CHECK(top[i].value == near(result.doubles(kValues)[place]));
    CHECK(top[i].encoder_projection == near(scalar(on_encoder[features[i]])));
    CHECK(top[i].decoder_projection == near(scalar(on_decoder[features[i]])));
  }
}

TEST_CASE("the truth counts planted atoms among the strongest features",
          "[jobs][results]") {
  using namespace decompose_result;
  const Results all;
  ResultReader result(all.decomposed.result, "decompose");
  const auto truth = result.rows(kTruth);
  CHECK(truth[0].planted == -1);
  CHECK(truth[0].recovered == -1);
  CHECK(truth[0].recovered_signs == -1);
  std::map<std::int64_t, double> planted;
  for (const PlantedAtom& atom :
       plant(SaeDictionary(all.sae.W_dec), all.planted_key, 3)) {
    planted[atom.feature] = atom.coefficient;
  }
  std::int64_t recovered = 0, with_sign = 0;
  const auto first = static_cast<std::size_t>(2 * all.decomposing.top);
  for (std::size_t i = first; i < first + planted.size(); ++i) {
    const auto atom = planted.find(result.integers(kTopFeatures)[i]);
    if (atom == planted.end()) continue;
    ++recovered;
    if (atom->second * result.rows(kTop)[i].value > 0) ++with_sign;
  }
  CHECK(truth[2].planted == 3);
  CHECK(truth[2].recovered == recovered);
  CHECK(truth[2].recovered_signs == with_sign);
}

TEST_CASE("the fit is the SAE's own convention, then the other",
          "[jobs][results]") {
  using namespace decompose_result;
  const Results all;
  ResultReader result(all.decomposed.result, "decompose");
  const auto sums = result.rows(kFitSums);
  REQUIRE(sums.size() == 2);
  const at::Tensor x = to_tensor(all.extracted.bulk.at("activations"))[1].view(
      {2 * kPairs, all.model.d_model});
  for (const bool subtract : {true, false}) {
    const FitSums& one = sums[subtract ? 0 : 1];
    const at::Tensor codes = all.sae.encode(x, subtract);
    const at::Tensor wrong = x - all.sae.reconstruct(x, codes);
    const at::Tensor spread = x - x.mean({0}, true);
    CHECK(one.activations == 2 * kPairs);
    CHECK(one.wrong == near(std::pow(length(wrong), 2)));
    CHECK(one.spread == near(std::pow(length(spread), 2)));
    CHECK(one.active == count(codes.ne(0)));
    CHECK(one.norms == near(scalar(x.norm(2, {1}).sum())));
    if (!subtract) continue;
    const at::Tensor any = codes.ne(0).any(0);
    const auto& words = result.integers(kFitActive);
    REQUIRE(std::ssize(words) == (kSaeFeatures + 63) / 64);
    for (std::int64_t i = 0; i < kSaeFeatures; ++i) {
      const auto word =
          static_cast<std::uint64_t>(words[static_cast<std::size_t>(i / 64)]);
      CHECK(((word >> (i % 64)) & 1) == (any[i].item<bool>() ? 1 : 0));
    }
  }
  CHECK(sums[0].wrong != sums[1].wrong);
  const at::Tensor mean = x.to(at::kDouble).mean({0});
  REQUIRE(std::ssize(result.doubles(kFitMean)) == mean.size(0));
  for (std::int64_t i = 0; i < mean.size(0); ++i) {
    CHECK(result.doubles(kFitMean)[static_cast<std::size_t>(i)] ==
          near(scalar(mean[i])));
  }
}

TEST_CASE("an array that is not as its kind has it is refused by name",
          "[jobs][results]") {
  storage::ArrayMap arrays;
  const std::vector<double> six(6, 0.5);
  put(arrays, NumbersOf<double>{"measures"}, six, {1, 6});
  put(arrays, NumbersOf<double>{"truth"}, six, {2, 3});
  ResultReader result(arrays, "segment 3");
  CHECK(tests::error_of([&] { result.rows(decompose_result::kMeasures); }) ==
        "segment 3: measures: F64 [1, 6], expected F64 [..., 7]");
  CHECK(tests::error_of([&] { result.rows(decompose_result::kTruth); }) ==
        "segment 3: truth: F64 [2, 3], expected I64 [..., 3]");
  CHECK_THROWS_AS(result.rows(decompose_result::kTop), storage::StorageError);
  CHECK_THROWS_AS(put(arrays, decompose_result::kParts,
                      std::vector<float>{1, 2, 3}, {2, 2}),
                  storage::StorageError);
}

namespace {

struct Mixed {
  double a;
  std::int64_t b;
};
struct Halves {
  std::int32_t a, b;
  double c;
};
struct Pointer {
  double* a;
};

}  // namespace

static_assert(!NumberRow<Mixed> && !NumberRow<Halves> && !NumberRow<Pointer>);

TEST_CASE("a row that a result does not have is refused", "[jobs][results]") {
  namespace extract = extract_result;
  storage::ArrayMap arrays;
  arrays[extract::kLetterCounts.name] = storage::make_array(
      std::span<const std::int64_t>(std::vector<std::int64_t>{3, 4}), {1, 2});
  ResultReader reader(std::move(arrays), "journal");
  CHECK(reader.row(extract::kLetterCounts, 0).b == 4);
  CHECK_THROWS_WITH(
      reader.row(extract::kLetterCounts, 1),
      Catch::Contains("journal: n_letters: 1 rows, expected more than 1"));
}
