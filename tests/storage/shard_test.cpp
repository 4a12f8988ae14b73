#include "storage/run/shard.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

TEST_CASE("bulky arrays come back from their places", "[storage][shard]") {
  const tests::Scratch scratch;
  std::filesystem::create_directory(scratch.file("shards"));
  ShardWriter writer(scratch.path(), "shards/1", 1);
  CHECK_FALSE(std::filesystem::exists(scratch.file("shards/1")));
  const std::vector<float> a{1, 2, 3, 4}, b{5};
  const ShardPlace first =
      writer.append({{"x", make_array(std::span<const float>(a), {2, 2})}});
  const ShardPlace second =
      writer.append({{"x", make_array(std::span<const float>(b), {1})}});
  writer.sync();
  CHECK(floats(read_shard(scratch.path(), first).at("x")) == a);
  CHECK(floats(read_shard(scratch.path(), second).at("x")) == b);
  CHECK(first.file == "shards/1");
}
