#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cluster/channel.hpp"

namespace coxswain::cluster {

// Whether this process was started by an MPI launcher; reads the launcher's
// variables, so call it from main alone.
bool launched_by_mpi();

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
