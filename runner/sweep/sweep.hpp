#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/measures/report_choices.hpp"
#include "cluster/slurm.hpp"
#include "jobs/decomposition/method_names.hpp"
#include "jobs/observation/reference_text.hpp"
#include "jobs/steering/behaviour.hpp"
#include "jobs/steering/positions.hpp"
#include "jobs/task/sae_header.hpp"
#include "jobs/task/task.hpp"
#include "runner/sweep/sweep_selection.hpp"
#include "runner/sweep/variant_kinds.hpp"
#include "storage/texts/pair_rules.hpp"

namespace coxswain::runner {

// A sweep file as data, defaults filled in. keys.md documents the
// grammar; paths are as written, relative to `folder`.

// How questions become prompts.
struct PromptEntry {
  std::string chat_template = "plain";  // a name, or spelled out
  std::string system;                   // empty: no system text
  bool strip_answers = false;
  bool operator==(const PromptEntry&) const = default;
};

// A [[model]] table.
struct ModelEntry {
  std::string id;
  std::string source;                 // GGUF file, folder, or hf:org/name
  std::string sha256;                 // empty: not checked
  std::optional<PromptEntry> prompt;  // instead of the data's
};

// Activations that were stored before, instead of a model and data.
struct StoredEntry {
  std::string source;  // a run or a safetensors file; empty: none
  std::string model;   // id, of a file; empty: not said
  std::string hook;    // where they were read; empty: resid_post of the layer
};

// A [[data]] table: contrast pairs of one behaviour.
struct DataEntry {
  std::string behaviour;
  std::string source;               // path of a file of pairs
  std::vector<std::string> models;  // ids; empty: all
  PromptEntry prompt;
  int train_items = 0;  // questions; 0: all that are not for testing
  // Unless said, by jobs::BehaviourRules: that depends on the data.
  std::optional<int> test_items;
  std::optional<jobs::SplitRule> split;
  std::optional<int> test_clusters;
  std::optional<double> test_share;
  // How its lines are read: their form, keys, and which one groups them.
  storage::PairRules pairs;
  jobs::Options options = jobs::Options::two;
  jobs::Scored scored = jobs::Scored::token;
  jobs::Letters letters = jobs::Letters::as_is;
  std::vector<double> multipliers;  // empty: those of [steer]
  bool operator==(const DataEntry&) const = default;
};

// A vector of the user's own that is part of a sum.
struct WeighedVector {
  std::string name;  // of its [[vector_file]]
  double weight = 1;
};

// A [[vector_file]] table: a vector of the user's own.
struct VectorFileEntry {
  std::string name;
  std::string source;  // as storage::open_own_vectors() takes it; "": a sum
  std::vector<WeighedVector> sum;       // of earlier ones; empty: of a file
  std::string vector;                   // which of the file's; empty: the one
  std::vector<int> layers;              // of [vector]; empty: as the file says
  std::optional<double> norm;           // its length; none: as it is
  std::vector<std::string> behaviours;  // of [[data]]; empty: all
  std::vector<std::string> models;      // ids; empty: all
  bool any_model = false;  // taken if its file names another model, too
  bool together = false;   // its layers act as one, not each alone
};

// What a vector of the user's own is called on the items of a behaviour.
std::string own_name(const VectorFileEntry& vector,
                     const std::string& behaviour);

// Whether it is for the items of that behaviour.
bool steers_on(const VectorFileEntry& vector, const std::string& behaviour);

// What a vector that a method makes of a behaviour's pairs is called: of the
// mean difference, as the behaviour.
std::string made_name(jobs::VectorMethod method, const std::string& behaviour);

// Whether b_dec is subtracted from what is encoded.
enum class BDecInput : std::uint8_t { native, subtract, keep };

// A [[sae]] table, families spelled out.
struct SaeEntry {
  std::string id;
  std::string source;
  int layer = 0;                    // the block whose resid_post it decomposes
  std::vector<std::string> models;  // ids; empty: all
  jobs::SaeOptions options;
  std::vector<BDecInput> b_dec_input = {BDecInput::native};
  bool any_fit = false;  // taken however badly it fits the activations
};

// A [[feature]] table: features of SAEs whose decoder rows are steered with.
struct FeatureEntry {
  std::vector<std::string> saes;  // ids
  std::vector<int> features;
  std::vector<double> clamps;  // values that they are clamped to
};

// A [[support]] table: features of an SAE that its vectors are fitted with.
struct SupportEntry {
  std::vector<std::string> saes;  // ids
  std::vector<std::int64_t> features;
};

// [verdict]: whether few atoms carry a vector's effect, are needed for it, and
// are the only ones.
struct VerdictEntry {
  // Whose atoms. One that counts its atoms has as many as `atoms` ends with
  // unless the sweep says.
  std::vector<jobs::MethodChoice> methods;
  std::vector<int> atoms{1, 2, 4, 8, 16, 32};  // ascending
  int needed = 8;           // strongest atoms that are left out one at a time
  int random_supports = 8;  // draws, for each number of atoms
  int cosine_supports = 4;  // draws, for each number of atoms
  int disjoint = 2;         // rounds
  int rotated = 4;          // draws
  std::vector<jobs::NormRule> norms{jobs::NormRule::as_is,
                                    jobs::NormRule::equal};
};

// How many stand-ins of each kind are taken apart beside each vector.
struct ControlCount {
  jobs::Control control = jobs::Control::none;
  int count = 0;
};

// [decompose]: how vectors are taken apart.
struct DecomposeEntry {
  std::vector<jobs::MethodChoice> methods = {{"encode", 0}};
  std::vector<double> scales = {1};
  std::vector<bool> b_dec_output = {false};
  std::vector<ControlCount> controls;  // but for the zero vector
  int planted_atoms = 8;
  int top = 5;               // features kept in tables/features
  int differences = 100;     // and in tables/code_differences
  int sign_shuffles = 1000;  // of x+ and x-, for the chance of their signs
};

// Which atoms of a decomposition are steered with: "first:16" is k = 16.
struct PartChoice {
  jobs::Part part = jobs::Part::all;
  int k = -1;
  bool operator==(const PartChoice&) const = default;
};
std::string spelling(const PartChoice& part);

// [steer]: what is done to the model, where and how often.
struct SteerEntry {
  std::vector<int> layers;
  std::vector<double> multipliers;
  jobs::PositionRule positions;
  std::vector<VariantKind> variants;
  std::vector<NoiseEntry> noise;            // whose seeds and layers are said
  std::vector<jobs::MethodChoice> methods;  // of [decompose], to rebuild from
  // Of these, those that take resampled vectors apart, too.
  std::vector<jobs::MethodChoice> resampled_methods;
  std::vector<PartChoice> parts = {{}};
  std::vector<jobs::NormRule> norms = {jobs::NormRule::equal};
  std::vector<jobs::DoseRule> doses = {jobs::DoseRule::raw};
  std::vector<jobs::Operation> operations = {jobs::Operation::add};
  int random = 1;           // seeds of a kind of noise, unless it says
  bool letter_mass = true;  // beside the letters' logits
};

// Reference text whose activations are looked at.
struct ObserveEntry {
  std::string text;  // path; empty: none
  jobs::TextRules rules;
  std::vector<int> layers;     // blocks, those of [vector] unless said
  bool without_sinks = false;  // features' statistics leave them out, too
  std::int32_t contexts = 0;   // of every feature that a table names
};

// [store]: which activations are kept for others.
struct StoreEntry {
  jobs::StoredTokens tokens = jobs::StoredTokens::none;
  std::vector<int> layers;  // blocks, those of [vector] unless said
  storage::DType dtype = storage::DType::f32;
};

// The whole of a sweep file.
struct Sweep {
  std::string name;
  std::int64_t seed = 0;
  jobs::ComputeType compute = jobs::ComputeType::float32;
  int threads = 1;             // per worker
  std::int64_t memory_mb = 0;  // that a worker may take; 0: not said
  StoredEntry stored;          // if it has a source: no model, data or steer
  std::vector<ModelEntry> models;
  std::vector<DataEntry> data;
  std::vector<VectorFileEntry> vector_files;
  std::vector<int> vector_layers;
  // How vectors are made of the pairs; each but the mean difference is one more
  // on the items of each behaviour.
  std::vector<jobs::VectorMethod> vector_methods = {
      jobs::VectorMethod::mean_difference};
  int resample = 0;  // vectors of resampled pairs, steered with as the original
  // Vectors of so many training clusters, ascending; and how many of each.
  std::vector<int> train_clusters;
  int train_draws = 5;
  std::vector<SaeEntry> saes;
  std::vector<FeatureEntry> features;
  std::vector<SupportEntry> supports;
  std::optional<VerdictEntry> verdict;
  DecomposeEntry decompose;
  SteerEntry steer;
  ObserveEntry observe;
  StoreEntry store;
  // What is stored is what vectors are made of, as it is.
  bool keep_activations = false;
  CellChoice only;  // the cells that are wanted
  std::vector<CellChoice> exclusions;
  // What reports single out: no part of what is computed, but of `effective`.
  analysis::ReportChoices report;
  std::vector<std::string> notes;  // what was left out, for the user
  // On which machines it is to be computed: no part of what is computed, and so
  // not in `effective`.
  cluster::ClusterRequest cluster;

