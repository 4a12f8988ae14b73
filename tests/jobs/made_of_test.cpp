#include "jobs/task/made_of.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace coxswain;
using namespace coxswain::jobs;
using storage::Key;

namespace {

// Inputs by the names of their slices; the whole is all of them.
struct Inputs {
  explicit Inputs(const std::vector<std::vector<std::string>>& names) {
    for (const auto& one : names) {
      std::string all;
      slices.emplace_back();
      for (const std::string& name : one) {
        all += name + " ";
        slices.back().push_back(name.empty() ? Key{} : storage::key_of(name));
      }
      wholes.push_back(storage::key_of(all));
    }
  }
  Key of(const Task& task) const {
    std::vector<InputContent> contents;
    for (std::size_t i = 0; i < slices.size(); ++i) {
      contents.push_back({wholes[i], slices[i]});
    }
    return made_of(task, contents, 1);
  }

  std::vector<std::vector<Key>> slices;
  std::vector<Key> wholes;
};

DecomposeTask decompose(std::int32_t layer) {
  DecomposeTask task;
  task.layer = layer;
  task.n_extracts = {1};
  return task;
}

VariantRequest request(VariantSource source, std::int32_t layer,
                       std::int32_t input = -1, std::int32_t row = -1) {
  VariantRequest request;
  request.source = source;
  request.vector_layer = layer;
  request.input = input;
  request.row = row;
  return request;
}

}  // namespace

TEST_CASE("a decomposition is made of one layer, wherever it lies",
          "[jobs][made_of]") {
  const Key one = Inputs({{"v5"}, {"x5"}}).of(decompose(0));
  CHECK(one != Key{});
  CHECK(Inputs({{"v3", "v5"}, {"x3", "x5"}}).of(decompose(1)) == one);
  CHECK(Inputs({{"v3", "v5"}, {"x3", "x5"}}).of(decompose(0)) != one);
  CHECK(Inputs({{"v5"}, {"other"}}).of(decompose(0)) != one);
  DecomposeTask more = decompose(0);
  more.top = 6;
  CHECK(Inputs({{"v5"}, {"x5"}}).of(more) != one);
  // The same of signs and of features' activity, which are other tasks.
  SignNullTask signs;
  signs.layer = 1;
  SignNullTask first = signs;
  first.layer = 0;
  const Key of_signs = Inputs({{"v3", "v5"}, {"x3", "x5"}}).of(signs);
  CHECK(of_signs == Inputs({{"v5"}, {"x5"}}).of(first));
  CHECK(of_signs != one);
}

TEST_CASE("an activity task with texts of its own names a block",
          "[jobs][made_of]") {
  ActivityTask task;
  task.texts = {{1, 2}};
  task.layer = 3;
  const Key three = Inputs({}).of(task);
  task.layer = 4;
  CHECK(Inputs({}).of(task) != three);
}

TEST_CASE("variants are made of what their requests name", "[jobs][made_of]") {
  VariantsTask task;
  task.n_extracts = 1;
  task.requests = {request(VariantSource::original, 0),
                   request(VariantSource::reconstruction, 0, 2, 0)};
  const Key two = Inputs({{"v"}, {"x"}, {"p"}}).of(task);
  CHECK(two != Key{});
  // More parts, more layers, another place among the inputs, other
  // activations, which nobody reads.
  VariantsTask moved = task;
  moved.requests = {request(VariantSource::original, 1),
                    request(VariantSource::reconstruction, 1, 3, 2)};
  moved.n_extracts = 2;
  CHECK(
      Inputs({{"u", "v"}, {"y", "z"}, {"y", "z"}, {"q", "r", "p"}}).of(moved) ==
      two);
  CHECK(Inputs({{"v"}, {"x"}, {"other"}}).of(task) != two);
  CHECK(Inputs({{"other"}, {"x"}, {"p"}}).of(task) != two);

  // What is drawn by pairs reads them.
  task.requests = {request(VariantSource::covariance, 0)};
  CHECK(Inputs({{"v"}, {"x"}}).of(task) != Inputs({{"v"}, {"y"}}).of(task));
  // And a mean over behaviours all of theirs.
  task.requests = {request(VariantSource::original, 0)};
  task.requests[0].dose_rule = DoseRule::behaviour_mean;
  task.behaviours = {0, 1};
  const Key mean = Inputs({{"v"}, {"w"}}).of(task);
  CHECK(Inputs({{"v"}, {"u"}}).of(task) != mean);
  task.behaviours = {0, 2};
  CHECK(Inputs({{"v"}, {"u"}, {"w"}}).of(task) == mean);
}

