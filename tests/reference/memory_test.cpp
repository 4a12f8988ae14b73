// What loading a model costs in memory.

#include <ATen/ATen.h>
#include <malloc.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>

#include "jobs/model/transformer.hpp"
#include "tests/reference/reference.hpp"

using namespace coxswain;
using namespace coxswain::jobs;

namespace {

// Of the bytes of the weights as they are computed with.
constexpr double kMostMemory = 1.1;

double status_bytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key + ":")) {
      return std::stod(line.substr(key.size() + 1)) * 1024;
    }
  }
  return 0;
}

// The kernel's high-water mark starts again from what is resident now.
void reset_high_water() { std::ofstream("/proc/self/clear_refs") << "5"; }

double bytes_of(const Weights& weights) {
  double bytes = 0;
  const auto add = [&](const at::Tensor& tensor) {
    if (tensor.defined()) bytes += static_cast<double>(tensor.nbytes());
  };
  add(weights.embedding);
  if (!weights.unembedding.is_same(weights.embedding)) {
    add(weights.unembedding);
  }
  for (const BlockWeights& block : weights.blocks) {
    for (const Linear* map :
         {&block.qkv, &block.attention_output, &block.gate_up, &block.down}) {
      add(map->weight());
      add(map->bias());
    }
  }
  return bytes;
}

void check_load(const std::string& path) {
  malloc_trim(0);  // what an earlier model left in the heap would be reused
  reset_high_water();
  const double before = status_bytes("VmRSS");
  const Transformer model = load_model({path, "", ComputeType::float32});
  const double cost = status_bytes("VmHWM") - before;
  const double size = bytes_of(model.weights());
  std::cout << path << ": weights of " << size / 1e6 << " MB, resident "
            << before / 1e6 << " MB before, high-water mark " << cost / 1e6
            << " MB above, " << cost / size << " of the weights" << std::endl;
  CHECK(cost <= kMostMemory * size);
}

}  // namespace

TEST_CASE("loading a model makes no second copy of it", "[reference][memory]") {
  // Libtorch's own start is no part of it.
  const at::Tensor warm = at::ones({64, 64});
  CHECK(at::mm(warm, warm)[0][0].item<float>() == 64);
  for (const auto& path : {tests::find_model(tests::kSmolLm2),
                           tests::find_folder(tests::kSmolLm2Folder)}) {
    if (path) check_load(*path);
  }
}
