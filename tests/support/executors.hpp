#pragma once

#include <memory>
#include <string>
#include <vector>

#include "jobs/executor/executor.hpp"

// Executors that are not what a coordinator hopes for.
namespace coxswain::tests {

// Fails every task of one kind; computes the others.
class Failing : public jobs::Executor {
 public:
  explicit Failing(jobs::TaskKind kind,
                   storage::FailureKind failure = storage::FailureKind::unknown)
      : kind_(kind), failure_(failure) {}
  jobs::TaskResult execute(
      const jobs::Task& task,
      const std::vector<storage::ArrayMap>& inputs) override {
    if (jobs::kind_of(task) == kind_) {
      return {false, {}, "no such luck", {}, false, failure_};
    }
    return real_->execute(task, inputs);
  }
  std::string numerics() const override { return real_->numerics(); }

 private:
  jobs::TaskKind kind_;
  storage::FailureKind failure_;
  std::unique_ptr<jobs::Executor> real_ = jobs::make_executor(1);
};

// A worker whose GPU has failed for good.
class Broken : public jobs::Executor {
 public:
  jobs::TaskResult execute(const jobs::Task&,
                           const std::vector<storage::ArrayMap>&) override {
    return {false, {}, "an illegal address", {}, true};
  }
  std::string numerics() const override { return "cuda"; }
};

// Computes with libraries that no other worker has.
class OtherMachine : public jobs::Executor {
 public:
  jobs::TaskResult execute(
      const jobs::Task& task,
      const std::vector<storage::ArrayMap>& inputs) override {
    return real_->execute(task, inputs);
  }
  std::string numerics() const override { return "another kind, of its own"; }

 private:
  std::unique_ptr<jobs::Executor> real_ = jobs::make_executor(1);
};

}  // namespace coxswain::tests
