// From an SAE's files to its tensors, whole or in blocks.

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "jobs/sae/open_sae.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/task/numbers_error.hpp"
#include "storage/tensors/convert.hpp"

namespace coxswain::jobs {
namespace {

// One block of a matrix that is read in blocks: large enough for products to be
// worth their time, small beside the codes of a wide SAE.
constexpr std::int64_t kBlockBytes = 64 << 20;
constexpr std::int64_t kPieceNumbers = 1 << 18;

// Throws, naming the first number of `values` that is none; they are rows of
// the tensor from row `first` on.
[[noreturn]] void refuse_number(const std::string& path,
                                const std::string& name,
                                const at::Tensor& values, std::int64_t first) {
  const at::Tensor bad = at::isfinite(values).logical_not().nonzero()[0];
  std::string place;
  for (std::int64_t i = 0; i < bad.numel(); ++i) {
    place += (i == 0 ? "" : ", ") +
             std::to_string(bad[i].item<std::int64_t>() + (i == 0 ? first : 0));
  }
  throw NumbersError({path, name + "[" + place + "]",
                      "infinite, or not a number", "finite numbers",
                      "the file is damaged"});
}

// A tensor of an SAE, opened: its stored shape as a matrix of rows that follow
// each other in the file, and how to read on.
class RowReader {
 public:
  RowReader(const SaeFiles& files, const SaeTensor& tensor, at::ScalarType kind)
      : file_(*files.containers.at(tensor.file)),
        tensor_(tensor),
        stored_(file_.tensors().at(tensor.name)),
        kind_(kind),
        stream_(file_.open(tensor.name)) {
    std::int64_t n = 1;
    for (const std::int64_t extent : stored_.shape) n *= extent;
    if (stored_.column_major) {
      rows_ = stored_.shape[1];
    } else {
      rows_ = stored_.shape.empty() ? 1 : stored_.shape[0];
    }
    columns_ = rows_ == 0 ? 0 : n / rows_;
  }

  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }
  // Whether rows of this reader are rows of the SAE's own matrix.
  bool upright() const { return tensor_.transposed == stored_.column_major; }

  // Fills `rows` [n, columns] with the next ones, widened and multiplied by
  // what the format says. Throws for numbers that are none.
  void next(const at::Tensor& rows) {
    assert(rows.size(1) == columns_ && row_ + rows.size(0) <= rows_);
    // In pieces that are still in the cache when they are looked at.
    const std::int64_t at_once = std::max<std::int64_t>(
        1, kPieceNumbers / std::max<std::int64_t>(1, columns_));
    for (std::int64_t first = 0; first < rows.size(0); first += at_once) {
      read_piece(
          rows.narrow(0, first, std::min(at_once, rows.size(0) - first)));
    }
  }

  at::Tensor next(std::int64_t n) {
    at::Tensor rows = at::empty({n, columns_}, kind_);
    next(rows);
    return rows;
  }

 private:
  void read_piece(at::Tensor values) {
    assert(values.is_contiguous() && values.scalar_type() == kind_);
    const auto bytes = static_cast<std::size_t>(values.numel()) *
                       storage::size_of(stored_.dtype);
    const bool as_it_is =
        (stored_.dtype == storage::DType::f32 && kind_ == at::kFloat) ||
        (stored_.dtype == storage::DType::f64 && kind_ == at::kDouble);
    if (as_it_is) {
      stream_->read(values.data_ptr(), bytes);
    } else {
      buffer_.resize(bytes);
      stream_->read(buffer_.data(), bytes);
      storage::convert(
          stored_.dtype, buffer_,
          kind_ == at::kDouble ? storage::DType::f64 : storage::DType::f32,
          values.data_ptr(), file_.path());
    }
    if (tensor_.exponent) values.exp_();
    if (tensor_.factor != 1) values.mul_(tensor_.factor);
    // A sum is finite only if all of its terms are (or overflows: then they are
    // looked at).
    if (!at::isfinite(values.sum()).item<bool>() &&
        !at::isfinite(values).all().item<bool>()) {
      refuse_number(file_.path(), tensor_.name, values, row_);
    }
    row_ += values.size(0);
  }

