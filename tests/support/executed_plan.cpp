#include "tests/support/executed_plan.hpp"

#include <stdexcept>

#include "jobs/executor/executor.hpp"
#include "runner/stages/seal.hpp"
#include "storage/run/shard.hpp"
#include "storage/tensors/safetensors.hpp"

namespace coxswain::tests {

void execute_plan(const runner::Plan& plan, const std::string& run) {
  const storage::RunDirectory directory(run);
  directory.create();
  storage::JournalState state;
  const auto executor = jobs::make_executor(plan.sweep.threads);
  storage::Journal journal(directory.journal_folder(), state,
                           {plan.sweep.name, "id", plan.sweep.effective});
  state.numerics = executor->numerics();
  journal.numerics(state.numerics);
  storage::ShardWriter shard(run, storage::RunDirectory::shard_name(1, 1), 1);
  std::vector<jobs::TaskOutput> outputs;
  for (const runner::PlannedTask& task : plan.tasks) {
    std::vector<storage::ArrayMap> inputs;
    for (const runner::TaskIndex index : task.inputs) {
      const std::size_t input = index.number();
      const bool bulk = task.input_bulk == runner::InputBulk::wanted &&
                        !outputs[input].bulk.empty();
      inputs.push_back(bulk ? outputs[input].bulk : outputs[input].result);
    }
    jobs::TaskResult result = executor->execute(task.task, inputs);
    if (!result.ok) throw std::runtime_error(result.reason);
    storage::Commit commit;
    commit.task = task.key;
    commit.result = storage::to_safetensors(result.output.result);
    if (!result.output.bulk.empty()) {
      commit.bulk = shard.append(result.output.bulk);
      shard.sync();
    }
    journal.leased(task.key, 1, 1);
    journal.committed(commit);
    state.commits[task.key] = std::move(commit);
    outputs.push_back(std::move(result.output));
  }
  journal.sync();
  runner::seal(plan, state, directory);
}

}  // namespace coxswain::tests
