// Settings files beside weights that were published: the first byte says of
// which format.

#include <filesystem>
#include <fstream>

#include "jobs/sae/formats/sae_format.hpp"
#include "jobs/task/job_error.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

namespace {

namespace fs = std::filesystem;

struct Format {
  const char* name;  // of tests/data/reference/saes
  const char* settings;
  const jobs::SaeFormat* format;
};
const Format kFormats[] = {
    {"saelens_standard", "cfg.json", &jobs::kSaeLensFormat},
    {"saelens_old_topk_layernorm_nosub", "cfg.json", &jobs::kSaeLensFormat},
    {"sparsify_groupmax", "cfg.json", &jobs::kSparsifyFormat},
    {"llama_scope", "hyperparams.json", &jobs::kLlamaScopeFormat},
    {"llama_scope_r1", "config.json", &jobs::kLlamaScopeR1Format},
    {"dl_topk", "config.json", &jobs::kDictionaryLearningFormat},
    {"gemma_scope_2_transcoder_affine", "config.json",
     &jobs::kGemmaScope2Format},
    {"connor_rob_hook_z", "gpt2-small_L3_Hcat_z_cfg.json",
     &jobs::kHookZFormat}};

// A folder for each format, in memory where there is some, with links to the
// weights.
class Folders {
 public:
  Folders() {
    std::string name = fs::is_directory("/dev/shm") ? "/dev/shm/saes-XXXXXX"
                                                    : "/tmp/saes-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    root_ = name;
    for (const Format& one : kFormats) {
      const fs::path to = fs::path(root_) / one.name;
      fs::create_directory(to);
      for (const auto& entry : fs::directory_iterator(
               fs::path(COXSWAIN_SOURCE_DIR "/tests/data/reference/saes") /
               one.name)) {
        const std::string file = entry.path().filename().string();
        if (file != one.settings && file != "expected.safetensors") {
          fs::create_symlink(entry.path(), to / file);
        }
      }
    }
  }
  ~Folders() { fs::remove_all(root_); }
  Folders(const Folders&) = delete;
  Folders& operator=(const Folders&) = delete;

  std::string of(const Format& format) const {
    return root_ + "/" + format.name;
  }

 private:
  std::string root_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const Folders folders;
  if (size == 0) return 0;
  const Format& format = kFormats[data[0] % std::size(kFormats)];
  const std::string folder = folders.of(format);
  std::ofstream(folder + "/" + format.settings, std::ios::binary)
      << std::string(data + 1, data + size);
  return fuzz::read_or_refuse([&] {
    try {
      format.format->open(folder, {});
    } catch (const jobs::JobError&) {
    }
  });
}
