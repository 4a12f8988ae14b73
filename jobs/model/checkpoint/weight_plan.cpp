#include "jobs/model/checkpoint/weight_plan.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using Shape = std::vector<std::int64_t>;

std::string prefix_that_fits(const std::vector<std::string>& prefixes,
                             const std::string& name,
                             const storage::WeightFile& file) {
  for (const std::string& prefix : prefixes) {
    if (file.has(prefix + name + ".weight")) return prefix;
  }
  // None fits: the check then names what is missing, under the usual name.
  return prefixes.front();
}

// Goes through an architecture and names the tensors that it needs.
class Planner {
 public:
  Planner(const Architecture& model, const TensorNames& names,
          const storage::WeightFile& file)
      : model_(model),
        names_(names),
        file_(file),
        prefix_(prefix_that_fits(names.prefixes, names.embedding, file)) {}

  WeightPlan plan() const {
    WeightPlan plan;
    plan.prefix = prefix_;
    plan.matrices = names_.matrices;
    plan.norm_offset = names_.norm_offset;
    plan.embedding = {{{prefix_ + names_.embedding, model_.d_vocab}},
                      model_.d_model};
    if (model_.learned_positions) {
      plan.positions = {{{prefix_ + names_.positions, model_.n_ctx}},
                        model_.d_model};
    }
    if (!model_.tied_unembedding) {
      plan.unembedding = {{{prefix_that_fits(names_.unembedding_prefixes,
                                             names_.unembedding, file_) +
                                names_.unembedding,
                            model_.d_vocab}},
                          model_.d_model};
    }
    plan.final_norm = norm(prefix_, names_.final_norm, model_.d_model);
    for (std::int64_t i = 0; i < model_.n_layers; ++i) {
      plan.blocks.push_back(
          block(prefix_ + names_.block + std::to_string(i) + "."));
    }
    return plan;
  }

 private:
  PlannedNorm norm(const std::string& before, const std::string& name,
                   std::int64_t size) const {
    return {before + name, size, model_.norm == NormKind::layer};
  }

  PlannedLinear qkv(const std::string& before) const {
    const std::int64_t q = model_.n_heads * model_.d_head;
    const std::int64_t kv = model_.n_kv_heads * model_.d_head;
    const RowOrder turned = names_.rotary == TensorNames::Rotary::pairs
                                ? RowOrder::rotary_pairs
                                : RowOrder::plain;
    if (names_.qkv.empty()) {
      return {{{before + names_.query, q, turned, model_.n_heads},
               {before + names_.key, kv, turned, model_.n_kv_heads},
               {before + names_.value, kv}},
              model_.d_model,
              model_.qkv_bias};
    }
    const RowOrder order = names_.fused == TensorNames::Fused::by_head
                               ? RowOrder::by_head
                               : RowOrder::plain;
    return {{{before + names_.qkv, q + 2 * kv, order, model_.n_heads}},
            model_.d_model,
            model_.qkv_bias};
  }

  PlannedBlock block(const std::string& before) const {
    const std::int64_t d = model_.d_model;
    PlannedBlock block;
    block.attention_norm = norm(before, names_.attention_norm, d);
    block.qkv = qkv(before);
    if (model_.query_key_norm) {
      block.query_norm = norm(before, names_.query_norm, model_.d_head);
      block.key_norm = norm(before, names_.key_norm, model_.d_head);
    }
    block.attention_output = {{{before + names_.attention_output, d}},
                              model_.n_heads * model_.d_head,
                              model_.attention_output_bias};
    block.mlp_norm = norm(before, names_.mlp_norm, d);
    if (model_.output_norms) {
      block.attention_output_norm =
          norm(before, names_.attention_output_norm, d);
      block.mlp_output_norm = norm(before, names_.mlp_output_norm, d);
    }
    if (model_.gated_mlp) {
      block.gate_up.parts.push_back({before + names_.gate, model_.d_mlp});
    }
    block.gate_up.parts.push_back({before + names_.up, model_.d_mlp});
    block.gate_up.in = d;
    block.gate_up.bias = model_.mlp_bias;
    block.down = {{{before + names_.down, d}}, model_.d_mlp, model_.mlp_bias};
    return block;
  }

  const Architecture& model_;
  const TensorNames& names_;
  const storage::WeightFile& file_;
  std::string prefix_;
};

// Every name that a tensor of this format may have.
std::set<std::string> known_stems(const TensorNames& names) {
  return {names.positions,
          names.unembedding,
          names.attention_norm,
          names.query,
          names.key,
          names.value,
          names.qkv,
          names.query_norm,
          names.key_norm,
          names.attention_output,
          names.mlp_norm,
          names.attention_output_norm,
          names.gate,
          names.up,
          names.down,
          names.mlp_output_norm,
          names.final_norm};
}

