// Toy models of every family in Hugging Face folders: logits, residual
// streams, steering and continuations against transformers.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <map>

#include "jobs/device/device.hpp"
#include "jobs/device/tensor_array.hpp"
#include "jobs/steering/clean_pass.hpp"
#include "jobs/steering/steered_cells.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/reference/reference.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/test_device.hpp"

using namespace coxswain;
using namespace coxswain::jobs;
using nlohmann::json;

namespace {

// Of transformers' own distance between float32 and float64.
constexpr double kFloat32Factor = 8;
// Of the largest and the mean distance of transformers' bfloat16 from float64.
constexpr double kBFloat16Max = 2, kBFloat16Mean = 1.5;
// Both compute in float64; what is left is the order of sums.
constexpr double kFloat64Tolerance = 1e-11;

double largest(const at::Tensor& values) {
  return values.abs().max().item<double>();
}

Transformer load_on_device(const ModelSource& source) {
  return load_model(source, {tests::test_device()});
}

// A vector added to a layer's output from a position on.
struct Push {
  std::int64_t layer = 0;
  at::Tensor vector;
  std::int64_t from = 0;
};

struct Pass {
  at::Tensor resid_pre;                // [n, d_model]
  std::vector<at::Tensor> resid_post;  // by layer
  at::Tensor final_norm, logits;
};

class FolderCase {
 public:
  explicit FolderCase(const std::filesystem::path& folder)
      : folder_(folder),
        tolerances_(tests::read_json(folder / "meta.json").at("tolerances")),
        expected_(storage::read_safetensors(
            (folder / "expected.safetensors").string())),
        lengths_(to_tensor(expected_.at("lengths"))),
        model_(load_on_device({folder.string(), "", ComputeType::float32})) {}

  void check_rows() {
    double logits = 0, stream = 0, final_norm = 0, double_logits = 0;
    const Transformer wide =
        load_on_device({folder_.string(), "", ComputeType::float64});
    for (std::int64_t row = 0; row < n_rows(); ++row) {
      const std::int64_t n = length(row);
      const Pass pass = run(model_, {tokens(row)}, {});
      const auto theirs = [&](const std::string& name) {
        return get(name)[row].narrow(0, 0, n);
      };
      logits = std::max(logits, largest(pass.logits - theirs("logits")));
      stream =
          std::max(stream, largest(pass.resid_pre - theirs("resid_pre.0")));
      for (std::size_t i = 0; i < pass.resid_post.size(); ++i) {
        stream = std::max(stream,
                          largest(pass.resid_post[i] -
                                  theirs("resid_post." + std::to_string(i))));
      }
      final_norm =
          std::max(final_norm, largest(pass.final_norm - theirs("final_norm")));
      const Pass doubled = run(wide, {tokens(row)}, {});
      double_logits =
          std::max(double_logits,
                   largest(doubled.logits[-1] - get("logits_last.f64")[row]));
    }
    CHECK(within("logits", logits, logit_tolerance()));
    CHECK(within("resid", stream, tolerance("resid_post")));
    CHECK(within("final_norm", final_norm, tolerance("final_norm")));
    CHECK(within("logits in float64", double_logits, kFloat64Tolerance));
  }

  // All rows in one pass, against rows alone and transformers' padded batches.
  void check_batch() {
    std::vector<ContrastTokens> all;
    for (std::int64_t row = 0; row < n_rows(); ++row)
      all.push_back(tokens(row));
    const Pass pass = run(model_, all, {});
    const double padded =
        kFloat32Factor *
        tolerances_.at("max_abs_f32_padded_minus_unpadded_logits_last")
            .get<double>();
    double worst = 0;
    std::int64_t end = 0;
    for (std::int64_t row = 0; row < n_rows(); ++row) {
      end += length(row);
      for (const char* side : {"left", "right"}) {
        worst = std::max(worst,
                         largest(pass.logits[end - 1] -
                                 get(std::string(side) + ".logits_last")[row]));
      }
    }
    CHECK(within("logits of batches", worst,
                 std::max(padded, logit_tolerance())));
  }

