#include "jobs/model/tokenizers/normaliser.hpp"

namespace coxswain::jobs {
namespace {

void apply(const ComposeStep&, AlignedText& text) { text.compose(); }
void apply(const PrependStep& step, AlignedText& text) {
  const bool inside = !text.empty() && text.origin(0, 1).begin > 0;
  if (!step.at_beginning_only || !inside) text.prepend(step.text);
}
void apply(const ReplaceStep& step, AlignedText& text) {
  text.replace_all(step.from, step.to);
}

}  // namespace

void normalise(const Normaliser& normaliser, AlignedText& text) {
  for (const NormaliserStep& step : normaliser) {
    std::visit([&](const auto& one) { apply(one, text); }, step);
  }
}

}  // namespace coxswain::jobs
