#include "tests/support/hub_channels.hpp"

#include <deque>

namespace coxswain::tests {
namespace {

using Inboxes = std::vector<std::deque<cluster::Message>>;

class HubChannel : public cluster::Channel {
 public:
  HubChannel(int rank, std::shared_ptr<Inboxes> inboxes)
      : rank_(rank), inboxes_(std::move(inboxes)) {}
  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(inboxes_->size()); }
  void send(int to, std::string bytes) override {
    inboxes_->at(static_cast<std::size_t>(to))
        .push_back({rank_, std::move(bytes)});
  }
  std::optional<cluster::Message> receive() override {
    auto& inbox = inboxes_->at(static_cast<std::size_t>(rank_));
    if (inbox.empty()) return std::nullopt;
    cluster::Message message = std::move(inbox.front());
    inbox.pop_front();
    return message;
  }
  bool flushed() override { return true; }

 private:
  int rank_;
  std::shared_ptr<Inboxes> inboxes_;
};

}  // namespace

std::vector<std::unique_ptr<cluster::Channel>> hub_channels(int ranks) {
  const auto inboxes =
      std::make_shared<Inboxes>(static_cast<std::size_t>(ranks));
  std::vector<std::unique_ptr<cluster::Channel>> ends;
  for (int rank = 0; rank < ranks; ++rank) {
    ends.push_back(std::make_unique<HubChannel>(rank, inboxes));
  }
  return ends;
}

}  // namespace coxswain::tests
