// What becomes of a vector, a request or a behaviour does not depend on those
// beside it, on their order, nor on threads.

#include <ATen/ATen.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <random>
#include <vector>

#include "jobs/decomposition/decompose.hpp"
#include "jobs/decomposition/method.hpp"
#include "jobs/decomposition/sign_null.hpp"
#include "jobs/device/tensor_array.hpp"
#include "tests/support/same_bytes.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_sae.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

constexpr std::int64_t kIn = 40, kFeatures = 300, kPairs = 23;

// Two behaviours, the second's pairs in two extract tasks; every method for
// every vector.
struct Fixture {
  Fixture() {
    tests::write_toy_sae(scratch.file("sae"), kIn, kFeatures);
    sae = load_sae(scratch.file("sae"));
    at::manual_seed(2);
    std::vector<storage::ArrayMap> pairs;
    for (int b = 0; b < 2; ++b) {
      const at::Tensor x = at::randn({1, kPairs, 2, kIn}, at::kFloat) * 2;
      const at::Tensor v = (x.select(2, 0) - x.select(2, 1)).to(at::kDouble);
      inputs.push_back({{"vector", to_array(v.mean(1))}});
      const std::int64_t first = b == 0 ? kPairs : 9;
      pairs.push_back({{"activations", to_array(x.narrow(1, 0, first))}});
      if (b == 0) continue;
      pairs.push_back(
          {{"activations", to_array(x.narrow(1, first, kPairs - first))}});
    }
    inputs.insert(inputs.end(), pairs.begin(), pairs.end());
    task.n_extracts = {1, 2};
    task.sae.least_explained = -1e30;
    task.top = 4;
    task.n_differences = 6;
    // Of clusters of two pairs, in two strata.
    for (int b = 0; b < 2; ++b) {
      for (std::int32_t i = 0; i < kPairs; ++i) {
        if (i == 0) task.clusters.emplace_back();
        task.clusters.back().push_back({i / 2, i / 2 % 2});
      }
    }
    task.vectors = {{Control::none, 0, -1, {}},
                    {Control::none, 1, -1, {}},
                    {Control::zero, -1, -1, {}},
                    {Control::other, 0, 1, {}},
                    {Control::sparse, 0, -1, {1, 2}},
                    {Control::decoder_row, 1, -1, {1, 3}},
                    {Control::random, 0, -1, {1, 4}},
                    {Control::covariance, 1, -1, {1, 5}},
                    {Control::shuffled, 0, -1, {1, 6}},
                    {Control::resampled, 1, -1, {1, 7}}};
    for (std::int32_t v = 0; v < std::ssize(task.vectors); ++v) {
      for (const MethodTraits& method : decomposition_methods()) {
        if (method.activations && task.vectors[std::size_t(v)].input < 0) {
          continue;
        }
        const double parameter = method.usual > 1 ? 5 : method.usual;
        task.requests.push_back(
            {v, method.name, parameter, 1, v % 2 == 0, v % 3 == 0});
        task.parts.push_back(
            {std::int32_t(task.requests.size()) - 1, Part::first, 3});
      }
    }
  }

  TaskOutput run(const DecomposeTask& of) const {
    return decompose(of, inputs, sae);
  }

  tests::Scratch scratch;
  SparseAutoencoder sae;
  std::vector<storage::ArrayMap> inputs;
  DecomposeTask task;
};

// Row i of an array [n, ...].
std::string row_of(const TaskOutput& output, const char* name, std::size_t i) {
  const storage::Array& all = output.result.at(name);
  const std::size_t size =
      all.bytes.size() / static_cast<std::size_t>(all.shape.at(0));
  return all.bytes.substr(i * size, size);
}

// All that a task has of one request.
std::string facts(const TaskOutput& output, std::size_t request) {
  std::string all;
  for (const char* name : {"reconstructions", "measures", "truth",
                           "top_features", "top", "parts"}) {
    all += row_of(output, name, request);
  }
  const auto offsets = storage::integers(output.result.at("offsets"));
  const auto first = static_cast<std::size_t>(offsets[request]);
  const auto n = static_cast<std::size_t>(offsets[request + 1]) - first;
  return all + output.result.at("features").bytes.substr(8 * first, 8 * n) +
         output.result.at("values").bytes.substr(4 * first, 4 * n);
}

