#include "storage/run/commit_content.hpp"

#include "storage/files/bytes.hpp"

namespace coxswain::storage {
namespace {

void put(ByteWriter& out, const Key& key) {
  out.number(key.high);
  out.number(key.low);
}

void put(ByteWriter& out, const std::vector<Key>& keys) {
  out.number<std::uint64_t>(keys.size());
  for (const Key& key : keys) put(out, key);
}

Key take_key(ByteReader& in) {
  Key key;
  key.high = in.number<std::uint64_t>();
  key.low = in.number<std::uint64_t>();
  return key;
}

// A count is no reason to take memory: the elements are read one by one, and
// the reader refuses the first that is not there.
std::vector<Key> take_keys(ByteReader& in) {
  const auto n = in.number<std::uint64_t>();
  std::vector<Key> keys;
  for (std::uint64_t i = 0; i < n; ++i) keys.push_back(take_key(in));
  return keys;
}

}  // namespace

std::string encode(const CommitContent& content) {
  ByteWriter out;
  put(out, content.all);
  put(out, content.made_of);
  put(out, content.slices);
  put(out, content.grid.basis);
  put(out, content.grid.items);
  put(out, content.grid.variants);
  out.number<std::uint64_t>(content.grid.multipliers.size());
  for (const double multiplier : content.grid.multipliers) {
    out.number(multiplier);
  }
  out.number(content.failed_cells);
  return out.take();
}

CommitContent decode_commit_content(std::string_view bytes,
                                    const std::string& where) {
  ByteReader in(bytes, where);
  CommitContent content;
  content.all = take_key(in);
  content.made_of = take_key(in);
  content.slices = take_keys(in);
  content.grid.basis = take_key(in);
  content.grid.items = take_keys(in);
  content.grid.variants = take_keys(in);
  const auto n = in.number<std::uint64_t>();
  for (std::uint64_t i = 0; i < n; ++i) {
    content.grid.multipliers.push_back(in.number<double>());
  }
  content.failed_cells = in.number<std::uint64_t>();
  return content;
}

}  // namespace coxswain::storage
