#include "jobs/model/tokenizers/post_processor.hpp"

#include <utility>

#include "jobs/model/tokenizers/json_fields.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;

// Gathers what the processors of a sequence do.
class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  void read_post_processor(const json& one) {
    if (one.is_null()) return;
    const auto type = one.at("type").get<std::string>();
    if (type == "Sequence") {
      for (const json& step : one.at("processors")) read_post_processor(step);
    } else if (type == "ByteLevel") {
      out_.trim_offsets = out_.trim_offsets || one.value("trim_offsets", true);
      out_.added_prefix_space = one.value("add_prefix_space", true);
    } else if (type == "TemplateProcessing") {
      read_template(one);
    } else {
      refuse_field(path_, "post_processor", one,
                   "ByteLevel or TemplateProcessing");
    }
  }

  PostProcessor take() { return out_; }

 private:
  // Reads what goes round a text: at most one token before it, and none behind.
  void read_template(const json& one) {
    bool text_seen = false;
    for (const json& part : one.at("single")) {
      if (part.contains("Sequence")) {
        text_seen = true;
        continue;
      }
      const auto name = part.at("SpecialToken").at("id").get<std::string>();
      const json& ids = one.at("special_tokens").at(name).at("ids");
      if (text_seen || out_.beginning >= 0 || ids.size() != 1) {
        refuse_field(path_, "post_processor", one.at("single"),
                     "at most one token, before the text");
      }
      out_.beginning = token_number(ids[0], path_, "post_processor");
    }
  }

  std::string path_;
  PostProcessor out_;
};

}  // namespace

PostProcessor read_post_processor(const json& one, const std::string& path) {
  Reader reader(path);
  reader.read_post_processor(one);
  return reader.take();
}

}  // namespace coxswain::jobs
