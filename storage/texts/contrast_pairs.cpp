#include "storage/texts/contrast_pairs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "storage/files/fault.hpp"
#include "storage/files/utf8.hpp"
#include "storage/texts/conversation.hpp"
#include "storage/texts/json_entries.hpp"
#include "storage/texts/json_fault.hpp"
#include "storage/texts/pair_form.hpp"
#include "storage/texts/table_entries.hpp"

namespace coxswain::storage {
namespace {

using nlohmann::json;

std::string listed(const std::vector<std::string>& keys) {
  constexpr std::size_t kNamed = 6;
  std::string text;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i == kNamed) return text + ", ...";
    text += (text.empty() ? "" : ", ") + in_quotes(keys[i], 40);
  }
  return text.empty() ? "no keys at all" : text;
}

std::string keys_of(const json& entry) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : entry.items()) keys.push_back(key);
  return listed(keys);
}

// Accepted answers of a side: each is compared with all others.
constexpr std::size_t kMostAnswers = 64;

// Turns entries of one form into pairs.
class PairReader {
 public:
  explicit PairReader(const PairRules& rules) : rules_(rules) {}

  ContrastPair pair_of(const JsonEntry& entry) {
    if (!entry.value.is_object()) {
      throw StorageError(json_fault(entry.value.dump(), entry.where, ""));
    }
    if (form_.name.empty()) form_ = form_of(rules_, keys_in(entry.value));
    require_form(entry);
    ContrastPair pair;
    pair.line = static_cast<int>(entry.number);
    add_question(entry, pair);
    pair.also_matching = answers_at(entry, form_.columns.matching);
    pair.matching = taken_first(pair.also_matching);
    if (!rules_.one_answer) {
      pair.also_other = answers_at(entry, form_.columns.other);
      pair.other = taken_first(pair.also_other);
    }
    require_different(entry, pair);
    add_system(entry, pair);
    if (!rules_.group.empty()) pair.group = group_at(entry, rules_.group);
    return pair;
  }

  // The form of a table, whose header has the keys of all entries.
  void begin_table(const TableEntries& table) {
    const std::vector<std::string>& columns = table.columns();
    const auto has = [&](const std::string& key) {
      return !key.empty() && std::ranges::count(columns, key) > 0;
    };
    form_ = form_of(rules_, has);
    if (has_form(form_, has)) return;
    for (const auto& [role, key] : roles(form_.columns)) {
      if (has(key)) continue;
      throw StorageError(
          {table.header_where(), item_of(role, key),
           (said(role) ? in_quotes(key, 40) + ", which is no column of the "
                                              "header: there is "
                       : "no such column in the first line, but ") +
               listed(columns),
           said(role) ? "the name of a column"
                      : "a header with " + pair_keys(form_) +
                            ", or JSON (an object a line, or one array)",
           said(role) ? "name one that is there"
                      : "put the names of the columns into the first line; "
                        "other names go into " +
                            example(role)});
    }
  }

  const PairForm& form() const { return form_; }
  std::int64_t unread_system() const { return unread_system_; }

 private:
  using Role = std::pair<const char*, std::string>;

  static std::vector<Role> roles(const PairColumns& columns) {
    std::vector<Role> all{{"question", columns.question},
                          {"matching", columns.matching}};
    if (!columns.other.empty()) all.emplace_back("other", columns.other);
    if (!columns.system.empty()) all.emplace_back("system", columns.system);
    return all;
  }

  static std::function<bool(const std::string&)> keys_in(const json& entry) {
    return [&entry](const std::string& key) {
      return value_under(entry, key) != nullptr;
    };
  }

  // Whether the key is one of the user's own.
  bool said(const std::string& role) const {
    const std::vector<Role> own = roles(rules_.columns);
    return std::ranges::any_of(own, [&](const Role& one) {
      return one.first == role && !one.second.empty();
    });
  }

