// held_run FOLDER N run SWEEP [OPTION...]: `coxswain run`, with some of its
// options, that is held for as long as FOLDER has a file `held` and none `go`:
// a worker that has computed a task waits there before it keeps anything of it,
// and says so by a file at.RANK. The coordinator makes `held` before it sends
// its Nth lease (0: never). The process id of each rank is in rank.RANK.

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "cluster/mpi_session.hpp"
#include "jobs/device/blas.hpp"
#include "jobs/device/device.hpp"
#include "runner/commands/commands.hpp"

namespace {

using namespace coxswain;  // NOLINT: a test's program
namespace fs = std::filesystem;

struct Hold {
  fs::path folder;
  int leases = 0;  // sent when all are held; 0: never
  int rank = 0;
};

void wait_for_go(const Hold& hold) {
  const fs::path go = hold.folder / "go";
  if (!fs::exists(hold.folder / "held") || fs::exists(go)) return;
  std::ofstream(hold.folder / fmt::format("at.{}", hold.rank));
  while (!fs::exists(go)) ::poll(nullptr, 0, 20);
}

// Only the coordinator's thread leases, only a worker's computes.
runner::FaultHook hook(const Hold& hold) {
  return [hold, leased = 0](runner::FaultPoint point) mutable {
    if (point == runner::FaultPoint::leased && ++leased == hold.leases) {
      std::ofstream(hold.folder / "held");
    }
    if (point == runner::FaultPoint::computed) wait_for_go(hold);
  };
}

runner::RunOptions options_of(const std::vector<std::string>& words) {
  runner::RunOptions options;
  options.from.sweep = words.at(1);
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "--share-gpus") {
      options.gpus.shared = runner::SharedGpus::allowed;
    } else if (words[i] == "--out") {
      options.out = words.at(++i);
    } else if (words[i] == "--exit-file") {
      options.exit_file = words.at(++i);
    } else if (words[i] == "--until") {
      options.until = std::stod(words.at(++i));
    } else if (words[i] == "--gpus-per-worker") {
      options.gpus.per_worker = std::stoi(words.at(++i));
    } else {
      throw std::invalid_argument("unknown option " + words[i]);
    }
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  jobs::start_with_better_blas(argv);  // as the program, whose bytes it has
  jobs::prepare_environment();
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 4 || words[2] != "run") return 2;
  ::alarm(1200);  // s; a script that was killed leaves nothing behind
  std::unique_ptr<cluster::MpiSession> session;
  if (cluster::launched_by_mpi()) {
    session = std::make_unique<cluster::MpiSession>();
  }
  try {
    const Hold hold{words[0], std::stoi(words[1]),
                    session ? session->rank() : 0};
    std::ofstream(hold.folder / fmt::format("rank.{}", hold.rank))
        << ::getpid() << '\n';
    runner::RunParts parts = runner::program_parts();
    parts.reached = hook(hold);
    runner::RunOptions options = options_of({words.begin() + 2, words.end()});
    options.mpirun = cluster::mpirun_of_this();
    return static_cast<int>(runner::run_sweep(options, parts, session.get()));
  } catch (const std::exception& error) {
    fmt::print(stderr, "held_run: {}\n", error.what());
    return static_cast<int>(runner::code_of(error));
  }
}
