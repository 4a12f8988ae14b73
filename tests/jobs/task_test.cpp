#include "jobs/task/task.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "jobs/executor/executor.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

EvaluateTask some_task() {
  EvaluateTask task;
  task.model = {"/here/model.gguf", "digest", ComputeType::float32};
  task.items = {{{1, 2, 3}, 4, 5, 1, 1}};
  task.variants = {{0, 0, 2, SignRule::fixed}};
  task.multipliers = {-1, 1};
  return task;
}

storage::Key key(const Task& task, std::vector<storage::Key> inputs = {},
                 int threads = 1) {
  return key_of(task, inputs, threads);
}

ContrastTokens some_pair() { return {{1, 2, 3}, 4, 5, 1, -1}; }

ExtractTask some_extract() {
  return {{"/m", "model", ComputeType::float32},
          {some_pair(), {{6, 7}, 8, 9, 0, 1}},
          {0, 2, 5},
          false};
}

SaeSource some_sae() {
  return {"/s", {"npz", 3, 0.5, DecoderNorms::folded}, "sae", "k=3", 0.25};
}

DecomposeTask some_decompose() {
  DecomposeTask task;
  task.sae = some_sae();
  task.layer = 2;
  task.n_extracts = {2, 3};
  task.vectors = {{Control::none, 0, -1, {}},
                  {Control::other, 1, 2, {3, 4}},
                  {Control::sparse, 0, -1, {5, 6}}};
  task.requests = {{0, "encode", 0, 1, false, true},
                   {1, "omp", 8, 0.5, true, false}};
  task.parts = {{0, Part::first, 3}, {1, Part::without, 2}};
  return task;
}

VariantsTask some_variants() {
  VariantsTask task;
  task.model = {"/m", "model", ComputeType::float32};
  task.n_extracts = 2;
  task.requests.resize(2);
  task.requests[1] = {VariantSource::planted,
                      3,
                      4,
                      5,
                      NormRule::as_is,
                      SignRule::matching_letter,
                      DoseRule::residual_fraction,
                      {7, 8},
                      9,
                      10};
  task.clusters = {{0, 1}, {2, 1}};
  task.behaviours = {0, 3};
  return task;
}

EvaluateTask some_evaluate() {
  return {{"/m", "model", ComputeType::float32},
          {some_pair(), {{6, 7}, 8, 9, 0, 1}},
          {{0, 0, 2, SignRule::fixed}, {1, 1, 3, SignRule::matching_letter}},
          {-1, 0.5},
          true};
}

ImportTask some_import() { return {"/a", "activations", "kind", {1, 2}}; }

StoreTask some_store() {
  return {{"/m", "model", ComputeType::float32},
          {{{1, 2, 3}, {4, 5}, {6, 7}, 2}, {{8}, {9}, {10}, 0}},
          {1, 4},
          storage::DType::f32};
}

ObserveTask some_observe() {
  return {{"/m", "model", ComputeType::float32}, {{1, 2}, {3}}, {0, 1}};
}

ActivityTask some_activity() {
  return {{"/m", "model", ComputeType::float32},
          some_sae(),
          {{1, 2}, {3}},
          4,
          false,
          0};
}

SignNullTask some_sign_null() {
  return {some_sae(), 1, {2}, {{{{7, 1}, {7, 1}, {9, -1}}, {5, 6}}}, 300, 20};
}

template <class T, class Change>
Task with(T task, const Change& change) {
  change(task);
  return task;
}

constexpr auto in_bfloat16 = [](auto& task) {
  task.model.compute = ComputeType::bfloat16;
};
constexpr auto in_float64 = [](auto& task) {
  task.model.compute = ComputeType::float64;
};

struct KnownKey {
  Task task;
  const char* key;  // of no inputs and one thread
};

