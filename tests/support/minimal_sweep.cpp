#include "tests/support/minimal_sweep.hpp"

#include <catch2/catch.hpp>

#include "runner/base/exit_code.hpp"
#include "runner/sweep/sweep_file.hpp"

namespace coxswain::tests {

const char* const kMinimalSweep = R"(name = "x"
[[model]]
id = "m"
source = "m.gguf"
[[data]]
behaviour = "b"
source = "b.jsonl"
[vector]
layers = [1, 2]
[steer]
layers = [2]
multipliers = { from = -1, to = 1, step = 0.5 }
)";

std::string replaced(const std::string& from, const std::string& to) {
  std::string text = kMinimalSweep;
  return text.replace(text.find(from), from.size(), to);
}

runner::Sweep parse(const std::string& text,
                    const runner::Overrides& overrides) {
  return runner::parse_sweep(text, "s.toml", "", "", overrides);
}

std::string refusal(const std::string& text,
                    const runner::Overrides& overrides) {
  try {
    parse(text, overrides);
  } catch (const runner::ProgramError& error) {
    CHECK(error.code() == runner::ExitCode::bad_sweep);
    return error.what();
  }
  return "";
}

}  // namespace coxswain::tests
