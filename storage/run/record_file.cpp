#include "storage/run/record_file.hpp"

#include <algorithm>
#include <cassert>

#include "storage/files/bytes.hpp"
#include "storage/files/digest.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::storage {
namespace {

constexpr std::string_view kMagic = "COXSWREC";
// Version 1 had no Frame::unsynced.
constexpr std::uint32_t kFormatVersion = 2;
constexpr std::uint64_t kHeaderBytes = 32;
// "RXOC" in the file: what damage() looks for behind bad bytes.
constexpr std::uint32_t kFrameMark = 0x434F5852;
constexpr std::uint64_t kFrameBytes = 32;
// Leases and commits are small and many; results of megabytes are written from
// where they lie.
constexpr std::uint64_t kSmallPayload = 1U << 20;
constexpr std::uint64_t kScanBytes = 1U << 20;

// What stands before a payload: storage/README.md has it byte by byte.
struct Frame {
  std::uint32_t mark = 0;
  std::uint16_t type = 0;
  std::uint16_t version = 0;
  std::uint64_t length = 0;
  std::uint64_t sequence = 0;
  std::uint32_t checksum = 0;
  std::uint32_t unsynced = 0;  // records before it that weren't durable yet
};

std::string frame_start(const Frame& frame) {
  ByteWriter out;
  out.number(frame.mark);
  out.number(frame.type);
  out.number(frame.version);
  out.number(frame.length);
  out.number(frame.sequence);
  return out.take();
}

// The checksum covers the epoch, too: a block left over from another file can't
// pass.
std::uint32_t checksum_of(const Frame& frame, std::uint32_t format,
                          std::uint64_t epoch,
                          std::span<const std::string_view> payload) {
  ByteWriter out;
  out.raw(frame_start(frame));
  // Files of version 1 have nothing there, and are read still.
  if (format > 1) out.number(frame.unsynced);
  out.number(epoch);
  Crc32c crc;
  crc.add(out.take());
  for (const std::string_view piece : payload) crc.add(piece);
  return crc.value();
}

std::uint32_t checksum_of(const Frame& frame, std::uint32_t format,
                          std::uint64_t epoch, std::string_view payload) {
  return checksum_of(frame, format, epoch, std::span(&payload, 1));
}

Frame parse_frame(const std::string& bytes, const std::string& where) {
  ByteReader in(bytes, where);
  Frame frame;
  frame.mark = in.number<std::uint32_t>();
  frame.type = in.number<std::uint16_t>();
  frame.version = in.number<std::uint16_t>();
  frame.length = in.number<std::uint64_t>();
  frame.sequence = in.number<std::uint64_t>();
  frame.checksum = in.number<std::uint32_t>();
  frame.unsynced = in.number<std::uint32_t>();
  return frame;
}

// What a file's first 32 bytes say; not whole: torn, or of something else.
struct FileHeader {
  bool whole = false;
  std::uint32_t format = kFormatVersion;
  std::uint64_t epoch = 0;
};

FileHeader read_file_header(const FileReader& file, RecordFileKind kind,
                            std::uint64_t limit) {
  if (std::min(file.size(), limit) < kHeaderBytes) return {};
  const std::string bytes = file.read(0, kHeaderBytes);
  ByteReader in(bytes, file.path());
  const std::string_view magic = in.raw(8);
  const auto version = in.number<std::uint32_t>();
  const auto found = in.number<std::uint32_t>();
  const auto epoch = in.number<std::uint64_t>();
  in.number<std::uint32_t>();
  const auto checksum = in.number<std::uint32_t>();
  // A header that is torn or of something else is no record: the caller takes
  // the file as empty, as a crash leaves it.
  if (magic != kMagic ||
      checksum != crc32c(std::string_view(bytes).substr(0, 28))) {
    return {};
  }
  if (version < 1 || version > kFormatVersion) {
    throw StorageError({file.path(), "record file, byte 8",
                        "format version " + std::to_string(version),
                        "1 to " + std::to_string(kFormatVersion),
                        "use the newer program that wrote it"});
  }
  if (found != static_cast<std::uint32_t>(kind)) {
    throw StorageError({file.path(), "record file, byte 12",
                        "kind " + std::to_string(found),
                        "kind " + std::to_string(static_cast<int>(kind)), ""});
  }
  return {true, version, epoch};
}

}  // namespace

RecordWriter::RecordWriter(std::string path, RecordFileKind kind,
                           std::uint64_t epoch)
    : file_(std::move(path)), epoch_(epoch) {
  ByteWriter out;
  out.raw(kMagic);
  out.number(kFormatVersion);
  out.number(static_cast<std::uint32_t>(kind));
  out.number(epoch);
  out.number<std::uint32_t>(0);
  std::string header = out.take();
  ByteWriter sum;
  sum.number(crc32c(header));
  file_.append(header + sum.take());
}

RecordPlace RecordWriter::append(std::uint16_t type, std::uint16_t version,
                                 std::string_view payload) {
  return append(type, version, std::span(&payload, 1));
}

RecordPlace RecordWriter::append(std::uint16_t type, std::uint16_t version,
                                 std::span<const std::string_view> payload) {
  assert(type != 0 && "0 is what a hole in a file has");
  assert(synced_ <= sequence_);
  Frame frame{kFrameMark, type, version, 0, sequence_, 0, 0};
  for (const std::string_view piece : payload) frame.length += piece.size();
  frame.unsynced = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(sequence_ - synced_, UINT32_MAX));
  frame.checksum = checksum_of(frame, kFormatVersion, epoch_, payload);
  const RecordPlace place{file_.size(), frame.length, frame.checksum};
  ByteWriter out;
  out.raw(frame_start(frame));
  out.number(frame.checksum);
  out.number(frame.unsynced);
  if (frame.length < kSmallPayload) {
    // One call of the system for many small ones.
    for (const std::string_view piece : payload) out.raw(piece);
    file_.append_later(out.take());
  } else {
    file_.append(out.take());
    for (const std::string_view piece : payload) file_.append(piece);
  }
  ++sequence_;
  return place;
}

