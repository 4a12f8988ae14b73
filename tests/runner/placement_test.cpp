#include "runner/work/placement.hpp"

#include <catch2/catch.hpp>

#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::runner;
using Catch::Contains;

namespace {

using Ranks = std::vector<cluster::MpiSession::NodeRank>;

Ranks all_see(const VisibleDevices& devices, const std::vector<int>& ranks) {
  Ranks node;
  for (const int rank : ranks) node.push_back({rank, word_of(devices, {0, 1})});
  return node;
}

Placement refused(int rank, const Ranks& node) {
  return place_worker(rank, node, {SharedGpus::refused, 1});
}

}  // namespace

TEST_CASE("workers of a node take one GPU each", "[runner][placement]") {
  // Rank 0 coordinates, and takes none.
  const Ranks first = all_see("0,1,2,3", {0, 1, 2, 3, 4});
  for (int rank = 1; rank <= 4; ++rank) {
    CHECK(refused(rank, first).device == std::to_string(rank - 1));
  }
  CHECK_FALSE(refused(0, first).device);
  const Ranks second = all_see("4,GPU-5f", {5, 6});
  CHECK(refused(5, second).device == "4");
  CHECK(refused(6, second).device == "GPU-5f");
  CHECK(refused(6, second).refusal.empty());
}

TEST_CASE("one worker too many is refused, unless GPUs may be shared",
          "[runner][placement]") {
  const Ranks node = all_see("0,1", {1, 2, 3});
  CHECK(refused(2, node).device == "1");
  const Placement third = refused(3, node);
  CHECK_THAT(third.refusal,
             Contains("0,1 for 3 workers") && Contains("--share-gpus"));
  CHECK(place_worker(3, node, {SharedGpus::allowed, 1}).device == "0");
}

TEST_CASE("a launcher that gave each worker its own is believed",
          "[runner][placement]") {
  const Ranks own{
      {1, word_of("2", {})}, {2, word_of("0", {})}, {3, word_of("1,3", {})}};
  CHECK(refused(1, own).device == "2");
  CHECK(refused(2, own).device == "0");
  CHECK(refused(3, own).device == "1");
  const Ranks twice{{1, word_of("2", {})}, {2, word_of("2,3", {})}};
  CHECK(refused(1, twice).device == "2");
  CHECK_FALSE(refused(2, twice).refusal.empty());
}

TEST_CASE("workers of several GPUs take as many in a row",
          "[runner][placement]") {
  const GpuRules two{SharedGpus::refused, 2};
  const Ranks node = all_see("0,1,2,3,4", {1, 2, 3});
  CHECK(place_worker(1, node, two).device == "0,1");
  CHECK(place_worker(2, node, two).device == "2,3");
  CHECK_THAT(place_worker(3, node, two).refusal,
             Contains("2 GPUs for each worker"));
  CHECK(place_worker(3, node, {SharedGpus::allowed, 2}).device == "0,1");
  const Placement none = place_worker(1, all_see("0", {1}), two);
  CHECK_FALSE(none.device);
  CHECK_FALSE(none.refusal.empty());
}

TEST_CASE("UUIDs say who has whose GPU, whatever lists call it",
          "[runner][placement]") {
  const Ranks alike = all_see("0", {1, 2, 3});  // cgroups: to each its own
  const auto judged = [&](int rank, const Ranks& uuids, SharedGpus shared) {
    Placement placement = place_worker(rank, alike, {shared, 1});
    judge_by_uuids(rank, uuids, {shared, 1}, placement);
    return placement;
  };
  const Ranks own{{0, ""}, {1, "GPU-a"}, {2, "GPU-b"}, {3, "GPU-a,GPU-c"}};
  CHECK(judged(2, own, SharedGpus::refused).refusal.empty());
  CHECK(gpu_text(judged(2, own, SharedGpus::refused)) == "0 (GPU-b)");
  CHECK_THAT(judged(3, own, SharedGpus::refused).refusal,
             Contains("GPU-a, which worker 1 has"));
  CHECK(judged(3, own, SharedGpus::allowed).refusal.empty());
  // Who knows none keeps to the lists.
  const Ranks unknown{{1, ""}, {2, ""}, {3, ""}};
  CHECK_FALSE(judged(2, unknown, SharedGpus::refused).refusal.empty());
  CHECK(gpu_text(judged(1, unknown, SharedGpus::refused)) == "0");
}

TEST_CASE("without GPUs there is nothing to take", "[runner][placement]") {
  for (const VisibleDevices& none :
       {VisibleDevices(), VisibleDevices(""), VisibleDevices("-1"),
        VisibleDevices("NoDevFiles")}) {
    const Placement placement = refused(2, all_see(none, {0, 1, 2}));
    CHECK_FALSE(placement.device);
    CHECK(placement.refusal.empty());
  }
  // Entries behind one that names none are not seen by CUDA either.
  CHECK(refused(1, all_see("1,-1,2", {1})).device == "1");
  CHECK_FALSE(refused(2, all_see("1,-1,2", {1, 2})).refusal.empty());
  CHECK_FALSE(refused(2, all_see("1,1", {1, 2})).refusal.empty());
}

TEST_CASE("a host's GPUs are counted by their files", "[runner][placement]") {
  const tests::Scratch scratch;
  CHECK_FALSE(devices_in(scratch.path()));
  CHECK_FALSE(devices_in(scratch.file("none")));
  for (const char* name :
       {"nvidia2", "nvidia10", "nvidiactl", "nvidia-uvm", "nvidia", "nvme0"}) {
    tests::write_file(scratch.file(name), "");
  }
  CHECK(devices_in(scratch.path()) == "0,1");
}

TEST_CASE("cores are counted once, whoever may use them",
          "[runner][placement]") {
  const Ranks node{{0, word_of(std::nullopt, {7})},
                   {1, word_of(std::nullopt, {0, 1})},
                   {2, word_of("", {1, 12})}};
  const Placement second = refused(2, node);
  CHECK(second.cores == 3);
  CHECK(second.workers == 2);
  CHECK(second.index == 1);
  CHECK(refused(1, {{1, word_of(std::nullopt, {})}}).cores == 0);
}
