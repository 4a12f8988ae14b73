#include "analysis/measures/paper_2411_08790.hpp"

namespace coxswain::analysis::paper_2411_08790 {
namespace {

// A row of the paper's Table 1.
struct Vector {
  const char* behaviour;
  std::array<Feature, 5> features;
};

constexpr Vector kVectors[] = {
    {"",
     {{{4888, 89.06},
       {15603, 35.94},
       {7589, 19.80},
       {15471, 11.84},
       {2350, 10.74}}}},
    {"corrigible-neutral-HHH",
     {{{4888, 95.04},
       {15603, 36.34},
       {12695, 22.64},
       {7589, 18.89},
       {2350, 11.35}}}},
    {"sycophancy",
     {{{4888, 90.90},
       {15603, 36.69},
       {7589, 19.32},
       {15471, 12.38},
       {2350, 10.52}}}},
    {"coordinate-other-ais",
     {{{4888, 90.59},
       {15603, 34.35},
       {7589, 20.11},
       {9956, 12.24},
       {15471, 11.18}}}},
};

}  // namespace

std::optional<std::array<Feature, 5>> strongest(const std::string& behaviour) {
  for (const Vector& vector : kVectors) {
    if (behaviour == vector.behaviour) return vector.features;
  }
  return std::nullopt;
}

bool is_of_the_paper(const storage::Results& results,
                     const storage::SaeRow& sae) {
  if (sae.model < 0 || sae.model >= std::ssize(results.models)) return false;
  const storage::ModelRow& model =
      results.models[static_cast<std::size_t>(sae.model)];
  return model.family.str() == "gemma2" && model.n_layers == 26 &&
         model.d_model == 2304 && sae.layer == 14 && sae.d_sae == 16384;
}

}  // namespace coxswain::analysis::paper_2411_08790
