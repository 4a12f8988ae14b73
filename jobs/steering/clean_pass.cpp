#include "jobs/steering/clean_pass.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <optional>

#include "jobs/device/device_memory.hpp"

namespace coxswain::jobs {
namespace {

// Tokens of one clean pass, at most: a constant of the version.
constexpr std::int64_t kTokensPerPass = 4096;

at::Tensor index_of(const std::vector<std::int64_t>& rows) {
  return at::tensor(rows, at::kLong);
}

// Which rows see which: the common beginning, every prompt's own tokens, and
// its two strings.
std::vector<AttentionGroup> groups_of(const PackedPrompts& prompts) {
  std::vector<AttentionGroup> groups;
  std::vector<RowRange> beginning;
  if (prompts.beginning > 0) {
    groups.push_back({{}, {0}, prompts.beginning, 0});
    beginning.push_back({0, prompts.beginning});
  }
  for (std::size_t i = 0; i < prompts.starts.size(); ++i) {
    const std::int64_t start = prompts.starts[i];
    const std::int64_t n = prompts.shared[i] - prompts.beginning;
    groups.push_back({beginning, {start}, n, 0});
    if (prompts.tail[i] == 0) continue;
    std::vector<RowRange> seen = beginning;
    seen.push_back({start, n});
    groups.push_back(
        {seen, {start + n, start + n + prompts.tail[i]}, prompts.tail[i], 0});
  }
  return groups;
}

// Leaves out rows of the last block, which is of use at the wanted rows alone.
void leave_out(std::vector<AttentionGroup>& groups,
               const std::vector<bool>& wanted) {
  for (AttentionGroup& group : groups) {
    group.read_from = group.rows;
    for (const std::int64_t cell : group.cells) {
      for (std::int64_t row = 0; row < group.read_from; ++row) {
        assert(cell + row < std::ssize(wanted));
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
  assert(rows.is_cpu() && rows.is_contiguous());
  std::vector<bool> marks(static_cast<std::size_t>(n));
  const auto* row = rows.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < rows.numel(); ++i) {
    assert(0 <= row[i] && row[i] < n);
    marks[static_cast<std::size_t>(row[i])] = true;
  }
  return marks;
}

// What goes from block to block, on the device of the one under way.
class Pass {
 public:
  Pass(const Transformer& model, const PackedPrompts& prompts,
       const at::Tensor& wanted)
      : model_(model),
        prompts_(prompts),
        wanted_(wanted),
        residual_(model.embed(prompts.ids, prompts.positions)) {
    lie_on(model.first_device());
  }

  void move_to(at::Device device) {
    if (residual_.device() == device) return;
    residual_ = residual_.to(device);
    lie_on(device);
  }

  BlockState advance(std::int64_t block) {
    own_ = model_.project(block, residual_, rotation_);
    model_.finish_block(
        block, residual_,
        model_.attend(block, own_, {own_.keys, own_.values}, *layout_));
    return {block, own_, residual_, index_};
  }

  // The last block, which is of use at the wanted rows alone.
  BlockState finish(std::int64_t block) {
    const std::int64_t rows = residual_.size(0);
    own_ = model_.project(block, residual_, rotation_);
    std::vector<AttentionGroup> groups = layout_->groups();
    leave_out(groups, marked(wanted_, rows));
    const at::Tensor attended = model_.attend(
        block, own_, {own_.keys, own_.values},
        model_.layout(std::move(groups), rows, residual_.device()));
    residual_ = residual_.index_select(0, index_);
    model_.finish_block(block, residual_, attended.index_select(0, index_));
    return {block, own_, residual_, all_};
  }

  const at::Tensor& residual() const { return residual_; }

 private:
  void lie_on(at::Device device) {
    rotation_ = model_.rotation(prompts_.positions, device);
    layout_ = model_.layout(groups_of(prompts_), prompts_.ids.size(0), device);
    index_ = placed(wanted_, device);
  }

  const Transformer& model_;
  const PackedPrompts& prompts_;
  const at::Tensor& wanted_;
  at::Tensor residual_;
  Rotation rotation_;
  std::optional<AttentionLayout> layout_;
  at::Tensor index_;
  Projections own_;
  const at::Tensor all_;  // undefined
};

}  // namespace

std::int64_t common_beginning(
    const std::vector<std::span<const std::int32_t>>& prompts) {
  if (prompts.size() < 2) return 0;
  // One token less than all: each prompt keeps one row of its own to be read.
  std::int64_t common = std::ssize(prompts[0]) - 1;
  for (const auto& one : prompts) {
    assert(!one.empty());
    const auto end = one.begin() + std::min(common, std::ssize(one) - 1);
    common =
        std::mismatch(one.begin(), end, prompts[0].begin()).first - one.begin();
  }
  return common;
}

std::size_t end_of_pass(const std::vector<ContrastTokens>& items,
                        std::size_t first) {
  assert(first < items.size());
  std::int64_t tokens = 0;
  std::size_t last = first;
  do {
    tokens += std::ssize(items[last++].shared);
  } while (last < items.size() &&
           tokens + std::ssize(items[last].shared) <= kTokensPerPass);
  return last;
}

// One prompt: its shared tokens and the rests of both strings, empty without.
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
  assert(!all.empty());
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
  assert(from.size() == starts.size());
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
  assert(0 <= last_block && last_block < model.architecture().n_layers);
  assert(wanted.dim() == 1);
  Pass pass(model, prompts, wanted);
  for (std::int64_t block = 0; block < last_block; ++block) {
    pass.move_to(model.device(block));
    observe(pass.advance(block));
  }
  pass.move_to(model.device(last_block));
  observe(pass.finish(last_block));
  return pass.residual();
}

at::Tensor clean_pass(const Transformer& model, const ContrastTokens& prompt,
                      std::int64_t last_block,
                      const std::function<void(const BlockState&)>& observe) {
  const PackedPrompts packed({prompt}, PackedPrompts::Siblings::none);
  return clean_pass(model, packed, last_block, packed.rows_from({0}), observe);
}

}  // namespace coxswain::jobs
