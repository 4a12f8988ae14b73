#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/texts/exchange.hpp"
#include "storage/texts/pair_rules.hpp"

namespace coxswain::storage {

// One line of a behaviour's data: a question and its two answers, as they
// stand in the file (answers with their leading space).
struct ContrastPair {
  int line = 0;  // of the file, or the place in its array, from 0
  std::string question;
  std::string matching;  // the answer that matches the behaviour
  std::string other;     // empty where none is needed
  std::string group{};   // what the line has under the key that groups lines
  // The line's own system text; empty: it has none. Not there: it says nothing.
  std::optional<std::string> system{};
  std::vector<Exchange> before{};  // the question, first to last
  // What is accepted beside the two answers.
  std::vector<std::string> also_matching{}, also_other{};
};

// What a file is made of, by its content.
enum class PairLayout : std::uint8_t { lines, array, table };

// The pairs of a file, and how it was read.
struct PairFile {
  std::vector<ContrastPair> pairs;
  PairLayout layout = PairLayout::lines;
  char delimiter = 0;  // of a table
  PairForm form;       // with the rules' own columns
  // Entries with a text under "system" that nobody asked for.
  std::int64_t unread_system = 0;
};

// Reads pairs from JSON lines, of which blank ones are passed over, from one
// array of objects, or from a table with a header (CSV, TSV): by the file's
// content, and in the form of its first entry (see pair_forms(); the rules go
// over it). All entries are of one form. An answer may be a list of one text,
// or of several if the rules say so; a question a list of turns. Throws
// StorageError with file, line (1-based, as editors count) and key, also for
// what is no text (see text_file.hpp). With a `group` every entry has it, a
// text that is not empty or a number, which is taken as JSON writes it: 7 and
// "7" are one.
PairFile read_pair_file(const std::string& path, const PairRules& rules);

// Its pairs alone, in whichever form.
std::vector<ContrastPair> read_contrast_pairs(const std::string& path,
                                              const std::string& group = "");

}  // namespace coxswain::storage
