#include "storage/texts/pair_form.hpp"

#include "storage/texts/contrast_pairs.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace coxswain;

// Whatever a file holds, in each form and with keys of one's own.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const fuzz::InputFile input(data, size);
  const auto read = [&](const storage::PairRules& rules) {
    fuzz::read_or_refuse([&] { storage::read_pair_file(input.path(), rules); });
  };
  for (const std::string& form : storage::pair_form_names()) {
    storage::PairRules rules;
    rules.form = form;
    read(rules);
  }
  storage::PairRules own;
  own.group = "topic";
  own.columns = {"item.text", "answers.good", "answers.bad", "system"};
  read(own);
  own.columns = {"messages", "good", "bad", ""};
  read(own);
  return 0;
}
