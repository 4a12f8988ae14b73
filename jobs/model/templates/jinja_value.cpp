#include "jobs/model/templates/jinja_value.hpp"

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
using nlohmann::json;

namespace {

std::size_t weigh(const json& value, int depth) {
  if (depth > kDeepestJinja)
    refuse_template("values nested without end", "flat ones");
  if (value.is_string()) {
    const std::size_t size = value.get_ref<const std::string&>().size();
    if (size > kLongestJinja)
      refuse_template("a text without end", "a short one");
    return 1 + size;
  }
  std::size_t sum = 1;
  if (value.is_structured()) {
    for (const json& one : value) {
      sum += weigh(one, depth + 1);
      if (sum > kLongestJinja)
        refuse_template("a value without end", "a small one");
    }
  }
  return sum;
}

}  // namespace

bool is_true(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number()) return value.get<double>() != 0;
  if (value.is_string()) return !value.get_ref<const std::string&>().empty();
  return !value.empty();  // null is empty
}

bool is_namespace(const json& value) {
  return value.is_object() && value.contains(kJinjaNamespace);
}

void refuse_template(const std::string& found, const std::string& expected) {
  throw JobError({"chat template", "", found, expected,
                  "it is not of the part of Jinja that is run here"});
}

std::size_t weight_of(const json& value) { return weigh(value, 0); }

json limited(json value) {
  weight_of(value);
  return value;
}

std::string printed(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return {};
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  return value.dump();
}

}  // namespace coxswain::jobs
