#include "runner/work/protocol.hpp"

#include <catch2/catch.hpp>

#include "cluster/cluster_error.hpp"

using namespace coxswain;
using namespace coxswain::runner;

TEST_CASE("every message survives packing", "[runner][protocol]") {
  jobs::VariantsTask variants;
  variants.model = {"/m", "d", jobs::ComputeType::float64};
  variants.requests.resize(2);
  variants.requests[1].random_key = {1, 2};
  variants.requests[1].source = jobs::VariantSource::random;
  Lease lease{
      7, 3, 2, variants, {{"bytes", {}}, {"", {"shards/1", {4, 5, 6}}}}};
  const auto back = std::get<Lease>(unpack(pack(lease)));
  CHECK(back.epoch == 7);
  CHECK(back.task == 3);
  CHECK(back.inputs.at(1).place.record.checksum == 6);
  const auto& task = std::get<jobs::VariantsTask>(back.work);
  CHECK(task.model.compute == jobs::ComputeType::float64);
  CHECK(task.requests.at(1).random_key == storage::Key{1, 2});
  CHECK(task.requests.at(1).source == jobs::VariantSource::random);

  // The key of a task is the same on both sides, whatever its kind.
  jobs::ExtractTask extract;
  extract.pairs = {{{1, 2}, 3, 4, 1, -1}};
  extract.layers = {5};
  jobs::DecomposeTask decompose;
  decompose.sae.options = {"npz", 3, 0.5, jobs::DecoderNorms::folded};
  decompose.sae.facts = "k=3";
  decompose.sae.least_explained = 0.25;
  decompose.n_extracts = {2, 3};
  decompose.behaviour = "refusal";
  decompose.vectors = {{jobs::Control::other, 1, 2, {3, 4}}};
  decompose.requests = {{0, "omp", 8, 0.5, true, false}};
  decompose.parts = {{0, jobs::Part::first, 3}};
  jobs::EvaluateTask evaluate;
  evaluate.variants = {{0, 1, 2, jobs::SignRule::matching_letter}};
  evaluate.multipliers = {0.5};
  for (const jobs::Task& one : std::vector<jobs::Task>{
           extract, jobs::VectorTask{3}, decompose, variants, evaluate}) {
    const auto sent = std::get<Lease>(unpack(pack(Lease{0, 0, 0, one, {}})));
    CHECK(jobs::key_of(sent.work, {}, 1) == jobs::key_of(one, {}, 1));
  }

  const auto done =
      std::get<Done>(unpack(pack(Done{1,
                                      2,
                                      3,
                                      true,
                                      "why",
                                      0.5,
                                      {"result", {}},
                                      {7, 8},
                                      storage::FailureKind::numbers,
                                      {}})));
  CHECK(done.ok);
  CHECK(done.result.bytes == "result");
  CHECK(done.content == storage::Key{7, 8});
  CHECK(done.kind == storage::FailureKind::numbers);
  CHECK(std::get<Hello>(unpack(pack(Hello{"cpu", "host", "2"}))).numerics ==
        "cpu");
  CHECK(
      std::get<Welcome>(unpack(pack(Welcome{9, "/run", 2, 0.5, 7}))).threads ==
      2);
  CHECK(std::holds_alternative<Finish>(unpack(pack(Finish{}))));
  CHECK(std::holds_alternative<Alive>(unpack(pack(Alive{}))));
  CHECK(std::holds_alternative<Bye>(unpack(pack(Bye{}))));
  const auto unfit = std::get<Unfit>(
      unpack(pack(Unfit{1, "h", "why", 10, storage::FailureKind::files})));
  CHECK(unfit.reason == "why");
  CHECK(unfit.exit_code == 10);
  CHECK(unfit.kind == storage::FailureKind::files);
}

TEST_CASE("bytes that are no message are refused", "[runner][protocol]") {
  CHECK_THROWS_AS(unpack(""), cluster::ClusterError);
  CHECK_THROWS_AS(unpack("hello"), cluster::ClusterError);
  const std::string good = pack(Hello{"cpu", "host", ""});
  CHECK_THROWS_AS(unpack(good.substr(0, good.size() - 3)),
                  cluster::ClusterError);
}
