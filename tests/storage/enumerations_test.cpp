#include "storage/results/enumerations.hpp"

#include <catch2/catch.hpp>

#include "storage/results/name_tables.hpp"

using namespace coxswain::storage;

namespace {

using Rows = std::vector<std::pair<int, std::string>>;

// What numbers a table of names/* explains, and how.
Rows table(const std::string& name) {
  Rows rows;
  for (const auto& [called, all] : name_tables({{"m", "first"}, {"n", ""}})) {
    if (called != name) continue;
    for (const NameRow& row : all) rows.emplace_back(row.id, row.name.str());
  }
  return rows;
}

template <class E>
int number(E value) {
  return static_cast<int>(value);
}

}  // namespace

TEST_CASE("numbers and names on disk never change", "[storage][enumerations]") {
  CHECK(table("kinds") == Rows{{0, "vector"},
                               {1, "decomposition"},
                               {2, "propensity"},
                               {3, "activations"},
                               {4, "code-differences"},
                               {5, "norms"},
                               {6, "activity"},
                               {7, "sign-nulls"}});
  CHECK(table("states") ==
        Rows{{0, "done"}, {1, "quarantined"}, {2, "missing"}});
  CHECK(table("reasons") == Rows{{0, "none"},
                                 {1, "failed-often"},
                                 {2, "input-quarantined"},
                                 {3, "not-finite"},
                                 {4, "no-vector"},
                                 {5, "method-failed"}});
  CHECK(table("splits") == Rows{{0, "train"}, {1, "test"}});
  CHECK(table("controls") == Rows{{0, "none"},
                                  {1, "zero"},
                                  {2, "random"},
                                  {3, "planted"},
                                  {4, "covariance"},
                                  {5, "shuffled"},
                                  {6, "other"},
                                  {7, "sparse"},
                                  {8, "decoder-row"},
                                  {9, "resampled"},
                                  {10, "subset"}});
  CHECK(table("variants") == Rows{{0, "original"},
                                  {1, "reconstruction"},
                                  {2, "zero-reconstruction"},
                                  {3, "random"},
                                  {4, "planted"},
                                  {5, "covariance"},
                                  {6, "shuffled"},
                                  {7, "other"},
                                  {8, "resampled"},
                                  {9, "balanced"},
                                  {10, "letter"},
                                  {11, "subset"},
                                  {12, "feature"}});
  CHECK(table("parts") == Rows{{0, "all"},
                               {1, "positive"},
                               {2, "negative"},
                               {3, "flipped"},
                               {4, "first"},
                               {5, "atom"},
                               {6, "without"},
                               {7, "without_first"},
                               {8, "residual"},
                               {9, "minus_atom"},
                               {10, "off_atom"}});
  CHECK(table("norm_rules") == Rows{{0, "as_is"}, {1, "equal"}});
  CHECK(table("sign_rules") == Rows{{0, "fixed"}, {1, "matching_letter"}});
  CHECK(table("dose_rules") ==
        Rows{{0, "raw"}, {1, "behaviour-mean"}, {2, "residual-fraction"}});
  CHECK(table("operations") == Rows{{0, "add"},
                                    {1, "project-out"},
                                    {2, "add-keep-norm"},
                                    {3, "rotate"},
                                    {4, "clamp"}});
  CHECK(table("norm_sources") ==
        Rows{{0, "reference"}, {1, "positive"}, {2, "negative"}});
  CHECK(table("norm_exclusions") ==
        Rows{{0, "none"}, {1, "first"}, {2, "sinks"}});
  CHECK(table("position_rules") == Rows{{0, "all"},
                                        {1, "all_but_first"},
                                        {2, "from_last_prompt_token"},
                                        {3, "answer_only"},
                                        {4, "after_instruction"},
                                        {5, "from:N"}});
}

TEST_CASE("enumerators keep their numbers", "[storage][enumerations]") {
  CHECK(number(CellKind::code_differences) == 4);
  CHECK(number(CellKind::norms) == 5);
  CHECK(number(CellKind::sign_nulls) == 7);
  CHECK(number(CellState::quarantined) == 1);
  CHECK(number(Reason::failed_often) == 1);
  CHECK(number(Control::zero) == 1);
  CHECK(number(Control::sparse) == 7);
  CHECK(number(VariantSource::planted) == 4);
  CHECK(number(VariantSource::balanced) == 9);
  CHECK(number(Part::flipped) == 3);
  CHECK(number(Part::without) == 6);
  CHECK(number(Part::without_first) == 7);
  CHECK(number(Part::minus_atom) == 9);
  CHECK(number(Part::off_atom) == 10);
  CHECK(number(NormRule::equal) == 1);
  CHECK(number(SignRule::matching_letter) == 1);
  CHECK(number(DoseRule::residual_fraction) == 2);
  CHECK(number(Operation::project_out) == 1);
  CHECK(number(Operation::add_keep_norm) == 2);
  CHECK(number(Operation::rotate) == 3);
  CHECK(number(Operation::clamp) == 4);
  CHECK(number(NormSource::negative) == 2);
  CHECK(number(NormExclusion::sinks) == 2);
  CHECK(number(PositionKind::after_instruction) == 4);
}

TEST_CASE("the tables stand in the file's order, methods among them",
          "[storage][enumerations]") {
  std::vector<std::string> names;
  for (const auto& [name, rows] : name_tables({})) names.push_back(name);
  CHECK(names == std::vector<std::string>{
                     "kinds", "states", "reasons", "splits", "methods",
                     "controls", "variants", "parts", "norm_rules",
                     "sign_rules", "dose_rules", "operations", "norm_sources",
                     "norm_exclusions", "position_rules"});
  CHECK(table("methods") == Rows{{0, "m"}, {1, "n"}});
}

TEST_CASE("every value is found by its name", "[storage][enumerations]") {
  for (const auto& row : kNamesOf<VariantSource>) {
    CHECK(named<VariantSource>(row.name) == row.value);
    CHECK(name_of(row.value) == std::string(row.name));
  }
  CHECK(named<Control>("decoder-row") == Control::decoder_row);
  CHECK(named<Control>("decoder_row") == std::nullopt);
  CHECK(named<Part>("") == std::nullopt);
}

TEST_CASE("a sweep spells a length of its own another way",
          "[storage][enumerations]") {
  CHECK(sweep_names<NormRule>() == std::vector<std::string>{"as-is", "equal"});
  CHECK(name_of(NormRule::as_is) == std::string("as_is"));
  CHECK(sweep_name_of(PositionKind::from_index) == std::string("from:"));
  CHECK(sweep_name_of(DoseRule::raw) == std::string("raw"));
}

TEST_CASE("numbers of a table say what they say alone",
          "[storage][enumerations]") {
  CHECK(is(std::int32_t{1}, Control::zero));
  CHECK_FALSE(is(std::int32_t{257}, Control::zero));
  CHECK_FALSE(is(std::int32_t{-1}, Control::none));
}
