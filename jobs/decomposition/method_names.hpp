#pragma once

#include <optional>
#include <string>
#include <vector>

namespace coxswain::jobs {

// Which decoder rows a method's coefficients multiply: W_dec[j] as stored, or
// W_dec[j] / |W_dec[j]|.
enum class CodeRows : unsigned char { stored, unit };

// What a method is, without what it computes: enough to plan with; no libtorch.
struct MethodTraits {
  std::string name;
  std::string description;  // goes into names/methods of results.h5
  CodeRows rows = CodeRows::stored;
  bool encodes = false;      // b_dec on the input makes a difference
  bool scales = false;       // the scale of the vector makes a difference
  bool activations = false;  // needs those that the vector was made of
  bool of_pairs = false;     // of the pairs alone: the same for any vector
  // What follows the name after a colon ("omp:32"); 0: nothing does.
  double smallest = 0, largest = 0, usual = 0;
  bool whole = false;     // a whole number
  bool optional = false;  // or nothing follows
  // What a sweep asks for it with, if not by its name: it makes several of a
  // vector.
  const char* asked_by = nullptr;
};

// Traits of all methods, in the registry's order.
std::vector<MethodTraits> decomposition_methods();

// A method as a sweep spells it: "encode", "omp:32".
struct MethodChoice {
  std::string name;
  double parameter = 0;  // of one without: 0
};
std::string spelling(const MethodChoice& choice);
// The method that a sweep spells so. Throws JobError that says which methods
// and parameters there are.
MethodChoice method_choice(const std::string& text);
// Traits of the method of this name. Throws JobError for one that we don't
// have.
const MethodTraits& traits_of(const std::string& name);

}  // namespace coxswain::jobs
