#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cluster/channel.hpp"

namespace coxswain::cluster {

// Whether this process was started by an MPI launcher; reads the launcher's
// variables, so call it from main alone.
bool launched_by_mpi();

// What mpirun has to do with how this process is started, and with what is
// read of its end.
struct Mpirun {
  std::string words;  // "mpirun -n 3"; "" if it was not started by Open MPI's
  // Whether it has words of its own, after this process's last ones, about an
  // exit code that is not 0.
  bool comments = false;
};
// Reads the launcher's variables: see above.
Mpirun mpirun_of_this();

// MPI from construction to destruction, both collective. One per process.
class MpiSession {
 public:
  MpiSession();
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;

  int rank() const;
  int size() const;
  // The ranks that share this one's node, ascending, itself among them, and
  // what each of them says; collective. Launchers' variables are not asked:
  // under mpirun, Slurm's are wrong.
  struct NodeRank {
    int rank = 0;
    std::string word;
  };
  std::vector<NodeRank> on_this_node(const std::string& word) const;
  // Over all ranks. The session must outlive it.
  std::unique_ptr<Channel> channel() const;
  // Ends this rank alone, without destructors: for one with a thread that
  // hangs.
  [[noreturn]] void leave(int exit_code) const;
  // Ends every rank at once: after an error that the others can't hear of.
  [[noreturn]] void abort(int exit_code) const;
};

}  // namespace coxswain::cluster
