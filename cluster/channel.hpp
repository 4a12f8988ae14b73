#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace coxswain::cluster {

// What a rank sent; the bytes are runner's to read.
struct Message {
  int from = 0;  // rank
  std::string bytes;
};

// Point-to-point messages between the coordinator (rank 0) and its workers.
// Nothing here blocks on one peer. Not thread-safe.
class Channel {
 public:
  virtual ~Channel() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;  // ranks, the coordinator included
  // Takes the bytes and returns at once; messages to one rank keep their order.
  virtual void send(int to, std::string bytes) = 0;
  // The next message if one is there.
  virtual std::optional<Message> receive() = 0;
  // Gives what was sent the chance to leave; true when all of it has.
  virtual bool flushed() = 0;
};

// Coordinator and one worker in one process: ranks 0 and 1.
std::pair<std::unique_ptr<Channel>, std::unique_ptr<Channel>> local_channels();

}  // namespace coxswain::cluster
