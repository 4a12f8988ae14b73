#include "runner/stages/seal.hpp"

#include "runner/base/device_kinds.hpp"
#include "runner/stages/bulk_files.hpp"
#include "runner/stages/contexts_stage.hpp"
#include "runner/stages/reuse.hpp"
#include "runner/stages/sealing.hpp"
#include "runner/stages/stage.hpp"
#include "storage/files/bytes.hpp"

namespace coxswain::runner {
namespace {

void fill(Sealing& sealing) {
  const std::string& numerics = sealing.state().numerics;
  storage::Results& tables = sealing.tables();
  tables.origin.contents = contents_of(sealing.plan(), sealing.state());
  tables.origin.numerics_digest = storage::sha256(numerics);
  for (const std::string& kind : kinds_of(numerics)) {
    tables.devices.push_back({static_cast<std::int32_t>(tables.devices.size()),
                              {kind.substr(0, kind.find(','))},
                              {kind}});
  }
  for (const auto& stage : sealing.plan().stages) stage->seal(sealing);
}

}  // namespace

std::string contents_of(const Plan& plan, const storage::JournalState& state,
                        const SealingRules& rules) {
  storage::ByteWriter out;
  if (rules != kFirstRules) {
    out.number(rules.version);
    out.number(rules.named_ranks);
    out.number(rules.rare_rate);
    out.number(rules.tokens_before);
    out.number(rules.tokens_after);
  }
  for (const PlannedTask& task : plan.tasks) {
    const auto failure = state.quarantined.find(task.key);
    out.number(task.key.high);
    out.number(task.key.low);
    out.number<std::uint8_t>(state.commits.contains(task.key));
    out.number<std::uint8_t>(failure != state.quarantined.end());
    out.number<std::uint8_t>(failure != state.quarantined.end() &&
                             failure->second.reason.empty());
    // What there is of a task that could not do all grows from start to start.
    const auto part = state.commits.find(partial_key(task.key));
    if (part != state.commits.end() && !state.commits.contains(task.key)) {
      out.number(part->second.content.all.high);
      out.number(part->second.content.all.low);
    }
  }
  // What tasks' keys don't say: nothing is added where data and texts have
  // always been sealed as they are now.
  for (const jobs::Behaviour& behaviour : plan.behaviours) {
    if (behaviour.copies == 0 &&
        behaviour.cluster_rule != jobs::ClusterRule::group) {
      continue;
    }
    for (const auto* items : {&behaviour.train, &behaviour.test}) {
      for (const auto& item : *items) out.number(item.cluster);
    }
  }
  if (shows_byte_pieces(plan)) out.text("byte pieces are bytes");
  return hex(storage::key_of(out.take()));
}

storage::Results fill_results(const Plan& plan,
                              const storage::JournalState& state,
                              const storage::RunDirectory& run) {
  Sealing sealing(plan, state, run);
  fill(sealing);
  return sealing.take();
}

void seal(const Plan& plan, const storage::JournalState& state,
          const storage::RunDirectory& run,
          const storage::ActivationLimits& limits) {
  storage::ResultsWriter writer(run.results());
  Sealing sealing(plan, state, run);
  fill(sealing);
  BulkFiles files{limits, {}};
  for (const auto& stage : plan.stages) stage->seal_beside(sealing, files);
  writer.write(sealing.tables());
  for (const auto& stage : plan.stages) {
    stage->seal_behind(sealing, files, writer);
  }
  if (files.activations) files.activations->publish();
  writer.finish();
}

}  // namespace coxswain::runner
