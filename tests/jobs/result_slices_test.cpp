#include "jobs/task/result_slices.hpp"

#include <catch2/catch.hpp>
#include <numeric>

#include "jobs/task/decompose_result.hpp"
#include "jobs/task/extract_result.hpp"
#include "jobs/task/result_writer.hpp"
#include "jobs/task/variants_result.hpp"
#include "jobs/task/vector_result.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

constexpr std::int64_t kWidth = 4;

// Numbers of an array of this shape whose layers, along `axis`, are those that
// are named: equal names, equal numbers.
template <class T>
std::vector<T> numbers(const std::vector<std::int64_t>& shape, std::size_t axis,
                       const std::vector<int>& layers, double which) {
  std::vector<T> all;
  const auto size = std::accumulate(shape.begin(), shape.end(), std::int64_t{1},
                                    std::multiplies<>());
  std::int64_t inner = 1;
  for (std::size_t i = axis + 1; i < shape.size(); ++i) inner *= shape[i];
  for (std::int64_t i = 0; i < size; ++i) {
    const std::int64_t layer = i / inner % shape[axis];
    const std::int64_t outer = i / inner / shape[axis];
    all.push_back(static_cast<T>(which +
                                 100 * layers[static_cast<std::size_t>(layer)] +
                                 static_cast<double>(10 * outer + i % inner)));
  }
  return all;
}

// What an extract task of two pairs gives of some layers.
TaskOutput extracted(const std::vector<int>& layers, bool keep = true) {
  namespace names = extract_result;
  const std::int64_t n = std::ssize(layers);
  TaskOutput output;
  const auto add = [&](auto& to, auto name, std::vector<std::int64_t> shape,
                       std::size_t axis, double which) {
    using T = std::conditional_t<decltype(name)::kDtype == storage::DType::f64,
                                 double, float>;
    const auto values = numbers<T>(shape, axis, layers, which);
    put(to, name, values, std::move(shape));
  };
  add(output.result, names::kPositiveSum, {n, kWidth}, 0, 0.1);
  add(output.result, names::kNegativeSum, {n, kWidth}, 0, 0.2);
  add(output.result, names::kDifferenceSum, {n, kWidth}, 0, 0.3);
  add(output.result, names::kLetterSums, {2, n, kWidth}, 1, 0.4);
  add(output.result, names::kNorms, {2, 2, n}, 2, 0.5);
  put(output.result, names::kLetterCounts,
      std::vector<names::LetterCounts>{{1, 1}}, {});
  if (keep) {
    add(output.bulk, names::kActivations, {n, 2, 2, kWidth}, 0, 0.6);
  }
  return output;
}

}  // namespace

TEST_CASE("a layer's slice is the same whatever layers are beside it",
          "[jobs][result_slices]") {
  const auto one = slices_of(ExtractTask{}, extracted({7}));
  const auto three = slices_of(ExtractTask{}, extracted({3, 7, 9}));
  REQUIRE(one.size() == 1);
  REQUIRE(three.size() == 3);
  CHECK(one[0] == three[1]);
  CHECK(three[0] != three[1]);
  CHECK(three[1] != three[2]);
  // Activations are read, too.
  CHECK(slices_of(ExtractTask{}, extracted({7}, false))[0] != one[0]);
  // An import task gives the same arrays.
  CHECK((slices_of(ImportTask{}, extracted({7})) == one));
}

TEST_CASE("every number of a layer is in its slice and in no other",
          "[jobs][result_slices]") {
  const TaskOutput whole = extracted({3, 7});
  const auto before = slices_of(ExtractTask{}, whole);
  for (const bool bulk : {false, true}) {
    for (const auto& [name, array] : bulk ? whole.bulk : whole.result) {
      if (name == extract_result::kLetterCounts.name) continue;
      INFO(name);
      TaskOutput changed = whole;
      auto& bytes = (bulk ? changed.bulk : changed.result).at(name).bytes;
      bytes[bytes.size() - 1] ^= 1;  // of the last layer, on every axis
      const auto after = slices_of(ExtractTask{}, changed);
      CHECK(after[0] == before[0]);
      CHECK(after[1] != before[1]);
    }
  }
}

TEST_CASE("a variant that is not available has no slice",
          "[jobs][result_slices]") {
  TaskOutput output;
  put(output.result, variants_result::kVectors,
      std::vector<float>{1, 2, 3, 4, 5, 6}, {3, 2});
  const auto all = slices_of(VariantsTask{}, output);
  REQUIRE(all.size() == 3);
  put(output.result, variants_result::kAvailable,
      std::vector<std::int64_t>{1, 0, 1}, {3});
  const auto some = slices_of(VariantsTask{}, output);
  CHECK(some[0] == all[0]);
  CHECK(some[1] == storage::Key{});
  CHECK(some[2] == all[2]);
}

TEST_CASE("whether a part is available is part of its slice",
          "[jobs][result_slices]") {
  TaskOutput output;
  put(output.result, decompose_result::kParts, std::vector<float>{1, 2, 3, 4},
      {2, 2});
  const auto plain = slices_of(DecomposeTask{}, output);
  REQUIRE(plain.size() == 2);
  const auto with = [&](const std::vector<std::int64_t>& available) {
    put(output.result, NumbersOf<std::int64_t>{"parts_available"}, available,
        {2});
    return slices_of(DecomposeTask{}, output);
  };
  const auto all = with({1, 1}), one = with({1, 0});
  CHECK(all[0] == one[0]);
  CHECK(all[1] != one[1]);
}

TEST_CASE("a result without its arrays has no slices",
          "[jobs][result_slices]") {
  CHECK(slices_of(ExtractTask{}, {}).empty());
  CHECK(slices_of(DecomposeTask{}, {}).empty());
  CHECK(slices_of(EvaluateTask{}, extracted({1})).empty());
  TaskOutput broken = extracted({3, 7});
  broken.result.erase(extract_result::kNorms.name);
  CHECK(slices_of(ExtractTask{}, broken).empty());
}

TEST_CASE("what a task gave has one hash, in a message or in a shard",
          "[jobs][result_slices]") {
  TaskOutput sent = extracted({3});
  TaskOutput large = sent;
  large.bulk.merge(large.result);
  large.result.clear();
  CHECK(content_of(sent) == content_of(large));
  sent.result.at(extract_result::kNorms.name).bytes[0] ^= 1;
  CHECK(content_of(sent) != content_of(large));
}
