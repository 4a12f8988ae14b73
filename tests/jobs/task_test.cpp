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
          true,
          {}};
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
      {ExtractTask{}, "415d95c2dd5187a1152d977d28c4d07e"},
      {some_extract(), "1ba37640c167de1d2b4de05b1ee64685"},
      {with(some_extract(), in_bfloat16), "a0cc96d32d63fc1b35c7b1e6cb71f368"},
      {with(some_extract(), in_float64), "f867e0847ef45a1ba388573b0bdd3a81"},
      {with(some_extract(), [](auto& task) { task.keep_activations = true; }),
       "8a4731fe4219d2e77d5ec4d0074e5bdf"},
      {with(some_extract(), [](auto& task) { task.pairs[0].steer_from = 2; }),
       "1ba37640c167de1d2b4de05b1ee64685"},
      {with(some_extract(), [](auto& task) { task.pairs[1].letter_sign = 0; }),
       "209fe2d98dbf554b5af800c769e32cbb"},
      {VectorTask{}, "b95d836e0aa283eb8c24425e00e31eee"},
      {VectorTask{12}, "cae8803aae76f2b160abfc7b4b7b6bf2"},
      {VectorTask{1, {0.5, -2}}, "25a3127d169e9c7ad1b868ae0eb21394"},
      {VectorTask{12, {}, VectorMethod::pca},
       "43cae469ae7079f45a37a0ad04a9130c"},
      {VectorTask{12, {}, VectorMethod::pca_centred},
       "562fbc1d61a182d68251f3584d73bdd7"},
      {VectorTask{12, {}, VectorMethod::logistic},
       "7367c4b133732855f693118c1fd4e8cb"},
      {VectorTask{12, {}, VectorMethod::positive_mean},
       "47e2152bc30f837a19f73687803eb57a"},
      {ImportTask{}, "ad0d70f521c926d219ad5a8b6d9d704a"},
      {some_import(), "234df71b297e945d42294987ec3d636a"},
      {with(some_import(), [](auto& task) { task.path = "/b"; }),
       "234df71b297e945d42294987ec3d636a"},
      {StoreTask{}, "ce689a5436c07ad9480deb3dcf596838"},
      {some_store(), "b80873ec0b97a7242e8452af597e25b7"},
      {with(some_store(), in_bfloat16), "68b969df75755dc827c8f3e9e0e45c3e"},
      {with(some_store(),
            [](auto& task) { task.dtype = storage::DType::bf16; }),
       "ab90fb52f9bcc98b10ac228918aaf2dc"},
      {ObserveTask{}, "45dfab09515e6182eda3721135d6f355"},
      {some_observe(), "b3ebb805b1a8c9b2bbc0d32ae930d6ea"},
      {with(some_observe(), in_bfloat16), "8549cf3cb0d1b1779d5e184f9083729e"},
  };
}

std::vector<KnownKey> known_sae_keys() {
  return {
      {DecomposeTask{}, "5489dc4df27bf8a9c41b5972d282c80a"},
      {some_decompose(), "96cba0cc545e7df89cc3afff29ce4c60"},
      {with(some_decompose(), [](auto& task) { task.sae.options = {}; }),
       "96cba0cc545e7df89cc3afff29ce4c60"},
      {with(some_decompose(), [](auto& task) { task.sae.facts = ""; }),
       "41ecb5cae91e8f932381863dda56bdca"},
      {with(some_decompose(), [](auto& task) { task.sae.least_explained = 0; }),
       "60e508ed780f807397a75c26ab35b22e"},
      {with(some_decompose(), [](auto& task) { task.parts.clear(); }),
       "8f2b0c976e2e6329f20663264460b96a"},
      {with(some_decompose(),
            [](auto& task) {
              task.top = 7;
              task.n_differences = 0;
              task.planted_atoms = 16;
            }),
       "4de412d96ad9e839bc833597edc31827"},
      {with(some_decompose(),
            [](auto& task) {
              task.clusters = {{{4, 0}, {4, 0}}, {{0, 1}, {2, -1}}};
            }),
       "d2ead71fe417a9759e93540d8af58eca"},
      {ActivityTask{}, "73fde2b5ef4e83ad39187d5e25322287"},
      {some_activity(), "3a40e781dbc6bdea872ee4a7fe227403"},
      {with(some_activity(), in_bfloat16), "bfa53212d192c92e56e56b994e730d77"},
      {with(some_activity(), [](auto& task) { task.sinks_apart = true; }),
       "97591fd2aacf08736885b697f72197d0"},
      {with(some_activity(), [](auto& task) { task.contexts = 10; }),
       "10def8d6b125319c61c8fd96667203f1"},
      {with(some_activity(),
            [](auto& task) {
              task.sinks_apart = true;
              task.contexts = 10;
            }),
       "9d39c56ea66bf53c8e48b79ccdf37329"},
      {with(some_activity(), [](auto& task) { task.texts.clear(); }),
       "5c864708d26790983f5ef9ea30f43e40"},
      {with(some_activity(),
            [](auto& task) {
              task.texts.clear();
              task.model = {};
            }),
       "5c864708d26790983f5ef9ea30f43e40"},
  };
}

