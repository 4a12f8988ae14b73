#include "jobs/steering/copies.hpp"

#include <algorithm>
#include <map>

#include "jobs/model/tokenizers/unicode.hpp"
#include "jobs/steering/option_order.hpp"
#include "storage/files/bytes.hpp"

namespace coxswain::jobs {
namespace {

// Ascending, since their order says nothing.
std::string joined(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  storage::ByteWriter out;
  for (const std::string& text : texts) out.text(text);
  return out.take();
}

// Options on one line: (A), (B) and so on, each once and in this order. None
// where there are fewer than two.
QuestionParts inline_parts(const std::string& question) {
  std::vector<std::size_t> letters;
  for (std::size_t at = 0; at + 2 < question.size(); ++at) {
    const std::string letter = letter_of(question.substr(at, 3));
    if (letter.empty()) continue;
    if (letter[0] != 'A' + static_cast<char>(letters.size())) return {};
    letters.push_back(at);
  }
  if (letters.size() < 2) return {};
  QuestionParts parts;
  parts.stem = question.substr(0, letters[0]);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const std::size_t words = letters[i] + 3;
    const std::size_t end =
        i + 1 < letters.size() ? letters[i + 1] : question.size();
    parts.stem += question.substr(letters[i], 3) + " ";
    parts.options.emplace(question[letters[i] + 1],
                          question.substr(words, end - words));
  }
  return parts;
}

}  // namespace

storage::Key question_key(const storage::ContrastPair& pair) {
  QuestionParts parts = parts_of(pair.question);
  if (parts.options.empty()) parts = inline_parts(folded(pair.question));
  // A letter stands for its words.
  const auto said = [&](const std::string& answer) {
    const std::string letter = letter_of(answer);
    const auto option =
        letter.empty() ? parts.options.end() : parts.options.find(letter[0]);
    return option == parts.options.end() ? folded(answer)
                                         : folded(option->second);
  };
  std::vector<std::string> options;
  for (const auto& [letter, words] : parts.options) {
    options.push_back(folded(words));
  }
  storage::ByteWriter out;
  out.text(folded(options.empty() ? pair.question : parts.stem));
  out.text(joined(options));
  out.text(joined({said(pair.matching), said(pair.other)}));
  for (const storage::Exchange& one : pair.before) {
    out.text(folded(one.user));
    out.text(folded(one.assistant));
  }
  return storage::key_of(out.take());
}

std::vector<std::size_t> first_copies(const std::vector<storage::Key>& keys) {
  std::map<storage::Key, std::size_t> first;
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    out.push_back(first.try_emplace(keys[i], i).first->second);
  }
  return out;
}

std::vector<bool> test_questions(const std::vector<std::size_t>& first_copy,
                                 std::size_t n) {
  std::vector<std::size_t> copies(first_copy.size(), 0);  // by the first one
  for (const std::size_t first : first_copy) ++copies[first];
  std::vector<bool> looked_at(first_copy.size(), false);
  std::vector<bool> chosen(first_copy.size(), false);  // by the first one
  for (std::size_t i = first_copy.size(); i-- > 0 && n > 0;) {
    const std::size_t first = first_copy[i];
    if (looked_at[first] || copies[first] > n) continue;
    looked_at[first] = chosen[first] = true;
    n -= copies[first];
  }
  std::vector<bool> test;
  for (const std::size_t first : first_copy) test.push_back(chosen[first]);
  return test;
}

}  // namespace coxswain::jobs
