#include "runner/commands/check_saes.hpp"

#include <fmt/format.h>

#include <span>

#include <algorithm>
#include <exception>

#include "jobs/check/sae_check.hpp"
#include "runner/base/exit_code.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

constexpr std::size_t kTokens = 2000;  // of prompts that are tried, about
// Explained variance by which another convention has to be better to be named.
constexpr double kClearly = 0.02;
// Explained variance by which another layer has to be better to be named as the
// SAE's own: on SmolLM2, five layers off, it is better by 0.3.
constexpr double kOtherLayer = 0.1;

// Training prompts of all behaviours of a model in turn.
std::vector<jobs::ContrastTokens> prompts_of(const Plan& plan,
                                             const PlannedModel& model) {
  const std::span behaviours(plan.behaviours.data() + model.first_behaviour,
                             model.n_behaviours);
  std::vector<jobs::ContrastTokens> prompts;
  std::size_t tokens = 0;
  for (std::size_t i = 0; tokens < kTokens; ++i) {
    bool any = false;
    for (const jobs::Behaviour& behaviour : behaviours) {
      if (i >= behaviour.train.size()) continue;
      any = true;
      prompts.push_back(behaviour.train[i].tokens);
      tokens += prompts.back().shared.size();
    }
    if (!any) break;
  }
  return prompts;
}

std::string convention(const jobs::ConventionFit& fit) {
  std::string text =
      fit.subtracts_b_dec ? "b_dec subtracted" : "b_dec not subtracted";
  if (fit.input_scale != 1) {
    text += fmt::format(", input_scale = {:.4g}", fit.input_scale);
  }
  return text;
}

// What the plan has to say of an SAE.
void print_notes(const Plan& plan, const SaeEntry& entry) {
  const std::string start = "SAE " + entry.id + ": ";
  for (const std::string& note : plan.notes) {
    if (!note.starts_with(start)) continue;
    fmt::print("    note {}\n", note.substr(start.size()));
  }
}

std::size_t print_one(const Plan& plan, const SaeEntry& entry,
                      const jobs::SaeHeader& header,
                      const jobs::SaeCheck& check) {
  fmt::print("  SAE {}: {}, {}, d_sae {}, layer {}{}\n", entry.id,
             header.format, name_of(header.architecture), header.d_sae,
             entry.layer,
             header.normalisation == jobs::InputNormalisation::none
                 ? ""
                 : fmt::format(", input {}", name_of(header.normalisation)));
  fmt::print(
      "    on {} activations of norm {:.4g}, {:.4g} from their mean; |b_dec| "
      "{:.4g}, its cosine to the mean {:.2f}\n",
      check.n_activations, check.mean_norm, check.mean_distance,
      check.b_dec_norm, check.b_dec_cosine);
  for (std::size_t i = 0; i < check.fits.size(); ++i) {
    const jobs::ConventionFit& fit = check.fits[i];
    fmt::print(
        "    {} {:<44} explained {:>7.3f}  L0 {:>7.1f}  dead {:>5.1f} %\n",
        i == check.best ? ">" : " ", convention(fit), fit.explained_variance,
        fit.l0, 100 * fit.dead_share);
  }
  print_notes(plan, entry);
  const jobs::ConventionFit& best = check.fits[check.best];
  const double own = check.fits[0].explained_variance;
  if (!(best.explained_variance > jobs::kLeastExplained)) {
    fmt::print(
        "  {} SAE {}: no convention explains the variance of this layer: it "
        "is of another model, layer or site{}\n",
        entry.any_fit ? "WARNING" : "PROBLEM", entry.id,
        entry.any_fit ? "" : " (fit = \"any\" takes it all the same)");
    return entry.any_fit ? 0 : 1;
  }
  if (check.best_layer != entry.layer &&
      check.explained_there > check.explained_here + kOtherLayer) {
    fmt::print(
        "  {} SAE {}: it explains {:.3f} of layer {}, {:.3f} of layer {} that "
        "the sweep names: it is of another layer{}\n",
        entry.any_fit ? "WARNING" : "PROBLEM", entry.id, check.explained_there,
        check.best_layer, check.explained_here, entry.layer,
        entry.any_fit ? "" : " (fit = \"any\" takes it all the same)");
    return entry.any_fit ? 0 : 1;
  }
  if (best.explained_variance > own + kClearly) {
    fmt::print("  WARNING SAE {}: it fits better with {}\n", entry.id,
               convention(best));
  }
  return 0;
}

}  // namespace

std::size_t print_sae_checks(const Plan& plan, const PlannedModel& model) {
  std::vector<SaeEntry> entries;
  std::vector<jobs::SaeToCheck> saes;
  std::vector<jobs::SaeHeader> headers;
  for (const SaeEntry& entry : plan.sweep.saes) {
    if (!is_for(entry.models, model.entry)) continue;
    const std::string path = plan.sweep.resolve(entry.source);
    entries.push_back(entry);
    saes.push_back({path, entry.options, entry.layer});
    headers.push_back(jobs::read_sae_header(path, entry.options));
  }
  if (saes.empty() || model.n_behaviours == 0) return 0;
  const auto checks = blame(ExitCode::bad_sae, [&] {
    return jobs::check_saes(
        {plan.sweep.resolve(model.entry.source), "", plan.sweep.compute},
        prompts_of(plan, model), saes);
  });
  std::size_t problems = 0;
  for (std::size_t i = 0; i < saes.size(); ++i) {
    problems += print_one(plan, entries[i], headers[i], checks[i]);
  }
  return problems;
}

std::optional<jobs::SaeHeader> sae_at(const std::string& path) {
  if (path.ends_with(".toml")) return std::nullopt;
  try {
    jobs::SaeHeader header = jobs::read_sae_header(path);
    if (header.d_sae > 0) return header;
  } catch (const std::exception&) {
    // Whatever it is, it is told as that.
  }
  return std::nullopt;
}

void print_sae(const std::string& path, const jobs::SaeHeader& header) {
  fmt::print(
      "{}: an SAE, format {}, architecture {}: {} features of {}{}{}\n", path,
      header.format, name_of(header.architecture), header.d_sae, header.d_in,
      header.hook.empty() ? "" : ", of " + storage::printable(header.hook),
      header.model.empty() ? ""
                           : ", model " + storage::printable(header.model));
  for (const std::string& note : header.notes) {
    fmt::print("  note {}\n", note);
  }
  fmt::print(
      "  how it fits a model's activations is told where a sweep names it, by "
      "[[sae]]: coxswain check SWEEP\n");
}

}  // namespace coxswain::runner