  std::string item_of(const std::string& role, const std::string& key) const {
    return said(role) ? "columns." + role : key;
  }

  static std::string example(const std::string& role) {
    return "[[data]] columns = { " + role + " = \"...\" }";
  }

  void require_form(const JsonEntry& entry) const {
    const auto has = keys_in(entry.value);
    if (has_form(form_, has)) return;
    const PairForm other = form_of(rules_, has);
    const bool mixed = has_form(other, has);
    std::vector<Role> needed = roles(form_.columns);
    needed.emplace_back("question", form_.same_question);
    for (const auto& [role, key] : needed) {
      if (key.empty() || has(key)) continue;
      if (mixed) {
        throw StorageError(
            {entry.where, key,
             "no such key: this entry has " + pair_keys(other) + " (form " +
                 other.name + ")",
             pair_keys(form_) + ", as the first one (form " + form_.name + ")",
             "keep each form in a file of its own"});
      }
      throw StorageError(
          {entry.where, item_of(role, key),
           (said(role) ? in_quotes(key, 40) + ", which is no key: there is "
                       : "no such key, but ") +
               keys_of(entry.value),
           said(role) ? "a key of every line" : "it in every line",
           said(role) ? "name one that is there"
                      : "other names go into " + example(role)});
    }
  }

  static std::string text_of(const JsonEntry& entry, const std::string& key,
                             const json& found) {
    if (!found.is_string() || found.get_ref<const std::string&>().empty()) {
      throw StorageError({entry.where, key, described(found),
                          "a text that is not empty",
                          "put a text there, or leave the line out"});
    }
    return found.get<std::string>();
  }

  void add_question(const JsonEntry& entry, ContrastPair& pair) const {
    const std::string& key = form_.columns.question;
    const json& found = *value_under(entry.value, key);
    if (found.is_array() && (found.empty() || found.front().is_object())) {
      Conversation said = conversation_of(found, entry.where, key);
      pair.question = std::move(said.question);
      pair.before = std::move(said.before);
      pair.system = std::move(said.system);
    } else {
      pair.question = text_of(entry, key, found);
    }
    if (form_.same_question.empty()) return;
    const json& again = *value_under(entry.value, form_.same_question);
    if (again == found) return;
    throw StorageError({entry.where, form_.same_question,
                        described(again) + ", another text than " + key,
                        "one question with two answers",
                        "pairs of different prompts can't be read: what they "
                        "differ by before the answer would be steered, too"});
  }

  // One or more.
  std::vector<std::string> answers_at(const JsonEntry& entry,
                                      const std::string& key) const {
    const json& found = *value_under(entry.value, key);
    if (!found.is_array() || found.empty() || !found.front().is_string()) {
      return {text_of(entry, key, found)};
    }
    if (found.size() > 1 && !rules_.several_answers) {
      throw StorageError({entry.where, key,
                          fmt::format("{} answers", found.size()), "one",
                          "keep one of them in each line, or take all of them "
                          "by score = \"answer\""});
    }
    if (found.size() > kMostAnswers) {
      throw StorageError({entry.where, key,
                          fmt::format("{} answers", found.size()),
                          fmt::format("at most {}", kMostAnswers), ""});
    }
    std::vector<std::string> answers;
    for (const json& one : found) answers.push_back(text_of(entry, key, one));
    return answers;
  }

  static std::string taken_first(std::vector<std::string>& answers) {
    std::string first = std::move(answers.front());
    answers.erase(answers.begin());
    return first;
  }

  void require_different(const JsonEntry& entry,
                         const ContrastPair& pair) const {
    std::set<std::string> all{pair.matching};
    const auto add = [&](const std::string& key, const std::string& answer) {
      if (all.insert(answer).second) return;
      throw StorageError({entry.where, key,
                          in_quotes(answer, 60) + ", the same answer twice",
                          key == form_.columns.other
                              ? "another one than " + form_.columns.matching
                              : "each answer once",
                          "correct the line, or leave it out"});
    };
    for (const std::string& one : pair.also_matching) {
      add(form_.columns.matching, one);
    }
    if (rules_.one_answer) return;
    add(form_.columns.other, pair.other);
    for (const std::string& one : pair.also_other) {
      add(form_.columns.other, one);
    }
  }

