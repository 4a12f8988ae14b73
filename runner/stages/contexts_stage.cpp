#include "runner/stages/contexts_stage.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "analysis/forms/plain_text.hpp"
#include "analysis/measures/atoms.hpp"
#include "analysis/measures/labels.hpp"
#include "analysis/measures/silenced_features.hpp"
#include "jobs/model/tokenizers/token_text.hpp"
#include "jobs/observation/top_contexts.hpp"
#include "jobs/task/activity_result.hpp"
#include "runner/stages/sealing.hpp"
#include "runner/stages/sealing_rules.hpp"
#include "storage/files/utf8.hpp"

namespace coxswain::runner {
namespace {

using jobs::TextPlace;
using jobs::TopContexts;

// One decision for all that is sealed.
constexpr SealingRules kRules;

// Features of each SAE, ascending.
using Named = std::map<std::int32_t, std::set<std::int32_t>>;

// Of a vector or of nothing: what stands in for vectors, many times, is not.
bool is_shown(const storage::DecompositionRow& row) {
  return row.draw < 0 && (storage::is(row.control, jobs::Control::none) ||
                          storage::is(row.control, jobs::Control::zero));
}

Named named_features(const storage::Results& tables) {
  Named named;
  for (const storage::FeatureRow& row : tables.features) {
    const storage::DecompositionRow& decomposition =
        tables.decompositions[static_cast<std::size_t>(row.decomposition)];
    if (is_shown(decomposition)) named[decomposition.sae].insert(row.feature);
  }
  const auto add_first = [&](const auto& rows) {
    for (const auto& row : rows) {
      if (row.rank < kRules.named_ranks) named[row.sae].insert(row.feature);
    }
  };
  add_first(tables.code_differences);
  add_first(tables.active_features);
  for (const storage::VariantRow& row : tables.variants) {
    const std::int32_t feature = analysis::feature_of(tables, row);
    if (feature >= 0) named[analysis::sae_of(tables, row)].insert(feature);
  }
  for (const auto& one :
       analysis::silenced_features(tables, kRules.rare_rate)) {
    named[one.row->sae].insert(one.row->feature);
    if (one.spurious != nullptr) {
      named[one.row->sae].insert(one.spurious->feature);
    }
  }
  return named;
}

// Line ends and other controls, which are tokens too, can be seen: by the
// pictures that Unicode has for them, or by their numbers.
std::string visible(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view character =
        text.substr(0, std::max<std::size_t>(storage::character_size(text), 1));
    const auto first = static_cast<unsigned char>(character[0]);
    if (character == "\n") {
      out += "\u21b5";
    } else if (first < 0x20) {
      out += "\xE2\x90";  // U+2400 and on
      out += static_cast<char>(0x80 + first);
    } else if (first == 0x7F) {
      out += "\u2421";
    } else if (analysis::one_line(character) != character) {
      // Without the quotation marks.
      const std::string spelled = storage::in_quotes(character);
      out += spelled.substr(1, spelled.size() - 2);
    } else {
      out += character;
    }
    text.remove_prefix(character.size());
  }
  return out;
}

// As many characters as `most` bytes hold: analysis::beginning or ending of the
// text.
template <class Cut>
std::string within(std::size_t most, const std::string& text, const Cut& cut) {
  std::string some = cut(text, most);
  for (std::size_t n = most; some.size() > most; --n) some = cut(text, n);
  return some;
}

// The contexts of one SAE's named features.
class Contexts {
 public:
  Contexts(const Plan& plan, const storage::ActivityRow& row,
           const std::set<std::int32_t>& features)
      : plan_(plan),
        row_(row),
        features_(features.begin(), features.end()),
        found_(std::ssize(features_), plan.sweep.observe.contexts) {}

