#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "analysis/forms/sentences.hpp"
#include "analysis/measures/best_of.hpp"
#include "analysis/measures/choice_words.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/noise.hpp"
#include "analysis/measures/row_words.hpp"
#include "analysis/tables/main_columns.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

// What stands in the table of one behaviour, below its original.
struct Block {
  const Steerability* original = nullptr;
  std::vector<const Steerability*> methods, of_zero, silent;
  std::vector<Noise> noise;  // the strongest kind, or those that are named

  std::size_t rows(std::size_t n_methods) const {
    return 1 + std::min(methods.size(), n_methods) + of_zero.size() +
           noise.size();
  }
};

double reach(const Noise& noise) {
  const Interval band = band_of(noise);
  const double most = std::max(std::abs(band.low), std::abs(band.high));
  return std::isnan(most) ? std::abs(band.estimate) : most;
}

// Noise at the original's place.
std::vector<Noise> noise_at(const ReportSource& source,
                            const Steerability& original) {
  const SteeredPlace place = place_of(variant_row(source, original));
  std::vector<Noise> all = noise_of(source.results, source.slopes);
  std::erase_if(all, [&](const Noise& one) {
    return one.place != place || content_slopes(one).empty();
  });
  return all;
}

// The kind whose band reaches farthest, of those that a slope has to leave, and
// of others if there are no such.
std::vector<Noise> strongest_of(const std::vector<Noise>& all) {
  if (all.empty()) return {};
  return {*std::ranges::max_element(all, {}, [](const Noise& one) {
    return std::pair(decides(one.kind), reach(one));
  })};
}

// What stands at the original's place under one of the words of [report] rows,
// of the methods that are named.
std::vector<const Steerability*> called(const ReportSource& source,
                                        const Steerability& original,
                                        const std::string& word) {
  const SteeredPlace place = place_of(variant_row(source, original));
  std::vector<const Steerability*> all;
  for (const Steerability& one : source.slopes) {
    const storage::VariantRow& row = variant_row(source, one);
    if (place_of(row) == place && !has_own_length(row) &&
        !is_noise(source_of(row)) && !one.items.empty() &&
        row_word(source.results, row) == word) {
      all.push_back(&one);
    }
  }
  keep_named_methods(source, all);
  return all;
}

// Moves what adds nothing to where it has no row.
void set_silent_apart(const ReportSource& source, Block& block) {
  const auto adds = [&](const Steerability* one) {
    return variant_row(source, *one).norm > 0;
  };
  const auto silent = std::ranges::stable_partition(block.methods, adds);
  block.silent.assign(silent.begin(), silent.end());
  block.methods.erase(silent.begin(), silent.end());
}

// The rows that the report's choices name, below their original.
Block named_block(const ReportSource& source, const Steerability& original) {
  Block block{&original, {}, {}, {}, {}};
  const std::vector<Noise> noise = noise_at(source, original);
  for (const std::string& word : source.choices.rows) {
    if (word == kStrongestNoise) {
      std::ranges::move(strongest_of(noise), std::back_inserter(block.noise));
      continue;
    }
    std::ranges::copy_if(
        noise, std::back_inserter(block.noise), [&](const Noise& one) {
          return row_word(source.results,
                          variant_row(source, *one.seeds.front())) == word;
        });
    std::ranges::move(called(source, original, word),
                      std::back_inserter(block.methods));
  }
  set_silent_apart(source, block);
  return block;
}

// The rows that the rule gives: all whole reconstructions, and the strongest
// noise.
Block block_by_rule(const ReportSource& source, const Steerability& original) {
  MainVariants variants = main_variants(source, original);
  // One row says what is made of nothing.
  if (variants.of_zero.size() > 1) variants.of_zero.resize(1);
  return {&original, variants.reconstructions, variants.of_zero,
          variants.silent, strongest_of(noise_at(source, original))};
}

std::vector<Block> blocks_of(const ReportSource& source) {
  std::vector<Block> blocks;
  for (const MainPlace& place : main_places(source)) {
    blocks.push_back(source.choices.rows.empty()
                         ? block_by_rule(source, *place.original)
                         : named_block(source, *place.original));
  }
  return blocks;
}

// As many methods a behaviour as fit, at least one; then as many behaviours.
struct Cut {
  std::size_t methods = 0, blocks = 0;
};

Cut cut_of(const std::vector<Block>& blocks, std::size_t most) {
  const auto rows = [&](const Cut& cut) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < cut.blocks; ++i) {
      n += blocks[i].rows(cut.methods);
    }
    return n;
  };
  Cut cut{0, blocks.size()};
  for (const Block& one : blocks) {
    cut.methods = std::max(cut.methods, one.methods.size());
  }
  while (cut.methods > 1 && rows(cut) > most) --cut.methods;
  while (cut.blocks > 1 && rows(cut) > most) --cut.blocks;
  return cut;
}

// Fills the table, a block after the other.
class Maker {
 public:
  Maker(const ReportSource& source, Table& table)
      : source_(source),
        results_(source.results),
        coverage_(covered_variants(results_)),
        table_(table) {}