  void check_steering() {
    const at::Tensor layers = get("steer.layers");
    const at::Tensor from_p = get("steer.p");
    const auto layer = [&](std::int64_t i) {
      return layers[i].item<std::int64_t>();
    };
    double logits = 0, stream = 0, reuse = 0;
    const std::map<std::string, std::vector<std::int64_t>> where{
        {std::to_string(layer(0)), {0}},
        {std::to_string(layer(1)), {1}},
        {"both", {0, 1}}};
    for (const auto& [place, which] : where) {
      for (const std::string rule : {"from_p", "all", "not_first"}) {
        const std::string key = "steer." + place + "." + rule;
        const at::Tensor theirs = get(key + ".logits_last");
        for (std::int64_t row = 0; row < n_rows(); ++row) {
          const std::int64_t from = rule == "all" ? 0
                                    : rule == "not_first"
                                        ? 1
                                        : from_p[row].item<std::int64_t>();
          for (std::int64_t m = 0; m < theirs.size(0); ++m) {
            std::vector<Push> pushes;
            for (const std::int64_t i : which) {
              pushes.push_back(
                  {layer(i), get("steer.vectors")[i] * multiplier(m), from});
            }
            const Pass pass = run(model_, {tokens(row)}, pushes);
            logits =
                std::max(logits, largest(pass.logits[-1] - theirs[m][row]));
            stream =
                std::max(stream, largest(pass.resid_post.back()[-1] -
                                         get(key + ".resid_last")[m][row]));
          }
          if (which.size() == 1) {
            reuse = std::max(reuse, reuse_error(row, which[0], layer(which[0]),
                                                from, theirs));
          }
        }
      }
    }
    CHECK(within("steered logits", logits, logit_tolerance()));
    CHECK(within("steered resid", stream, tolerance("resid_post")));
    CHECK(within("steered by exact reuse", reuse, logit_tolerance()));
  }

  // Cells by reuse against plain full passes, whatever position rule: each
  // comes down to where a prompt's steered tokens begin.
  void check_reuse() {
    for (const auto& [compute, tolerance] :
         {std::pair{ComputeType::float64, 1e-10},
          std::pair{ComputeType::float32, logit_tolerance()}}) {
      const Transformer model = load_on_device({folder_.string(), "", compute});
      const auto items = everywhere();
      const auto steerings = at_both_layers(model.stream());
      const Answers reused = steer(model, items, steerings);
      const Answers plain = steer_plainly(model, items, steerings);
      CHECK(within(compute == ComputeType::float64
                       ? "reuse against plain passes, all rules, float64"
                       : "reuse against plain passes, all rules, float32",
                   std::max({largest(reused.match - plain.match),
                             largest(reused.other - plain.other),
                             largest(reused.log_sum_exp - plain.log_sum_exp)}),
                   tolerance));
    }
  }

  void check_greedy() {
    const at::Tensor ids = get("greedy.ids");
    std::int64_t wrong = 0;
    for (std::int64_t row = 0; row < n_rows(); ++row) {
      ContrastTokens prompt = tokens(row);
      for (std::int64_t step = 0; step < ids.size(1); ++step) {
        const auto next =
            run(model_, {prompt}, {}).logits[-1].argmax().item<std::int64_t>();
        const auto theirs = ids[row][step].item<std::int64_t>();
        wrong += next == theirs ? 0 : 1;
        prompt.shared.push_back(static_cast<std::int32_t>(theirs));
      }
    }
    CHECK(within("greedy tokens that differ of " + std::to_string(ids.numel()),
                 static_cast<double>(wrong), 0));
  }

