#include "storage/tensors/zip_archive.hpp"

#include <zip.h>

#include <utility>

#include "storage/files/file_error.hpp"
#include "storage/files/file_reader.hpp"

namespace coxswain::storage {
namespace {

constexpr const char* kDamaged = "the file is cut or damaged; fetch it again";

std::string text_of(zip_error_t* error) {
  // libzip's own "CRC error" and "Not a zip archive" say too little.
  if (zip_error_code_zip(error) == ZIP_ER_CRC) {
    return "data that differ from their checksum (CRC-32)";
  }
  if (zip_error_code_zip(error) == ZIP_ER_NOZIP) return "no zip directory";
  return zip_error_strerror(error);
}

// What is in the archive, or what the system refused to read of it.
[[noreturn]] void refuse_archive(const std::string& path,
                                 const std::string& name, zip_error_t* error) {
  if (zip_error_system_type(error) == ZIP_ET_SYS) {
    throw file_error(path, name, zip_error_code_system(error));
  }
  throw StorageError({path, name, text_of(error), "", kDamaged});
}

// A member's bytes as libzip unpacks them.
class MemberStream : public TensorStream {
 public:
  MemberStream(zip_t* archive, const ZipMember& member, std::string path,
               std::string name)
      : path_(std::move(path)),
        name_(std::move(name)),
        left_(member.size),
        file_(zip_fopen_index(archive, member.index, 0)) {
    if (file_ == nullptr) refuse_archive(path_, name_, zip_get_error(archive));
  }
  ~MemberStream() override { zip_fclose(file_); }
  MemberStream(const MemberStream&) = delete;
  MemberStream& operator=(const MemberStream&) = delete;

  void read(void* to, std::uint64_t length) override {
    if (length > left_) {
      throw StorageError({path_, name_, std::to_string(left_) + " bytes left",
                          std::to_string(length), ""});
    }
    if (length == 0) return;
    auto* at = static_cast<char*>(to);
    for (std::uint64_t done = 0; done < length;) {
      done += some(at + done, length - done);
    }
    left_ -= length;
    if (left_ == 0) check_end();
  }

 private:
  std::uint64_t some(void* to, std::uint64_t length) {
    const zip_int64_t got = zip_fread(file_, to, length);
    if (got < 0) refuse_archive(path_, name_, zip_file_get_error(file_));
    if (got == 0) {
      throw StorageError({path_, name_, "data that end early",
                          "the size in the directory", kDamaged});
    }
    return static_cast<std::uint64_t>(got);
  }

  // libzip compares size and checksum when it is asked for what follows the
  // last byte.
  void check_end() {
    char more = 0;
    const zip_int64_t got = zip_fread(file_, &more, 1);
    if (got < 0) refuse_archive(path_, name_, zip_file_get_error(file_));
    if (got > 0) {
      throw StorageError(
          {path_, name_, "more data", "the size in the directory", kDamaged});
    }
  }

  std::string path_, name_;
  std::uint64_t left_;  // bytes not read yet
  zip_file_t* file_;
};

// What the directory says of a member, checked against what a member can be.
void check_member(const zip_stat_t& stat, std::uint64_t bytes_for_it,
                  const std::string& path, const std::string& name) {
  constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE |
                                   ZIP_STAT_COMP_METHOD |
                                   ZIP_STAT_ENCRYPTION_METHOD | ZIP_STAT_CRC;
  // Deflate never makes more than 1032 bytes of one.
  constexpr std::uint64_t kMostUnpacked = 1040;
  const auto refuse = [&](const std::string& found, const char* expected) {
    throw StorageError({path, name, found, expected, kDamaged});
  };
  if ((stat.valid & kNeeded) != kNeeded) refuse("no size or checksum", "both");
  if (stat.encryption_method != ZIP_EM_NONE) {
    refuse("an encrypted member", "none");
  }
  if (stat.comp_size > bytes_for_it) {
    refuse(std::to_string(stat.comp_size) + " packed bytes",
           "no more than the file holds");
  }
  if (stat.comp_method == ZIP_CM_STORE) {
    if (stat.size != stat.comp_size) {
      refuse("a stored member of two sizes", "one");
    }
  } else if (stat.comp_method == ZIP_CM_DEFLATE) {
    if (stat.size / kMostUnpacked > stat.comp_size) {
      refuse(std::to_string(stat.size) + " bytes out of " +
                 std::to_string(stat.comp_size),
             "what deflate can pack");
    }
  } else {
    refuse("compression " + std::to_string(stat.comp_method),
           "stored or deflated");
  }
}

}  // namespace

void ZipArchive::Close::operator()(zip* archive) const { zip_discard(archive); }

ZipArchive::ZipArchive(std::string path) : path_(std::move(path)) {
  // What the directory says of sizes is held against the file's own.
  const std::uint64_t size = FileReader(path_).size();
  int code = 0;
  zip_.reset(zip_open(path_.c_str(), ZIP_RDONLY, &code));
  if (zip_ == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    std::string found = text_of(&error);
    zip_error_fini(&error);
    throw StorageError({path_, "", found, "one at the end", kDamaged});
  }
  list_members(size);
}

void ZipArchive::list_members(std::uint64_t file_size) {
  std::uint64_t left = file_size;  // members can't lie in one another
  const zip_int64_t count = zip_get_num_entries(zip_.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    const char* raw = zip_get_name(zip_.get(), index, ZIP_FL_ENC_RAW);
    zip_stat_t stat;
    if (raw == nullptr || zip_stat_index(zip_.get(), index, 0, &stat) != 0) {
      refuse_archive(path_, "member " + std::to_string(index),
                     zip_get_error(zip_.get()));
    }
    const std::string name = raw;
    check_member(stat, left, path_, name);
    // Members that share packed bytes are how zip bombs are made: together they
    // can't have more than the file.
    left -= stat.comp_size;
    if (!members_.emplace(name, ZipMember{index, stat.size}).second) {
      throw StorageError({path_, name, "two members of this name", "one", ""});
    }
  }
}

const ZipMember& ZipArchive::member(const std::string& name) const {
  const auto found = members_.find(name);
  if (found == members_.end()) {
    throw StorageError({path_, name, "no such member", "", kDamaged});
  }
  return found->second;
}

std::unique_ptr<TensorStream> ZipArchive::open(const std::string& name) const {
  return std::make_unique<MemberStream>(zip_.get(), member(name), path_, name);
}

std::string ZipArchive::read(const std::string& name,
                             std::uint64_t limit) const {
  const std::uint64_t size = member(name).size;
  if (size > limit) {
    throw StorageError({path_, name, std::to_string(size) + " bytes",
                        "at most " + std::to_string(limit), ""});
  }
  return read_bytes(*open(name), size);
}

}  // namespace coxswain::storage