  void add(const Block& block, std::size_t n_methods) {
    add_variant(*block.original, true);
    for (std::size_t i = 0; i < std::min(block.methods.size(), n_methods);
         ++i) {
      add_variant(*block.methods[i], false);
    }
    for (const Steerability* one : block.of_zero) add_variant(*one, false);
    for (const Noise& one : block.noise) add_noise(one);
  }

 private:
  void add_variant(const Steerability& one, bool original) {
    table_.made_of.push_back({one.variant});
    const Steerability* const of[] = {&one};
    add_row({of, original, false, one.content_slope},
            variant_name(results_, variant_row(source_, one)),
            coverage_[static_cast<std::size_t>(one.variant)]);
  }

  void add_noise(const Noise& noise) {
    Coverage coverage;
    std::vector<std::int32_t>& made_of = table_.made_of.emplace_back();
    for (const Steerability* seed : noise.seeds) {
      made_of.push_back(seed->variant);
      coverage += coverage_[static_cast<std::size_t>(seed->variant)];
    }
    add_row({noise.seeds, false, true, band_of(noise)},
            fmt::format(
                "{} noise ({})",
                variant_kind(results_, variant_row(source_, *noise.seeds[0])),
                noise.seeds.size()),
            coverage);
  }

  void add_row(const MainRow& row, const std::string& name,
               const Coverage& coverage) {
    const storage::VariantRow& variant = variant_row(source_, *row.of.front());
    std::vector<TableCell> cells = {behaviour_name(results_, variant.behaviour),
                                    std::int64_t{variant.layer}, name};
    std::ranges::move(main_cells(source_, row), std::back_inserter(cells));
    table_.rows.push_back(std::move(cells));
    table_.coverage.push_back(coverage);
  }

  const ReportSource& source_;
  const storage::Results& results_;
  std::vector<Coverage> coverage_;
  Table& table_;
};

// How a layer or method came to be in the table, if somebody said so, or if it
// was taken by its numbers.
void add_choices(const ReportSource& source, const Cut& cut, Table& table) {
  const std::string note = choices_note(source.choices);
  if (!note.empty()) table.notes.push_back(note);
  const std::vector<MainPlace> places = main_places(source);
  for (std::size_t i = 0; i < std::min(places.size(), cut.blocks); ++i) {
    const std::string at_once = at_once_words(places[i]);
    if (at_once.empty()) continue;
    const storage::VariantRow& row = variant_row(source, *places[i].original);
    table.notes.push_back(fmt::format(
        "{}, {}: {} {} layers; its original {}.",
        behaviour_name(source.results, row.behaviour),
        layer_name(source.results, row),
        places[i].chosen == Chosen::picked ? "picked afterwards out of"
                                           : "best of",
        places[i].candidates, at_once));
  }
}

std::string names_of(const ReportSource& source,
                     const std::vector<const Steerability*>& all) {
  std::string out;
  for (const Steerability* one : all) {
    const std::string name =
        variant_name(source.results, variant_row(source, *one));
    if (out.find(name) != std::string::npos) continue;
    out += (out.empty() ? "" : ", ") + name;
  }
  return out;
}

void add_notes(const ReportSource& source, const std::vector<Block>& blocks,
               const Cut& cut, Table& table) {
  std::vector<const Steerability*> silent;
  std::size_t methods = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    silent.insert(silent.end(), blocks[i].silent.begin(),
                  blocks[i].silent.end());
    const std::size_t has = blocks[i].methods.size();
    if (i < cut.blocks && has > cut.methods) methods += has - cut.methods;
  }
  table.notes.push_back(main_columns_note(source.choices));
  add_choices(source, cut, table);
  if (!silent.empty()) {
    table.notes.push_back("Adds nothing: " + names_of(source, silent) + ".");
  }
  std::vector<std::string> left_out;
  if (methods > 0) {
    left_out.push_back(counted(methods, "row") +
                       (source.choices.rows.empty() ? " of further methods"
                                                    : " of further variants"));
  }
  if (cut.blocks < blocks.size()) {
    const bool several = source.choices.layers.values.size() > 1;
    left_out.push_back(
        counted(blocks.size() - cut.blocks, several ? "place" : "behaviour") +
        (several ? " (behaviour and layer)" : ""));
  }
  if (left_out.empty()) return;
  table.notes.push_back(fmt::format(
      "Left out: {} (see the table steerability).", listed(left_out)));
}

}  // namespace

Table main_table(const ReportSource& source) {
  Table table;
  table.name = "main";
  table.title =
      "Main table: content slopes of logit(matching) - logit(other), 95 % "
      "intervals";
  table.columns = {{"behaviour"}, {"layer"}, {"variant"}};
  std::ranges::move(main_columns(source.choices),
                    std::back_inserter(table.columns));
  const std::vector<Block> blocks = blocks_of(source);
  const Cut cut = cut_of(blocks, source.choices.most_rows);
  Maker maker(source, table);
  for (std::size_t i = 0; i < cut.blocks; ++i) {
    maker.add(blocks[i], cut.methods);
  }
  if (!table.rows.empty()) add_notes(source, blocks, cut, table);
  return table;
}

}  // namespace coxswain::analysis
