#include "jobs/decomposition/method.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

const DecompositionMethod* const kMethods[] = {&kEncode,
                                               &kEncodeMinusZero,
                                               &kEncodeBiasFree,
                                               &kEncodeNormMatched,
                                               &kEncodeMeanNorm,
                                               &kEncodeAroundMean,
                                               &kCodeDifference,
                                               &kAnchored,
                                               &kEncoderProjection,
                                               &kDecoderProjection,
                                               &kMatchingPursuit,
                                               &kGradientPursuit,
                                               &kClippedPursuit,
                                               &kNonNegative,
                                               &kLasso,
                                               &kPositiveLasso,
                                               &kLeastSquares,
                                               &kRidge,
                                               &kRandomSupport,
                                               &kRandomCosine,
                                               &kDisjoint,
                                               &kRotated,
                                               &kNamedSupport};

std::string parameter_text(const MethodTraits& traits) {
  if (traits.largest == 0) return "";
  return fmt::format("{}:{}{}", traits.optional ? "[" : "",
                     traits.whole ? "K" : "X", traits.optional ? "]" : "");
}

[[noreturn]] void refuse(const std::string& text) {
  std::string known;
  for (const DecompositionMethod* method : kMethods) {
    if (method->traits.asked_by != nullptr) continue;
    known += (known.empty() ? "" : ", ") + method->traits.name +
             parameter_text(method->traits);
  }
  throw JobError({"", "method", "\"" + text + "\"", "one of " + known, ""});
}

}  // namespace

const DecompositionMethod& method_named(const std::string& name) {
  for (const DecompositionMethod* method : kMethods) {
    if (method->traits.name == name) return *method;
  }
  refuse(name);
}

const MethodTraits& traits_of(const std::string& name) {
  return method_named(name).traits;
}

std::vector<MethodTraits> decomposition_methods() {
  std::vector<MethodTraits> all;
  for (const DecompositionMethod* method : kMethods) {
    all.push_back(method->traits);
  }
  return all;
}

std::string spelling(const MethodChoice& choice) {
  const MethodTraits& traits = traits_of(choice.name);
  const bool bare =
      traits.largest == 0 || (traits.optional && choice.parameter == 0);
  return bare ? choice.name
              : fmt::format("{}:{}", choice.name, choice.parameter);
}

MethodChoice method_choice(const std::string& text) {
  const std::size_t colon = text.find(':');
  MethodChoice choice{text.substr(0, colon), 0};
  const MethodTraits& traits = traits_of(choice.name);
  if (traits.asked_by != nullptr) {
    throw JobError({"", "method", "\"" + text + "\"",
                    std::string("it by ") + traits.asked_by, ""});
  }
  if (colon == std::string::npos) {
    if (!traits.optional) choice.parameter = traits.usual;
    return choice;
  }
  const std::string number = text.substr(colon + 1);
  char* end = nullptr;
  choice.parameter = std::strtod(number.c_str(), &end);
  const bool a_number =
      !number.empty() && *end == '\0' && std::isfinite(choice.parameter) &&
      (!traits.whole || choice.parameter == std::floor(choice.parameter));
  if (traits.largest == 0) refuse(text);
  if (!a_number || choice.parameter < traits.smallest ||
      choice.parameter > traits.largest) {
    throw JobError({"", "method", "\"" + text + "\"",
                    fmt::format("{}:X with X a {}number from {} to {}",
                                traits.name, traits.whole ? "whole " : "",
                                traits.smallest, traits.largest),
                    ""});
  }
  return choice;
}

}  // namespace coxswain::jobs
