#pragma once

#include <array>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coxswain::storage {

// The small integers of results.h5: an enumeration for each table of names/*
// and beside it that table. Numbers and names are on disk: append, never
// renumber.

// A line of an enumeration's table.
template <class E>
struct Named {
  E value;
  const char* name;  // in results.h5
  const char* description;
  const char* in_sweeps = nullptr;  // what sweep files say, if not the name
};

// The table of an enumeration, in the order of its values.
template <class E>
inline constexpr auto kNamesOf = nullptr;

template <class E>
concept Enumeration =
    !std::same_as<decltype(kNamesOf<E>), const std::nullptr_t>;

// What a cell is about (names/kinds).
enum class CellKind : std::uint8_t {
  vector,
  decomposition,
  propensity,
  activations,
  code_differences,
  norms,
  activity,
  sign_nulls,
};
template <>
inline constexpr auto kNamesOf<CellKind> = std::to_array<Named<CellKind>>(
    {{CellKind::vector, "vector", "a steering vector"},
     {CellKind::decomposition, "decomposition",
      "a vector taken apart by an SAE"},
     {CellKind::propensity, "propensity", "an item under one steering"},
     {CellKind::activations, "activations", "stored activations of one layer"},
     {CellKind::code_differences, "code-differences",
      "features that fire differently on x+ and x-"},
     {CellKind::norms, "norms", "norms of activations of reference text"},
     {CellKind::activity, "activity",
      "what an SAE's features do on activations"},
     {CellKind::sign_nulls, "sign-nulls",
      "signs of features that differ, with x+ and x- exchanged at random"}});

// Whether a cell was computed (names/states).
enum class CellState : std::uint8_t { done, quarantined, missing };
template <>
inline constexpr auto kNamesOf<CellState> = std::to_array<Named<CellState>>(
    {{CellState::done, "done", "computed"},
     {CellState::quarantined, "quarantined", "given up, see reason"},
     {CellState::missing, "missing", "not computed yet"}});

// Why a cell is quarantined.
enum class Reason : std::uint8_t {
  none,
  failed_often,
  input_quarantined,
  not_finite,
  no_vector,
  method_failed
};
template <>
inline constexpr auto kNamesOf<Reason> = std::to_array<Named<Reason>>(
    {{Reason::none, "none", ""},
     {Reason::failed_often, "failed-often", "its task failed on every attempt"},
     {Reason::input_quarantined, "input-quarantined",
      "a task it depends on was given up"},
     {Reason::not_finite, "not-finite",
      "logits were infinite, or not a number: a smaller multiplier may help"},
     {Reason::no_vector, "no-vector",
      "what its vector is made of could not be decomposed"},
     {Reason::method_failed, "method-failed",
      "the method failed on the vector, for its numbers"}});

// What an item is for (names/splits).
enum class Split : std::uint8_t { train, test };
template <>
inline constexpr auto kNamesOf<Split> =
    std::to_array<Named<Split>>({{Split::train, "train", "makes the vector"},
                                 {Split::test, "test", "is steered"}});

// What stands in for a steering vector.
enum class Control : std::uint8_t {
  none,
  zero,
  random,
  planted,     // a known answer for steering
  covariance,  // random
  shuffled,
  other,
  sparse,  // a known answer for an SAE, as is decoder_row
  decoder_row,
  resampled,
  subset,
};
template <>
inline constexpr auto kNamesOf<Control> = std::to_array<Named<Control>>(
    {{Control::none, "none", "not a control"},
     {Control::zero, "zero", "the zero vector"},
     {Control::random, "random", "isotropic random direction"},
     {Control::planted, "planted",
      "W_U[A] - W_U[B] through the final norm's gain: a known answer"},
     {Control::covariance, "covariance",
      "random with the covariance of the activations"},
     {Control::shuffled, "shuffled", "x+ and x- exchanged in random pairs"},
     {Control::other, "other", "another behaviour's vector"},
     {Control::sparse, "sparse",
      "a signed sum of few decoder rows: a known answer"},
     {Control::decoder_row, "decoder-row", "one decoder row: a known answer"},
     {Control::resampled, "resampled", "of pairs drawn with replacement"},
     {Control::subset, "subset", "of the pairs of some training clusters"}});