  std::string path;       // of the sweep file
  std::string folder;     // that its paths are relative to
  std::string hub;        // the local cache that hf: sources lie in
  std::string effective;  // TOML text with all defaults, without `folder`

  // Throws ProgramError (bad_sweep) for a hub source that is not in the cache.
  std::string resolve(const std::string& source) const;
};

// What the command line changes of a sweep file.
struct Overrides {
  std::vector<std::string> set;   // "steer.random=2", "sae.ID.k=32"
  std::vector<std::string> only;  // "layer=14,15"
};

// Every kind of noise that is steered with, in the order of noise_kinds().
std::vector<NoiseEntry> noise_of(const SteerEntry& steer);

// Whether anything of this source is steered with. Resampled vectors are, where
// there are any, beside the original.
bool steers_with(const Sweep& sweep, jobs::VariantSource source);
// Whether any of it is made of every pair's activations.
bool steers_with_pairs(const Sweep& sweep);
// Whether vectors are made of the pairs so.
bool makes(const Sweep& sweep, jobs::VectorMethod method);

// Whether a data set or SAE with these `models` is for this one.
bool is_for(const std::vector<std::string>& models, const ModelEntry& model);

// A data set as a model is shown it.
DataEntry shown_to(const ModelEntry& model, DataEntry data);

}  // namespace coxswain::runner
