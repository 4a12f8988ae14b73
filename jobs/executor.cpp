#include "jobs/executor.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <optional>

#include "jobs/decomposition/decompose.hpp"
#include "jobs/model/transformer.hpp"
#include "jobs/observation/feature_activity.hpp"
#include "jobs/observation/observe.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/steering/steering_vector.hpp"
#include "jobs/steering/string_activations.hpp"
#include "jobs/steering/variants.hpp"

namespace coxswain::jobs {
namespace {

class ComputingExecutor : public Executor {
 public:
  ComputingExecutor(DeviceKind device, int threads)
      : device_(device), threads_(threads) {
    prepare(device);
    set_threads(threads);
    keep_freed_memory();
  }

  TaskResult execute(const Task& task,
                     const std::vector<storage::ArrayMap>& inputs) override {
    const at::NoGradGuard no_gradients;
    set_threads(threads_);  // OpenMP counts them by the thread that asks
    times_.clear();
    TaskResult result;
    try {
      result.output =
          std::visit([&](const auto& one) { return run(one, inputs); }, task);
      result.ok = true;
    } catch (const std::exception& error) {
      result.reason = error.what();
    }
    result.times = times_;
    return result;
  }

  std::string numerics() const override {
    return numerics_description(threads_, device_);
  }

 private:
  using Inputs = std::vector<storage::ArrayMap>;

  TaskOutput run(const ExtractTask& task, const Inputs&) {
    return extract(task, model(task.model));
  }
  TaskOutput run(const ImportTask& task, const Inputs&) {
    return import_activations(task);
  }
  TaskOutput run(const StoreTask& task, const Inputs&) {
    return string_activations(task, model(task.model));
  }
  TaskOutput run(const ObserveTask& task, const Inputs&) {
    return observe(task, model(task.model));
  }
  TaskOutput run(const ActivityTask& task, const Inputs& inputs) {
    return feature_activity(
        task, inputs, sae(task.sae, device()),
        [&]() -> const Transformer& { return model(task.model); });
  }
  TaskOutput run(const VectorTask& task, const Inputs& inputs) {
    return merge_vectors(task, inputs);
  }
  TaskOutput run(const DecomposeTask& task, const Inputs& inputs) {
    return decompose(task, inputs, sae(task.sae, at::kCPU));
  }
  TaskOutput run(const VariantsTask& task, const Inputs& inputs) {
    return make_variants(task, inputs, [&]() -> const Transformer& {
      return model(task.model);
    });
  }
  TaskOutput run(const EvaluateTask& task, const Inputs& inputs) {
    return evaluate(task, inputs, model(task.model), &times_);
  }

  const Transformer& model(const ModelSource& source) {
    const std::string key =
        source.digest + std::to_string(static_cast<int>(source.compute));
    if (model_key_ != key) {
      model_.reset();  // never two in memory
      const PhaseTimer timer(times_, "load");
      model_.emplace(load_model(source, device()));
      model_key_ = key;
    }
    return *model_;
  }

  at::Device device() const {
    return device_ == DeviceKind::cuda ? at::kCUDA : at::kCPU;
  }

  // Where codes of many rows are taken; solvers are the processor's.
  const SparseAutoencoder& sae(const SaeSource& source, at::Device device) {
    const std::string key = source.digest + source.facts + device.str();
    if (sae_key_ != key) {
      sae_.reset();  // never two in memory
      const PhaseTimer timer(times_, "load");
      sae_.emplace(
          on_device(read_or_stream_sae(source.path, source.options), device));
      sae_key_ = key;
    }
    return *sae_;
  }

  DeviceKind device_;
  int threads_;
  PhaseTimes times_;  // of the task under way
  std::string model_key_, sae_key_;
  std::optional<Transformer> model_;
  std::optional<SparseAutoencoder> sae_;
};

}  // namespace

std::unique_ptr<Executor> make_executor(int threads) {
  return make_executor_on(best_device(), threads);
}

std::unique_ptr<Executor> make_executor_on(DeviceKind device, int threads) {
  return std::make_unique<ComputingExecutor>(device, threads);
}

}  // namespace coxswain::jobs
