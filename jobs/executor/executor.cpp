#include "jobs/executor/executor.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <limits>
#include <utility>

#include "jobs/cost/decompose_cost.hpp"
#include "jobs/cost/task_cost.hpp"
#include "jobs/decomposition/decompose.hpp"
#include "jobs/decomposition/sign_null.hpp"
#include "jobs/device/device_memory.hpp"
#include "jobs/executor/failure.hpp"
#include "jobs/executor/residents.hpp"
#include "jobs/model/checkpoint/checkpoint.hpp"
#include "jobs/model/transformer.hpp"
#include "jobs/observation/feature_activity.hpp"
#include "jobs/observation/observe.hpp"
#include "jobs/sae/features.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/steering/evaluate.hpp"
#include "jobs/steering/steering_vector.hpp"
#include "jobs/steering/string_activations.hpp"
#include "jobs/steering/variants.hpp"

namespace coxswain::jobs {
namespace {

// Computes each kind of task on what stays loaded.
class ComputingExecutor : public Executor {
 public:
  ComputingExecutor(DeviceKind device, int gpus, int threads)
      : kind_(device), threads_(threads) {
    prepare(device, gpus);
    if (device == DeviceKind::cpu) {
      devices_ = {at::kCPU};
    } else {
      for (int gpu = 0; gpu < gpus; ++gpu) {
        devices_.emplace_back(at::kCUDA, static_cast<at::DeviceIndex>(gpu));
      }
    }
    set_threads(threads);
    keep_freed_memory();
  }

  TaskResult execute(const Task& task,
                     const std::vector<storage::ArrayMap>& inputs) override {
    const at::NoGradGuard no_gradients;
    set_threads(threads_);  // OpenMP counts them by the thread that asks
    times_.clear();
    residents_.begin_task();
    TaskResult result;
    try {
      result.output =
          std::visit([&](const auto& one) { return run(one, inputs); }, task);
      result.ok = true;
    } catch (const std::exception& error) {
      TaskFailure failure = failure_of(error);
      result.reason = std::move(failure.reason);
      result.kind = failure.kind;
    }
    // Not before the error is gone, which may hold tensors. The next task finds
    // all the room there is, and so do workers that share the GPU.
    if (result.kind == storage::FailureKind::memory) {
      residents_.clear();
      if (kind_ == DeviceKind::cuda) give_back_gpu_memory();
    }
    // Asked after failures alone: the question itself waits for the GPU.
    result.device_failed = !result.ok && !all_compute(devices_);
    result.times = times_;
    return result;
  }

  std::string numerics() const override {
    return numerics_description(threads_, kind_);
  }
  void keep_resident(std::int64_t bytes) override {
    residents_.set_most(bytes);
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
        task, inputs, sae(task.sae, devices_.front()),
        [&]() -> const Transformer& { return model(task.model); });
  }
  TaskOutput run(const VectorTask& task, const Inputs& inputs) {
    return merge_vectors(task, inputs);
  }
  TaskOutput run(const DecomposeTask& task, const Inputs& inputs) {
    return decompose(task, inputs, sae(task.sae, at::kCPU));
  }
  TaskOutput run(const SignNullTask& task, const Inputs& inputs) {
    return count_signs(task, inputs, sae(task.sae, at::kCPU));
  }
  TaskOutput run(const FeaturesTask& task, const Inputs&) {
    return read_features(task, sae(task.sae, at::kCPU));
  }
  TaskOutput run(const VariantsTask& task, const Inputs& inputs) {
    return make_variants(task, inputs, [&]() -> const Transformer& {
      return model(task.model);
    });
  }
  TaskOutput run(const EvaluateTask& task, const Inputs& inputs) {
    return evaluate(
        task, inputs, [&]() -> const Transformer& { return model(task.model); },
        &times_);
  }

  const Transformer& model(const ModelSource& source) {
    return residents_.get<Transformer>(
        "model " + source.digest +
            std::to_string(static_cast<int>(source.compute)),
        [&] {
          return count_weights(open_checkpoint(source.path)) *
                 weight_bytes(source.compute);
        },
        [&] {
          const PhaseTimer timer(times_, "load");
          return load_model(source, devices_);
        });
  }

  // An SAE on the device where codes of many rows are taken; solvers are the
  // processor's.
  const SparseAutoencoder& sae(const SaeSource& source, at::Device device) {
    return residents_.get<SparseAutoencoder>(
        "SAE " + source.digest + source.facts + device.str(),
        [&] {
          return resident_bytes(read_sae_header(source.path, source.options));
        },
        [&] {
          const PhaseTimer timer(times_, "load");
          return on_device(read_or_stream_sae(source.path, source.options),
                           device);
        });
  }

  DeviceKind kind_;
  int threads_;
  std::vector<at::Device> devices_;
  PhaseTimes times_;  // of the task under way
  // Until somebody says how much there may be.
  Residents residents_{std::numeric_limits<std::int64_t>::max()};
};

}  // namespace

std::unique_ptr<Executor> make_executor(int threads) {
  return make_executor_on(best_device(), 1, threads);
}

std::unique_ptr<Executor> make_executor_on(DeviceKind device, int gpus,
                                           int threads) {
  return std::make_unique<ComputingExecutor>(device, gpus, threads);
}

}  // namespace coxswain::jobs
