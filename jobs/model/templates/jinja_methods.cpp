#include "jobs/model/templates/jinja_methods.hpp"

#include <algorithm>

#include "jobs/model/templates/jinja_value.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using nlohmann::json;
using Arguments = std::vector<json>;

constexpr const char* kSpace = " \t\n\r\f\v";
constexpr std::size_t kLongest = 4U << 20;  // bytes of a text

std::string text_at(const Arguments& arguments, std::size_t i,
                    const std::string& other) {
  return i < arguments.size() && arguments[i].is_string()
             ? arguments[i].get<std::string>()
             : other;
}

std::string stripped(std::string text, const std::string& characters, bool left,
                     bool right) {
  if (right) text.erase(text.find_last_not_of(characters) + 1);
  if (left) text.erase(0, text.find_first_not_of(characters));
  return text;
}

std::string replaced(std::string text, const std::string& from,
                     const std::string& to) {
  if (from.empty()) return text;
  std::string out;
  std::size_t at = 0;
  for (std::size_t found = text.find(from); found != std::string::npos;
       found = text.find(from, at)) {
    out.append(text, at, found - at).append(to);
    if (out.size() > kLongest) {
      throw JobError({"chat template", "replace()", "a text without end",
                      "a short one", ""});
    }
    at = found + from.size();
  }
  return out.append(text, at);
}

json split(const std::string& text, const Arguments& arguments) {
  const std::string by = text_at(arguments, 0, "");
  json parts = json::array();
  std::size_t at = 0;
  if (by.empty()) {  // at runs of white space
    while ((at = text.find_first_not_of(kSpace, at)) != std::string::npos) {
      const std::size_t end =
          std::min(text.find_first_of(kSpace, at), text.size());
      parts.push_back(text.substr(at, end - at));
      at = end;
    }
    return parts;
  }
  for (std::size_t found = text.find(by); found != std::string::npos;
       found = text.find(by, at)) {
    parts.push_back(text.substr(at, found - at));
    at = found + by.size();
  }
  parts.push_back(text.substr(at));
  return parts;
}

std::string cased(std::string text, int (*to)(int)) {
  for (char& c : text) {
    c = static_cast<char>(to(static_cast<unsigned char>(c)));
  }
  return text;
}

json text_method(const std::string& text, const std::string& name,
                 const Arguments& arguments) {
  const std::string first = text_at(arguments, 0, kSpace);
  if (name == "strip") return stripped(text, first, true, true);
  if (name == "lstrip") return stripped(text, first, true, false);
  if (name == "rstrip") return stripped(text, first, false, true);
  if (name == "startswith") return text.starts_with(first);
  if (name == "endswith") return text.ends_with(first);
  if (name == "split") return split(text, arguments);
  if (name == "upper") return cased(text, std::toupper);
  if (name == "lower") return cased(text, std::tolower);
  if (name == "replace")
    return replaced(text, first, text_at(arguments, 1, ""));
  return json(json::value_t::discarded);
}

json items(const json& dictionary) {
  json pairs = json::array();
  for (const auto& [key, value] : dictionary.items()) {
    pairs.push_back({key, value});
  }
  return pairs;
}

json dictionary_method(const json& value, const std::string& name,
                       const Arguments& arguments) {
  if (name == "items") return items(value);
  if (name == "get" && !arguments.empty() && arguments[0].is_string()) {
    return value.value(arguments[0].get<std::string>(),
                       arguments.size() > 1 ? arguments[1] : json());
  }
  return json(json::value_t::discarded);
}

json joined(const json& list, const Arguments& arguments) {
  std::string out;
  for (const json& one : list) {
    if (&one != &list.front()) out += text_at(arguments, 0, "");
    out += printed(one);
  }
  return limited(out);
}

}  // namespace

json call_method(const json& value, const std::string& name,
                 const Arguments& arguments) {
  json result(json::value_t::discarded);
  if (value.is_string()) {
    result = text_method(value.get<std::string>(), name, arguments);
  } else if (value.is_object()) {
    result = dictionary_method(value, name, arguments);
  }
  if (!result.is_discarded()) return result;
  throw JobError({"chat template", name + "()", "a method we don't have",
                  "one of texts or dictionaries", ""});
}

json apply_filter(const json& value, const std::string& name,
                  const Arguments& arguments) {
  if (name == "trim") return stripped(printed(value), kSpace, true, true);
  if (name == "length" || name == "count") {
    return value.is_string() ? value.get<std::string>().size() : value.size();
  }
  if (name == "default" && !arguments.empty()) {
    return value.is_null() ? arguments[0] : value;
  }
  if (name == "tojson") return value.dump();
  if (name == "string" || name == "safe") return printed(value);
  if (name == "list") return value;
  if (name == "items" && value.is_object()) return items(value);
  if (name == "join" && value.is_array()) return joined(value, arguments);
  if ((name == "first" || name == "last") && value.is_array()) {
    if (value.empty()) return nullptr;
    return name == "first" ? value.front() : value.back();
  }
  if (name == "upper" || name == "lower") {
    return text_method(printed(value), name, arguments);
  }
  throw JobError({"chat template", "| " + name, "a filter we don't have",
                  "trim, length, default, join or the like", ""});
}

}  // namespace coxswain::jobs
