#pragma once

#include <ATen/core/Tensor.h>

#include <cassert>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "jobs/model/transformer.hpp"
#include "jobs/steering/clean_start.hpp"
#include "jobs/steering/steering.hpp"

namespace coxswain::jobs {

// The vectors of some steerings, on the devices of their layers.
class LayerVectors {
 public:
  LayerVectors(const Transformer& model,
               const std::vector<Steering>& steerings);

  // [n, d_model] of the stream kind
  const at::Tensor& of(std::int64_t layer) const { return vectors_.at(layer); }
  // There, of a steering's vector: its own, then the further ones in turn, or a
  // clamped feature's column of W_enc.
  std::int64_t row(std::size_t steering, std::size_t vector = 0) const {
    assert(steering < rows_.size() && vector < rows_[steering].size());
    return rows_[steering][vector];
  }

 private:
  std::map<std::int64_t, at::Tensor> vectors_;   // by layer
  std::vector<std::vector<std::int64_t>> rows_;  // by steering
};

// What all batches of one evaluation share.
struct CellScene {
  const Transformer& model;
  const std::vector<ContrastTokens>& items;
  const std::vector<Steering>& steerings;
  const CleanStart& clean;
  const LayerVectors& vectors;
};

// One item under one steering that has an effect.
struct Cell {
  std::size_t item, steering;
};

// Cells that go up together: each starts behind its layer and computes its
// steered positions alone, against the clean pass's keys and values of the
// positions before them, which steering cannot change.
class CellBatch {
 public:
  // Lays out rows and uploads what run() needs; the scene must outlive it.
  CellBatch(const CellScene& scene, const std::vector<Cell>& cells);

  // What the answer is read from, [n_cells, d_model] in the order of cells().
  // Once. On a GPU it is under way when this returns.
  at::Tensor run();
  std::vector<Cell> cells() const;

 private:
  // The cells of one item that enter behind one layer: rows [first, first +
  // n_cells * n_rows) of the batch, cell by cell.
  struct Segment {
    std::size_t item = 0;
    std::int64_t layer = 0;
    std::int64_t first = 0;
    std::int64_t n_rows = 0;  // steered positions, the last one predicts
    std::vector<std::size_t> steerings;

    std::int64_t cell(std::int64_t i) const { return first + i * n_rows; }
    std::int64_t end() const { return cell(std::ssize(steerings)); }
  };

  // Rows that enter behind one layer by an operation that does not add.
  struct Operated {
    Operation operation = Operation::add;
    std::int64_t layer = 0;
    at::Tensor rows;         // [n] i64 of the batch, where the layer is
    at::Tensor multipliers;  // [n] float64, on the processor
    // Of clamp: [n] i64, rows of the layer's vectors, and FeatureRows::numbers.
    at::Tensor encoders, numbers;
  };
  // Rows under way on which further vectors act behind one layer.
  struct Further {
    Operation operation = Operation::add;
    std::int64_t layer = 0;
    at::Tensor rows;  // [n] i64 where the layer is: of the batch, or behind the
                      // last block of those that are read
    at::Tensor vectors;      // [n] i64 there: of the layer's
    at::Tensor multipliers;  // [n] float64, on the processor
  };

  void lay_out(const std::vector<Cell>& cells);
  void lay_out_operated();
  void lay_out_further();
  void move_to(at::Device device);
  void enter(std::int64_t block);
  FeatureRows features(const Operated& some) const;
  void act_further(std::int64_t block, at::Tensor& rows) const;
  at::Tensor advance(std::int64_t block, bool last);
  at::Tensor index_of(const std::vector<std::int64_t>& rows) const;
  std::vector<AttentionGroup> groups(bool last) const;
  static void read_rows(const Segment& segment,
                        std::vector<std::int64_t>& rows);

  const CellScene& scene_;
  const Transformer& model_;
  std::vector<Segment> segments_;
  std::int64_t active_ = 0;      // rows of the cells under way
  at::Tensor batch_;             // [n_rows, d_model]
  at::Tensor positions_;         // [n_rows] i64, on the processor
  at::Tensor starts_, vectors_;  // [n_rows] i64: rows of clean and vectors
  at::Tensor multipliers_;       // [n_rows]
  std::vector<Operated> operated_;
  std::vector<Further> further_;
  Rotation rotation_;                      // of the batch's rows
  std::optional<AttentionLayout> layout_;  // of the rows under way
};

}  // namespace coxswain::jobs
