// faulty_run SWEEP RUN [take-over] [FAULT POINT N [RANK]]: `coxswain run` with
// a fault of its own making. FAULT is
//   kill  the process kills itself (-9) the Nth time that it passes POINT
//   stop  it stops itself (SIGSTOP) there
//   hang  a worker's thread never goes on from there
//   throw a worker's task fails there; `memory`, `input`, `numbers`, `files`:
//         with an error of that kind
//   full  the disk is full there
// on RANK alone if one is given, a worker: the others say that they are there
// when it has met its fault, so that it finds tasks. RUN.met tells them. POINT
// is one of storage's and runner's instants, spelled as in kPoints.

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "cluster/mpi_session.hpp"
#include "jobs/device/blas.hpp"
#include "jobs/task/numbers_error.hpp"
#include "runner/commands/commands.hpp"
#include "storage/files/file_error.hpp"

namespace {

using namespace coxswain;  // NOLINT: a test's program

constexpr std::array<const char*, 10> kPoints = {
    "journal_opened", "leased",       "computed",        "shard_written",
    "shard_synced",   "result_taken", "journal_written", "journal_synced",
    "computing_over", "sealed"};

struct Fault {
  std::string kind;
  std::string point;
  int nth = 0;
  std::string met;  // a file, made before it happens; empty: none
};

// Nothing for what is no kind of failure.
void throw_kind(const std::string& kind) {
  const storage::Fault on_purpose{"", "", "on purpose", "", ""};
  if (kind == "memory") throw std::bad_alloc();
  if (kind == "input") throw storage::StorageError(on_purpose);
  if (kind == "numbers") throw jobs::NumbersError(on_purpose);
  if (kind == "files") throw storage::file_error("on purpose", "", EIO);
}

runner::FaultHook hook(const Fault& fault) {
  const auto passed = std::make_shared<std::atomic<int>>(0);
  return [fault, passed](runner::FaultPoint point) {
    if (kPoints.at(static_cast<std::size_t>(point)) != fault.point) return;
    if (++*passed != fault.nth) return;
    if (!fault.met.empty()) std::ofstream(fault.met);
    if (fault.kind == "kill") ::raise(SIGKILL);
    if (fault.kind == "stop") ::raise(SIGSTOP);
    if (fault.kind == "throw") throw std::runtime_error("thrown on purpose");
    throw_kind(fault.kind);
    if (fault.kind == "full") {
      throw storage::StorageError({"", "", "no room, on purpose", "", ""});
    }
    while (fault.kind == "hang") ::pause();
  };
}

// Waits in the thread that computes: its process gives signs of life.
runner::Worker::MakeExecutor made_after(const std::string& met,
                                        runner::Worker::MakeExecutor make) {
  return [met, make = std::move(make)](int threads) {
    while (!std::filesystem::exists(met)) ::poll(nullptr, 0, 20);
    return make(threads);
  };
}

}  // namespace

int main(int argc, char** argv) {
  jobs::start_with_better_blas(argv);  // as the program, whose bytes it has
  std::vector<std::string> words(argv + 1, argv + argc);
  runner::RunOptions options;
  if (words.size() > 2 && words[2] == "take-over") {
    options.rules.if_in_use = runner::IfInUse::take_over;
    words.erase(words.begin() + 2);
  }
  if (words.size() != 2 && words.size() != 5 && words.size() != 6) return 2;
  std::unique_ptr<cluster::MpiSession> session;
  if (cluster::launched_by_mpi()) {
    session = std::make_unique<cluster::MpiSession>();
  }
  options.from.sweep = words[0];
  options.out = words[1];
  runner::RunParts parts = runner::program_parts();
  // Faults show in seconds; longer than a busy machine keeps a process waiting.
  parts.policy.silence = 10;
  parts.policy.least_deadline = 10;
  parts.heartbeat = 0.2;
  parts.goodbye = 2;
  const int rank = session ? session->rank() : 0;
  const bool one_rank = words.size() == 6;
  if (words.size() == 5 || (one_rank && std::stoi(words[5]) == rank)) {
    parts.reached = hook({words[2], words[3], std::stoi(words[4]),
                          one_rank ? options.out + ".met" : ""});
  } else if (one_rank) {
    parts.make_executor = made_after(options.out + ".met", parts.make_executor);
  }
  try {
    return static_cast<int>(runner::run_sweep(options, parts, session.get()));
  } catch (const std::exception& error) {
    fmt::print(stderr, "faulty_run: {}\n", error.what());
    return static_cast<int>(runner::code_of(error));
  }
}
