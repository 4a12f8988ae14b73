#include "jobs/task/result_writer.hpp"

#include <string>
#include <utility>

#include "storage/files/fault.hpp"

namespace coxswain::jobs {

void put_bytes(storage::ArrayMap& result, const char* name,
               storage::DType dtype, std::vector<std::int64_t> shape,
               std::span<const std::byte> bytes) {
  storage::Array array{
      dtype, std::move(shape),
      std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())};
  const std::size_t expected =
      static_cast<std::size_t>(array.count()) * storage::size_of(dtype);
  if (bytes.size() != expected) {
    throw storage::StorageError(
        {"", name, std::to_string(bytes.size()) + " bytes",
         std::to_string(expected) + " by its shape", ""});
  }
  result[name] = std::move(array);
}

}  // namespace coxswain::jobs
