#include <cmath>

#include "analysis/measures/labels.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

// A vector of n_A and n_B pairs is the balanced one plus `imbalance` times the
// letter vector: v = (d_A + d_B) / 2 + (n_A - n_B) / (n_A + n_B) (d_A - d_B)
// / 2.
struct LetterPart {
  double imbalance = 0;
  double share = 0;            // of the vector's length
  double cosine_balanced = 0;  // of the vector to the balanced one
};

LetterPart letter_part(const storage::VectorRow& row) {
  LetterPart part;
  part.imbalance = static_cast<double>(row.n_matching_a - row.n_matching_b) /
                   (row.n_matching_a + row.n_matching_b);
  const double added = part.imbalance * row.letter_norm;
  part.share = std::abs(added) / row.norm;
  const double along = added * row.letter_cosine;
  // |v - added letter vector|, by the law of cosines.
  const double balanced =
      std::sqrt(row.norm * row.norm - 2 * row.norm * along + added * added);
  part.cosine_balanced = (row.norm - along) / balanced;
  return part;
}

// The behaviour; where its two answers are no letters, with these.
std::string name_of(const storage::Results& results, std::int32_t behaviour) {
  const auto& row = results.behaviours[static_cast<std::size_t>(behaviour)];
  const std::string name = behaviour_name(results, behaviour);
  if (row.letters != 0 || row.answer_first.str().empty()) return name;
  return name + " (A: " + row.answer_first.str() +
         ", B: " + row.answer_second.str() + ")";
}

}  // namespace

Table letters_table(const ReportSource& source) {
  const storage::Results& results = source.results;
  Table table;
  table.name = "letters";
  table.title = "Letters: what of each vector is \"A minus B\"";
  table.columns = {{"behaviour"},
                   {"layer"},
                   {"A matches"},
                   {"B matches"},
                   {"norm", 3},
                   {"letter norm", 3},
                   {"cosine to letter", 3},
                   {"share of imbalance", 3},
                   {"cosine to balanced", 3}};
  for (const storage::VectorRow& row : results.vectors) {
    if (row.n_matching_a <= 0 || row.n_matching_b <= 0) continue;
    const LetterPart part = letter_part(row);
    table.rows.push_back(
        {name_of(results, row.behaviour), std::int64_t{row.layer},
         std::int64_t{row.n_matching_a}, std::int64_t{row.n_matching_b},
         row.norm, row.letter_norm, row.letter_cosine, part.share,
         part.cosine_balanced});
  }
  table.notes = {
      "letter: (d_A - d_B) / 2 of the means over pairs whose matching letter "
      "is A and B; balanced: (d_A + d_B) / 2, what letters = "
      "\"counterbalanced\" or the variant balanced steer with. Where answers "
      "are two words, A and B stand for these.",
      "share of imbalance: how long the part is that a vector has of the "
      "letter vector because one letter matches more often, over its length."};
  return table;
}

}  // namespace coxswain::analysis
