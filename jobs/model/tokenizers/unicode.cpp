#include "jobs/model/tokenizers/unicode.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cassert>

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

const utf8proc_uint8_t* bytes(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

int combining_class(std::int32_t value) {
  return utf8proc_get_property(value)->combining_class;
}

// The one character that canonically equals the two, or -1.
std::int32_t composition(std::int32_t first, std::int32_t second) {
  utf8proc_int32_t pair[2] = {first, second};
  const auto n = utf8proc_normalize_utf32(
      pair, 2,
      static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
  return n == 1 ? pair[0] : -1;
}

// Canonical decomposition, marks in canonical order. The first character of a
// decomposition took the place of the old one, the others were inserted.
std::vector<Composed> decompose(std::string_view text) {
  std::vector<Composed> out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint one = code_point_at(text, at);
    at += one.length;
    utf8proc_int32_t parts[32];
    int boundary = 0;
    const auto n = utf8proc_decompose_char(
        one.value, parts, 32,
        static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_STABLE),
        &boundary);
    for (utf8proc_ssize_t i = 0; i < n; ++i) {
      out.push_back({parts[i], i == 0 ? 0 : 1});
    }
  }
  for (auto first = out.begin(); first != out.end();) {
    if (combining_class(first->value) == 0) {
      ++first;
      continue;
    }
    const auto last = std::find_if(first, out.end(), [](const Composed& one) {
      return combining_class(one.value) == 0;
    });
    std::stable_sort(first, last, [](const Composed& a, const Composed& b) {
      return combining_class(a.value) < combining_class(b.value);
    });
    first = last;
  }
  return out;
}

}  // namespace

void require_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    utf8proc_int32_t value = 0;
    const auto n = utf8proc_iterate(
        bytes(text.substr(at)), static_cast<utf8proc_ssize_t>(text.size() - at),
        &value);
    if (n <= 0) {
      throw JobError({"prompt", "byte " + std::to_string(at) + " of the text",
                      "not UTF-8", "UTF-8", "convert the data file"});
    }
    at += static_cast<std::size_t>(n);
  }
}

CodePoint code_point_at(std::string_view text, std::size_t at) {
  assert(at < text.size());
  utf8proc_int32_t value = 0;
  const auto n =
      utf8proc_iterate(bytes(text.substr(at)),
                       static_cast<utf8proc_ssize_t>(text.size() - at), &value);
  return {value, static_cast<std::uint32_t>(std::max<utf8proc_ssize_t>(n, 1))};
}

void append_utf8(std::int32_t code_point, std::string& out) {
  assert(code_point >= 0);
  utf8proc_uint8_t buffer[4];
  const auto n = utf8proc_encode_char(code_point, buffer);
  out.append(reinterpret_cast<const char*>(buffer),
             static_cast<std::size_t>(n));
}

bool is_space(std::int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return (code_point >= '\t' && code_point <= '\r') || code_point == 0x85;
  }
}

std::string folded(std::string_view text) {
  std::string out;
  bool space = false;
  for (const Composed& one : compose(text)) {
    if (one.value == 0x200B || one.value == 0x2060 || one.value == 0xFEFF ||
        one.value == 0xAD) {
      continue;
    }
    space = space || is_space(one.value);
    if (is_space(one.value)) continue;
    if (space && !out.empty()) out += ' ';
    space = false;
    append_utf8(one.value, out);
  }
  return out;
}

// Unicode's algorithm (UAX 15): a mark composes with the last starter unless
// one of its own class, or a starter, stands between.
std::vector<Composed> compose(std::string_view text) {
  std::vector<Composed> out;
  std::ptrdiff_t starter = -1;
  int last_class = -1;  // of what stands behind the starter; -1: nothing
  for (const Composed& one : decompose(text)) {
    const int own = combining_class(one.value);
    if (starter >= 0 && last_class < own) {
      Composed& base = out[static_cast<std::size_t>(starter)];
      const std::int32_t both = composition(base.value, one.value);
      if (both >= 0) {
        base = {both, base.change + one.change - 1};
        continue;
      }
    }
    if (own == 0) {
      starter = std::ssize(out);
      last_class = -1;
    } else {
      last_class = own;
    }
    out.push_back(one);
  }
  return out;
}

}  // namespace coxswain::jobs
