#include <catch2/catch.hpp>

#include "cluster/channel.hpp"

using namespace coxswain::cluster;

TEST_CASE("two ends of a local channel hear each other in order",
          "[cluster][local_channel]") {
  const auto [coordinator, worker] = local_channels();
  CHECK(coordinator->rank() == 0);
  CHECK(worker->rank() == 1);
  CHECK_FALSE(worker->receive());
  coordinator->send(1, "one");
  coordinator->send(1, "two");
  CHECK(worker->receive()->bytes == "one");
  const auto second = worker->receive();
  CHECK(second->bytes == "two");
  CHECK(second->from == 0);
  worker->send(0, "three");
  CHECK(coordinator->receive()->from == 1);
  CHECK_FALSE(coordinator->receive());
}