// What a variant's vector is made of.
enum class VariantSource : std::uint8_t {
  original,
  reconstruction,
  zero_reconstruction,
  random,
  planted,
  covariance,
  shuffled,
  other,
  resampled,
  balanced,
  letter,
  subset,
  feature,
};
template <>
inline constexpr auto kNamesOf<VariantSource> =
    std::to_array<Named<VariantSource>>(
        {{VariantSource::original, "original", "the steering vector itself"},
         {VariantSource::reconstruction, "reconstruction",
          "decoded from its decomposition"},
         {VariantSource::zero_reconstruction, "zero-reconstruction",
          "decoded from the zero vector's decomposition"},
         {VariantSource::random, "random", "a random direction"},
         {VariantSource::planted, "planted", "a vector with a known answer"},
         {VariantSource::covariance, "covariance",
          "a random direction with the activations' covariance"},
         {VariantSource::shuffled, "shuffled",
          "of pairs with labels exchanged at random"},
         {VariantSource::other, "other", "another behaviour's vector"},
         {VariantSource::resampled, "resampled",
          "the vector of pairs drawn with replacement"},
         {VariantSource::balanced, "balanced",
          "the mean of the means over pairs that match A and B"},
         {VariantSource::letter, "letter",
          "half the difference of these means: A minus B"},
         {VariantSource::subset, "subset",
          "the vector of some training clusters"},
         {VariantSource::feature, "feature",
          "the decoder row of one feature of an SAE"}});

// Which coefficients of a decomposition are put together again, or taken from
// the vector. Ranks and k count features by the size of their coefficients,
// ties to the lower index.
enum class Part : std::uint8_t {
  all,
  positive,
  negative,
  flipped,
  first,
  atom,
  without,
  without_first,
  residual,
  minus_atom,
  off_atom,
};
template <>
inline constexpr auto kNamesOf<Part> = std::to_array<Named<Part>>(
    {{Part::all, "all", "every coefficient"},
     {Part::positive, "positive", "the positive coefficients"},
     {Part::negative, "negative", "the negative coefficients"},
     {Part::flipped, "flipped", "the negative ones, their sign turned round"},
     {Part::first, "first", "the part_k strongest"},
     {Part::atom, "atom", "the one of rank part_k alone"},
     {Part::without, "without", "all but the one of rank part_k"},
     {Part::without_first, "without_first", "all but the part_k strongest"},
     {Part::residual, "residual", "the vector less all of them"},
     {Part::minus_atom, "minus_atom", "the vector less the one of rank part_k"},
     {Part::off_atom, "off_atom",
      "the vector less its projection on the one of rank part_k"}});

// Whether part_k says which coefficients it has.
constexpr bool is_counted(Part part) {
  return part >= Part::first && part != Part::residual;
}

// How long what is made instead of a vector is.
enum class NormRule : std::uint8_t { as_is, equal };
template <>
inline constexpr auto kNamesOf<NormRule> = std::to_array<Named<NormRule>>(
    {{NormRule::as_is, "as_is", "its own length", "as-is"},
     {NormRule::equal, "equal", "rescaled to the original's length"}});

// Which way a variant is added (names/sign_rules).
enum class SignRule : std::uint8_t { fixed, matching_letter };
template <>
inline constexpr auto kNamesOf<SignRule> = std::to_array<Named<SignRule>>(
    {{SignRule::fixed, "fixed", "added as it is"},
     {SignRule::matching_letter, "matching_letter",
      "turned round on items whose matching letter is B"}});

// What a variant's vector v does, with a multiplier m, to a row h of the stream
// (names/operations). Multiplier 0 leaves it as it is under each of them.
enum class Operation : std::uint8_t {
  add,
  project_out,
  add_keep_norm,
  rotate,
  clamp,
};
template <>
inline constexpr auto kNamesOf<Operation> = std::to_array<Named<Operation>>(
    {{Operation::add, "add", "h + m v"},
     {Operation::project_out, "project-out",
      "h - m (h.u) u with u = v / |v|: multiplier 1 leaves nothing along v"},
     {Operation::add_keep_norm, "add-keep-norm", "h + m v, rescaled to |h|"},
     {Operation::rotate, "rotate",
      "h turned by m degrees towards v, in the plane of both, |h| kept"},
     {Operation::clamp, "clamp",
      "h + m (c - f(h)) v: a share m of the way from what the feature f of "
      "decoder row v is to c"}});

