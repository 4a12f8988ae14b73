#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/forms/sentences.hpp"
#include "analysis/measures/coverage.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/main_places.hpp"
#include "analysis/measures/noise.hpp"
#include "analysis/statistics/noise_band.hpp"
#include "analysis/tables/tables.hpp"

namespace coxswain::analysis {
namespace {

constexpr std::size_t kMostRows = 12;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// What stands in the table of one behaviour, below its original.
struct Block {
  const Steerability* original = nullptr;
  std::vector<const Steerability*> methods, of_zero, silent;
  std::vector<Noise> noise;  // the strongest kind, or none

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

// The kind at the original's place whose band reaches farthest, of those that a
// slope has to leave, and of others if there are no such.
std::vector<Noise> strongest_noise(const ReportSource& source,
                                   const Steerability& original) {
  const storage::VariantRow& place = variant_row(source, original);
  std::vector<Noise> all = noise_of(source.results, source.slopes);
  std::erase_if(all, [&](const Noise& one) {
    return one.vector != place.vector || one.dose_rule != place.dose_rule ||
           content_slopes(one).empty();
  });
  if (all.empty()) return {};
  return {*std::ranges::max_element(all, {}, [](const Noise& one) {
    return std::pair(decides(one.kind), reach(one));
  })};
}

std::vector<Block> blocks_of(const ReportSource& source) {
  std::vector<Block> blocks;
  for (const MainPlace& place : main_places(source)) {
    MainVariants variants = main_variants(source, *place.original);
    // One row says what is made of nothing.
    if (variants.of_zero.size() > 1) variants.of_zero.resize(1);
    blocks.push_back({place.original, variants.reconstructions,
                      variants.of_zero, variants.silent,
                      strongest_noise(source, *place.original)});
  }
  return blocks;
}

// As many methods a behaviour as fit, at least one; then as many behaviours.
struct Cut {
  std::size_t methods = 0, blocks = 0;
};

Cut cut_of(const std::vector<Block>& blocks) {
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
  while (cut.methods > 1 && rows(cut) > kMostRows) --cut.methods;
  while (cut.blocks > 1 && rows(cut) > kMostRows) --cut.blocks;
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
    const auto i = static_cast<std::size_t>(one.variant);
    table_.made_of.push_back({one.variant});
    RatioSet retained = source_.retained[i];
    if (original) {
      retained = {steers(source_, one) ? 1 : kNaN, kNaN, kNaN,
                  RatioSet::Shape::none};
    }
    add_row(one, variant_name(results_, variant_row(source_, one)),
            one.content_slope, retained, source_.comparisons.of[i].adjusted,
            coverage_[i]);
  }

  void add_noise(const Noise& noise) {
    const Steerability& first = *noise.seeds.front();
    Coverage coverage;
    std::vector<std::int32_t>& made_of = table_.made_of.emplace_back();
    for (const Steerability* seed : noise.seeds) {
      made_of.push_back(seed->variant);
      coverage += coverage_[static_cast<std::size_t>(seed->variant)];
    }
    add_row(first,
            fmt::format("{} x{}",
                        variant_kind(results_, variant_row(source_, first)),
                        noise.seeds.size()),
            band_of(noise), {kNaN, kNaN, kNaN, RatioSet::Shape::none}, kNaN,
            coverage);
  }

  void add_row(const Steerability& one, const std::string& name,
               const Interval& slope, const RatioSet& retained, double p,
               const Coverage& coverage) {
    const storage::VariantRow& row = variant_row(source_, one);
    table_.rows.push_back({behaviour_name(results_, row.behaviour),
                           std::int64_t{row.layer}, name, slope, retained,
                           static_cast<std::int64_t>(one.n_clusters),
                           std::int64_t{one.n_items - one.n_missing}, p});
    table_.coverage.push_back(coverage);
  }

  const ReportSource& source_;
  const storage::Results& results_;
  std::vector<Coverage> coverage_;
  Table& table_;
};

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
  table.notes.emplace_back(
      "p: that an original's slope is 0; that another's is its original's; "
      "both adjusted over their family. Noise x N: its band, N directions.");
  if (!silent.empty()) {
    table.notes.push_back("Adds nothing: " + names_of(source, silent) + ".");
  }
  std::vector<std::string> left_out;
  if (methods > 0) {
    left_out.push_back(counted(methods, "row") + " of further methods");
  }
  if (cut.blocks < blocks.size()) {
    left_out.push_back(counted(blocks.size() - cut.blocks, "behaviour"));
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
  table.columns = {
      {"behaviour"},   {"layer"},
      {"variant"},     {"content slope", 3},
      {"retained", 2}, {"clusters"},
      {"n"},           {"p (adjusted)", 3, NumberKind::probability}};
  const std::vector<Block> blocks = blocks_of(source);
  const Cut cut = cut_of(blocks);
  Maker maker(source, table);
  for (std::size_t i = 0; i < cut.blocks; ++i) {
    maker.add(blocks[i], cut.methods);
  }
  if (!table.rows.empty()) add_notes(source, blocks, cut, table);
  return table;
}

}  // namespace coxswain::analysis
