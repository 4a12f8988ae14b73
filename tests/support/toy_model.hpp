#pragma once

#include "jobs/model/model_file.hpp"
#include "jobs/model/transformer.hpp"
#include "jobs/steering/positions.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/toy_gguf.hpp"

namespace coxswain::tests {

// The toy llama, on disk and loaded.
struct ToyModel {
  explicit ToyModel(jobs::ComputeType compute, const ToySizes& sizes = {})
      : path(write(scratch, sizes)),
        header(jobs::read_model_header(path)),
        source{path, "toy", compute},
        model(jobs::load_model(source)) {}

  static std::string write(const Scratch& scratch, const ToySizes& sizes) {
    const std::string path = scratch.file("model.gguf");
    write_file(path, toy_llama(1, sizes).bytes());
    return path;
  }

  Scratch scratch;
  std::string path;
  jobs::ModelHeader header;
  jobs::ModelSource source;
  jobs::Transformer model;
};

}  // namespace coxswain::tests
