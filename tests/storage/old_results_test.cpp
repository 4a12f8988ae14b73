#include <catch2/catch.hpp>
#include <cmath>

#include "storage/files/fault.hpp"
#include "storage/results/enumerations.hpp"
#include "storage/results/results_file.hpp"
#include "tests/support/scratch.hpp"

using namespace coxswain;
using namespace coxswain::storage;

namespace {

const std::string kSamples =
    std::string(COXSWAIN_SOURCE_DIR) + "/tests/data/results";
// Of the run among them; files of older versions were made of its file.
constexpr int kSampleVersion = 6;

Results sample(int version) {
  return read_results(version == kSampleVersion
                          ? kSamples + "/run/results.h5"
                          : kSamples + "/" + std::to_string(version) + ".h5");
}

// A file that says it is of this version.
std::string said_to_be(int version, const tests::Scratch& scratch) {
  std::string bytes = tests::read_file(kSamples + "/run/results.h5");
  const std::string today("\x06\0\0\0\0\0\0\0", 8);
  const std::size_t at = bytes.find(today, bytes.find("format_version"));
  REQUIRE(at != std::string::npos);
  bytes[at] = static_cast<char>(version);
  const std::string path = scratch.file(std::to_string(version));
  tests::write_file(path, bytes);
  return path;
}

const std::vector<NameRow>& names(const Results& results,
                                  const std::string& table) {
  for (const auto& [name, rows] : results.names) {
    if (name == table) return rows;
  }
  FAIL("no names/" << table);
  return results.names.front().second;
}

}  // namespace

TEST_CASE("the sample run's file has all that its format had",
          "[storage][old_results]") {
  const Results results = sample(kSampleVersion);
  CHECK(results.origin.format_version == kSampleVersion);
  for_each_table(results, [&]<class Row>(const std::vector<Row>& rows) {
    const std::string& path = Row::schema().path;
    INFO(path);
    CHECK(rows.empty() == (path.starts_with("tables/activation_") ||
                           path == "tables/sign_nulls"));
  });
}

TEST_CASE("what older formats lack is filled in, all else is as it was",
          "[storage][old_results]") {
  const Results now = sample(kSampleVersion);
  for (const int version : {5, 4}) {
    INFO("version " << version);
    const Results old = sample(version);
    CHECK(old.origin.format_version == version);
    CHECK(old.origin.contents == now.origin.contents);
    CHECK(old.active_features.empty());
    CHECK(old.contexts.empty());
    CHECK(old.arrays.at("active_feature_cosines").shape ==
          std::vector<std::int64_t>{0, 0});
    CHECK(old.arrays.size() == now.arrays.size());
    CHECK(old.arrays.at("codes/values").bytes ==
          now.arrays.at("codes/values").bytes);
    CHECK(old.norms.size() == now.norms.size());
    REQUIRE(old.propensity.size() == now.propensity.size());
    CHECK(old.propensity.back().logit_other ==
          now.propensity.back().logit_other);
    REQUIRE(old.variants.size() == now.variants.size());
    CHECK(old.variants.back().control == now.variants.back().control);
    CHECK(old.variants.back().norm == now.variants.back().norm);
  }
}

TEST_CASE("before format 5 nothing is known of letters, and doses are raw",
          "[storage][old_results]") {
  const Results now = sample(kSampleVersion), old = sample(4);
  REQUIRE(old.vectors.size() == now.vectors.size());
  for (std::size_t i = 0; i < old.vectors.size(); ++i) {
    CHECK(old.vectors[i].n_matching_a == -1);
    CHECK(old.vectors[i].n_matching_b == -1);
    CHECK(std::isnan(old.vectors[i].letter_norm));
    CHECK(std::isnan(old.vectors[i].letter_cosine));
    CHECK(old.vectors[i].median_activation_norm ==
          now.vectors[i].median_activation_norm);
    CHECK(old.vectors[i].n_pairs == now.vectors[i].n_pairs);
  }
  for (const VariantRow& row : old.variants) {
    CHECK(is(row.dose_rule, DoseRule::raw));
  }
  CHECK(names(old, "dose_rules").at(1).name.str() == "behaviour-mean");
  CHECK(names(old, "variants").size() == 8);
}

TEST_CASE("before format 7 nothing is known of clusters and two answers",
          "[storage][old_results]") {
  const Results old = sample(6);
  for (const BehaviourRow& row : old.behaviours) {
    CHECK(row.answer_first.str().empty());
    CHECK(row.train_clusters == -1);
    CHECK(row.test_clusters == -1);
  }
  for (const ItemRow& row : old.items) CHECK(row.matching_answer == 0);
  for (const VectorRow& row : old.vectors) CHECK(row.n_clusters == -1);
  for (const VariantRow& row : old.variants) CHECK(row.resample == -1);
  CHECK(old.sign_nulls.empty());
  CHECK(old.arrays.at("sign_null_counts").count() == 0);
}