// The middle of a tensor's name: "model.norm.bias" -> "norm". Empty for what is
// not the text model's, or has neither ".weight" nor ".bias".
std::string stem_of(std::string name, const std::string& prefix) {
  if (!name.starts_with(prefix)) return {};
  name.erase(0, prefix.size());
  for (const char* end : {".weight", ".bias"}) {
    if (!name.ends_with(end)) continue;
    name.resize(name.size() - std::string(end).size());
    return name;
  }
  return {};
}

bool is_unembedding(const std::string& name, const char* end,
                    const TensorNames& names) {
  return std::any_of(names.unembedding_prefixes.begin(),
                     names.unembedding_prefixes.end(),
                     [&](const std::string& prefix) {
                       return name == prefix + names.unembedding + end;
                     });
}

bool is_buffer(const std::string& name, const TensorNames& names) {
  return std::any_of(
      names.buffers.begin(), names.buffers.end(),
      [&](const std::string& end) { return name.ends_with(end); });
}

}  // namespace

std::int64_t PlannedLinear::rows() const {
  std::int64_t sum = 0;
  for (const PlannedPart& part : parts) sum += part.rows;
  return sum;
}

void WeightPlan::for_each_tensor(
    const std::function<void(const std::string&, const Shape&)>& visit) const {
  const auto linear = [&](const PlannedLinear& map, TensorNames::Matrices lie) {
    for (const PlannedPart& part : map.parts) {
      visit(part.name + ".weight", lie == TensorNames::Matrices::out_in
                                       ? Shape{part.rows, map.in}
                                       : Shape{map.in, part.rows});
      if (map.bias) visit(part.name + ".bias", {part.rows});
    }
  };
  const auto norm = [&](const PlannedNorm& one) {
    if (one.name.empty()) return;
    visit(one.name + ".weight", {one.size});
    if (one.shift) visit(one.name + ".bias", {one.size});
  };
  for (const PlannedLinear* table : {&embedding, &positions, &unembedding}) {
    linear(*table, TensorNames::Matrices::out_in);
  }
  norm(final_norm);
  for (const PlannedBlock& block : blocks) {
    for (const PlannedNorm* one :
         {&block.attention_norm, &block.query_norm, &block.key_norm,
          &block.attention_output_norm, &block.mlp_norm,
          &block.mlp_output_norm}) {
      norm(*one);
    }
    for (const PlannedLinear* map :
         {&block.qkv, &block.attention_output, &block.gate_up, &block.down}) {
      linear(*map, matrices);
    }
  }
}

WeightPlan plan_weights(const Architecture& model, const TensorNames& names,
                        const storage::WeightFile& file) {
  return Planner(model, names, file).plan();
}

std::vector<std::string> check_weights(const WeightPlan& plan,
                                       const Architecture& model,
                                       const TensorNames& names,
                                       const storage::WeightFile& file) {
  std::set<std::string> expected;
  plan.for_each_tensor([&](const std::string& name, const Shape& shape) {
    expected.insert(name);
    const storage::StoredWeight& stored = file.weight(name);
    if (stored.shape != shape) {
      throw JobError(
          {file.file_of(name), name,
           "shape " + storage::shape_text(stored.shape),
           storage::shape_text(shape) + " by the model's description",
           "description and weights are of two models"});
    }
    if (stored.quantisation == nullptr) {
      throw JobError({file.file_of(name), name, "whole numbers or flags",
                      "floating-point numbers", ""});
    }
  });
  const std::set<std::string> stems = known_stems(names);
  std::vector<std::string> extra;
  for (const auto& [name, stored] : file.weights()) {
    if (expected.contains(name) || is_buffer(name, names)) continue;
    const std::string stem = stem_of(name, plan.prefix);
    if (model.tied_unembedding && is_unembedding(name, ".weight", names)) {
      continue;  // compared when it is loaded
    }
    // Whatever a block has beyond what is known would change what it computes.
    const bool in_block = name.starts_with(plan.prefix + names.block);
    if (in_block || (!stem.empty() && stems.contains(stem)) ||
        is_unembedding(name, ".bias", names)) {
      throw JobError({file.file_of(name), name, "a tensor",
                      "none: the model's description (" +
                          std::to_string(model.n_layers) +
                          " layers, its biases and norms) has no place for it",
                      "description and weights are of two models"});
    }
    extra.push_back(name);
  }
  if (extra.empty()) return {};
  return {std::to_string(extra.size()) +
          " tensors are not part of the model and were not read (" +
          extra.front() + (extra.size() > 1 ? " ..." : "") + ")"};
}

}  // namespace coxswain::jobs
