#include "tests/support/activation_run.hpp"

#include <filesystem>

#include "storage/tensors/convert.hpp"
#include "tests/support/empty_arrays.hpp"

namespace coxswain::tests {

using namespace storage;

namespace {

constexpr std::int32_t kTail = 2;  // tokens of each answer

Results tables() {
  Results results;
  results.origin.contents = "these";
  results.models.resize(1);
  results.models[0].name = {"m"};
  results.models[0].d_model = ActivationRun::kWidth;
  results.behaviours.resize(2);
  results.behaviours[0].name = {"words"};
  results.behaviours[1].name = {"letters"};
  results.cells.resize(2);
  results.names.emplace_back("kinds", std::vector<NameRow>(1));
  add_empty_arrays(results);
  return results;
}

}  // namespace

std::vector<float> ActivationRun::value(const ActivationPoint& point) const {
  const bool shared = point.position < read_position(point.item % kItems);
  const int side = shared ? 2 : static_cast<int>(point.side);
  return {static_cast<float>(point.layer), static_cast<float>(point.item),
          static_cast<float>(side), static_cast<float>(point.position)};
}

ActivationRun::ActivationRun(const std::string& folder, DType dtype, Kept kept)
    : path(folder) {
  std::filesystem::create_directories(folder);
  Results results = tables();
  for (const std::string name : {"words", "letters"}) {
    ActivationSet set{"activations/m/" + name, {}, {1, 5}, kWidth, dtype};
    for (int i = 0; i < kItems; ++i) {
      const std::int32_t read = read_position(i);
      results.items.emplace_back().read_position = read;
      const auto add = [&](std::uint8_t side, std::int32_t position) {
        set.rows.push_back({std::ssize(sets), item(name, i), side, position});
      };
      for (std::int32_t at = 0; at < read; ++at) add(kBothSides, at);
      for (const std::uint8_t side : {std::uint8_t{0}, std::uint8_t{1}}) {
        for (std::int32_t t = 0; t < kTail; ++t) add(side, read + t);
      }
    }
    sets.push_back(set);
  }
  const auto values = [&](std::size_t set, std::int32_t layer,
                          std::size_t first, std::size_t n) {
    std::vector<float> wide;
    for (std::size_t i = first; i < first + n; ++i) {
      const ActivationRow& row = sets[set].rows[i];
      const std::vector<float> one =
          value({"", row.item, row.side == 1 ? Side::other : Side::matching,
                 layer, row.position});
      wide.insert(wide.end(), one.begin(), one.end());
    }
    std::string bytes(wide.size() * size_of(dtype), '\0');
    convert(DType::f32,
            {reinterpret_cast<const char*>(wide.data()),
             wide.size() * sizeof(float)},
            dtype, bytes.data(), "test");
    return bytes;
  };
  // In the order of tasks: some rows of every layer, then the next ones.
  const auto write = [&](auto&& put) {
    constexpr std::size_t kAtOnce = 5;
    for (std::size_t set = 0; set < sets.size(); ++set) {
      const std::size_t rows = sets[set].rows.size();
      for (std::size_t first = 0; first < rows; first += kAtOnce) {
        for (const std::int32_t layer : sets[set].layers) {
          put(set, layer, first,
              values(set, layer, first, std::min(kAtOnce, rows - first)));
        }
      }
    }
  };
  ResultsWriter writer(this->results());
  if (kept == Kept::within) {
    writer.write(results);
    for (const ActivationSet& set : sets) writer.begin(set);
    write([&](std::size_t set, std::int32_t layer, std::size_t first,
              const std::string& bytes) {
      writer.activations(sets[set], layer, static_cast<std::int64_t>(first),
                         bytes);
    });
  } else {
    ActivationFiles files(path, sets, kFileBytes, results.origin.contents);
    write([&](std::size_t set, std::int32_t layer, std::size_t first,
              const std::string& bytes) {
      files.write(set, layer, static_cast<std::int64_t>(first), bytes);
    });
    results.activation_files = files.finish();
    results.activation_parts = files.parts({0, 1});
    writer.write(results);
    for (const ActivationSet& set : sets) writer.rows(set);
    files.publish();
  }
  writer.finish();
}

}  // namespace coxswain::tests