TEST_CASE("before format 8 every vector is added, and two tokens are scored",
          "[storage][old_results]") {
  for (const int version : {7, 6, 5, 4}) {
    INFO("version " << version);
    const Results old = sample(version);
    CHECK(old.origin.format_version == version);
    for (const BehaviourRow& row : old.behaviours) {
      CHECK(row.whole_answers == 0);
    }
    CHECK_FALSE(old.variants.empty());
    for (const VariantRow& row : old.variants) {
      CHECK(is(row.operation, Operation::add));
    }
    CHECK(names(old, "operations").at(3).name.str() == "rotate");
  }
}

TEST_CASE("before format 9 every vector acts alone", "[storage][old_results]") {
  for (const int version : {8, 7, 6, 5, 4}) {
    INFO("version " << version);
    const Results old = sample(version);
    CHECK(old.origin.format_version == version);
    CHECK_FALSE(old.variants.empty());
    for (const VariantRow& row : old.variants) {
      CHECK(row.together == 1);
      CHECK(row.train_clusters == -1);
    }
  }
}

TEST_CASE("before format 10 no variant is a feature's",
          "[storage][old_results]") {
  for (const int version : {9, 8, 7, 6, 5, 4}) {
    INFO("version " << version);
    const Results old = sample(version);
    CHECK(old.origin.format_version == version);
    CHECK_FALSE(old.variants.empty());
    for (const VariantRow& row : old.variants) {
      CHECK(row.sae == -1);
      CHECK(row.feature == -1);
      CHECK(std::isnan(row.clamped_to));
    }
  }
}

TEST_CASE("before format 11 every decomposition was the one of its kind",
          "[storage][old_results]") {
  for (const int version : {10, 9, 8, 7, 6, 5, 4}) {
    INFO("version " << version);
    const Results old = sample(version);
    CHECK(old.origin.format_version == version);
    CHECK_FALSE(old.decompositions.empty());
    for (const DecompositionRow& row : old.decompositions) {
      CHECK(row.draw == -1);
    }
  }
}

TEST_CASE("a file that lacks what its version has is refused",
          "[storage][old_results]") {
  const tests::Scratch scratch;
  std::string bytes = tests::read_file(kSamples + "/4.h5");
  const std::string four("\x04\0\0\0\0\0\0\0", 8);
  const std::size_t at = bytes.find(four, bytes.find("format_version"));
  REQUIRE(at != std::string::npos);
  bytes[at] = 5;
  tests::write_file(scratch.file("r"), bytes);
  CHECK_THROWS_WITH(read_results(scratch.file("r")),
                    Catch::Contains("n_matching_a") &&
                        Catch::Contains("no such column") &&
                        Catch::Contains("format version 5"));
}

TEST_CASE("newer files are refused as such, and what is too old as that",
          "[storage][old_results]") {
  const tests::Scratch scratch;
  CHECK_THROWS_WITH(
      read_results(said_to_be(kResultsFormatVersion + 1, scratch)),
      Catch::Contains("at most " + std::to_string(kResultsFormatVersion)) &&
          Catch::Contains("a newer program wrote the file"));
  CHECK_THROWS_WITH(
      read_results(said_to_be(3, scratch)),
      Catch::Contains("4 to " + std::to_string(kResultsFormatVersion)) &&
          Catch::Contains("run its sweep again"));
}

TEST_CASE("storage/README.md says since when a column is there",
          "[storage][old_results]") {
  constexpr const char* kRaised[] = {"",  "",  "²", "³", "⁴",  "⁵",
                                     "⁶", "⁷", "⁸", "⁹", "¹⁰", "¹¹"};
  const std::string page =
      tests::read_file(COXSWAIN_SOURCE_DIR "/storage/README.md");
  const auto raised = [&](const std::string& name, int since) {
    INFO(name << " since " << since);
    REQUIRE(static_cast<std::size_t>(since) < std::size(kRaised));
    const std::string text =
        "`" + name + "`" + kRaised[static_cast<std::size_t>(since)];
    CHECK(page.find(text) != std::string::npos);
  };
  for (const TableSchema* schema : all_schemas()) {
    if (schema->since > 1) raised(schema->path, schema->since);
    for (const Column& column : schema->columns) {
      raised(column.name, column.since.version);
    }
  }
}
