#include "runner/stages/known_cells.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <map>
#include <string>

using namespace coxswain;
using namespace coxswain::runner;
using storage::Commit;
using storage::Key;

namespace {

std::vector<Key> keys(const std::string& names) {
  std::vector<Key> keys;
  for (const char name : names) {
    keys.push_back(name == '-' ? Key{} : storage::key_of(std::string(1, name)));
  }
  return keys;
}

const Key kBasis = storage::key_of("basis");

Commit commit(const std::string& items, const std::string& variants,
              const std::vector<double>& multipliers,
              const Key& basis = kBasis) {
  Commit commit;
  commit.content.grid = {basis, keys(items), keys(variants), multipliers};
  return commit;
}

}  // namespace

TEST_CASE("cells are found by what they are of, in any result and order",
          "[runner][known_cells]") {
  // Every cell of a grid is known if some result has its item, variant and
  // multiplier: against the plain definition, on all pairs of small grids.
  const std::vector<std::string> lists{"a", "ab", "bca", "d"};
  const std::vector<std::vector<double>> doses{{1}, {0.5, 1}, {2}};
  for (const auto& items : lists) {
    for (const auto& variants : lists) {
      for (const auto& multipliers : doses) {
        const Commit one = commit("ab", "ba", {1, 2});
        const Commit two = commit("c", "abc", {0.5});
        EvaluatedIndex index;
        index.add(one);
        index.add(two);
        const Commit wanted = commit(items, variants, multipliers);
        const storage::CellGrid& grid = wanted.content.grid;
        const KnownCells found = index.find(grid, {kBasis});
        std::int64_t n = 0;
        std::size_t cell = 0;
        for (const char item : items) {
          for (const char variant : variants) {
            for (const double multiplier : multipliers) {
              const auto in = [&](const char* its, const char* vs, bool dose) {
                return dose && std::strchr(its, item) != nullptr &&
                       std::strchr(vs, variant) != nullptr;
              };
              const bool known =
                  in("ab", "ba", multiplier == 1 || multiplier == 2) ||
                  in("c", "abc", multiplier == 0.5);
              CHECK(found.known[cell++] == known);
              n += known ? 1 : 0;
            }
          }
        }
        CHECK(found.count == n);
        // And each is where it is said to be.
        for (const KnownCells::Source& source : found.sources) {
          const storage::CellGrid& its = source.commit->content.grid;
          const auto of = [](const storage::CellGrid& in, std::size_t at) {
            const std::size_t m = in.multipliers.size();
            return std::tuple(in.items[at / m / in.variants.size()],
                              in.variants[at / m % in.variants.size()],
                              in.multipliers[at % m]);
          };
          for_each_cell(source, grid, [&](std::size_t to, std::size_t from) {
            CHECK(of(grid, to) == of(its, from));
          });
        }
      }
    }
  }
}

TEST_CASE("what there is nothing of is never known", "[runner][known_cells]") {
  const Commit part = commit("a", "a-", {1});
  EvaluatedIndex index;
  index.add(part);
  const Commit wanted = commit("a", "-a", {1});
  const KnownCells found = index.find(wanted.content.grid, {kBasis});
  CHECK(found.count == 1);
  CHECK_FALSE(found.known[0]);
}

TEST_CASE("another basis counts where it may stand for the grid's",
          "[runner][known_cells]") {
  const Key other = storage::key_of("other");
  Commit summed = commit("a", "a", {1}, other);
  EvaluatedIndex index;
  index.add(summed);
  const Commit wanted = commit("a", "a", {1});
  CHECK(index.find(wanted.content.grid, {kBasis}).count == 0);
  CHECK(index.find(wanted.content.grid, {kBasis, other}).count == 1);
  // What failed there need not fail here.
  summed.content.failed_cells = 1;
  CHECK(index.find(wanted.content.grid, {kBasis, other}).count == 0);
  CHECK(index.find(summed.content.grid, {other}).count == 1);
}

TEST_CASE("a result that can't be read is forgotten, one that grew is not",
          "[runner][known_cells]") {
  Commit one = commit("a", "a-", {1});
  EvaluatedIndex index;
  index.add(one);
  one.content.grid.variants = keys("ab");
  index.add(one);
  const Commit wanted = commit("a", "ab", {1});
  CHECK(index.find(wanted.content.grid, {kBasis}).count == 2);
  index.forget(one);
  CHECK(index.find(wanted.content.grid, {kBasis}).count == 0);
}
