#include "runner/worker.hpp"

#include <chrono>

#include "cluster/host.hpp"
#include "storage/run_directory.hpp"
#include "storage/safetensors.hpp"

namespace coxswain::runner {
Worker::Worker(cluster::Channel& channel, MakeExecutor make_executor)
    : channel_(channel), make_executor_(std::move(make_executor)) {}

bool Worker::turn() {
  const auto message = channel_.receive();
  if (!message) return false;
  const ProtocolMessage content = unpack(message->bytes);
  if (const auto* first = std::get_if<Welcome>(&content)) {
    welcome(*first);
  } else if (const auto* lease = std::get_if<Lease>(&content)) {
    channel_.send(0, pack(run(*lease)));
  } else if (std::holds_alternative<Finish>(content)) {
    finished_ = true;
  }
  return true;
}

void Worker::welcome(const Welcome& welcome) {
  run_directory_ = welcome.run_directory;
  executor_ = make_executor_(welcome.threads);
  shard_.emplace(
      run_directory_,
      storage::RunDirectory::shard_name(
          welcome.epoch, static_cast<std::uint32_t>(channel_.rank())),
      welcome.epoch);
  channel_.send(0, pack(Hello{executor_->numerics(), cluster::host_name()}));
}

storage::ArrayMap Worker::read(const TaskData& data) const {
  return data.bytes.empty()
             ? storage::read_shard(run_directory_, data.place)
             : storage::from_safetensors(data.bytes, "a task's input");
}

// A full disk or a damaged input is a failed attempt, like any other.
Done Worker::run(const Lease& lease) {
  Done done{lease.epoch, lease.task, lease.attempt, false, "", 0, {}};
  const auto start = std::chrono::steady_clock::now();
  try {
    std::vector<storage::ArrayMap> inputs;
    for (const TaskData& data : lease.inputs) inputs.push_back(read(data));
    jobs::TaskResult result = executor_->execute(lease.work, inputs);
    done.ok = result.ok;
    done.reason = result.reason;
    if (result.ok) {
      done.result.bytes = storage::to_safetensors(result.output.result);
      if (done.result.bytes.size() > kMessageLimit) {
        // Too large to send: it goes with the bulk.
        done.result.bytes.clear();
        result.output.bulk.merge(result.output.result);
      }
      if (!result.output.bulk.empty()) {
        done.result.place = shard_->append(result.output.bulk);
      }
    }
  } catch (const std::exception& error) {
    done.ok = false;
    done.reason = error.what();
  }
  done.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  return done;
}

}  // namespace coxswain::runner