  const storage::TensorFile& file_;
  SaeTensor tensor_;
  const storage::StoredTensor& stored_;
  at::ScalarType kind_;
  std::unique_ptr<storage::TensorStream> stream_;
  std::int64_t rows_ = 0, columns_ = 0;
  std::int64_t row_ = 0;  // the next one
  std::string buffer_;
};

// A tensor in the order that its member of SparseAutoencoder has: [d_in, d_sae]
// and so on.
at::Tensor read_tensor(const SaeFiles& files, const std::string& role,
                       at::ScalarType kind) {
  const auto found = files.tensors.find(role);
  if (found == files.tensors.end()) return {};
  RowReader reader(files, found->second, kind);
  const at::Tensor values = reader.next(reader.rows());
  const auto& shape = files.containers[found->second.file]
                          ->tensors()
                          .at(found->second.name)
                          .shape;
  if (role == "threshold" && shape.empty()) {
    return values.view({1}).expand({files.header.d_sae}).contiguous();
  }
  if (found->second.summed && shape.size() == 3)
    return values.view(shape).sum(1);
  if (shape.size() == 1) return values.view(shape);
  return reader.upright() ? values : values.t().contiguous();
}

// A matrix that stays in its file: opened anew for every pass.
class FileMatrix : public MatrixSource {
 public:
  FileMatrix(std::shared_ptr<const SaeFiles> files, std::string role)
      : files_(std::move(files)), tensor_(files_->tensors.at(role)) {}

  void for_each_block(
      const std::function<void(const MatrixBlock&)>& use) const override {
    RowReader reader(*files_, tensor_, at::kFloat);
    const std::int64_t row_bytes =
        reader.columns() * static_cast<std::int64_t>(sizeof(float));
    const std::int64_t at_once =
        std::max<std::int64_t>(1, kBlockBytes / row_bytes);
    // One buffer for all blocks: fresh memory costs as much as reading.
    const at::Tensor buffer = at::empty(
        {std::min(at_once, reader.rows()), reader.columns()}, at::kFloat);
    for (std::int64_t first = 0; first < reader.rows(); first += at_once) {
      const at::Tensor rows =
          buffer.narrow(0, 0, std::min(at_once, reader.rows() - first));
      reader.next(rows);
      if (reader.upright()) {
        use({rows, first, 0});
      } else {
        // Rows of the file are columns of the matrix: the block is a view, not
        // a copy.
        use({rows.t(), 0, first});
      }
    }
  }

 private:
  std::shared_ptr<const SaeFiles> files_;
  SaeTensor tensor_;
};

// An SAE but for its two matrices.
SparseAutoencoder load_rest(const SaeFiles& files, at::ScalarType kind) {
  SparseAutoencoder sae;
  sae.header = files.header;
  const auto read = [&](const char* role) {
    return read_tensor(files, role, kind);
  };
  sae.b_enc = read("b_enc");
  sae.b_dec = read("b_dec");
  sae.threshold = read("threshold");
  sae.b_gate = read("b_gate");
  sae.b_mag = read("b_mag");
  sae.r_mag = read("r_mag");
  sae.W_skip = read("W_skip");
  if (files.constant_threshold) {
    sae.threshold = at::full({files.header.d_sae}, *files.constant_threshold,
                             at::TensorOptions().dtype(kind));
  }
  return sae;
}

SparseAutoencoder load(const SaeFiles& files, const SaeOptions& options,
                       at::ScalarType kind) {
  SparseAutoencoder sae = load_rest(files, kind);
  const at::Tensor W_enc = read_tensor(files, "W_enc", kind);
  if (W_enc.defined()) sae.W_enc = W_enc;
  sae.W_dec = read_tensor(files, "W_dec", kind);
  if (sae.header.rescaled) {
    sae.decoder_norms = sae.W_dec.row_norms().to(kind);
  }
  if (files.folds(options)) fold_decoder_norms(sae);
  return sae;
}

SparseAutoencoder stream(const std::string& path, SaeFiles opened) {
  const auto files = std::make_shared<const SaeFiles>(std::move(opened));
  const SaeHeader& header = files->header;
  if (!header.in_blocks) {
    throw JobError({path, "", "an SAE whose matrices are changed as a whole",
                    "one that can be read in blocks", ""});
  }
  SparseAutoencoder sae = load_rest(*files, at::kFloat);
  sae.W_enc = {header.d_in, header.d_sae, at::kFloat,
               std::make_shared<FileMatrix>(files, "W_enc")};
  sae.W_dec = {header.d_sae, header.d_out, at::kFloat,
               std::make_shared<FileMatrix>(files, "W_dec")};
  if (header.rescaled) {
    sae.decoder_norms = sae.W_dec.row_norms().to(at::kFloat);
  }
  return sae;
}

}  // namespace

SparseAutoencoder load_sae(const std::string& path, const SaeOptions& options,
                           at::ScalarType kind) {
  return load(open_sae(path, options), options, kind);
}

SparseAutoencoder stream_sae(const std::string& path,
                             const SaeOptions& options) {
  return stream(path, open_sae(path, options));
}

SparseAutoencoder read_or_stream_sae(const std::string& path,
                                     const SaeOptions& options) {
  SaeFiles files = open_sae(path, options);
  const bool small = files.header.bytes() <= kMostInMemory;
  return small ? load(files, options, at::kFloat)
               : stream(path, std::move(files));
}

}  // namespace coxswain::jobs
