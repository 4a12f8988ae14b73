#include "jobs/model/weights.hpp"

#include <cassert>

#include <ATen/ATen.h>

#include "jobs/model/checkpoint/weight_plan.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

storage::DType stored_kind(at::ScalarType kind) {
  if (kind == at::kDouble) return storage::DType::f64;
  return kind == at::kBFloat16 ? storage::DType::bf16 : storage::DType::f32;
}

// The rows [rows, n] of the file, seen in the model's order. No copy.
at::Tensor reordered(const at::Tensor& rows, const PlannedPart& part) {
  switch (part.order) {
    case RowOrder::plain:
      return rows;
    case RowOrder::rotary_pairs:
      return rows.unflatten(0, {part.heads, part.rows / part.heads / 2, 2})
          .transpose(1, 2);
    case RowOrder::by_head:
      return rows.unflatten(0, {part.heads, 3, part.rows / part.heads / 3})
          .transpose(0, 1);
  }
  return rows;
}

// Reads planned weights from a file onto one device after the other.
class Loader {
 public:
  Loader(const storage::WeightFile& file, const WeightPlan& plan,
         ComputeType compute)
      : file_(file), plan_(plan), compute_(compute) {}

  // Where all that is read from now on goes.
  void to(at::Device device) { device_ = device; }

  Linear linear(const PlannedLinear& map) {
    return {placed(matrix(map, plan_.matrices)), placed(bias(map))};
  }

  at::Tensor table(const PlannedLinear& map) {
    if (map.parts.empty()) return {};
    return placed(matrix(map, TensorNames::Matrices::out_in));
  }

  NormWeights norm(const PlannedNorm& one) const {
    if (one.name.empty()) return {};
    NormWeights out;
    out.gain = empty({one.size}, stream_kind(compute_));
    read(one.name + ".weight", out.gain);
    // Gemma counts its gains from 1; files of GGUF have the 1 in them.
    if (plan_.norm_offset != 0) out.gain.add_(plan_.norm_offset);
    if (one.shift) {
      out.shift = empty({one.size}, stream_kind(compute_));
      read(one.name + ".bias", out.shift);
    }
    return {placed(out.gain), placed(out.shift)};
  }

  BlockWeights block(const PlannedBlock& plan) {
    BlockWeights block;
    block.attention_norm = norm(plan.attention_norm);
    block.qkv = linear(plan.qkv);
    block.query_norm = norm(plan.query_norm);
    block.key_norm = norm(plan.key_norm);
    block.attention_output = linear(plan.attention_output);
    block.attention_output_norm = norm(plan.attention_output_norm);
    block.mlp_norm = norm(plan.mlp_norm);
    block.gate_up = linear(plan.gate_up);
    block.down = linear(plan.down);
    block.mlp_output_norm = norm(plan.mlp_output_norm);
    return block;
  }

 private:
  static at::Tensor empty(at::IntArrayRef shape, at::ScalarType kind) {
    return at::empty(shape, at::TensorOptions().dtype(kind));
  }

  // On the device; where it was read, the only one to hold it.
  at::Tensor placed(at::Tensor whole) const {
    if (!whole.defined() || whole.device() == device_) return whole;
    return whole.to(device_);
  }

  at::Tensor matrix(const PlannedLinear& map, TensorNames::Matrices lie) {
    const at::Tensor out = empty({map.rows(), map.in}, weight_kind(compute_));
    std::int64_t row = 0;
    for (const PlannedPart& part : map.parts) {
      read_part(part, map.in, lie, out.narrow(0, row, part.rows));
      row += part.rows;
    }
    return out;
  }

  at::Tensor bias(const PlannedLinear& map) {
    if (!map.bias) return {};
    const at::Tensor out = empty({map.rows()}, weight_kind(compute_));
    std::int64_t row = 0;
    for (const PlannedPart& part : map.parts) {
      read_rows(part, part.name + ".bias",
                out.narrow(0, row, part.rows).unsqueeze(1));
      row += part.rows;
    }
    return out;
  }