// The task with some of its requests, in this order.
DecomposeTask with_requests(const DecomposeTask& task,
                            const std::vector<std::size_t>& some) {
  DecomposeTask of = task;
  of.requests.clear();
  of.parts.clear();
  for (const std::size_t i : some) {
    of.parts.push_back(task.parts[i]);
    of.parts.back().request = static_cast<std::int32_t>(of.requests.size());
    of.requests.push_back(task.requests[i]);
  }
  return of;
}

// The vectors behind the behaviours' own in reverse.
DecomposeTask with_vectors_reversed(DecomposeTask task) {
  const auto n = static_cast<std::int32_t>(task.vectors.size());
  std::reverse(task.vectors.begin() + 2, task.vectors.end());
  for (DecompositionRequest& one : task.requests) {
    if (one.vector >= 2) one.vector = n + 1 - one.vector;
  }
  return task;
}

void check_same(const TaskOutput& found, const std::vector<std::size_t>& which,
                const TaskOutput& all, const DecomposeTask& task) {
  for (std::size_t i = 0; i < which.size(); ++i) {
    const DecompositionRequest& one = task.requests[which[i]];
    INFO(one.method << " of vector " << one.vector);
    CHECK(facts(found, i) == facts(all, which[i]));
  }
}

}  // namespace

TEST_CASE("a request's decomposition is its own", "[jobs][decompose_alone]") {
  const Fixture f;
  const TaskOutput all = f.run(f.task);
  std::vector<std::size_t> order(f.task.requests.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::vector<std::size_t> as_it_is = order;
  std::mt19937 random(3);
  tests::with_threads([&](int threads) {
    INFO(threads << " threads");
    CHECK(tests::differing(f.run(f.task).result, all.result).empty());
    std::shuffle(order.begin(), order.end(), random);
    check_same(f.run(with_requests(f.task, order)), order, all, f.task);
    check_same(f.run(with_vectors_reversed(f.task)), as_it_is, all, f.task);
    const std::vector<std::size_t> some(order.begin(), order.begin() + 9);
    check_same(f.run(with_requests(f.task, some)), some, all, f.task);
  });
  for (const std::size_t i : as_it_is) {
    check_same(f.run(with_requests(f.task, {i})), {i}, all, f.task);
  }
}

TEST_CASE("a behaviour's features are its own", "[jobs][decompose_alone]") {
  Fixture f;
  f.task.requests.resize(1);
  f.task.parts.clear();
  const TaskOutput both = f.run(f.task);
  DecomposeTask second = f.task;
  second.n_extracts = {2};
  second.vectors = {{Control::none, 0, -1, {}}};
  second.clusters.clear();
  const std::vector<storage::ArrayMap> inputs{f.inputs[1], f.inputs[3],
                                              f.inputs[4]};
  tests::with_threads([&](int) {
    const TaskOutput alone = decompose(second, inputs, f.sae);
    for (const char* name :
         {"difference_features", "differences", "difference_cosines",
          "active_features", "active", "active_cosines"}) {
      INFO(name);
      CHECK(row_of(alone, name, 0) == row_of(both, name, 1));
    }
  });
}

TEST_CASE("exchanged signs of a behaviour are its own",
          "[jobs][decompose_alone]") {
  const Fixture f;
  SignNullTask task;
  task.n_extracts = f.task.n_extracts;
  task.shuffles = {{f.task.clusters[0], {1, 8}}, {f.task.clusters[1], {1, 9}}};
  task.n_shuffles = 50;
  task.n_differences = 12;
  const TaskOutput both = count_signs(task, f.inputs, f.sae);
  SignNullTask second = task;
  second.n_extracts = {2};
  second.shuffles = {task.shuffles[1]};
  tests::with_threads([&](int) {
    CHECK(
        tests::differing(count_signs(task, f.inputs, f.sae).result, both.result)
            .empty());
    const TaskOutput alone =
        count_signs(second, {f.inputs[1], f.inputs[3], f.inputs[4]}, f.sae);
    CHECK(row_of(alone, "counts", 0) == row_of(both, "counts", 1));
  });
}
