#include "runner/plan/sae_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

#include "jobs/check/sae_check.hpp"
#include "jobs/cost/decompose_cost.hpp"
#include "jobs/sae/formats/model_name.hpp"
#include "jobs/sae/formats/site.hpp"
#include "runner/base/exit_code.hpp"
#include "storage/files/fault.hpp"

namespace coxswain::runner {
namespace {

// What is changed as a whole when it is loaded has to fit into memory.
void refuse_too_large(const std::string& path, const jobs::SaeHeader& header) {
  if (header.in_blocks || header.bytes() <= jobs::kMostInMemory) return;
  throw ProgramError(
      ExitCode::bad_sae,
      storage::Fault{
          path, "d_sae", std::to_string(header.d_sae) + " features",
          "at most " + std::to_string(jobs::kMostInMemory >> 30) +
              " GiB of float32 weights: this kind is changed as a whole when "
              "it is loaded, and can't be read in blocks",
          ""});
}

// The place whose vectors the sweep decomposes with an entry's SAE.
jobs::Site wanted_site(const Sweep& sweep, const SaeEntry& entry) {
  if (sweep.stored.hook.empty()) {
    return {jobs::SiteKind::resid_post, entry.layer};
  }
  jobs::Site site = jobs::site_named(sweep.stored.hook);
  if (site.layer < 0) site.layer = entry.layer;
  return jobs::as_output(site);
}

// What to do about an SAE of another place than the sweep's.
std::string remedy_of(const jobs::Site& trained, const jobs::Site& wanted,
                      const SaeEntry& entry, const jobs::ModelHeader& model) {
  using jobs::SiteKind;
  if (wanted.kind == SiteKind::unknown) {
    return "say in [vector] hook, as the SAE does, where the activations were "
           "read";
  }
  if (trained.kind == SiteKind::embedding) {
    return "no block's output is the embedding: take an SAE of resid_post";
  }
  if (trained.kind != SiteKind::unknown && trained.kind != wanted.kind) {
    return fmt::format("no layer makes it one: take an SAE of {}",
                       jobs::name_of(wanted.kind));
  }
  const auto blocks = model.architecture.n_layers;  // 0: no model is loaded
  if (blocks > 0 && trained.layer >= blocks) {
    return fmt::format("the model has {} blocks: take an SAE of this model",
                       blocks);
  }
  return fmt::format("set layer = {} in [[sae]] {}", trained.layer, entry.id);
}

// What an SAE's files, or its folders' names, say of where it was trained.
void check_place(const Sweep& sweep, const SaeEntry& entry,
                 const jobs::ModelHeader& model, const std::string& path,
                 const jobs::SaeHeader& header) {
  const jobs::Site said = jobs::site_named(header.hook);
  const jobs::Site trained = jobs::as_output(said);
  const jobs::Site wanted = wanted_site(sweep, entry);
  const bool fits = (trained.kind == jobs::SiteKind::unknown ||
                     trained.kind == wanted.kind) &&
                    (trained.layer < 0 || trained.layer == wanted.layer);
  // A name of the user's own is the same or not.
  if (fits || header.hook == sweep.stored.hook) return;
  std::string found = storage::printable(header.hook);
  if (said.kind != jobs::SiteKind::unknown) found += ", " + describe(said);
  if (trained != said) found += ", which is " + describe(trained);
  throw ProgramError(ExitCode::bad_sae,
                     storage::Fault{path, header.hook_from, found,
                                    (wanted.kind == jobs::SiteKind::unknown
                                         ? sweep.stored.hook
                                         : jobs::hook_of(wanted)) +
                                        ", the place of [[sae]] " + entry.id,
                                    remedy_of(trained, wanted, entry, model)});
}

// An SAE of the model's residual stream behind the entry's layer.
void check_site(const Sweep& sweep, const SaeEntry& entry,
                const jobs::ModelHeader& model, const std::string& path,
                const jobs::SaeHeader& header) {
  if (header.d_in != model.architecture.d_model) {
    throw ProgramError(
        ExitCode::bad_sae,
        storage::Fault{
            path, "d_in", std::to_string(header.d_in),
            std::to_string(model.architecture.d_model) +
                " (the model's d_model)",
            sweep.models.size() > 1
                ? "say by model = \"ID\" of [[sae]] which one it is for"
                : "take an SAE that was trained on this model"});
  }
  if (header.transcoder) {
    throw ProgramError(
        ExitCode::bad_sae,
        storage::Fault{
            path, "transcoder",
            "an SAE that reads " +
                (header.hook.empty() ? "one site"
                                     : storage::printable(header.hook)) +
                " and writes another",
            "one that rebuilds resid_post",
            "steering vectors are of the residual stream"});
  }
  check_place(sweep, entry, model, path, header);
}

PlannedSae read_sae(const Sweep& sweep, const SaeEntry& entry,
                    const jobs::ModelHeader& model,
                    const DigestSource& digests) {
  const std::string path = sweep.resolve(entry.source);
  PlannedSae sae;
  sae.entry = entry;
  sae.header = jobs::read_sae_header(path, entry.options);
  check_site(sweep, entry, model, path, sae.header);
  jobs::SaeOptions options = entry.options;
  options.format = sae.header.format;
  refuse_too_large(path, sae.header);
  sae.source = {path, options, digests.sae(sae.header), sae.header.facts,
                entry.any_fit ? -std::numeric_limits<double>::infinity()
                              : jobs::kLeastExplained};
  return sae;
}

std::int64_t bytes_of(const std::vector<std::string>& files) {
  std::int64_t bytes = 0;
  for (const std::string& file : files) {
    bytes += static_cast<std::int64_t>(std::filesystem::file_size(file));
  }
  return bytes;
}

bool wants(PlanBuilder& builder, ModelIndex model, const SaeEntry& entry) {
  CellTraits traits = builder.traits_of(model);
  traits.sae = entry.id;
  traits.layer = entry.layer;
  return builder.keeps(traits);
}

// One that is taken already, if the entry is the same SAE under another name.
SaeIndex same_as(const Plan& plan, const PlannedSae& sae) {
  for (std::size_t i = 0; i < plan.saes.size(); ++i) {
    const PlannedSae& one = plan.saes[i];
    if (one.model == sae.model && one.source.digest == sae.source.digest &&
        one.source.facts == sae.source.facts &&
        one.entry.layer == sae.entry.layer &&
        one.entry.any_fit == sae.entry.any_fit) {
      return SaeIndex(i);
    }
  }
  return {};
}

// A name of the model as its source gives it: hf:org/name, or the path.
std::string name_in(const std::string& source) {
  return source.starts_with("hf:") ? source.substr(0, source.find("//"))
                                   : source;
}

void add_model_notes(PlanBuilder& builder, const PlannedSae& sae,
                     const PlannedModel& model) {
  const std::string named = "SAE " + sae.entry.id + ": ";
  const jobs::SaeHeader& header = sae.header;
  const jobs::Architecture& architecture = model.header.architecture;
  if (jobs::names_another_model(header.model,
                                {{name_in(model.entry.source), model.entry.id},
                                 architecture.family})) {
    builder.add_note(
        named + "it was trained on " + storage::printable(header.model) +
        ", and model " + model.entry.id + " is " +
        storage::printable(model.entry.source) + " (" + architecture.family +
        "): coxswain check measures how well it fits");
  }
  if (header.centred && architecture.norm == jobs::NormKind::layer) {
    builder.add_note(
        named +
        "it was trained on a stream without its mean over d_model "
        "(TransformerLens' center_writing_weights), which this model keeps: "
        "coxswain check measures how well it fits");
  }
  if (!header.hook.empty() && jobs::site_named(header.hook) == jobs::Site{}) {
    builder.add_note(named + header.hook_from + " says " +
                     storage::printable(header.hook) +
                     ", which names no place known here: it was not compared "
                     "with the sweep's layer");
  }
}

void add_notes(PlanBuilder& builder, const PlannedSae& sae) {
  const std::string named = "SAE " + sae.entry.id + ": ";
  for (const std::string& note : sae.header.notes) {
    builder.add_note(named + note);
  }
  if (sae.header.normalisation != jobs::InputNormalisation::none) {
    builder.add_note(named +
                     "it normalises its input, so scales of the "
                     "vector make no difference to encode, and "
                     "differences of codes add up to its own units: of "
                     "these, cosines alone mean something");
  }
}

}  // namespace

void add_saes(PlanBuilder& builder, ModelIndex model,
              const DigestSource& digests) {
  const PlannedModel& of = at(builder.plan().models, model);
  for (const SaeEntry& entry : builder.sweep().saes) {
    if (!is_for(entry.models, of.entry) || !wants(builder, model, entry)) {
      continue;
    }
    PlannedSae sae = blame(ExitCode::bad_sae, [&] {
      return read_sae(builder.sweep(), entry, of.header, digests);
    });
    sae.model = model;
    const SaeIndex same = same_as(builder.plan(), sae);
    if (same.there()) {
      builder.add_conventions(same, entry.b_dec_input);
      builder.add_note("SAE " + entry.id + " is SAE " +
                       at(builder.plan().saes, same).entry.id + ": taken once");
      continue;
    }
    builder.add_source(sae.source.path, {bytes_of(sae.header.files),
                                         jobs::resident_bytes(sae.header)});
    add_notes(builder, sae);
    add_model_notes(builder, sae, of);
    builder.add_sae(std::move(sae));
  }
}

}  // namespace coxswain::runner