  void check_bfloat16() {
    const Transformer model =
        load_on_device({folder_.string(), "", ComputeType::bfloat16});
    std::vector<at::Tensor> ours;
    for (std::int64_t row = 0; row < n_rows(); ++row) {
      ours.push_back(run(model, {tokens(row)}, {}).logits[-1]);
    }
    const at::Tensor exact = get("logits_last.f64");
    const at::Tensor mine = (at::stack(ours) - exact).abs();
    const at::Tensor theirs = (get("bf16.logits_last") - exact).abs();
    CHECK(within("bfloat16 largest", mine.max().item<double>(),
                 kBFloat16Max * theirs.max().item<double>()));
    CHECK(within("bfloat16 mean", mine.mean().item<double>(),
                 kBFloat16Mean * theirs.mean().item<double>()));
  }

  // The same model in a GGUF file, where there is one.
  bool check_gguf(const std::filesystem::path& files) {
    const auto path = files / (folder_.filename().string() + ".gguf");
    if (!std::filesystem::exists(path)) return false;
    const Transformer model =
        load_on_device({path.string(), "", ComputeType::float32});
    const tests::Scratch scratch;
    const Transformer twin = load_on_device(
        {as_gguf_says(scratch.file("twin")), "", ComputeType::float32});
    double logits = 0;
    for (std::int64_t row = 0; row < n_rows(); ++row) {
      logits = std::max(logits, largest(run(model, {tokens(row)}, {}).logits -
                                        run(twin, {tokens(row)}, {}).logits));
    }
    CHECK(within("logits of its GGUF file", logits, logit_tolerance()));
    return true;
  }

 private:
  // The case's folder with what GGUF has no words for set to what its readers
  // take: Gemma's scale and base in windows, no window for Mistral.
  std::string as_gguf_says(const std::filesystem::path& folder) const {
    std::filesystem::create_directory(folder);
    json config = tests::read_json(folder_ / "config.json");
    if (config.contains("query_pre_attn_scalar")) {
      config["query_pre_attn_scalar"] = config.at("head_dim");
    }
    if (config.contains("rope_local_base_freq")) {
      config["rope_local_base_freq"] = 10000.0;
    }
    if (config.at("model_type") == "mistral")
      config["sliding_window"] = nullptr;
    tests::write_file((folder / "config.json").string(), config.dump());
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      const auto name = entry.path().filename();
      if (name.string().starts_with("model")) {
        std::filesystem::create_symlink(std::filesystem::absolute(entry.path()),
                                        folder / name);
      }
    }
    return folder.string();
  }

  std::int64_t n_rows() const { return lengths_.size(0); }
  std::int64_t length(std::int64_t row) const {
    return lengths_[row].item<std::int64_t>();
  }
  at::Tensor get(const std::string& name) const {
    return to_tensor(expected_.at(name));
  }
  double multiplier(std::int64_t m) const {
    return get("steer.multipliers")[m].item<double>();
  }

  double tolerance(const std::string& what) const {
    return kFloat32Factor *
           tolerances_.at("max_abs_f32_minus_f64_" + what).get<double>();
  }
  double logit_tolerance() const { return tolerance("logits"); }
  bool within(const std::string& what, double difference,
              double tolerance) const {
    return tests::within(folder_.filename().string() + " " + what, difference,
                         tolerance);
  }

  ContrastTokens tokens(std::int64_t row) const {
    ContrastTokens out;
    const at::Tensor ids = get("input_ids")[row];
    for (std::int64_t i = 0; i < length(row); ++i) {
      out.shared.push_back(
          static_cast<std::int32_t>(ids[i].item<std::int64_t>()));
    }
    return out;
  }

  static Pass run(const Transformer& model,
                  const std::vector<ContrastTokens>& prompts,
                  const std::vector<Push>& pushes) {
    const PackedPrompts packed(prompts, PackedPrompts::Siblings::none);
    Pass pass;
    pass.resid_pre = model.embed(packed.ids, packed.positions);
    const at::Tensor wanted =
        packed.rows_from(std::vector<std::int64_t>(prompts.size(), 0));
    pass.resid_pre = pass.resid_pre.cpu().index_select(0, wanted);
    const at::Tensor last =
        clean_pass(model, packed, model.architecture().n_layers - 1, wanted,
                   [&](const BlockState& state) {
                     for (const Push& push : pushes) {
                       if (push.layer != state.block) continue;
                       at::Tensor steered = state.residual.slice(0, push.from);
                       steered.add_(push.vector.to(steered.device()));
                     }
                     pass.resid_post.push_back(state.wanted().cpu());
                   });
    pass.final_norm = model.final_norm(last).cpu();
    pass.logits = model.logits(last).cpu();
    return pass;
  }

