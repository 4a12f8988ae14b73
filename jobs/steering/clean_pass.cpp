#include "jobs/steering/clean_pass.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>

namespace coxswain::jobs {
namespace {

// Tokens of one clean pass, at most: a constant of the version.
constexpr std::int64_t kTokensPerPass = 4096;

at::Tensor index_of(const std::vector<std::int64_t>& rows) {
  return at::tensor(rows, at::kLong);
}

// Which rows see which: the common beginning, every prompt's own tokens, and
// its two strings. `last_rows`, if not null, says what is wanted of each row.
std::vector<AttentionGroup> groups_of(const PackedPrompts& prompts,
                                      const Projections& own) {
  const auto range = [&](std::int64_t first, std::int64_t n) {
    return KeyRange{own.keys.narrow(0, first, n),
                    own.values.narrow(0, first, n)};
  };
  std::vector<AttentionGroup> groups;
  std::vector<KeyRange> beginning;
  if (prompts.beginning > 0) {
    groups.push_back({{}, {0}, prompts.beginning, 0});
    beginning.push_back(range(0, prompts.beginning));
  }
  for (std::size_t i = 0; i < prompts.starts.size(); ++i) {
    const std::int64_t start = prompts.starts[i];
    const std::int64_t n = prompts.shared[i] - prompts.beginning;
    groups.push_back({beginning, {start}, n, 0});
    if (prompts.tail[i] == 0) continue;
    std::vector<KeyRange> seen = beginning;
    seen.push_back(range(start, n));
    groups.push_back(
        {seen, {start + n, start + n + prompts.tail[i]}, prompts.tail[i], 0});
  }
  return groups;
}

// The last block is of use at the wanted rows alone.
void leave_out(std::vector<AttentionGroup>& groups,
               const std::vector<bool>& wanted) {
  for (AttentionGroup& group : groups) {
    group.read_from = group.rows;
    for (const std::int64_t cell : group.cells) {
      for (std::int64_t row = 0; row < group.read_from; ++row) {
        if (wanted[static_cast<std::size_t>(cell + row)]) {
          group.read_from = row;
        }
      }
    }
  }
  std::erase_if(groups, [](const AttentionGroup& group) {
    return group.read_from == group.rows;
  });
}

std::vector<bool> marked(const at::Tensor& rows, std::int64_t n) {
  std::vector<bool> marks(static_cast<std::size_t>(n));
  const auto* row = rows.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < rows.numel(); ++i) {
    marks[static_cast<std::size_t>(row[i])] = true;
  }
  return marks;
}

}  // namespace

std::int64_t common_beginning(
    const std::vector<std::span<const std::int32_t>>& prompts) {
  if (prompts.size() < 2) return 0;
  std::int64_t common = std::ssize(prompts[0]) - 1;
  for (const auto& one : prompts) {
    const auto end = one.begin() + std::min(common, std::ssize(one) - 1);
    common =
        std::mismatch(one.begin(), end, prompts[0].begin()).first - one.begin();
  }
  return common;
}

std::size_t end_of_pass(const std::vector<ContrastTokens>& items,
                        std::size_t first) {
  std::int64_t tokens = 0;
  std::size_t last = first;
  do {
    tokens += std::ssize(items[last++].shared);
  } while (last < items.size() &&
           tokens + std::ssize(items[last].shared) <= kTokensPerPass);
  return last;
}

struct PackedPrompts::Strings {
  const std::vector<std::int32_t>& shared;
  std::vector<std::int32_t> match, other;
};

PackedPrompts::PackedPrompts(const std::vector<ContrastTokens>& items,
                             Siblings siblings) {
  std::vector<Strings> all;
  for (const ContrastTokens& item : items) {
    if (siblings == Siblings::both) {
      all.push_back({item.shared, {item.token_match}, {item.token_other}});
    } else {
      all.push_back({item.shared, {}, {}});
    }
  }
  pack(all);
}

PackedPrompts::PackedPrompts(const std::vector<PairStrings>& pairs) {
  std::vector<Strings> all;
  for (const PairStrings& pair : pairs) {
    all.push_back({pair.shared, pair.match, pair.other});
  }
  pack(all);
}

void PackedPrompts::pack(const std::vector<Strings>& all) {
  std::vector<std::span<const std::int32_t>> prompts;
  for (const Strings& one : all) prompts.push_back(one.shared);
  beginning = common_beginning(prompts);
  std::vector<std::int64_t> id, position;
  const auto add = [&](const std::vector<std::int32_t>& tokens,
                       std::int64_t from, std::int64_t first_position) {
    for (std::int64_t i = from; i < std::ssize(tokens); ++i) {
      id.push_back(tokens[static_cast<std::size_t>(i)]);
      position.push_back(first_position + i);
    }
  };
  add({all[0].shared.begin(), all[0].shared.begin() + beginning}, 0, 0);
  for (const Strings& one : all) {
    assert(one.match.size() == one.other.size());
    starts.push_back(std::ssize(id));
    shared.push_back(std::ssize(one.shared));
    tail.push_back(std::ssize(one.match));
    add(one.shared, beginning, 0);
    add(one.match, 0, shared.back());
    add(one.other, 0, shared.back());
  }
  ids = index_of(id);
  positions = index_of(position);
}

at::Tensor PackedPrompts::rows_from(
    const std::vector<std::int64_t>& from) const {
  std::vector<std::int64_t> found;
  for (std::size_t prompt = 0; prompt < from.size(); ++prompt) {
    for (std::int64_t token = from[prompt]; token < tokens(prompt); ++token) {
      found.push_back(row(prompt, token));
    }
  }
  return index_of(found);
}

at::Tensor BlockState::wanted() const {
  return index.defined() ? residual.index_select(0, index) : residual.clone();
}

at::Tensor clean_pass(const Transformer& model, const PackedPrompts& prompts,
                      std::int64_t last_block, const at::Tensor& wanted,
                      const std::function<void(const BlockState&)>& observe) {
  at::Tensor residual = model.embed(prompts.ids, prompts.positions);
  const Rotation rotation = model.rotation(prompts.positions);
  const at::Tensor index = wanted.to(model.device());
  for (std::int64_t block = 0; block < last_block; ++block) {
    const Projections own = model.project(block, residual, rotation);
    model.finish_block(block, residual,
                       model.attend(block, own, groups_of(prompts, own)));
    observe({block, own, residual, index});
  }
  const Projections own = model.project(last_block, residual, rotation);
  std::vector<AttentionGroup> groups = groups_of(prompts, own);
  leave_out(groups, marked(wanted, residual.size(0)));
  residual = residual.index_select(0, index);
  model.finish_block(
      last_block, residual,
      model.attend(last_block, own, groups).index_select(0, index));
  observe({last_block, own, residual, at::Tensor()});
  return residual;
}

at::Tensor clean_pass(const Transformer& model, const ContrastTokens& prompt,
                      std::int64_t last_block,
                      const std::function<void(const BlockState&)>& observe) {
  const PackedPrompts packed({prompt}, PackedPrompts::Siblings::none);
  return clean_pass(model, packed, last_block, packed.rows_from({0}), observe);
}

}  // namespace coxswain::jobs
