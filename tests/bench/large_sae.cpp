// large_sae [FOLDER [D_SAE [D_IN]]]: an SAE too large for memory is made in
// FOLDER (default: the system's temporary one; removed after), 64 vectors are
// encoded and rebuilt block by block, and the time is set beside a plain
// sequential read of the same file and the rate of matrix products.

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "jobs/decomposition/encoder_pass.hpp"
#include "jobs/decomposition/sparse_codes.hpp"
#include "jobs/device/device.hpp"
#include "jobs/sae/sparse_autoencoder.hpp"
#include "storage/files/file_reader.hpp"
#include "tests/support/seconds_of.hpp"

using namespace coxswain;
using tests::seconds_of;

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kVectors = 64;

class ScopedFolder {
 public:
  explicit ScopedFolder(const fs::path& parent)
      : path_(parent / ("large_sae." + std::to_string(::getpid()))) {
    fs::create_directories(path_);
  }
  ~ScopedFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScopedFolder(const ScopedFolder&) = delete;
  ScopedFolder& operator=(const ScopedFolder&) = delete;
  std::string file(const char* name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

// One block of normals over and over: what is multiplied does not matter.
void write_numbers(std::ofstream& out, std::int64_t n) {
  static const at::Tensor block = at::randn({1 << 22}, at::kFloat) * 0.02;
  for (std::int64_t left = n; left > 0; left -= block.numel()) {
    out.write(static_cast<const char*>(block.data_ptr()),
              std::min(left, block.numel()) * 4);
  }
}

void write_sae(const ScopedFolder& folder, std::int64_t d_in,
               std::int64_t d_sae) {
  std::ofstream(folder.file("cfg.json"))
      << fmt::format(R"({{"architecture": "standard", "d_in": {}, "d_sae": {},
 "apply_b_dec_to_input": false, "normalize_activations": "none",
 "metadata": {{"sae_lens_version": "6.0.0"}}}})",
                     d_in, d_sae);
  std::string header = "{";
  std::int64_t at = 0;
  const auto add = [&](const char* name, const std::string& shape,
                       std::int64_t n) {
    header += fmt::format(
        R"({}"{}": {{"dtype": "F32", "shape": [{}], "data_offsets": [{}, {}]}})",
        at == 0 ? "" : ", ", name, shape, at, at + 4 * n);
    at += 4 * n;
  };
  add("W_enc", fmt::format("{}, {}", d_in, d_sae), d_in * d_sae);
  add("W_dec", fmt::format("{}, {}", d_sae, d_in), d_in * d_sae);
  add("b_dec", std::to_string(d_in), d_in);
  add("b_enc", std::to_string(d_sae), d_sae);
  header += "}";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::ofstream out(folder.file("sae_weights.safetensors"), std::ios::binary);
  const auto length = static_cast<std::uint64_t>(header.size());
  out.write(reinterpret_cast<const char*>(&length), sizeof length);
  out << header;
  write_numbers(out, 2 * d_in * d_sae + d_in);
  // About one feature in a thousand is active.
  const std::vector<float> bias(static_cast<std::size_t>(d_sae), -3.0F);
  out.write(reinterpret_cast<const char*>(bias.data()),
            static_cast<std::streamsize>(bias.size() * 4));
  if (!out.flush()) {
    fmt::print(stderr, "{}: no room for {} GB\n", folder.path(),
               static_cast<double>(at) / 1e9);
    std::exit(1);
  }
}

double plain_read(const std::string& path) {
  return seconds_of([&] {
    const storage::FileReader file(path);
    std::string block(4 << 20, '\0');
    for (std::uint64_t at = 0; at < file.size(); at += block.size()) {
      file.read(at, block.data(),
                std::min<std::uint64_t>(block.size(), file.size() - at));
    }
  });
}

// Out of the page cache, so that the disk is read.
void forget(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  ::fsync(file);
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

double gigaflops(std::int64_t d_in) {
  const at::Tensor x = at::randn({kVectors, d_in}),
                   w = at::randn({d_in, 16384});
  at::mm(x, w);
  const double seconds = seconds_of([&] { at::mm(x, w); });
  return 2.0 * static_cast<double>(x.numel()) * 16384 / seconds / 1e9;
}

double peak_gigabytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e9;
}

}  // namespace

int main(int count, char** words) {
  const at::NoGradGuard no_gradients;
  jobs::set_threads(1);
  const auto number = [&](int i, std::int64_t otherwise) {
    return count > i ? std::atoll(words[i]) : otherwise;
  };
  const std::int64_t d_sae = number(2, 262144), d_in = number(3, 2304);
  const ScopedFolder folder(count > 1 ? fs::path(words[1])
                                      : fs::temp_directory_path());
  write_sae(folder, d_in, d_sae);
  const std::string weights = folder.file("sae_weights.safetensors");
  const double bytes = static_cast<double>(fs::file_size(weights));
  fmt::print("d_in {}, d_sae {}: {:.2f} GB; products run at {:.0f} GFLOP/s\n",
             d_in, d_sae, bytes / 1e9, gigaflops(d_in));
  const double before = peak_gigabytes();
  const at::Tensor vectors = at::randn({kVectors, d_in});
  for (const bool from_disk : {true, false, true, false}) {
    if (from_disk) forget(weights);
    const double read = plain_read(weights);
    if (from_disk) forget(weights);
    double atoms = 0;
    const double encoded = seconds_of([&] {
      const auto sae = jobs::stream_sae(folder.path());
      jobs::EncoderPass pass(sae);
      const auto ticket = pass.encode(vectors, false);
      pass.run();
      jobs::SparseCodes codes;
      codes.append(pass.result(ticket));
      jobs::read_decoder(sae.W_dec, codes, vectors, {});
      atoms = static_cast<double>(codes.values.size()) / kVectors;
    });
    fmt::print(
        "{}: plain read {:.2f} s ({:.2f} GB/s); {} vectors encoded and rebuilt "
        "in "
        "{:.2f} s ({:.2f} GB/s, {:.0f} % of the read), {:.0f} atoms each; "
        "memory {:.2f} GB, before {:.2f}\n",
        from_disk ? "from disk" : "cached", read, bytes / read / 1e9, kVectors,
        encoded, bytes / encoded / 1e9, 100 * read / encoded, atoms,
        peak_gigabytes(), before);
  }
  return 0;
}
