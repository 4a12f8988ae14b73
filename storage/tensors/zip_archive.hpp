#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "storage/tensors/tensor_file.hpp"

struct zip;

namespace coxswain::storage {

// A member as the directory lists it, checked against the size of the file.
struct ZipMember {
  std::uint64_t index = 0;  // its place in the archive's directory
  std::uint64_t size = 0;   // bytes, unpacked, as the directory says
};

// A zip archive, read only: stored and deflated members, zip64 included. The
// directory is checked when it is opened: names twice, encryption, other
// compressions and sizes that the file can't hold are refused. An archive and
// its streams share one file position and belong to one thread at a time; any
// number of streams may be read in turn, none may outlive the archive. Throws
// StorageError naming file and member.
class ZipArchive {
 public:
  explicit ZipArchive(std::string path);

  const std::string& path() const { return path_; }
  const std::map<std::string, ZipMember>& members() const { return members_; }
  bool has(const std::string& name) const { return members_.contains(name); }
  const ZipMember& member(const std::string& name) const;

  // A member's unpacked bytes; the checksum is compared when the last one is
  // read.
  std::unique_ptr<TensorStream> open(const std::string& name) const;
  // The whole of a small member; refuses more than `limit` bytes.
  std::string read(const std::string& name, std::uint64_t limit) const;

 private:
  // libzip's own way to drop an archive that was only read.
  struct Close {
    void operator()(zip* archive) const;
  };
  void list_members(std::uint64_t file_size);

  std::string path_;
  std::unique_ptr<zip, Close> zip_;
  std::map<std::string, ZipMember> members_;
};

}  // namespace coxswain::storage