std::vector<KnownKey> known_extract_keys() {
  return {
      {ExtractTask{}, "838d1f713f3e98c98e82dfd13608fcbf"},
      {some_extract(), "decb6a83dd8c68f57a530867fa844a58"},
      {with(some_extract(), in_bfloat16), "319b0ffad51508ea58e11cb844db480f"},
      {with(some_extract(), in_float64), "0ff9c47b6e9015b3ea2515ff90a05cee"},
      {with(some_extract(), [](auto& task) { task.keep_activations = true; }),
       "3204d6fb88cffd4eba835ed07d0508ae"},
      {with(some_extract(), [](auto& task) { task.pairs[0].steer_from = 2; }),
       "decb6a83dd8c68f57a530867fa844a58"},
      {with(some_extract(), [](auto& task) { task.pairs[1].letter_sign = 0; }),
       "ba55ddc8a90292b87a285ac816902b42"},
      {VectorTask{}, "9248626f06d2527c6341a10f576cccba"},
      {VectorTask{12}, "25def7bdeb38bbe2b3ceb5a0ad003814"},
      {ImportTask{}, "aa31f203d7254eedf60fea29bdae668f"},
      {some_import(), "1689f678f2e0314da07dc233c23d6ec1"},
      {with(some_import(), [](auto& task) { task.path = "/b"; }),
       "1689f678f2e0314da07dc233c23d6ec1"},
      {StoreTask{}, "a817e06a6e80183731a045fa1823d99e"},
      {some_store(), "a253013089de809a472a81e1f0922358"},
      {with(some_store(), in_bfloat16), "beec10e8a4fe6e477d360ce31c02bb90"},
      {with(some_store(),
            [](auto& task) { task.dtype = storage::DType::bf16; }),
       "a49292ebe70fa5235712e541c0a82095"},
      {ObserveTask{}, "dc25b52e56e123323aeb71c5f278fc98"},
      {some_observe(), "1a5854e7858c72f7b788e537eac36a93"},
      {with(some_observe(), in_bfloat16), "df02c3220b8eee8259767871ae74a621"},
  };
}

std::vector<KnownKey> known_sae_keys() {
  return {
      {DecomposeTask{}, "014611cf0ddfcf10d39247229df89475"},
      {some_decompose(), "a7ef12b5dd796cb6e0e3166ae4eef9ac"},
      {with(some_decompose(), [](auto& task) { task.sae.options = {}; }),
       "a7ef12b5dd796cb6e0e3166ae4eef9ac"},
      {with(some_decompose(), [](auto& task) { task.sae.facts = ""; }),
       "ff3493f4ddc3d65f383121011dd172cc"},
      {with(some_decompose(), [](auto& task) { task.sae.least_explained = 0; }),
       "8a0d0cdfd055c8744e7059de85a7b64e"},
      {with(some_decompose(), [](auto& task) { task.parts.clear(); }),
       "de52728fd7fd00bdde6cd36a982e273d"},
      {with(some_decompose(),
            [](auto& task) {
              task.top = 7;
              task.n_differences = 0;
              task.planted_atoms = 16;
            }),
       "4ed306e062644e2d15af6dd4ea3a2d21"},
      {with(some_decompose(),
            [](auto& task) {
              task.clusters = {{{4, 0}, {4, 0}}, {{0, 1}, {2, -1}}};
            }),
       "c77a777383ed802b45032302cc4f5337"},
      {ActivityTask{}, "feeff87698d509154d7354901d2712d2"},
      {some_activity(), "444a4f7b1e2805e2793f93b801dc507e"},
      {with(some_activity(), in_bfloat16), "e9b3e4732e83e7beaa5b99c70bafef19"},
      {with(some_activity(), [](auto& task) { task.sinks_apart = true; }),
       "6e595d3d2245a24be5f0d5bc7334d7ce"},
      {with(some_activity(), [](auto& task) { task.contexts = 10; }),
       "ce6a1b396fed9cba8303e2a3b34978a4"},
      {with(some_activity(),
            [](auto& task) {
              task.sinks_apart = true;
              task.contexts = 10;
            }),
       "c87a9f38982c2b7f1662317fcd44468a"},
      {with(some_activity(), [](auto& task) { task.texts.clear(); }),
       "e581ef9183a3b86ecfc1ec374224e846"},
      {with(some_activity(),
            [](auto& task) {
              task.texts.clear();
              task.model = {};
            }),
       "e581ef9183a3b86ecfc1ec374224e846"},
  };
}

std::vector<KnownKey> known_sign_null_keys() {
  return {
      {SignNullTask{}, "89bb1ee2f27a2348a3e3c9f18f048a78"},
      {some_sign_null(), "8b3a3c844ecc44498de2b599fa54fe5c"},
      {with(some_sign_null(),
            [](auto& task) { task.shuffles[0].clusters[2].stratum = 1; }),
       "024b929d65f8e4abc30f92be1b3aa315"},
      {with(some_sign_null(), [](auto& task) { task.n_shuffles = 1000; }),
       "07e0b3728dfbcbb855d94dd418647d6a"},
  };
}