  // steer() says only what it must: compared at two tokens.
  double reuse_error(std::int64_t row, std::int64_t vector, std::int64_t layer,
                     std::int64_t from, const at::Tensor& theirs) const {
    ContrastTokens item = tokens(row);
    item.token_match = 3;
    item.token_other = 7;
    item.steer_from = static_cast<std::int32_t>(
        std::min<std::int64_t>(from, std::ssize(item.shared)));
    std::vector<Steering> steerings;
    for (std::int64_t m = 0; m < theirs.size(0); ++m) {
      steerings.push_back({layer, get("steer.vectors")[vector], multiplier(m),
                           SignRule::fixed});
    }
    const Answers found = steer(model_, {item}, steerings);
    const at::Tensor logits = theirs.select(1, row);  // [multipliers, d_vocab]
    return std::max(largest(found.match[0] - logits.select(1, 3)),
                    largest(found.other[0] - logits.select(1, 7)));
  }

  // Every prompt with each place where a rule may begin: all, all_but_first,
  // after_instruction and from:N, from_last_prompt_token, answer_only, and
  // beyond its end.
  std::vector<ContrastTokens> everywhere() const {
    std::vector<ContrastTokens> items;
    for (std::int64_t row = 0; row < n_rows(); ++row) {
      const std::int64_t n = length(row);
      for (const std::int64_t from :
           {std::int64_t{0}, std::int64_t{1}, n / 2, n - 2, n - 1, n}) {
        ContrastTokens item = tokens(row);
        item.token_match = 3;
        item.token_other = 7;
        item.letter_sign = row % 2 == 0 ? 1 : -1;
        item.steer_from =
            static_cast<std::int32_t>(std::clamp<std::int64_t>(from, 0, n));
        items.push_back(std::move(item));
      }
    }
    return items;
  }

  std::vector<Steering> at_both_layers(at::ScalarType stream) const {
    const at::Tensor layers = get("steer.layers");
    const std::int64_t n_multipliers = get("steer.multipliers").numel();
    std::vector<Steering> steerings;
    for (std::int64_t i = 0; i < layers.numel(); ++i) {
      for (std::int64_t m = 0; m < n_multipliers; ++m) {
        steerings.push_back({layers[i].item<std::int64_t>(),
                             get("steer.vectors")[i].to(stream), multiplier(m),
                             SignRule::matching_letter});
      }
    }
    return steerings;
  }

  std::filesystem::path folder_;
  json tolerances_;
  storage::ArrayMap expected_;
  at::Tensor lengths_;
  Transformer model_;
};

}  // namespace

TEST_CASE("models of every family compute what transformers does",
          "[reference][models]") {
  const at::NoGradGuard no_gradients;
  set_threads(1);
  if (tests::test_device().is_cuda()) {
    prepare_environment();
    prepare(DeviceKind::cuda);
  }
  const char* given = std::getenv("COXSWAIN_TOY_GGUF");
  const std::filesystem::path files =
      given != nullptr ? given : COXSWAIN_SOURCE_DIR "/tests/data/gguf";
  int checked = 0, in_gguf = 0;
  for (const auto& folder : tests::cases("models", "meta.json")) {
    if (!std::filesystem::exists(folder / "config.json") ||
        tests::read_json(folder / "meta.json").contains("gguf_sha256")) {
      continue;  // see gguf_models_test.cpp
    }
    INFO(folder);
    FolderCase one(folder);
    one.check_rows();
    one.check_batch();
    one.check_steering();
    one.check_reuse();
    one.check_greedy();
    one.check_bfloat16();
    in_gguf += one.check_gguf(files) ? 1 : 0;
    ++checked;
  }
  CHECK(checked > 0);
  CHECK(in_gguf > 0);
}
