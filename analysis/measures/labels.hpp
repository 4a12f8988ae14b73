#pragma once

#include <string>
#include <vector>

#include "storage/results/enumerations.hpp"
#include "storage/results/results_file.hpp"

namespace coxswain::analysis {

// Names for the integers of the tables; "?" for one that is not there. Of
// results of several models, those of behaviours and SAEs say which.
std::string behaviour_name(const storage::Results& results, std::int32_t row);
std::string sae_name(const storage::Results& results, std::int32_t row);
std::string enumerated(const storage::Results& results,
                       const std::string& enumeration, std::int32_t id);
// The method of a decomposition with its parameter: "omp:32".
std::string method_name(const storage::Results& results,
                        const storage::DecompositionRow& row);
// A part of a code as people read it: "positive", "first 16".
std::string part_name(const storage::Results& results, std::int32_t part,
                      std::int32_t k);
// A reconstruction that is not made as long as the vector.
bool has_own_length(const storage::VariantRow& variant);
// A vector of shuffled labels that is made as long as the vector: their own
// length is the rule.
bool is_stretched(const storage::VariantRow& variant);
storage::VariantSource source_of(const storage::VariantRow& variant);
// "reconstruction (encode)", "random 3", "project-out of original" and so on,
// with the SAE where the layer has several.
std::string variant_name(const storage::Results& results,
                         const storage::VariantRow& variant);
// The layers on which it acts, ascending.
std::vector<std::int32_t> layers_of(const storage::Results& results,
                                    const storage::VariantRow& variant);
// Where it acts: "layer 15", "layers 10, 15, 20 together"; of many the first
// and the last.
std::string layer_name(const storage::Results& results,
                       const storage::VariantRow& variant);
// Row of tables/saes that a variant is of, by its decomposition or its feature;
// -1: none.
std::int32_t sae_of(const storage::Results& results,
                    const storage::VariantRow& variant);

// variant_name() without the SAE and the seed: what variants of several layers
// have in common.
std::string variant_kind(const storage::Results& results,
                         const storage::VariantRow& variant);

// "layer_L_width_16k" of "layer_15_width_16k" for layer 15: what SAEs of a
// family have in common. Replaces the first number that is the layer's.
std::string without_layer(const std::string& name, std::int32_t layer);

}  // namespace coxswain::analysis
