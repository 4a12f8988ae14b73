#include "jobs/model/tokenizers/decoder_json.hpp"

#include <string>

namespace coxswain::jobs {

FirstSpace first_space_of(const nlohmann::json& decoder) {
  if (decoder.is_null()) return FirstSpace::kept;
  const auto type = decoder.at("type").get<std::string>();
  if (type == "Sequence") {
    FirstSpace found = FirstSpace::kept;
    for (const nlohmann::json& step : decoder.at("decoders")) {
      const FirstSpace one = first_space_of(step);
      if (one != FirstSpace::kept) found = one;
    }
    return found;
  }
  if (type == "Strip" && decoder.value("content", "") == " " &&
      decoder.value("start", 0) == 1) {
    return FirstSpace::dropped;
  }
  // Older files have a flag in the place of a scheme.
  if (type == "Metaspace" &&
      decoder.value("prepend_scheme", "always") != "never" &&
      decoder.value("add_prefix_space", true)) {
    return FirstSpace::dropped_of_token;
  }
  return FirstSpace::kept;
}

}  // namespace coxswain::jobs