  void add_system(const JsonEntry& entry, ContrastPair& pair) {
    const std::string& key = form_.columns.system;
    if (key.empty()) {
      const json* found = value_under(entry.value, "system");
      if (found != nullptr && found->is_string()) ++unread_system_;
      return;
    }
    const json& found = *value_under(entry.value, key);
    if (!found.is_string() && !found.is_null()) {
      throw StorageError({entry.where, key, described(found),
                          "a system text, \"\" for none", ""});
    }
    pair.system = found.is_null() ? "" : found.get<std::string>();
  }

  // The name of the group that a line is of.
  static std::string group_at(const JsonEntry& entry, const std::string& key) {
    const json* found = value_under(entry.value, key);
    if (found == nullptr) {
      throw StorageError({entry.where, key,
                          "no such key, but " + keys_of(entry.value),
                          "it in every line", ""});
    }
    if (found->is_number()) return found->dump();
    if (!found->is_string() ||
        found->get_ref<const std::string&>().find_first_not_of(" \t\r\n") ==
            std::string::npos) {
      throw StorageError({entry.where, key, described(*found),
                          "a text that is not empty, or a number",
                          "put the name of the line's group there, or leave "
                          "the line out"});
    }
    return found->get<std::string>();
  }

  const PairRules& rules_;
  PairForm form_;  // of the first entry
  std::int64_t unread_system_ = 0;
};

// What is JSON, or was meant to be.
bool is_json(const TextFile& file) {
  const std::string_view head = file.head();
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  return is_named_json(file.path()) ||
         (first != std::string_view::npos &&
          (head[first] == '{' || head[first] == '['));
}

// A table has the keys in its first line alone.
void require_no_table(const TextFile& file) {
  const std::string_view head = file.head();
  const std::string_view first = head.substr(0, head.find_first_of("\r\n"));
  if (begins_as_json(head) || first.starts_with('{') ||
      first.find("question") == std::string_view::npos ||
      first.find_first_of(",;\t") == std::string_view::npos) {
    return;
  }
  throw StorageError({file.path(), "line 1", in_quotes(first, 60) + ", a table",
                      "JSON, as the name says",
                      "call it .csv, and it is read as a table"});
}

template <class Entries>
void take_all(Entries&& entries, PairReader& reader, PairFile& out) {
  while (const auto entry = entries.next()) {
    out.pairs.push_back(reader.pair_of(*entry));
  }
}

}  // namespace

PairFile read_pair_file(const std::string& path, const PairRules& rules) {
  TextFile file(path);
  PairReader reader(rules);
  PairFile out;
  if (is_json(file)) {
    require_no_table(file);
    JsonEntries entries(file);
    out.layout = entries.is_array() ? PairLayout::array : PairLayout::lines;
    take_all(entries, reader, out);
  } else {
    TableEntries table(file);
    out.layout = PairLayout::table;
    out.delimiter = table.delimiter();
    if (!table.columns().empty()) reader.begin_table(table);
    take_all(table, reader, out);
  }
  if (out.pairs.empty()) {
    throw StorageError(
        {path, "",
         reader.form().name.empty() ? "no lines" : "no lines below the header",
         "contrast pairs", ""});
  }
  out.form = reader.form();
  out.unread_system = reader.unread_system();
  return out;
}

std::vector<ContrastPair> read_contrast_pairs(const std::string& path,
                                              const std::string& group) {
  PairRules rules;
  rules.group = group;
  return read_pair_file(path, rules).pairs;
}

}  // namespace coxswain::storage
