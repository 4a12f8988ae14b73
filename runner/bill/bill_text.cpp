#include "runner/bill/bill_text.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "runner/base/counted.hpp"

namespace coxswain::runner {
namespace {

// Three digits and a unit of a thousand times the one before.
template <std::size_t N>
std::string scaled(double value, const std::array<const char*, N>& units) {
  std::size_t unit = 0;
  while (unit + 1 < units.size() && value >= 999.5) {
    value /= 1000;
    ++unit;
  }
  const bool whole = unit == 0 || value >= 99.95;
  return fmt::format("{:.{}f} {}", value,
                     whole           ? 0
                     : value < 9.995 ? 2
                                     : 1,
                     units[unit]);
}

std::string bytes(std::int64_t n) {
  return scaled<5>(static_cast<double>(n), {"B", "kB", "MB", "GB", "TB"});
}

std::string flops(double n) {
  return scaled<6>(n, {"FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP"});
}

std::string duration(double seconds) {
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}", whole / 60, whole % 60);
  return fmt::format("{}h{:02}", whole / 3600, whole / 60 % 60);
}

std::string stages(const Bill& bill) {
  std::string text;
  for (const StageBill& stage : bill.stages) {
    text += fmt::format("  {:<10}{:>12}{:>12}", jobs::name_of(stage.kind),
                        counted(stage.tasks, "task"), flops(stage.flops));
    if (stage.seconds) text += fmt::format("{:>10}", duration(*stage.seconds));
    text += "\n";
  }
  return text;
}

std::string crews(const Bill& bill) {
  std::string heads = "  workers ", walls = "  wall    ", reads = "  reads   ";
  for (const CrewBill& crew : bill.crews) {
    heads += fmt::format("{:>9}", crew.workers);
    walls += fmt::format("{:>9}", crew.seconds ? duration(*crew.seconds) : "?");
    reads += fmt::format("{:>9}", bytes(crew.read_bytes));
  }
  return heads + "\n" + walls + "\n" + reads + "\n";
}

std::string times(const Bill& bill) {
  if (bill.calibrated.empty()) return "";
  return fmt::format("  longest chain {}, sealing {}   (calibrated {}: {})\n",
                     duration(bill.chain_seconds.value_or(0)),
                     duration(bill.sealing_seconds.value_or(0)),
                     bill.calibrated.substr(0, 10), bill.calibrated_on);
}

}  // namespace

std::string text_of(const Bill& bill) {
  const OutputSize& out = bill.output;
  const MemoryBill& memory = bill.memory;
  const CrewBill& alone = bill.crews.at(0);
  std::string text = fmt::format(
      "{}   {}, {}, {}: {} in {}\n", bill.name, counted(bill.models, "model"),
      counted(bill.behaviours, "behaviour"), counted(bill.saes, "SAE"),
      counted(bill.cells, "cell"), counted(bill.tasks, "task"));
  text += stages(bill);
  text += fmt::format("  loads {} and {} with one worker\n",
                      counted(alone.model_loads, "model"),
                      counted(alone.sae_loads, "SAE"));
  text += fmt::format(
      "  writes {} (journal {}, shards {}), sealed {}   {} files{}\n",
      bytes(out.journal + out.shards + out.reports), bytes(out.journal),
      bytes(out.shards), bytes(out.results), out.files,
      out.any_shards ? ", and a shard a worker" : "");
  text += fmt::format(
      "  memory of a worker {} (model {}, SAE {}, largest task {}), of its GPU "
      "{} if it has one, of the coordinator {}\n",
      bytes(memory.worker), bytes(memory.model), bytes(memory.sae),
      bytes(memory.task), bytes(memory.gpu),
      bytes(memory.process + memory.coordinator));
  return text + crews(bill) + times(bill);
}

}  // namespace coxswain::runner
