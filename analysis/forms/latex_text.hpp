#pragma once

#include <string>
#include <string_view>

namespace coxswain::analysis {

// Text as LaTeX prints it, whatever it holds: no commands, no ligatures of
// signs (-- stays two), fit for the first cell of a row. In one line.
// Characters beyond ASCII are left as they are, but for those that our own
// texts have: LaTeX reads UTF-8, and says which ones its font lacks.
std::string latex_text(std::string_view text);

}  // namespace coxswain::analysis
