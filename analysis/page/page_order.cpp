#include "analysis/page/page_order.hpp"

namespace coxswain::analysis {
namespace {

constexpr QuestionPart kParts[] = {
    {Question::steers, "steers", "Does the vector steer?"},
    {Question::kept, "kept", "What do decompositions keep of it?"},
    {Question::why, "why", "Why: the distribution, or the signs?"},
    {Question::data, "data", "Data and models"},
    {Question::other, "others", "Other tables and figures"}};

}  // namespace

std::span<const QuestionPart> question_parts() { return kParts; }

}  // namespace coxswain::analysis
