#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jobs/model/tokenizers/tokenizer.hpp"

namespace coxswain::jobs {

// What two versions of transformers read differently.
struct Disagreement {
  std::string file;             // where it stands
  std::string reason;           // what differs
  std::string remedy;           // what makes texts alike
  std::int32_t beginning = -1;  // the second version's
};

// A folder that two versions of transformers read differently, taken as the
// first reads it wherever the second gives the same. Texts on which they differ
// are refused.
class AgreedTokenizer : public Tokenizer {
 public:
  // Without a second tokenizer only beginnings differ: texts are all alike.
  AgreedTokenizer(std::unique_ptr<Tokenizer> first,
                  std::unique_ptr<Tokenizer> second, Disagreement about)
      : first_(std::move(first)),
        second_(std::move(second)),
        about_(std::move(about)) {}

  std::vector<Token> encode(std::string_view text,
                            const UserText& user = {}) const override;
  std::vector<std::string> spelled_tokens(
      std::string_view text,
      const std::vector<std::string>& marks) const override {
    return first_->spelled_tokens(text, marks);
  }
  std::string piece(std::int32_t id) const override {
    return first_->piece(id);
  }
  std::optional<std::int32_t> id_of(std::string_view token) const override {
    return first_->id_of(token);
  }
  std::int32_t size() const override { return first_->size(); }
  std::int32_t beginning() const override { return first_->beginning(); }
  void require_beginning(const std::vector<Token>& tokens) const override;
  Decoding decoding() const override { return first_->decoding(); }

 private:
  std::unique_ptr<Tokenizer> first_, second_;
  Disagreement about_;
};

}  // namespace coxswain::jobs
