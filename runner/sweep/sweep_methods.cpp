#include "runner/sweep/sweep_methods.hpp"

#include <algorithm>

#include "jobs/task/job_error.hpp"
#include "runner/sweep/sweep_text.hpp"
#include "runner/sweep/sweep_variants.hpp"

namespace coxswain::runner {

std::vector<int> layers_at(TableReader& reader, const char* key,
                           const AllLayers& all) {
  if (reader.says(key, "all")) return all();
  if (reader.is_text(key)) {
    reader.fail(key, "\"" + reader.text(key) + "\"",
                "block numbers, a range of them, or \"all\"");
  }
  const std::vector<int> layers = reader.integers(key);
  for (const int layer : layers) {
    if (layer < 0 || layer > kMaxLayer) {
      reader.fail(key, std::to_string(layer), "a block number from 0");
    }
  }
  return layers;
}

std::vector<jobs::MethodChoice> methods_at(TableReader& reader,
                                           const char* key) {
  std::vector<jobs::MethodChoice> methods;
  for (const std::string& text : reader.texts(key)) {
    try {
      methods.push_back(jobs::method_choice(text));
    } catch (const jobs::JobError& error) {
      reader.fail(key, error.fault().found, error.fault().expected);
    }
    const std::string last = jobs::spelling(methods.back());
    if (std::ranges::count_if(methods, [&](const auto& one) {
          return jobs::spelling(one) == last;
        }) > 1) {
      reader.fail(key, last + " twice", "each once");
    }
  }
  return methods;
}

namespace {

std::vector<ControlCount> read_controls(TableReader& decompose) {
  TableReader reader = decompose.table("controls");
  std::vector<ControlCount> controls;
  for (const jobs::Control control :
       {jobs::Control::random, jobs::Control::covariance,
        jobs::Control::shuffled, jobs::Control::other, jobs::Control::sparse,
        jobs::Control::decoder_row}) {
    const char* key = jobs::name_of(control);
    const std::int64_t most = control == jobs::Control::other ? 1 : 100000;
    const auto count = static_cast<int>(reader.integer_or(key, 0, 0, most));
    if (count > 0) controls.push_back({control, count});
  }
  // Always there; may be said.
  reader.integer_or(jobs::name_of(jobs::Control::zero), 1, 1, 1);
  reader.finish();
  return controls;
}

}  // namespace

DecomposeEntry read_decompose(TableReader& root) {
  TableReader reader = root.table("decompose");
  DecomposeEntry decompose;
  if (reader.has("methods")) {
    decompose.methods = methods_at(reader, "methods");
  }
  if (reader.has("scales")) decompose.scales = reader.numbers("scales");
  for (const double scale : decompose.scales) {
    if (scale == 0) {
      reader.fail("scales", "0",
                  "scales other than 0: the zero vector is always among the "
                  "controls");
    }
  }
  if (reader.has("b_dec_output")) {
    decompose.b_dec_output = reader.flags("b_dec_output");
  }
  decompose.controls = read_controls(reader);
  decompose.planted_atoms =
      static_cast<int>(reader.integer_or("planted_atoms", 8, 1, 4096));
  decompose.top = static_cast<int>(reader.integer_or("top", 5, 1, 1000));
  decompose.differences =
      static_cast<int>(reader.integer_or("differences", 100, 0, 10000));
  decompose.sign_shuffles =
      static_cast<int>(reader.integer_or("sign_shuffles", 1000, 0, 100000));
  reader.finish();
  return decompose;
}

namespace {

// "positive", "first:16".
PartChoice part_at(TableReader& reader, const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string number =
      colon == std::string::npos ? "" : text.substr(colon + 1);
  const bool digits =
      !number.empty() && number.size() < 7 &&
      number.find_first_not_of("0123456789") == std::string::npos;
  for (const auto& named : storage::kNamesOf<jobs::Part>) {
    const jobs::Part part = named.value;
    if (text.substr(0, colon) != named.name) continue;
    const bool counts = storage::is_counted(part);
    if (counts != (colon != std::string::npos) || (counts && !digits)) break;
    const int k = counts ? std::stoi(number) : -1;
    const bool some =
        part == jobs::Part::first || part == jobs::Part::without_first;
    if (some && k == 0) break;
    return {part, k};
  }
  reader.fail("parts", "\"" + text + "\"",
              "of all, positive, negative, flipped, first:K, atom:J, "
              "without:J, without_first:K, residual, minus_atom:J, "
              "off_atom:J (ranks J from 0)");
}

// Whether the share of the letters is measured beside their logits.
bool letter_mass_at(TableReader& reader) {
  static const std::vector<std::string> measures{"letters", "letter-mass"};
  if (!reader.has("measures")) return true;
  const auto chosen = reader.choices("measures", measures);
  if (std::ranges::count(chosen, std::size_t{0}) == 0) {
    reader.fail("measures", "no \"letters\"",
                "at least \"letters\": slopes are made of them");
  }
  return std::ranges::count(chosen, std::size_t{1}) > 0;
}

// What vectors do to the stream.
std::vector<jobs::Operation> operations_at(TableReader& reader) {
  const std::string clamp = storage::name_of(jobs::Operation::clamp);
  for (const std::string& one : reader.texts("operations")) {
    if (one != clamp) continue;
    reader.fail("operations", "\"clamp\"",
                "clamp = VALUE in [[feature]]: features are clamped, not "
                "vectors");
  }
  std::vector<std::string> names = kOperations;
  std::erase(names, clamp);  // the last one
  std::vector<jobs::Operation> operations;
  for (const std::size_t one : reader.choices("operations", names)) {
    const auto operation = static_cast<jobs::Operation>(one);
    if (std::ranges::count(operations, operation) > 0) {
      reader.fail("operations", "\"" + names[one] + "\" twice", "each once");
    }
    operations.push_back(operation);
  }
  return operations;
}

}  // namespace

SteerEntry read_steer(TableReader& root, const AllLayers& all) {
  TableReader reader = root.table("steer");
  SteerEntry steer;
  steer.layers = layers_at(reader, "layers", all);
  steer.multipliers = reader.numbers("multipliers");
  const std::string positions =
      reader.text_or("positions", "from_last_prompt_token");
  const auto rule = jobs::position_rule_named(positions);
  if (!rule) {
    reader.fail("positions", "\"" + positions + "\"",
                "all, all_but_first, from_last_prompt_token, answer_only, "
                "after_instruction or from:N");
  }
  steer.positions = *rule;
  steer.variants = read_variants(reader);
  if (reader.has("methods")) steer.methods = methods_at(reader, "methods");
  if (reader.has("resampled_methods")) {
    steer.resampled_methods = methods_at(reader, "resampled_methods");
  }
  if (reader.has("parts")) {
    steer.parts.clear();
    for (const std::string& text : reader.texts("parts")) {
      const PartChoice part = part_at(reader, text);
      if (std::ranges::count(steer.parts, part) > 0) {
        reader.fail("parts", "\"" + text + "\" twice", "each once");
      }
      steer.parts.push_back(part);
    }
  }
  if (reader.has("norm")) {
    steer.norms.clear();
    for (const std::size_t one : reader.choices("norm", kNormRules)) {
      steer.norms.push_back(static_cast<jobs::NormRule>(one));
    }
  }
  if (reader.has("dose")) {
    steer.doses.clear();
    for (const std::size_t one : reader.choices("dose", kDoseRules)) {
      steer.doses.push_back(static_cast<jobs::DoseRule>(one));
    }
  }
  if (reader.has("operations")) steer.operations = operations_at(reader);
  steer.random =
      static_cast<int>(reader.integer_or("random", 1, 1, kMostSeeds));
  steer.noise = read_noise(reader, steer);
  steer.letter_mass = letter_mass_at(reader);
  reader.finish();
  return steer;
}

}  // namespace coxswain::runner