std::vector<KnownKey> known_sign_null_keys() {
  return {
      {SignNullTask{}, "18692ceb1a1215db5207e48e01e92590"},
      {some_sign_null(), "a0c89b21325eb768fa03a2f9fd586cb0"},
      {with(some_sign_null(),
            [](auto& task) { task.shuffles[0].clusters[2].stratum = 1; }),
       "0dd0de279a3f1d42ee89e25bf3fd6927"},
      {with(some_sign_null(), [](auto& task) { task.n_shuffles = 1000; }),
       "c6997ac419a52924f4c6958e3b8a0640"},
  };
}

FeaturesTask some_features() { return {some_sae(), true, {3, 9}}; }

std::vector<KnownKey> known_steering_keys() {
  return {
      {FeaturesTask{}, "7708076168fa34d8f6ec505953206cbb"},
      {some_features(), "a9aa7ef781f0db1228cf63332f828ca3"},
      {with(some_features(), [](auto& task) { task.subtract_b_dec = false; }),
       "11531554c426db5db06e47b1d0fa2ff5"},
      {with(some_evaluate(),
            [](auto& task) {
              task.operations = {Operation::clamp, Operation::add};
              task.variants[0].clamped_to = 5;
            }),
       "251d2197cd2f502262b10fc2b77a2634"},
      {VariantsTask{}, "84711157892dfcfe313ab7074a5d12a6"},
      {some_variants(), "edee155f79c0480e611ab0d18f06fa90"},
      {with(some_variants(), in_bfloat16), "6a97eed5a1b98e5d34947cb3329d9aef"},
      {with(some_variants(), [](auto& task) { task.clusters.clear(); }),
       "b730a14c841c5023a837d60358fa8b7b"},
      {with(some_variants(), [](auto& task) { task.behaviours = {}; }),
       "b33b407f16247dd0d3e10910634d96d6"},
      {with(some_variants(),
            [](auto& task) { task.requests[0].resampled = true; }),
       "22a371b20c571064574ef65031c5bbc1"},
      {EvaluateTask{}, "7770b9f3186fbbc0b66a352e2ad30967"},
      {some_evaluate(), "79f1d52b7317b349a26aef3b1dcb080f"},
      {with(some_evaluate(), in_bfloat16), "97f30d0dd1a0bbe1c9053527813a935b"},
      {with(some_evaluate(), in_float64), "b859991683637518e31f91a5120fa462"},
      {with(some_evaluate(), [](auto& task) { task.letter_mass = false; }),
       "8be8e0ce67e659d2ea7965f76dc36d11"},
      {with(some_evaluate(), [](auto& task) { task.items[0].steer_from = 2; }),
       "b83015ea9477d1acf2ff33daedee496a"},
      {with(some_evaluate(),
            [](auto& task) {
              task.operations = {Operation::add, Operation::project_out};
            }),
       "d1645cf45985e0fb83d344b4a1d6ec2a"},
      {with(some_evaluate(),
            [](auto& task) {
              task.operations = {Operation::add_keep_norm, Operation::rotate};
            }),
       "1cd2089c1f774a924e1d21d6a4e4227b"},
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
        "e86a0eb520bf1220b01cc8e8ffa526fc");
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
  CHECK(all == std::vector<std::string>{"extract", "import", "vector",
                                        "observe", "decompose", "sign-null",
                                        "features", "variants", "evaluate",
                                        "activity", "store"});
  // Those whose times are no one's concern are left out.
  std::vector<std::string> long_ones = all;
  std::erase(long_ones, "store");
  std::erase(long_ones, "features");
  CHECK(timed == long_ones);
  CHECK(clean ==
        std::vector<std::string>{"extract", "observe", "activity", "store"});
}
