// Token ids and offsets against golden.jsonl of every tokenizer we can read.

#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>

#include "jobs/model/model_file.hpp"
#include "tests/reference/reference.hpp"

using namespace coxswain;
using nlohmann::json;

namespace {

// Tokens of a split character share its range: outwards to whole characters.
std::vector<std::pair<int, int>> code_points(
    const std::string& text, const std::vector<jobs::Token>& tokens) {
  std::vector<int> begin_of(text.size() + 1), end_of(text.size() + 1);
  int count = -1;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool starts = i == text.size() ||
                        (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80;
    if (starts) ++count;
    begin_of[i] = count;
    end_of[i] = starts ? count : count + 1;
  }
  std::vector<std::pair<int, int>> out;
  for (const jobs::Token& token : tokens) {
    out.emplace_back(begin_of[token.begin], end_of[token.end]);
  }
  return out;
}

struct Count {
  int rows = 0, wrong_ids = 0, wrong_offsets = 0;
};

// Rows with `decoded` hold bytes that the vocabulary lacks. Both drop them; the
// library then counts its offsets as if they had not been there, ours are
// places in the text (MODELS.md leaves such rows to the reader).
Count compare(const jobs::Tokenizer& tokenizer,
              const std::filesystem::path& golden) {
  Count count;
  std::ifstream lines(golden);
  for (std::string line; std::getline(lines, line);) {
    const json row = json::parse(line);
    const auto text = row.at("text").get<std::string>();
    const auto tokens = tokenizer.encode(text);
    std::vector<int> ids;
    for (const jobs::Token& token : tokens) ids.push_back(token.id);
    ++count.rows;
    if (ids != row.at("ids").get<std::vector<int>>()) {
      if (count.wrong_ids++ < 5) {
        std::cout << "wrong ids: " << line.substr(0, 200) << std::endl;
      }
    } else if (!row.contains("decoded") &&
               code_points(text, tokens) !=
                   row.at("offsets").get<std::vector<std::pair<int, int>>>()) {
      if (count.wrong_offsets++ < 5) {
        std::cout << "wrong offsets: " << line.substr(0, 200) << std::endl;
      }
    }
  }
  return count;
}

}  // namespace

TEST_CASE("tokens equal those of the reference tokenizers",
          "[reference][tokenizers]") {
  int checked = 0;
  for (const auto& folder : tests::cases("tokenizers", "golden.jsonl")) {
    // Of these, the vocabulary inside SmolLM2's GGUF file is what we read.
    const auto meta =
        tests::reference_folder() / "models" / "smollm2-gguf" / "meta.json";
    if (folder.filename() != "smollm2" || !std::filesystem::exists(meta)) {
      tests::skip(folder, "tokenizer.json is not read yet");
      continue;
    }
    const auto model = tests::find_model(
        tests::read_json(meta).at("gguf_sha256").get<std::string>());
    if (!model) {
      tests::skip(folder, "its GGUF file is not here");
      continue;
    }
    const Count count = compare(*jobs::read_model_header(*model).tokenizer,
                                folder / "golden.jsonl");
    std::cout << folder.filename().string() << ": " << count.rows << " texts, "
              << count.wrong_ids << " with wrong ids, " << count.wrong_offsets
              << " with wrong offsets" << std::endl;
    CHECK(count.rows > 0);
    CHECK(count.wrong_ids == 0);
    CHECK(count.wrong_offsets == 0);
    ++checked;
  }
  CHECK(checked > 0);
}
