#include "jobs/device/gpu_driver.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>

namespace coxswain::jobs {
namespace {

constexpr int kMajor = 75, kMinor = 76;  // attributes: compute capability
using Uuid = std::array<unsigned char, 16>;

// The driver's functions, null where it has none.
struct Driver {
  int (*init)(unsigned) = nullptr;
  int (*count)(int*) = nullptr;
  int (*name)(char*, int, int device) = nullptr;
  int (*attribute)(int*, int attribute, int device) = nullptr;
  int (*uuid)(Uuid*, int device) = nullptr;  // of a MIG instance, its own

  Driver() {
    // Opened, not linked: the same program runs where no driver is installed.
    void* library = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL);
    if (library == nullptr) return;
    const auto find = [&](const char* symbol, auto& function) {
      // NOLINTNEXTLINE: dlsym returns functions as void*
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(
          ::dlsym(library, symbol));
    };
    find("cuInit", init);
    find("cuDeviceGetCount", count);
    find("cuDeviceGetName", name);
    find("cuDeviceGetAttribute", attribute);
    find("cuDeviceGetUuid_v2", uuid);
    if (uuid == nullptr) find("cuDeviceGetUuid", uuid);
  }

  bool complete() const {
    return init != nullptr && count != nullptr && name != nullptr &&
           attribute != nullptr && uuid != nullptr;
  }
};

}  // namespace

std::string uuid_text(const unsigned char* bytes) {
  std::string text = "GPU";
  for (int i = 0; i < 16; ++i) {
    const bool group = i == 0 || i == 4 || i == 6 || i == 8 || i == 10;
    text += fmt::format("{}{:02x}", group ? "-" : "", bytes[i]);
  }
  return text;
}

std::vector<Gpu> visible_gpus() {
  const Driver driver;
  int n = 0;
  if (!driver.complete() || driver.init(0) != 0 || driver.count(&n) != 0) {
    return {};
  }
  std::vector<Gpu> gpus;
  for (int device = 0; device < n; ++device) {
    std::array<char, 128> name{};
    int major = 0, minor = 0;
    Uuid uuid{};
    if (driver.name(name.data(), 127, device) != 0 ||
        driver.attribute(&major, kMajor, device) != 0 ||
        driver.attribute(&minor, kMinor, device) != 0 ||
        driver.uuid(&uuid, device) != 0) {
      return {};
    }
    gpus.push_back({name.data(), fmt::format("sm_{}{}", major, minor),
                    uuid_text(uuid.data())});
  }
  return gpus;
}

}  // namespace coxswain::jobs