// Whether it matters how long v is. Multipliers are of v then, and there is a
// dose, |m v|; else they are a share or an angle.
constexpr bool takes_length(Operation operation) {
  return operation == Operation::add || operation == Operation::add_keep_norm;
}

// How long the original is at multiplier 1, and with it whatever is made as
// long as it.
enum class DoseRule : std::uint8_t { raw, behaviour_mean, residual_fraction };
template <>
inline constexpr auto kNamesOf<DoseRule> = std::to_array<Named<DoseRule>>(
    {{DoseRule::raw, "raw", "multipliers are of the vector as it is"},
     {DoseRule::behaviour_mean, "behaviour-mean",
      "of a vector as long as the behaviours' mean at its layer"},
     {DoseRule::residual_fraction, "residual-fraction",
      "of a vector as long as the median activation it is read from: "
      "multiplier is dose"}});

// Which activations tables/norms and tables/feature_activity are of.
enum class NormSource : std::int32_t { reference, positive, negative };
template <>
inline constexpr auto kNamesOf<NormSource> = std::to_array<Named<NormSource>>(
    {{NormSource::reference, "reference", "every token of the reference text"},
     {NormSource::positive, "positive",
      "the token read of x+, all training pairs"},
     {NormSource::negative, "negative",
      "the token read of x-, all training pairs"}});

// And which are left out.
enum class NormExclusion : std::int32_t { none, first, sinks };
template <>
inline constexpr auto kNamesOf<NormExclusion> =
    std::to_array<Named<NormExclusion>>(
        {{NormExclusion::none, "none", "all of them"},
         {NormExclusion::first, "first", "but the first token of each text"},
         {NormExclusion::sinks, "sinks",
          "but norms above five medians: attention sinks"}});

// Which positions of an evaluation string are steered; all rules are "from an
// index on", up to the token that predicts the answer.
enum class PositionKind : std::uint8_t {
  all,
  all_but_first,
  from_last_prompt_token,
  answer_only,
  after_instruction,
  from_index,
};
template <>
inline constexpr auto kNamesOf<PositionKind> =
    std::to_array<Named<PositionKind>>(
        {{PositionKind::all, "all", "every position"},
         {PositionKind::all_but_first, "all_but_first", "all but index 0"},
         {PositionKind::from_last_prompt_token, "from_last_prompt_token",
          "from the last token of the prompt proper on"},
         {PositionKind::answer_only, "answer_only",
          "the token that predicts the answer"},
         {PositionKind::after_instruction, "after_instruction",
          "from the first token behind the user's text"},
         // The index follows in a sweep.
         {PositionKind::from_index, "from:N", "from index N on", "from:"}});

template <Enumeration E>
constexpr const Named<E>& row_of(E value) {
  const auto at = static_cast<std::size_t>(value);
  assert(at < kNamesOf<E>.size());
  return kNamesOf<E>[at];
}

template <Enumeration E>
constexpr const char* name_of(E value) {
  return row_of(value).name;
}

// How a sweep file spells it.
template <Enumeration E>
constexpr const char* sweep_name_of(E value) {
  const Named<E>& row = row_of(value);
  return row.in_sweeps == nullptr ? row.name : row.in_sweeps;
}

// Of all values, in their order.
template <Enumeration E>
std::vector<std::string> sweep_names() {
  std::vector<std::string> names;
  for (const auto& row : kNamesOf<E>) {
    names.emplace_back(sweep_name_of(row.value));
  }
  return names;
}

// What is called so in results.h5.
template <Enumeration E>
constexpr std::optional<E> named(std::string_view name) {
  for (const auto& row : kNamesOf<E>) {
    if (name == row.name) return row.value;
  }
  return std::nullopt;
}

// Whether a number of a table says `value`.
template <Enumeration E>
constexpr bool is(std::integral auto number, E value) {
  return static_cast<std::int64_t>(number) == static_cast<std::int64_t>(value);
}

}  // namespace coxswain::storage
