#include "runner/sweep/sweep_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "analysis/measures/row_words.hpp"
#include "analysis/tables/main_columns.hpp"
#include "jobs/decomposition/method_names.hpp"
#include "jobs/task/job_error.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/sweep/known_names.hpp"
#include "runner/sweep/sweep_overrides.hpp"

namespace coxswain::runner {
namespace {

using analysis::ReportChoices;

constexpr int kMostDecimals = 6;  // of a number in a table
// Keys whose choices may have been made by the numbers.
const std::vector<std::string> kSelecting{"layers", "methods", "contrasts"};

// The flags of these keys, in their order.
std::vector<bool*> afterwards_of(ReportChoices& choices) {
  return {&choices.layers.afterwards, &choices.methods.afterwards,
          &choices.contrasts.afterwards};
}

// A report that has no such thing to single out.
void refuse_unknown(const TableReader& reader, const char* key,
                    const std::vector<std::string>& values,
                    const std::set<std::string>& known) {
  for (const std::string& value : values) {
    if (known.contains(value)) continue;
    reader.fail(key, "\"" + value + "\"", one_of(known, value));
  }
}

std::vector<std::int32_t> layers_of(TableReader& reader,
                                    const ReportNames* names) {
  if (!reader.has("layers")) return {};
  const std::vector<int> layers = reader.some_integers("layers");
  for (const int layer : layers) {
    if (names == nullptr || names->layers.contains(layer)) continue;
    reader.fail("layers", std::to_string(layer),
                names->layers.empty()
                    ? "none: nothing is steered"
                    : fmt::format("of the layers that are steered, {}",
                                  fmt::join(names->layers, ", ")));
  }
  return {layers.begin(), layers.end()};
}

// As [decompose] spells them, or shorter: omp is omp:32.
std::vector<std::string> methods_of(TableReader& reader,
                                    const ReportNames* names) {
  if (!reader.has("methods")) return {};
  std::vector<std::string> methods = reader.some_texts("methods");
  for (std::string& method : methods) {
    try {
      method = jobs::spelling(jobs::method_choice(method));
    } catch (const jobs::JobError& error) {
      reader.fail("methods", error.fault().found, error.fault().expected);
    }
    if (std::ranges::count(methods, method) > 1) {
      reader.fail("methods", "\"" + method + "\" twice", "each once");
    }
  }
  if (names != nullptr) {
    refuse_unknown(reader, "methods", methods, names->methods);
  }
  return methods;
}

std::vector<std::string> contrasts_of(TableReader& reader,
                                      const ReportNames* names) {
  if (!reader.has("contrasts")) return {};
  std::vector<std::string> contrasts = reader.some_texts("contrasts");
  if (names != nullptr) {
    refuse_unknown(reader, "contrasts", contrasts, names->contrasts);
  }
  return contrasts;
}

// A number is how many there may be; names are which.
void read_rows(TableReader& reader, const ReportNames* names,
               ReportChoices& choices) {
  if (!reader.has("rows")) return;
  if (reader.is_integer("rows")) {
    choices.most_rows = static_cast<std::size_t>(reader.integer(
        "rows", analysis::kFewestMainRows, analysis::kMostMainRows));
    return;
  }
  choices.rows = reader.some_texts("rows");
  if (names == nullptr) return;
  std::set<std::string> known = names->contrasts;
  known.insert(names->noise.begin(), names->noise.end());
  if (!names->noise.empty()) known.insert(analysis::kStrongestNoise);
  refuse_unknown(reader, "rows", choices.rows, known);
}

std::vector<std::string> columns_of(TableReader& reader) {
  std::vector<std::string> columns;
  if (!reader.has("columns")) return columns;
  const std::vector<std::string> all = analysis::main_column_names();
  for (const std::size_t one : reader.choices("columns", all)) {
    columns.push_back(all[one]);
  }
  return columns;
}

template <class T>
toml::array array_of(const std::vector<T>& values) {
  toml::array array;
  for (const T& value : values) array.push_back(value);
  return array;
}

toml::table table_of(ReportChoices choices) {
  toml::table table;
  const auto add = [&](const char* key, const auto& values) {
    if (!values.empty()) table.insert(key, array_of(values));
  };
  add("layers", choices.layers.values);
  add("methods", choices.methods.values);
  add("contrasts", choices.contrasts.values);
  add("rows", choices.rows);
  add("columns", choices.columns);
  if (choices.most_rows != analysis::kMostMainRows) {
    table.insert("rows", static_cast<std::int64_t>(choices.most_rows));
  }
  if (choices.decimals) table.insert("digits", *choices.decimals);
  std::vector<std::string> afterwards;
  const std::vector<bool*> flags = afterwards_of(choices);
  for (std::size_t i = 0; i < flags.size(); ++i) {
    if (*flags[i]) afterwards.push_back(kSelecting[i]);
  }
  add("afterwards", afterwards);
  return table;
}

// The choices of a document that has nothing else that we would read.
ReportChoices choices_in(const toml::table& document, const std::string& file,
                         const ReportNames* names) {
  TableReader root(document, file, "");
  ReportChoices choices = read_report(root, names);
  root.finish();
  return choices;
}

// What may be named again because it is already.
ReportNames with_choices(ReportNames names, const ReportChoices& choices) {
  names.layers.insert(choices.layers.values.begin(),
                      choices.layers.values.end());
  names.methods.insert(choices.methods.values.begin(),
                       choices.methods.values.end());
  names.contrasts.insert(choices.contrasts.values.begin(),
                         choices.contrasts.values.end());
  names.contrasts.insert(choices.rows.begin(), choices.rows.end());
  return names;
}

template <class T>
void mark(const analysis::Choice<T>& first, analysis::Choice<T>& now) {
  const auto sorted = [](std::vector<T> values) {
    std::ranges::sort(values);
    return values;
  };
  const bool same =
      !first.afterwards && sorted(first.values) == sorted(now.values);
  if (!now.values.empty() && !same) now.afterwards = true;
}

}  // namespace

ReportNames report_names(const Sweep& sweep) {
  using jobs::VariantSource;
  const SteerEntry& steer = sweep.steer;
  ReportNames names;
  names.layers.insert(steer.layers.begin(), steer.layers.end());
  // The lowest of those that act together may be any.
  for (const VectorFileEntry& one : sweep.vector_files) {
    if (!one.together) continue;
    names.layers.insert(sweep.vector_layers.begin(), sweep.vector_layers.end());
  }
  for (const NoiseEntry& one : noise_of(steer)) {
    names.noise.insert(spelling(one.kind));
  }
  bool rebuilds = false;
  for (const VariantKind& kind : steer.variants) {
    if (kind.source == VariantSource::original ||
        names.noise.contains(spelling(kind))) {
      continue;
    }
    names.contrasts.insert(spelling(kind));
    rebuilds = rebuilds || kind.source == VariantSource::reconstruction ||
               kind.source == VariantSource::zero_reconstruction;
  }
  if (steers_with(sweep, VariantSource::feature)) {
    names.contrasts.insert(jobs::name_of(VariantSource::feature));
  }
  if (!rebuilds) return names;
  for (const jobs::MethodChoice& method : steer.methods) {
    names.methods.insert(jobs::spelling(method));
  }
  if (!steers_with(sweep, VariantSource::reconstruction)) return names;
  for (const PartChoice& part : steer.parts) {
    if (part.part == jobs::Part::all) continue;
    names.contrasts.insert(spelling(part));
  }
  return names;
}

ReportChoices read_report(TableReader& root, const ReportNames* names) {
  ReportChoices choices;
  if (!root.has("report")) return choices;
  TableReader reader = root.table("report");
  choices.layers.values = layers_of(reader, names);
  choices.methods.values = methods_of(reader, names);
  choices.contrasts.values = contrasts_of(reader, names);
  read_rows(reader, names, choices);
  choices.columns = columns_of(reader);
  if (reader.has("digits")) {
    choices.decimals =
        static_cast<int>(reader.integer("digits", 0, kMostDecimals));
  }
  if (reader.has("afterwards")) {
    const std::vector<bool*> flags = afterwards_of(choices);
    for (const std::size_t one : reader.choices("afterwards", kSelecting)) {
      if (!reader.has(kSelecting[one].c_str())) {
        reader.fail("afterwards", "\"" + kSelecting[one] + "\"",
                    "keys that [report] has");
      }
      *flags[one] = true;
    }
  }
  reader.finish();
  return choices;
}

std::string report_text(const ReportChoices& choices) {
  toml::table table = table_of(choices);
  if (table.empty()) return "";
  std::ostringstream text;
  text << toml::table{{"report", std::move(table)}} << '\n';
  return text.str();
}

ReportChoices sealed_choices(const std::string& sweep) {
  try {
    toml::table whole = toml::parse(sweep);
    toml::table document;
    if (const toml::node* report = whole.get("report")) {
      document.insert("report", *report);
    }
    return choices_in(document, "/sweep", nullptr);
  } catch (const toml::parse_error&) {
    return {};
  } catch (const ProgramError&) {
    return {};
  }
}

ReportChoices changed_choices(const ReportChoices& sealed,
                              const std::vector<std::string>& set,
                              const ReportNames& names) {
  if (set.empty()) return sealed;
  const ReportNames known = with_choices(names, sealed);
  ReportChoices kept = sealed;
  for (bool* flag : afterwards_of(kept)) *flag = false;
  toml::table document{{"report", table_of(kept)}};
  SweepOverrides(Overrides{set, {}}).apply(document);
  ReportChoices now = choices_in(document, "--set", &known);
  mark_afterwards(sealed, now);
  return now;
}

void mark_afterwards(const ReportChoices& first, ReportChoices& now) {
  mark(first.layers, now.layers);
  mark(first.methods, now.methods);
  mark(first.contrasts, now.contrasts);
}

}  // namespace coxswain::runner