std::vector<KnownKey> known_steering_keys() {
  return {
      {VariantsTask{}, "425e0c967c89629770d519cfa0f2f0c2"},
      {some_variants(), "f08d6433a7dd687682c26993314cbc59"},
      {with(some_variants(), in_bfloat16), "fc437653764505feef626c1c77e1ae3d"},
      {with(some_variants(), [](auto& task) { task.clusters.clear(); }),
       "76e3a98b460875dfe79dcf277cb06d0d"},
      {with(some_variants(), [](auto& task) { task.behaviours = {}; }),
       "f68f915e2bc7140a5bdd2655f9597078"},
      {with(some_variants(),
            [](auto& task) { task.requests[0].resampled = true; }),
       "4a7c67b7d17f30e2cac82531cfe8a07f"},
      {EvaluateTask{}, "de51add67882a7b958949b74ad744638"},
      {some_evaluate(), "55d0a567bb59c217626c63840e50c18c"},
      {with(some_evaluate(), in_bfloat16), "c52c24201dd881f8bab0ada16a4f2bdd"},
      {with(some_evaluate(), in_float64), "c7590cadb672c86e577ddf24d1592b9b"},
      {with(some_evaluate(), [](auto& task) { task.letter_mass = false; }),
       "1e956622b5c408ff3c0814e29ee57927"},
      {with(some_evaluate(), [](auto& task) { task.items[0].steer_from = 2; }),
       "37610b0594c246046c729ce716b2f8fe"},
  };
}

}  // namespace

TEST_CASE("a task's key changes with whatever determines its result",
          "[jobs][task]") {
  const EvaluateTask base = some_task();
  std::set<storage::Key> keys{key(base)};
  const auto is_new = [&](const storage::Key& one) {
    return keys.insert(one).second;
  };
  EvaluateTask other = base;
  other.model.digest = "another";
  CHECK(is_new(key(other)));
  other = base;
  other.model.compute = ComputeType::float64;
  CHECK(is_new(key(other)));
  other = base;
  other.items[0].shared[1] = 9;
  CHECK(is_new(key(other)));
  other = base;
  other.items[0].steer_from = 2;
  CHECK(is_new(key(other)));
  other = base;
  other.variants[0].layer = 1;
  CHECK(is_new(key(other)));
  other = base;
  other.multipliers[0] = -2;
  CHECK(is_new(key(other)));
  CHECK(is_new(key(base, {storage::key_of("input")})));
  CHECK(is_new(key(base, {}, 2)));
  CHECK(is_new(key(VectorTask{1})));
  CHECK(is_new(key(VectorTask{2})));
}

TEST_CASE("a task's key does not change with where files lie", "[jobs][task]") {
  EvaluateTask moved = some_task();
  moved.model.path = "/elsewhere";
  CHECK(key(moved) == key(some_task()));
}

TEST_CASE("a task that throws is a result with a reason", "[jobs][task]") {
  const auto executor = make_executor(1);
  const TaskResult result = executor->execute(some_task(), {});
  CHECK_FALSE(result.ok);
  CHECK_FALSE(result.reason.empty());
  CHECK_THAT(executor->numerics(), Catch::StartsWith("cpu, libtorch"));
}

// People's run directories resume by their keys: a change here has every one
// of them computed anew.
TEST_CASE("keys of tasks stay what they are", "[jobs][task]") {
  for (const auto& known : {known_extract_keys(), known_sae_keys(),
                            known_sign_null_keys(), known_steering_keys()}) {
    for (std::size_t i = 0; i < known.size(); ++i) {
      CAPTURE(i, name_of(kind_of(known[i].task)));
      CHECK(storage::hex(key(known[i].task)) == known[i].key);
    }
  }
  CHECK(storage::hex(key(VectorTask{12}, {{1, 2}, {3, 4}}, 3)) ==
        "eff3a4f3abf4954330647bb02fe70cfb");
}

TEST_CASE("keys of what models are shown stay what they are", "[jobs][task]") {
  const std::vector<ContrastTokens> pairs = some_extract().pairs;
  CHECK(storage::hex(key_of_reading(pairs)) ==
        "b4a1fa0ba7f5167ec7197fe1b1488cba");
  CHECK(storage::hex(key_of_steering(pairs[0])) ==
        "afba6e2b41bfa40ec531d8e2f9c19561");
  CHECK(storage::hex(key_of_texts(some_observe().texts)) ==
        "4915af84590479b85b1ccf6535418209");
}

TEST_CASE("kinds of tasks are told in the order of a sweep's work",
          "[jobs][task]") {
  std::vector<std::string> all, timed, clean;
  for (const TaskKind kind : kinds_in_order()) {
    all.emplace_back(name_of(kind));
    if (is_timed(kind)) timed.emplace_back(name_of(kind));
    if (is_clean_passes(kind)) clean.emplace_back(name_of(kind));
  }
  CHECK(all == std::vector<std::string>{
                   "extract", "import", "vector", "observe", "decompose",
                   "sign-null", "variants", "evaluate", "activity", "store"});
  const std::vector<std::string> but_store(all.begin(), all.end() - 1);
  CHECK(timed == but_store);
  CHECK(clean ==
        std::vector<std::string>{"extract", "observe", "activity", "store"});
}
