#include "cluster/mpi_session.hpp"

#include <mpi.h>

#include <array>
#include <cassert>
#include <cstdlib>
#include <limits>
#include <list>

#include "cluster/cluster_error.hpp"

namespace coxswain::cluster {
namespace {

constexpr int kTag = 1;

void check(int code, const char* call) {
  if (code != MPI_SUCCESS) {
    throw ClusterError(std::string(call) + " failed with MPI error " +
                       std::to_string(code));
  }
}

// Messages by MPI's non-blocking sends; receiving polls.
class MpiChannel : public Channel {
 public:
  MpiChannel() {
    check(MPI_Comm_rank(MPI_COMM_WORLD, &rank_), "MPI_Comm_rank");
    check(MPI_Comm_size(MPI_COMM_WORLD, &size_), "MPI_Comm_size");
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }

  void send(int to, std::string bytes) override {
    assert(0 <= to && to < size_ && to != rank_);
    if (bytes.size() > std::numeric_limits<int>::max()) {
      throw ClusterError("a message of more than 2 GiB");
    }
    flushed();
    Sending& sending = sending_.emplace_back();
    sending.bytes = std::move(bytes);
    check(
        MPI_Isend(sending.bytes.data(), static_cast<int>(sending.bytes.size()),
                  MPI_BYTE, to, kTag, MPI_COMM_WORLD, &sending.request),
        "MPI_Isend");
  }

  std::optional<Message> receive() override {
    flushed();
    int there = 0;
    MPI_Message handle = MPI_MESSAGE_NULL;
    MPI_Status status;
    // Open MPI looks first and lets messages in afterwards: what has arrived
    // since the last call is seen by the second look.
    for (int look = 0; look < 2 && there == 0; ++look) {
      check(MPI_Improbe(MPI_ANY_SOURCE, kTag, MPI_COMM_WORLD, &there, &handle,
                        &status),
            "MPI_Improbe");
    }
    if (there == 0) return std::nullopt;
    int n = 0;
    check(MPI_Get_count(&status, MPI_BYTE, &n), "MPI_Get_count");
    Message message{status.MPI_SOURCE,
                    std::string(static_cast<std::size_t>(n), '\0')};
    check(MPI_Mrecv(message.bytes.data(), n, MPI_BYTE, &handle,
                    MPI_STATUS_IGNORE),
          "MPI_Mrecv");
    return message;
  }

  // Buffers of sends that are on their way stay until MPI is done with them.
  bool flushed() override {
    for (auto it = sending_.begin(); it != sending_.end();) {
      int done = 0;
      check(MPI_Test(&it->request, &done, MPI_STATUS_IGNORE), "MPI_Test");
      it = done != 0 ? sending_.erase(it) : std::next(it);
    }
    return sending_.empty();
  }

 private:
  // A message on its way; MPI reads its bytes until the request is done.
  struct Sending {
    std::string bytes;
    MPI_Request request = MPI_REQUEST_NULL;
  };
  int rank_ = 0;
  int size_ = 1;
  std::list<Sending> sending_;
};

// A communicator of the ranks on this node, in the world's order.
class NodeCommunicator {
 public:
  NodeCommunicator() {
    check(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0,
                              MPI_INFO_NULL, &communicator_),
          "MPI_Comm_split_type");
  }
  ~NodeCommunicator() { MPI_Comm_free(&communicator_); }
  NodeCommunicator(const NodeCommunicator&) = delete;
  NodeCommunicator& operator=(const NodeCommunicator&) = delete;

  MPI_Comm get() const { return communicator_; }
  int size() const {
    int size = 0;
    check(MPI_Comm_size(communicator_, &size), "MPI_Comm_size");
    return size;
  }

 private:
  MPI_Comm communicator_ = MPI_COMM_NULL;
};

}  // namespace

bool launched_by_mpi() {
  // Without a launcher MPI is never started: alone the program runs where no
  // MPI works.
  for (const char* name :
       {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"}) {
    if (std::getenv(name) != nullptr) return true;
  }
  return false;
}

Mpirun mpirun_of_this() {
  const char* size = std::getenv("OMPI_COMM_WORLD_SIZE");
  if (size == nullptr) return {};
  // Options of mpirun reach its ranks as parameters. With the second it takes
  // no notice of their codes.
  const auto is_set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && std::string(value) != "0";
  };
  const bool quiet = is_set("OMPI_MCA_orte_execute_quiet");
  return {std::string("mpirun ") + (quiet ? "--quiet " : "") + "-n " + size,
          !quiet && !is_set("OMPI_MCA_orte_enable_recovery")};
}

MpiSession::MpiSession() {
  // Workers compute in threads of their own, which never call MPI.
  int provided = MPI_THREAD_SINGLE;
  check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided),
        "MPI_Init_thread");
  // Errors come back as codes, and check() makes sentences of them.
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
}

MpiSession::~MpiSession() { MPI_Finalize(); }

int MpiSession::rank() const {
  int rank = 0;
  check(MPI_Comm_rank(MPI_COMM_WORLD, &rank), "MPI_Comm_rank");
  return rank;
}

int MpiSession::size() const {
  int size = 1;
  check(MPI_Comm_size(MPI_COMM_WORLD, &size), "MPI_Comm_size");
  return size;
}

std::vector<MpiSession::NodeRank> MpiSession::on_this_node(
    const std::string& word) const {
  // By shared memory, which MPI knows of itself, and not by host names, which
  // containers can give twice.
  const NodeCommunicator node;
  const auto n = static_cast<std::size_t>(node.size());
  const std::array<int, 2> mine{rank(), static_cast<int>(word.size())};
  std::vector<int> all(2 * n), sizes(n), places(n);
  check(MPI_Allgather(mine.data(), 2, MPI_INT, all.data(), 2, MPI_INT,
                      node.get()),
        "MPI_Allgather");
  int end = 0;
  for (std::size_t i = 0; i < n; ++i) {
    places[i] = end;
    end += sizes[i] = all[2 * i + 1];
  }
  std::string words(static_cast<std::size_t>(end), ' ');
  check(MPI_Allgatherv(word.data(), mine[1], MPI_CHAR, words.data(),
                       sizes.data(), places.data(), MPI_CHAR, node.get()),
        "MPI_Allgatherv");
  std::vector<NodeRank> ranks;
  for (std::size_t i = 0; i < n; ++i) {
    ranks.push_back(
        {all[2 * i], words.substr(static_cast<std::size_t>(places[i]),
                                  static_cast<std::size_t>(sizes[i]))});
  }
  return ranks;
}

std::unique_ptr<Channel> MpiSession::channel() const {
  return std::make_unique<MpiChannel>();
}

void MpiSession::leave(int exit_code) const {
  MPI_Finalize();
  // Destructors would wait for the thread that hangs.
  std::_Exit(exit_code);
}

void MpiSession::abort(int exit_code) const {
  MPI_Abort(MPI_COMM_WORLD, exit_code);
  std::exit(exit_code);
}

}  // namespace coxswain::cluster