  // Reads a tensor into a contiguous `out`.
  void read(const std::string& name, at::Tensor out) const {
    assert(out.is_contiguous() && out.is_cpu());
    file_.read(name, stored_kind(out.scalar_type()), out.data_ptr());
    // A sum is finite only if all of its terms are (or overflows: then they are
    // looked at).
    if (!at::isfinite(out.sum()).item<bool>() &&
        !at::isfinite(out).all().item<bool>()) {
      throw JobError({file_.file_of(name), name, "an infinite number, or NaN",
                      "finite numbers",
                      "the weights are damaged, or their training went wrong"});
    }
  }

  // Reads a tensor whose order in the file is another, through one buffer: a
  // new one for each would leave holes between the weights.
  at::Tensor read_aside(const std::string& name, at::IntArrayRef shape,
                        at::ScalarType kind) {
    const std::int64_t size = c10::multiply_integers(shape);
    if (!aside_.defined() || aside_.numel() < size) {
      aside_ = empty({size}, kind);
    }
    const at::Tensor values = aside_.narrow(0, 0, size);
    read(name, values);
    return values.view(shape);
  }

  // Reads a part's rows in the model's order into out [rows, n].
  void read_rows(const PlannedPart& part, const std::string& name,
                 at::Tensor out) {
    if (part.order == RowOrder::plain) return read(name, out);
    const at::Tensor rows =
        reordered(read_aside(name, out.sizes(), out.scalar_type()), part);
    out.view(rows.sizes()).copy_(rows);
  }

  void read_part(const PlannedPart& part, std::int64_t in,
                 TensorNames::Matrices lie, at::Tensor out) {
    const std::string name = part.name + ".weight";
    if (lie == TensorNames::Matrices::out_in) return read_rows(part, name, out);
    const at::Tensor columns =
        read_aside(name, {in, part.rows}, out.scalar_type());
    const at::Tensor rows = reordered(columns.t(), part);
    out.view(rows.sizes()).copy_(rows);
  }

  const storage::WeightFile& file_;
  const WeightPlan& plan_;
  ComputeType compute_;
  at::Device device_ = at::kCPU;
  at::Tensor aside_;  // of the weight kind
};

}  // namespace

at::ScalarType weight_kind(ComputeType compute) {
  return compute == ComputeType::float64    ? at::kDouble
         : compute == ComputeType::bfloat16 ? at::kBFloat16
                                            : at::kFloat;
}

at::ScalarType stream_kind(ComputeType compute) {
  return compute == ComputeType::float64 ? at::kDouble : at::kFloat;
}

at::Device device_of_block(std::int64_t block, std::int64_t n_layers,
                           const std::vector<at::Device>& devices) {
  assert(0 <= block && block < n_layers && !devices.empty());
  return devices[static_cast<std::size_t>(block * std::ssize(devices) /
                                          n_layers)];
}

Weights load_weights(const Checkpoint& checkpoint, ComputeType compute,
                     const std::vector<at::Device>& devices) {
  const std::int64_t n_layers = checkpoint.architecture.n_layers;
  const auto device_of = [&](std::int64_t block) {
    return device_of_block(block, n_layers, devices);
  };
  const WeightPlan plan = plan_weights(checkpoint.architecture,
                                       checkpoint.names, checkpoint.weights);
  Loader loader(checkpoint.weights, plan, compute);
  Weights weights;
  loader.to(device_of(0));
  weights.embedding = loader.table(plan.embedding);
  weights.positions = loader.table(plan.positions);
  loader.to(device_of(n_layers - 1));
  weights.final_norm = loader.norm(plan.final_norm);
  if (checkpoint.architecture.tied_unembedding) {
    // No copy where both lie on one device.
    weights.unembedding = weights.embedding.to(device_of(n_layers - 1));
  } else {
    weights.unembedding = loader.table(plan.unembedding);
  }
  for (const PlannedBlock& block : plan.blocks) {
    loader.to(device_of(std::ssize(weights.blocks)));
    weights.blocks.push_back(loader.block(block));
  }
  return weights;
}

}  // namespace coxswain::jobs
