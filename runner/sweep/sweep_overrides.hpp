#pragma once

#include <toml++/toml.h>
#include <string>
#include <vector>

#include "runner/sweep/sweep.hpp"
#include "runner/sweep/sweep_family.hpp"

namespace coxswain::runner {

// What the command line says of a sweep, put into its document before it is
// read. Errors name the option.
class SweepOverrides {
 public:
  // Throws ProgramError (bad_sweep) for an option that can't be understood.
  explicit SweepOverrides(const Overrides& options);

  // All but what belongs to one table of [[model]], [[data]] or [[sae]].
  void apply(toml::table& document);
  // What belongs to one table, by its name, once families are spelled out.
  // Throws for a name that none of the tables has.
  void apply(const std::string& array, std::vector<FamilyMember>& members);

 private:
  // --set sae.ID.k=32
  struct OfTable {
    std::string option;
    std::string array;  // "sae"
    std::string name;   // "ID"
    toml::table values;
  };
  void add(const std::string& option, toml::table table);

  toml::table of_document_;
  std::vector<OfTable> of_tables_;
};

}  // namespace coxswain::runner
