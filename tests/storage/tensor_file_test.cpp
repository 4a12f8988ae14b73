#include "storage/tensors/tensor_file.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <iostream>
#include <set>

#include "storage/files/fault.hpp"
#include "storage/tensors/safetensors.hpp"
#include "tests/reference/reference.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

const std::string kSaes = COXSWAIN_SOURCE_DIR "/tests/data/reference/saes/";

// One tensor "w" in memory, its first dimension running fastest.
class ColumnMajor : public TensorFile {
 public:
  ColumnMajor(std::int64_t rows, std::int64_t columns, std::string bytes)
      : bytes_(std::move(bytes)) {
    tensors_["w"] = {DType::u8, {rows, columns}, true};
    const auto one = static_cast<std::uint64_t>(rows * columns);
    if (bytes_.size() == 2 * one) tensors_["w"].dtype = DType::f16;
    if (bytes_.size() == 4 * one) tensors_["w"].dtype = DType::f32;
    if (bytes_.size() == 8 * one) tensors_["w"].dtype = DType::i64;
  }
  const std::string& path() const override { return path_; }
  const std::map<std::string, StoredTensor>& tensors() const override {
    return tensors_;
  }
  std::unique_ptr<TensorStream> open(const std::string&) const override {
    return std::make_unique<Stream>(bytes_);
  }

 private:
  class Stream : public TensorStream {
   public:
    explicit Stream(const std::string& bytes) : left_(bytes) {}
    void read(void* to, std::uint64_t length) override {
      std::memcpy(to, left_.data(), length);
      left_.remove_prefix(length);
    }

   private:
    std::string_view left_;
  };
  std::string path_ = "memory", bytes_;
  std::map<std::string, StoredTensor> tensors_;
};

// Elements numbered along the rows, laid out along the columns.
template <class T>
void check_transposed(std::int64_t rows, std::int64_t columns) {
  std::string bytes, expected;
  const auto append = [](std::string& to, std::int64_t number) {
    const T value = static_cast<T>(number);
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  for (std::int64_t i = 0; i < rows * columns; ++i) append(expected, i);
  for (std::int64_t c = 0; c < columns; ++c) {
    for (std::int64_t r = 0; r < rows; ++r) append(bytes, r * columns + c);
  }
  CHECK(read_whole(ColumnMajor(rows, columns, bytes), "w").bytes == expected);
}

std::unique_ptr<TensorFile> open_case(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (path.ends_with(".safetensors")) return open_safetensors(path);
    if (path.ends_with(".npz")) return open_npz(path);
    if (path.ends_with(".pt")) return open_torch_pickle(path);
  }
  throw StorageError({folder.string(), "", "no container", "", ""});
}

// These are sound containers; what is wrong with them is their SAE's affair.
const std::set<std::string> kSound{"st_integer_weights",
                                   "npz_missing_threshold",
                                   "npz_transposed_W_enc", "pt_missing_key"};

void check_broken(const std::filesystem::path& folder,
                  const nlohmann::json& expected) {
  const std::string name = folder.filename().string();
  const std::string must = expected.at("must");
  const std::string error = tests::error_of([&] {
    const auto file = open_case(folder);
    for (const auto& [tensor, info] : file->tensors()) {
      read_whole(*file, tensor);
    }
  });
  std::cout << name << ": " << (error.empty() ? "reads" : error) << "\n";
  INFO(name << ": " << error);
  if (must == "accept" || kSound.contains(name)) {
    CHECK(error.empty());
  } else if (must == "reject") {
    CHECK_FALSE(error.empty());
  }
  if (!error.empty() && expected.contains("where")) {
    CHECK_THAT(error, Catch::Contains(expected.at("where").get<std::string>()));
  }
}

}  // namespace

TEST_CASE("column-major tensors come back row-major at any size",
          "[storage][tensor_file]") {
  check_transposed<std::uint8_t>(3, 2);
  check_transposed<std::uint16_t>(1, 7);
  check_transposed<float>(33, 65);
  check_transposed<std::int64_t>(64, 31);
  check_transposed<float>(0, 5);
}

TEST_CASE("a safetensors file is read as a tensor file",
          "[storage][tensor_file]") {
  const std::string path = kSaes + "saelens_standard/sae_weights.safetensors";
  const auto file = open_safetensors(path);
  const SafetensorsFile direct(path);
  REQUIRE(file->tensors().size() == direct.tensors().size());
  for (const auto& [name, tensor] : file->tensors()) {
    CHECK_FALSE(tensor.column_major);
    const Array whole = read_whole(*file, name);
    CHECK(whole.shape == direct.read(name).shape);
    CHECK(whole.bytes == direct.read(name).bytes);
  }
  CHECK_THAT(
      tests::error_of([&] { file->open("absent"); }),
      Catch::Contains("absent: no such tensor") && Catch::Contains("W_dec"));
  const auto stream = file->open("b_dec");
  const std::string whole = direct.read("b_dec").bytes;
  CHECK(read_bytes(*stream, 8) == whole.substr(0, 8));
  CHECK(read_bytes(*stream, whole.size() - 8) == whole.substr(8));
  CHECK_THROWS(read_bytes(*stream, 1));
}

TEST_CASE("broken containers are refused by what is broken",
          "[storage][tensor_file]") {
  const auto folder = tests::reference_folder() / "saes" / "broken";
  const auto expected = tests::read_json(folder / "expected.json");
  int checked = 0;
  for (const auto& [name, entry] : expected.at("cases").items()) {
    const std::string kind = name.substr(0, name.find('_'));
    if (kind == "st" || kind == "npz" || kind == "pt" || kind == "ok") {
      check_broken(folder / name, entry);
      ++checked;
    }
  }
  CHECK(checked >= 22);
}
