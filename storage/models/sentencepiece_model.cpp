#include "storage/models/sentencepiece_model.hpp"

#include <cstring>

#include "storage/files/fault.hpp"
#include "storage/files/file_reader.hpp"

namespace coxswain::storage {
namespace {

// One field of a protobuf message.
struct Field {
  std::uint32_t number = 0;
  std::uint64_t value = 0;  // of whole numbers
  std::string_view bytes;   // of texts, messages and fixed numbers
};

// Walks the fields of a message (protobuf's wire format).
class Message {
 public:
  Message(std::string_view bytes, const std::string& where)
      : bytes_(bytes), where_(where) {}

  bool next(Field& field) {
    if (bytes_.empty()) return false;
    const std::uint64_t key = varint();
    field = {};
    if (key >> 3 == 0 || key >> 3 > 1U << 29) refuse();
    field.number = static_cast<std::uint32_t>(key >> 3);
    switch (key & 7) {
      case 0:
        field.value = varint();
        return true;
      case 1:
        field.bytes = take(8);
        return true;
      case 2:
        field.bytes = take(varint());
        return true;
      case 5:
        field.bytes = take(4);
        return true;
      default:
        refuse();
    }
  }

  [[noreturn]] void refuse() const {
    throw StorageError({where_, "", "no SentencePiece model",
                        "the messages of one", "fetch the file again"});
  }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    // Ten bytes at most: one that never ends is refused.
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    refuse();
  }

  std::string_view take(std::uint64_t n) {
    if (n > bytes_.size()) refuse();
    const std::string_view taken = bytes_.substr(0, n);
    bytes_.remove_prefix(n);
    return taken;
  }

  std::string_view bytes_;
  const std::string& where_;
};

void read_piece(std::string_view bytes, const std::string& where,
                SentencePieceModel& model) {
  Message message(bytes, where);
  std::string text;
  float score = 0;
  std::uint64_t type = 1;
  for (Field field; message.next(field);) {
    if (field.number == 1) text = field.bytes;
    if (field.number == 2) {
      if (field.bytes.size() != sizeof score) message.refuse();
      std::memcpy(&score, field.bytes.data(), sizeof score);
    }
    if (field.number == 3) type = field.value;
  }
  if (text.empty() || type < 1 || type > 6) message.refuse();
  model.pieces.push_back(std::move(text));
  model.scores.push_back(score);
  model.types.push_back(static_cast<SentencePieceModel::Type>(type));
}

void read_trainer(std::string_view bytes, const std::string& where,
                  SentencePieceModel& model) {
  Message message(bytes, where);
  for (Field field; message.next(field);) {
    if (field.number == 3) {
      if (field.value < 1 || field.value > 4) message.refuse();
      model.kind = static_cast<SentencePieceModel::Kind>(field.value);
    }
    if (field.number == 24) model.whitespace_as_suffix = field.value != 0;
    if (field.number == 35) model.byte_fallback = field.value != 0;
    if (field.number == 41) {
      // protobuf writes -1 as a 64-bit two's complement: the cut brings it
      // back.
      model.bos_id = static_cast<std::int32_t>(field.value);
    }
  }
}

void read_normalizer(std::string_view bytes, const std::string& where,
                     SentencePieceModel& model) {
  Message message(bytes, where);
  for (Field field; message.next(field);) {
    if (field.number == 2) model.normalises = !field.bytes.empty();
    if (field.number == 3) model.add_dummy_prefix = field.value != 0;
    if (field.number == 4) model.remove_extra_whitespaces = field.value != 0;
    if (field.number == 5) model.escape_whitespaces = field.value != 0;
  }
}

}  // namespace

SentencePieceModel parse_sentencepiece_model(std::string_view bytes,
                                             const std::string& where) {
  SentencePieceModel model;
  Message message(bytes, where);
  for (Field field; message.next(field);) {
    if (field.number == 1) read_piece(field.bytes, where, model);
    if (field.number == 2) read_trainer(field.bytes, where, model);
    if (field.number == 3) read_normalizer(field.bytes, where, model);
  }
  if (model.pieces.empty() ||
      model.bos_id >= static_cast<std::int32_t>(model.pieces.size())) {
    message.refuse();
  }
  return model;
}

SentencePieceModel read_sentencepiece_model(const std::string& path) {
  return parse_sentencepiece_model(read_text(path), path);
}

}  // namespace coxswain::storage
