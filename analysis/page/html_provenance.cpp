#include "analysis/page/html_provenance.hpp"

#include <fmt/format.h>

#include "analysis/forms/html_text.hpp"
#include "analysis/forms/table_html.hpp"
#include "analysis/measures/data_notes.hpp"
#include "analysis/measures/labels.hpp"

namespace coxswain::analysis {
namespace {

Table models_of(const storage::Results& results) {
  Table table{"provenance-models",
              "Models: weights and tokenizers",
              {{"model"},
               {"format"},
               {"family"},
               {"type"},
               {"layers"},
               {"d_model"},
               {"d_vocab"},
               {"SHA-256"},
               {"SHA-256 of the tokenizer"}},
              {},
              {}};
  for (const storage::ModelRow& row : results.models) {
    table.rows.push_back({row.name.str(), row.format.str(), row.family.str(),
                          row.dtype.str(), std::int64_t{row.n_layers},
                          std::int64_t{row.d_model}, std::int64_t{row.d_vocab},
                          row.digest.str(), row.tokenizer_digest.str()});
  }
  return table;
}

Table saes_of(const storage::Results& results) {
  Table table{"provenance-saes",
              "SAEs: as they were read",
              {{"SAE"},
               {"format"},
               {"architecture"},
               {"layer"},
               {"d_in"},
               {"d_sae"},
               {"SHA-256"}},
              {},
              {}};
  for (std::size_t i = 0; i < results.saes.size(); ++i) {
    const storage::SaeRow& row = results.saes[i];
    table.rows.push_back({sae_name(results, static_cast<std::int32_t>(i)),
                          row.format.str(), row.architecture.str(),
                          std::int64_t{row.layer}, std::int64_t{row.d_in},
                          std::int64_t{row.d_sae}, row.digest.str()});
  }
  return table;
}

Table data_of(const storage::Results& results) {
  Table table{"provenance-data",
              "Data: the pairs of each behaviour",
              {{"behaviour"},
               {"template"},
               {"lines"},
               {"left out"},
               {"train"},
               {"train clusters"},
               {"test"},
               {"test clusters"},
               {"SHA-256"}},
              {},
              {}};
  for (std::size_t i = 0; i < results.behaviours.size(); ++i) {
    const storage::BehaviourRow& row = results.behaviours[i];
    const auto behaviour = static_cast<std::int32_t>(i);
    const DataFacts facts = data_facts(results, behaviour);
    table.rows.push_back({behaviour_name(results, behaviour),
                          row.prompt_template.str(), std::int64_t{row.lines},
                          std::int64_t{row.left_out}, std::int64_t{row.train},
                          static_cast<std::int64_t>(facts.train_clusters),
                          std::int64_t{row.test},
                          static_cast<std::int64_t>(facts.test_clusters),
                          row.digest.str()});
  }
  return table;
}

// What the workers computed with.
std::string devices_of(const storage::Results& results) {
  std::string out;
  for (const storage::DeviceRow& row : results.devices) {
    out +=
        fmt::format("{}{}: {}", out.empty() ? "" : "<br>",
                    html_text(row.kind.str()), html_text(row.numerics.str()));
  }
  return out;
}

std::string facts_of(const storage::Results& results) {
  const storage::ResultsOrigin& origin = results.origin;
  std::string out = "<dl>\n";
  const auto entry = [&](const char* term, const std::string& html) {
    if (html.empty()) return;
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", term, html);
  };
  const auto code = [&](const std::string& text) {
    return text.empty() ? "" : fmt::format("<code>{}</code>", html_text(text));
  };
  entry("Program", "coxswain " + html_text(origin.program_version));
  entry("Format of results.h5",
        fmt::format("version {}", origin.format_version));
  entry("Sweep, SHA-256", code(origin.sweep_digest));
  entry("Tasks, hash", code(origin.contents));
  entry("Computed in",
        fmt::format("{}, {} thread{} a worker, seed {}",
                    html_text(origin.compute_dtype), origin.threads,
                    origin.threads == 1 ? "" : "s", origin.seed));
  entry("Computed with", devices_of(results));
  entry("Numerics, SHA-256", code(origin.numerics_digest));
  return out + "</dl>\n";
}

std::string sweep_of(const std::string& sweep) {
  if (sweep.empty()) return "";
  std::string out =
      "<details>\n<summary>The effective sweep</summary>\n<pre>" +
      html_lines(std::string_view(sweep).substr(0, kMostSweepBytes)) +
      "</pre>\n";
  if (sweep.size() > kMostSweepBytes) {
    out += fmt::format(
        "<p class=\"note cut\">The first {} of {} bytes; /sweep in results.h5 "
        "has all of them.</p>\n",
        kMostSweepBytes, sweep.size());
  }
  return out + "</details>\n";
}

}  // namespace

std::string html_provenance(const storage::Results& results,
                            const Origins& origins) {
  std::string out;
  const auto add = [&](const Table& table, HtmlLooks looks,
                       std::string (*id)(std::int32_t)) {
    if (table.rows.empty()) return;
    for (std::size_t i = 0; id != nullptr && i < table.rows.size(); ++i) {
      looks.rows.push_back({id(static_cast<std::int32_t>(i))});
    }
    out += to_html(table, looks);
  };
  add(origins.table(), {"results.h5", "", origins.rows()}, nullptr);
  add(data_of(results), {"tables/behaviours in results.h5"}, data_id);
  add(saes_of(results), {"tables/saes in results.h5"}, sae_id);
  add(models_of(results), {"tables/models in results.h5"}, model_id);
  return out + facts_of(results) + sweep_of(results.origin.sweep);
}

}  // namespace coxswain::analysis
