#include "analysis/measures/code_signs.hpp"

#include <map>
#include <tuple>

namespace coxswain::analysis {
namespace {

void add(const storage::CodeDifferenceRow& row, CodeSigns& signs) {
  const bool less = row.mean_code_positive < row.mean_code_negative;
  const bool against = row.encoder_projection < 0;
  ++signs.features;
  signs.negative_encoder += against ? 1 : 0;
  signs.negative_decoder += row.decoder_projection < 0 ? 1 : 0;
  ++signs.crossed[less ? 1 : 0][against ? 1 : 0];
  signs.silent += against && row.code == 0 ? 1 : 0;
}

}  // namespace

std::vector<CodeSigns> code_signs(const storage::Results& results) {
  std::map<std::tuple<std::int32_t, std::int32_t, std::int32_t>, CodeSigns> all;
  for (const storage::CodeDifferenceRow& row : results.code_differences) {
    const auto& vector =
        results.vectors.at(static_cast<std::size_t>(row.vector));
    if (vector.resample >= 0) continue;
    CodeSigns& signs = all[{vector.behaviour, vector.layer, row.sae}];
    std::tie(signs.behaviour, signs.layer, signs.sae) =
        std::tuple(vector.behaviour, vector.layer, row.sae);
    add(row, signs);
  }
  std::vector<CodeSigns> out;
  for (const auto& [key, signs] : all) out.push_back(signs);
  return out;
}

}  // namespace coxswain::analysis