void RecordWriter::sync() {
  file_.sync();
  // Counted after fdatasync returned: each later record says how far that was.
  synced_ = sequence_;
}

RecordReader::RecordReader(std::string path, RecordFileKind kind,
                           std::uint64_t limit)
    : file_(std::move(path)), limit_(std::min(limit, file_.size())) {
  const FileHeader header = read_file_header(file_, kind, limit_);
  format_ = header.format;
  epoch_ = header.epoch;
  if (header.whole) at_ = kHeaderBytes;
}

std::optional<Record> RecordReader::next() {
  assert(at_ <= limit_);
  if (at_ == 0 || limit_ - at_ < kFrameBytes) return std::nullopt;
  const Frame frame = parse_frame(file_.read(at_, kFrameBytes), file_.path());
  if (frame.mark != kFrameMark || frame.type == 0 ||
      frame.sequence != sequence_ ||
      frame.length > limit_ - at_ - kFrameBytes) {
    return std::nullopt;
  }
  Record record{frame.type, frame.version,
                file_.read(at_ + kFrameBytes, frame.length), at_};
  if (frame.checksum != checksum_of(frame, format_, epoch_, record.payload)) {
    return std::nullopt;
  }
  at_ += kFrameBytes + frame.length;
  ++sequence_;
  return record;
}

std::optional<RecordDamage> RecordReader::damage(std::uint64_t epoch) const {
  assert(at_ <= limit_);
  const std::uint64_t of = at_ > 0 ? epoch_ : epoch;
  // A good record that was written after a sync() which covered the bad one.
  const auto proves = [&](std::uint64_t at) {
    if (limit_ - at < kFrameBytes) return false;
    const Frame frame = parse_frame(file_.read(at, kFrameBytes), file_.path());
    return frame.type != 0 && frame.length <= limit_ - at - kFrameBytes &&
           frame.unsynced <= frame.sequence &&
           // What this record knew to be durable when it was written includes
           // the bad one.
           frame.sequence - frame.unsynced > sequence_ &&
           frame.checksum ==
               checksum_of(frame, format_, of,
                           file_.read(at + kFrameBytes, frame.length));
  };
  ByteWriter mark;
  mark.number(kFrameMark);
  const std::string wanted = mark.take();
  for (std::uint64_t at = at_; limit_ - at > kFrameBytes;) {
    const std::string block = file_.read(at, std::min(kScanBytes, limit_ - at));
    for (std::size_t hit = block.find(wanted); hit != std::string::npos;
         hit = block.find(wanted, hit + 1)) {
      if (proves(at + hit))
        return RecordDamage{file_.path(), at_, limit_ - at_};
    }
    // A mark may lie across two blocks.
    at += block.size() - (wanted.size() - 1);
  }
  return std::nullopt;
}

std::optional<Record> RecordReader::skim(std::uint16_t large,
                                         std::uint64_t most) {
  assert(at_ <= limit_);
  if (at_ == 0 || limit_ - at_ < kFrameBytes) return std::nullopt;
  const Frame frame = parse_frame(file_.read(at_, kFrameBytes), file_.path());
  // Small records are verified as always; only the bulk is believed.
  if (frame.type != large || frame.length <= most) return next();
  if (frame.mark != kFrameMark || frame.sequence != sequence_ ||
      frame.length > limit_ - at_ - kFrameBytes) {
    return std::nullopt;
  }
  Record record{frame.type, frame.version, file_.read(at_ + kFrameBytes, most),
                at_};
  at_ += kFrameBytes + frame.length;
  ++sequence_;
  return record;
}

std::string read_record(const std::string& path, const RecordPlace& place) {
  std::string payload;
  read_record(path, place, payload);
  return payload;
}

void read_record(const std::string& path, const RecordPlace& place,
                 std::string& payload) {
  const FileReader file(path);
  const FileHeader header =
      read_file_header(file, RecordFileKind::shard, UINT64_MAX);
  const Frame frame = parse_frame(file.read(place.offset, kFrameBytes), path);
  const std::uint64_t end = place.offset + kFrameBytes;
  if (end > file.size() || place.length > file.size() - end) {
    throw StorageError({path, "record at byte " + std::to_string(place.offset),
                        "the end of the file",
                        std::to_string(place.length) + " bytes",
                        "run the sweep again: it is computed anew"});
  }
  payload.resize(place.length);
  file.read(end, payload.data(), place.length);
  // The journal's own length and checksum: a shard's record that is whole, but
  // another one, is refused, too.
  if (frame.length != place.length || frame.checksum != place.checksum ||
      checksum_of(frame, header.format, header.epoch, payload) !=
          place.checksum) {
    throw StorageError({path, "record at byte " + std::to_string(place.offset),
                        "damaged bytes", "what the journal committed",
                        "run the sweep again: it is computed anew"});
  }
}

bool record_is_there(const std::string& path, const RecordPlace& place) {
  try {
    const FileReader file(path);
    read_file_header(file, RecordFileKind::shard, UINT64_MAX);
    const Frame frame = parse_frame(file.read(place.offset, kFrameBytes), path);
    return frame.length == place.length && frame.checksum == place.checksum &&
           place.length <= file.size() - place.offset - kFrameBytes;
  } catch (const StorageError&) {
    return false;
  }
}

}  // namespace coxswain::storage