TEST_CASE("nothing is made of what is not known", "[jobs][made_of]") {
  CHECK(Inputs({{"v5"}, {""}}).of(decompose(0)) == Key{});
  CHECK(Inputs({{"v5"}, {"x5"}}).of(decompose(1)) == Key{});  // no such layer
  VectorTask merge;
  CHECK(Inputs({{"a"}, {"b"}}).of(merge) != Inputs({{"b"}, {"a"}}).of(merge));
  const std::vector<InputContent> unknown{{}};
  CHECK(made_of(merge, unknown, 1) == Key{});
  CHECK(Inputs({{"a"}}).of(EvaluateTask{}) == Key{});
}

TEST_CASE("cells have their model, and variants their vector, in common",
          "[jobs][made_of]") {
  EvaluateTask task;
  task.model.digest = "one";
  const Key basis = basis_of_cells(task, true, 1);
  task.items.emplace_back();
  task.multipliers = {1};
  CHECK(basis_of_cells(task, true, 1) == basis);
  CHECK(basis_of_cells(task, false, 1) != basis);
  CHECK(basis_of_cells(task, true, 2) != basis);
  task.model.compute = ComputeType::float64;
  CHECK(basis_of_cells(task, true, 1) != basis);

  const Key vector = storage::key_of("vector");
  const Key another = storage::key_of("another");
  using Keys = std::vector<Key>;
  const SteeredVariant variant{0, 0, 3, SignRule::fixed};
  const auto key_of_one = [](const SteeredVariant& one, Operation operation,
                             const Keys& vectors) {
    return key_of_variant(one, operation, vectors);
  };
  const Key key = key_of_one(variant, Operation::add, {vector});
  CHECK(key_of_one({4, 7, 3, SignRule::fixed}, Operation::add, {vector}) ==
        key);
  CHECK(key_of_one({0, 0, 4, SignRule::fixed}, Operation::add, {vector}) !=
        key);
  CHECK(key_of_one({0, 0, 3, SignRule::matching_letter}, Operation::add,
                   {vector}) != key);
  CHECK(key_of_one(variant, Operation::add, {another}) != key);
  CHECK(key_of_one(variant, Operation::add, {Key{}}) == Key{});
  CHECK(key_of_one(variant, Operation::rotate, {Key{}}) == Key{});
  CHECK(key_of_one(variant, Operation::rotate, {vector}) != key);
  CHECK(key_of_one(variant, Operation::rotate, {vector}) !=
        key_of_one(variant, Operation::project_out, {vector}));
  // What a feature is set to, of which nothing else knows.
  SteeredVariant set = variant;
  set.clamped_to = 5;
  CHECK(key_of_one(set, Operation::add, {vector}) == key);
  const Key clamped = key_of_one(set, Operation::clamp, {vector});
  CHECK(clamped != key);
  CHECK(key_of_one(variant, Operation::clamp, {vector}) != clamped);
  // What acts beside it, and where.
  SteeredVariant two = variant;
  two.further = {{9, 4}};
  const Key both = key_of_one(two, Operation::add, {vector, another});
  CHECK(both != key);
  CHECK(key_of_one(two, Operation::add, {another, vector}) != both);
  CHECK(key_of_one(two, Operation::add, {vector, Key{}}) == Key{});
  two.further = {{2, 4}};
  CHECK(key_of_one(two, Operation::add, {vector, another}) == both);
  two.further = {{9, 5}};
  CHECK(key_of_one(two, Operation::add, {vector, another}) != both);
}
