#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "jobs/check/model_check.hpp"
#include "jobs/device/device.hpp"
#include "jobs/device/product_rates.hpp"
#include "jobs/model/templates/chat_template.hpp"
#include "jobs/model/tokenizers/token_text.hpp"
#include "runner/base/exit_code.hpp"
#include "runner/commands/check_data.hpp"
#include "runner/commands/check_saes.hpp"
#include "runner/commands/check_vectors.hpp"
#include "runner/commands/commands.hpp"
#include "runner/commands/machine_rates.hpp"
#include "runner/plan/plan.hpp"
#include "runner/plan/remembered_digests.hpp"
#include "runner/stages/planning.hpp"
#include "runner/sweep/sweep_file.hpp"
#include "runner/sweep/sweep_text.hpp"
#include "storage/files/utf8.hpp"
#include "storage/models/hub_cache.hpp"

namespace coxswain::runner {
namespace {

using storage::in_quotes;

std::string activation_name(jobs::Activation activation) {
  switch (activation) {
    case jobs::Activation::silu:
      return "SiLU";
    case jobs::Activation::gelu_tanh:
      return "GELU (tanh)";
    case jobs::Activation::gelu_erf:
      return "GELU (erf)";
  }
  return "";
}

std::string window_text(const jobs::Architecture& model) {
  std::set<std::int64_t> widths(model.windows.begin(), model.windows.end());
  widths.erase(0);
  if (widths.empty()) return "every layer sees all tokens before";
  const auto n = std::count_if(model.windows.begin(), model.windows.end(),
                               [](std::int64_t w) { return w > 0; });
  return fmt::format("{} of {} layers see {} tokens, the others all", n,
                     model.n_layers, *widths.begin());
}

std::string position_text(const jobs::Architecture& model) {
  if (model.learned_positions) return "learned positions";
  std::string text =
      fmt::format("rotation of {} of {} coordinates, base {}",
                  model.rotary_dims, model.d_head, model.rope.theta);
  if (!model.rope.divisors.empty()) text += ", scaled";
  const bool windows = std::any_of(model.windows.begin(), model.windows.end(),
                                   [](std::int64_t w) { return w > 0; });
  if (windows && model.window_rope.theta != model.rope.theta) {
    text += fmt::format(" ({} in windows)", model.window_rope.theta);
  }
  return text;
}

void print_architecture(const jobs::ModelHeader& header) {
  const jobs::Architecture& m = header.architecture;
  fmt::print(
      "  {}, {}, weights {}: {} layers, d_model {}, vocabulary {}, "
      "context {}\n",
      header.format, m.family, header.dtype, m.n_layers, m.d_model, m.d_vocab,
      m.n_ctx);
  fmt::print("  attention: {} heads of {}, {} of keys and values; {}; {}{}{}\n",
             m.n_heads, m.d_head, m.n_kv_heads, position_text(m),
             window_text(m), m.query_key_norm ? "; norms of q and k" : "",
             m.attention_softcap > 0
                 ? fmt::format("; soft-cap {}", m.attention_softcap)
                 : "");
  fmt::print("  MLP: {}, {}{}; {} norms, epsilon {:.3g}{}{}\n", m.d_mlp,
             activation_name(m.activation), m.gated_mlp ? ", gated" : "",
             m.norm == jobs::NormKind::rms ? "root mean square" : "layer",
             m.norm_epsilon, m.output_norms ? ", four a layer" : "",
             m.parallel_residual ? "; beside attention" : "");
  fmt::print("  embedding{}{}{}\n",
             m.tied_unembedding ? " tied to the unembedding"
                                : " and unembedding of their own",
             m.embedding_scale != 1
                 ? fmt::format(", times {:.4g}", m.embedding_scale)
                 : "",
             m.final_softcap > 0
                 ? fmt::format("; logits' soft-cap {}", m.final_softcap)
                 : "");
}

void print_tokenizer(const jobs::ModelHeader& header) {
  const jobs::Tokenizer& tokenizer = *header.tokenizer;
  const std::int32_t beginning = tokenizer.beginning();
  fmt::print("  tokenizer: {} tokens, prompts begin with {}\n",
             tokenizer.size(),
             beginning < 0 ? "no token of their own"
                           : in_quotes(tokenizer.piece(beginning)));
  std::string fits;
  for (const jobs::ChatTemplate& chat : jobs::chat_templates()) {
    // Without a template of its own only marks that are tokens tell.
    const bool tells = !header.own_template.source.empty() ||
                       chat.without_system.find('<') != std::string::npos;
    const auto agrees = [&](std::string_view system) {
      return jobs::unknown_marks(chat, tokenizer).empty() &&
             jobs::contradictions(chat, tokenizer, header.own_template, system)
                 .empty();
    };
    if (chat.name != "plain" && tells && (agrees("") || agrees("Be brief."))) {
      fits += (fits.empty() ? "" : ", ") + chat.name;
    }
  }
  fmt::print("  template of its own: {}; named ones that agree: {}\n",
             header.own_template.source.empty() ? "none" : "yes",
             fits.empty() ? "none" : fits);
}

// Returns the number of problems.
std::size_t print_check(const std::string& path,
                        const jobs::ModelHeader& header,
                        jobs::ComputeType compute) {
  fmt::print("{}\n", path);
  print_architecture(header);
  print_tokenizer(header);
  for (const std::string& note : header.notes) fmt::print("  note {}\n", note);
  const jobs::ModelCheck check = blame(ExitCode::bad_model, [&] {
    return jobs::check_model(path, header, compute);
  });
  fmt::print("  {}\n", rates_text(jobs::product_rates()));
  fmt::print("  tried in {}:\n", name_of(compute));
  for (const jobs::Probe& probe : check.probes) {
    fmt::print("    {} -> {}\n", in_quotes(probe.text),
               in_quotes(probe.continuation));
  }
  fmt::print(
      "    plain English: {:.2f} nats a token (guessing: {:.2f}); "
      "largest resid_post {:.4g}\n",
      check.nats, check.guessing, check.largest_residual);
  for (const std::string& problem : check.problems) {
    fmt::print("  PROBLEM {}\n", problem);
  }
  return check.problems.size();
}

// The first pair of a behaviour, token by token.
void print_pair(const jobs::ModelHeader& header,
                const jobs::ContrastTokens& tokens) {
  const auto piece = [&](std::int32_t id) {
    return in_quotes(jobs::token_bytes(*header.tokenizer, id));
  };
  const std::size_t n = tokens.shared.size();
  std::string end;
  for (std::size_t i = n > 6 ? n - 6 : 0; i < n; ++i) {
    end += " " + piece(tokens.shared[i]);
    if (static_cast<std::int32_t>(i) == tokens.steer_from) end += "<";
  }
  fmt::print("    {} tokens, the last{}; then {} against {} (steered from <)\n",
             n, end, piece(tokens.token_match), piece(tokens.token_other));
}

// What of the template does not fit. Another prompt than the tokenizer's own
// template makes may be meant so; marks that are no tokens can't be.
std::size_t print_template(const jobs::ModelHeader& header,
                           const DataEntry& data) {
  const jobs::ChatTemplate chat =
      jobs::known_template(data.prompt.chat_template);
  const auto unknown = jobs::unknown_marks(chat, *header.tokenizer);
  for (const std::string& mark : unknown) {
    fmt::print(
        "  PROBLEM {}: template {}: {} is not a token of this "
        "tokenizer\n",
        data.behaviour, chat.name, mark);
  }
  for (const std::string& text : jobs::contradictions(
           chat, *header.tokenizer, header.own_template, data.prompt.system)) {
    fmt::print("  WARNING {}: template {}: {}\n", data.behaviour, chat.name,
               text);
  }
  return unknown.size();
}

// A vector has as much of "A minus B" in it as one answer matches more often
// than the other: of letters, or of two words.
void print_letters(const DataEntry& data, const jobs::Behaviour& behaviour) {
  const auto matching = [&](int sign) {
    return std::ranges::count_if(behaviour.train, [&](const auto& item) {
      return item.tokens.letter_sign == sign;
    });
  };
  const auto a = matching(1);
  const auto b = matching(-1);
  const auto imbalance = std::abs(a - b);
  if (a + b == 0 || 10 * imbalance <= a + b) return;
  const jobs::TwoAnswers names =
      behaviour.answers.value_or(jobs::TwoAnswers{"A", "B"});
  fmt::print(
      "  WARNING {}: {} matches in {} training pairs, {} in {}: the vector has "
      "{:.2f} times \"{} minus {}\" in it, whatever the behaviour; {}\n",
      data.behaviour, names.first, a, names.second, b,
      static_cast<double>(imbalance) / static_cast<double>(a + b), names.first,
      names.second,
      behaviour.letters ? "letters = \"counterbalanced\" takes it out, the "
                          "variant \"balanced\", too"
                        : "the variant \"balanced\" takes it out");
}

std::size_t check_sweep(const CheckOptions& options) {
  const Plan plan = make_plan(read_sweep(options.source, options.hub),
                              *remembered_digests(options.cache));
  if (!plan.sweep.stored.source.empty()) {
    throw ProgramError(ExitCode::bad_sweep,
                       options.source +
                           ": a sweep from stored activations has no model to "
                           "try; coxswain run measures how its SAEs fit");
  }
  jobs::set_threads(plan.sweep.threads);
  std::size_t problems = 0;
  for (const PlannedModel& model : plan.models) {
    problems += print_check(plan.sweep.resolve(model.entry.source),
                            model.header, plan.sweep.compute);
    for (std::size_t i = 0; i < model.n_behaviours; ++i) {
      const std::size_t b = model.first_behaviour + i;
      if (is_of_told_pairs(plan, BehaviourIndex(b))) continue;
      const DataEntry& data = plan.data[b];
      const jobs::Behaviour& behaviour = plan.behaviours[b];
      fmt::print("  {}: {} pairs, {} left out\n", data.behaviour,
                 behaviour.lines, behaviour.left_out.size());
      for (const std::string& note : behaviour.notes) {
        fmt::print("  note {}: {}\n", data.behaviour, note);
      }
      print_pair(model.header, behaviour.train.front().tokens);
      problems += print_template(model.header, data);
      print_letters(data, behaviour);
    }
    problems += print_sae_checks(plan, model);
  }
  return problems;
}

std::size_t check_one_model(const CheckOptions& options) {
  return blame(ExitCode::bad_model, [&] {
    const std::string path =
        storage::is_hub_source(options.source)
            ? storage::find_in_hub(options.hub, options.source)
            : options.source;
    const jobs::ModelHeader header = jobs::read_model_header(path);
    jobs::set_threads(1);
    return print_check(path, header, options.compute);
  });
}

// Data are looked at with a model's tokens.
void require_no_data(const CheckOptions& options) {
  const std::string name = storage::in_lower_case(options.source);
  for (const char* ending : {".jsonl", ".json", ".csv", ".tsv"}) {
    if (!name.ends_with(ending)) continue;
    throw ProgramError(
        ExitCode::usage,
        {options.source, "", "data, by its name", "a model or a sweep file",
         "coxswain check " + options.source +
             " --model MODEL shows how data are read"});
  }
  if (options.json || !options.set.empty()) {
    throw ProgramError(ExitCode::usage,
                       "--json and --set go with --model, for data");
  }
}

}  // namespace

ExitCode print_check(const CheckOptions& options) {
  if (!options.model.empty()) return print_data_check(options);
  require_no_data(options);
  const auto sae = sae_at(options.source);
  if (sae || names_vectors(options.source)) {
    sae ? print_sae(options.source, *sae) : print_vectors(options.source);
    fmt::print("no problems found\n");
    return ExitCode::done;
  }
  const std::size_t problems = options.source.ends_with(".toml")
                                   ? check_sweep(options)
                                   : check_one_model(options);
  if (problems == 0) {
    fmt::print("no problems found\n");
    return ExitCode::done;
  }
  fmt::print("{} problem{}\n", problems, problems == 1 ? "" : "s");
  return ExitCode::bad_model;
}

}  // namespace coxswain::runner
