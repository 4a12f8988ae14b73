// Run under mpirun: every worker sends messages of many sizes, rank 0 echoes
// them, every byte and the order are checked. Exit 0 if all is well.

#include <cstdio>
#include <string>
#include <vector>

#include "cluster/mpi_session.hpp"

namespace {

using coxswain::cluster::Channel;

constexpr int kMessages = 200;

std::string content(int rank, int i) {
  const std::size_t size = i % 50 == 0 ? 3U << 20 : std::size_t(i * 97);
  return std::to_string(rank) + ":" + std::to_string(i) + ":" +
         std::string(size, static_cast<char>('a' + i % 26));
}

bool echo(Channel& channel) {
  for (int left = kMessages * (channel.size() - 1); left > 0;) {
    if (auto message = channel.receive()) {
      channel.send(message->from, std::move(message->bytes));
      --left;
    }
  }
  while (!channel.flushed()) {
  }
  return true;
}

bool talk(Channel& channel) {
  for (int i = 0; i < kMessages; ++i) {
    channel.send(0, content(channel.rank(), i));
  }
  for (int i = 0; i < kMessages;) {
    if (const auto message = channel.receive()) {
      if (message->from != 0 || message->bytes != content(channel.rank(), i)) {
        std::fprintf(stderr, "message %d differs\n", i);
        return false;
      }
      ++i;
    }
  }
  return channel.flushed();
}

}  // namespace

int main() {
  const coxswain::cluster::MpiSession session;
  const auto channel = session.channel();
  if (session.rank() == 0 && !coxswain::cluster::launched_by_mpi()) return 1;
  const bool good = session.rank() == 0 ? echo(*channel) : talk(*channel);
  return good ? 0 : 1;
}