  // Tasks in the plan's order, each with what it found.
  void add(TaskIndex task, jobs::ResultReader& result) {
    namespace activity = jobs::activity_result;
    const auto first = static_cast<std::int32_t>(texts_.size());
    for (const auto& text :
         std::get<jobs::ActivityTask>(at(plan_.tasks, task).task).texts) {
      texts_.push_back(&text);
    }
    const auto& values = result.doubles(activity::kContextValues);
    const auto most = static_cast<std::size_t>(
        result.array(activity::kContextValues).shape.at(1));
    for (std::size_t f = 0; f < features_.size(); ++f) {
      const auto begin = static_cast<std::size_t>(features_[f]) * most;
      for (std::size_t i = begin; i < begin + most; ++i) {
        const auto& place = result.row(activity::kContextPlaces, i);
        found_.add(static_cast<std::int64_t>(f),
                   static_cast<float>(values.at(i)),
                   {first + place.text, place.position});
      }
    }
  }

  void keep(std::vector<storage::ContextRow>& rows) const {
    for (std::size_t f = 0; f < features_.size(); ++f) {
      std::int32_t rank = 0;
      for (const auto& one : found_.of(static_cast<std::int64_t>(f))) {
        rows.push_back(row_of(features_[f], rank++, one.value, one.place));
      }
    }
  }

 private:
  storage::ContextRow row_of(std::int32_t feature, std::int32_t rank,
                             float value, TextPlace place) const {
    const auto model = static_cast<std::size_t>(row_.model);
    const jobs::TokenInText text = jobs::token_in_text(
        *plan_.models[model].header.tokenizer,
        *texts_.at(static_cast<std::size_t>(place.text)), place.position,
        {kRules.tokens_before, kRules.tokens_after});
    storage::ContextRow row;
    row.cell = row_.cell;
    row.sae = row_.sae;
    row.feature = feature;
    row.rank = rank;
    row.value = value;
    row.text = place.text;
    row.position = place.position;
    row.before = {within(192, visible(text.before), analysis::ending)};
    row.token = {within(48, visible(text.token), analysis::beginning)};
    row.after = {within(96, visible(text.after), analysis::beginning)};
    return row;
  }

  const Plan& plan_;
  const storage::ActivityRow& row_;
  std::vector<std::int32_t> features_;
  TopContexts found_;
  std::vector<const std::vector<std::int32_t>*> texts_;
};

// Whether a token is one byte where others are texts (<0x0A>).
bool is_byte_piece(const jobs::Tokenizer& tokenizer, std::int32_t id) {
  if (tokenizer.decoding().byte_level) return false;
  const std::string piece = tokenizer.piece(id);
  // A space has a spelling of its own there.
  return piece.size() == 1 && piece != " " && tokenizer.id_of(piece) != id;
}

}  // namespace

bool shows_byte_pieces(const Plan& plan) {
  if (plan.sweep.observe.contexts == 0) return false;
  std::set<std::int32_t> ids;
  for (const PlannedTask& task : plan.tasks) {
    const auto* activity = std::get_if<jobs::ActivityTask>(&task.task);
    if (activity == nullptr) continue;
    for (const auto& text : activity->texts) {
      ids.insert(text.begin(), text.end());
    }
  }
  return std::ranges::any_of(plan.models, [&](const PlannedModel& model) {
    return model.header.tokenizer != nullptr &&
           std::ranges::any_of(ids, [&](std::int32_t id) {
             return is_byte_piece(*model.header.tokenizer, id);
           });
  });
}

void ContextsStage::seal(Sealing& sealing) const {
  const Plan& plan = sealing.plan();
  if (plan.sweep.observe.contexts == 0) return;
  storage::Results& tables = sealing.tables();
  const Named named = named_features(tables);
  for (std::size_t i = 0; i < tables.activity.size(); ++i) {
    const storage::ActivityRow& row = tables.activity[i];
    // Once for each SAE.
    if (!storage::is(row.source, NormSource::reference) ||
        !storage::is(row.excluded, NormExclusion::none) || row.tokens < 0 ||
        !named.contains(row.sae)) {
      continue;
    }
    Contexts contexts(plan, row, named.at(row.sae));
    for (const TaskIndex task :
         activity_.tasks_of(RowOf<storage::ActivityRow>(i))) {
      contexts.add(task, *sealing.result(task));
    }
    contexts.keep(tables.contexts);
  }
}

// Which features have contexts is known with the results: few beside all.
std::int64_t ContextsStage::result_bytes(const Plan& /*plan*/) const {
  return 0;
}

}  // namespace coxswain::runner
