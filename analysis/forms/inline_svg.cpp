#include "analysis/forms/inline_svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <utility>
#include <vector>

#include "analysis/forms/html_text.hpp"
#include "analysis/forms/plain_text.hpp"
#include "storage/files/utf8.hpp"

namespace coxswain::analysis {
namespace {

// Deeper than any figure of ours; browsers flatten what is far deeper.
constexpr std::size_t kDeepest = 64;

// Names with a space on either side.
constexpr std::string_view kElements =
    " circle clipPath defs ellipse feComposite feFlood filter g line "
    "linearGradient path pattern polygon polyline rect stop text tspan use ";

constexpr std::string_view kUnseen = " desc title ";

constexpr std::string_view kAttributes =
    " clip-path color cx cy d dx dy fill fill-opacity fill-rule filterUnits "
    "flood-color flood-opacity font-family font-size font-style font-weight "
    "height in in2 offset opacity operator patternUnits points r result rx ry "
    "stop-color stroke stroke-dasharray stroke-linecap stroke-linejoin "
    "stroke-opacity stroke-width text-anchor transform width x x1 x2 xml:space "
    "y y1 y2 ";

bool is_one_of(std::string_view name, std::string_view names) {
  return names.find(fmt::format(" {} ", name)) != std::string_view::npos;
}

bool is_id(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           c == '-' || c == '.';
  });
}

// No escapes, which would hide a function's name, and nothing that ends it.
bool is_plain(std::string_view value) {
  return std::ranges::all_of(value, [](char c) {
    const bool shown = c >= 0x20 && c < 0x7F;
    return (shown || c == '\n' || c == '\t') && c != '&' && c != '\\' &&
           c != '<' && c != '"';
  });
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool acts(const XmlAttribute& attribute) {
  return storage::in_lower_case(attribute.name).starts_with("on");
}

// Writes what is known and tells of what must not be there.
class Copier {
 public:
  Copier(std::string_view prefix, const PointTitles& titles)
      : prefix_(prefix), titles_(titles) {}

  // Opens an element. False for one that may not be in a page.
  bool open(const XmlTag& tag) {
    if (unseen_ || open_.size() > kDeepest) return false;
    if (is_one_of(tag.name, kUnseen)) {
      if (!tag.closed) {
        open_.push_back(tag.name);
        unseen_ = true;
      }
      return true;
    }
    if (!is_one_of(tag.name, kElements)) return false;
    out_ += fmt::format("<{}", tag.name);
    for (const XmlAttribute& attribute : tag.attributes) {
      if (!copy(attribute)) return false;
    }
    if (is_plot(tag)) {
      ++plots_;
      points_ = 0;
    }
    const bool is_point = tag.name == "use" || tag.name == "polygon";
    const std::string title = is_point && tag.closed ? next_title() : "";
    if (!title.empty()) {
      out_ +=
          fmt::format("><title>{}</title></{}>", html_text(title), tag.name);
      return true;
    }
    out_ += tag.closed ? "/>" : ">";
    if (!tag.closed) open_.push_back(tag.name);
    return true;
  }

  bool close(std::string_view name) {
    if (open_.empty() || open_.back() != name) return false;
    if (!unseen_) out_ += fmt::format("</{}>", name);
    unseen_ = false;
    open_.pop_back();
    return true;
  }

  // Letters are drawn in <text> alone.
  void text(std::string_view words) {
    if (unseen_) return;
    if (!open_.empty() && (open_.back() == "text" || open_.back() == "tspan")) {
      out_ += one_line(words);
    } else if (words.find('\n') != std::string_view::npos) {
      out_ += '\n';
    }
  }

  bool is_open() const { return !open_.empty(); }
  std::string take() { return std::move(out_); }

 private:
  // Of the next point of the plot that is open; empty: it has none.
  std::string next_title() {
    if (plots_ == 0 || plots_ > titles_.size()) return "";
    const auto& its = titles_[plots_ - 1];
    return points_ < its.size() ? its[points_++] : "";
  }

  bool copy(const XmlAttribute& attribute) {
    if (acts(attribute)) return false;
    const std::string name = storage::in_lower_case(attribute.name);
    if (name == "href" || name.ends_with(":href")) {
      // Anything else would fetch, or run.
      if (!attribute.value.starts_with('#')) return false;
      return copy_id("href", "#", attribute.value.substr(1));
    }
    if (attribute.name == "id") return copy_id("id", "", attribute.value);
    // Left out, not refused: without it the drawing is still one.
    if (!is_one_of(attribute.name, kAttributes)) return true;
    if (!is_plain(attribute.value)) return false;
    const std::optional<std::string> value = pointing_here(attribute.value);
    if (!value) return false;
    out_ += fmt::format(" {}=\"{}\"", attribute.name, *value);
    return true;
  }

  bool copy_id(std::string_view name, std::string_view sign,
               std::string_view id) {
    if (!is_id(id)) return false;
    out_ += fmt::format(" {}=\"{}{}{}\"", name, sign, prefix_, id);
    return true;
  }

  // url(#id) with the prefix; none if there is any other url().
  std::optional<std::string> pointing_here(std::string_view value) const {
    constexpr std::string_view kUrl = "url(";
    std::string out;
    for (;;) {
      // In small letters: CSS takes URL( as well.
      const std::size_t at = storage::in_lower_case(value).find(kUrl);
      if (at == std::string::npos) return out + std::string(value);
      const std::size_t end = value.find(')', at);
      if (end == std::string_view::npos) return std::nullopt;
      std::string_view id =
          value.substr(at + kUrl.size(), end - at - kUrl.size());
      if (!id.starts_with('#') || !is_id(id.substr(1))) return std::nullopt;
      id.remove_prefix(1);
      out += fmt::format("{}url(#{}{})", value.substr(0, at), prefix_, id);
      value.remove_prefix(end + 1);
    }
  }

  std::string prefix_;
  const PointTitles& titles_;
  std::size_t plots_ = 0, points_ = 0;  // so far; points of the last plot
  std::string out_;
  std::vector<std::string_view> open_;
  bool unseen_ = false;  // in a title or description
};

// Reads the size in viewBox="0 0 642 604"; false for what is no size.
bool read_size(const XmlTag& svg, InlineSvg& drawing) {
  const auto box =
      std::ranges::find(svg.attributes, "viewBox", &XmlAttribute::name);
  if (box == svg.attributes.end()) return false;
  std::istringstream numbers{std::string(box->value)};
  double x = -1, y = -1;
  numbers >> x >> y >> drawing.width >> drawing.height;
  // A hostile size could take the whole page.
  const auto fits = [](double size) { return size > 0 && size < 1e5; };
  return numbers && x == 0 && y == 0 && fits(drawing.width) &&
         fits(drawing.height);
}

// Reads up to the first tag of a document, which is <svg>; nothing for any
// other beginning.
std::optional<XmlTag> first_tag(XmlScanner& scanner) {
  for (;;) {
    const XmlToken token = scanner.next();
    if (const auto* tag = std::get_if<XmlTag>(&token)) {
      return tag->name == "svg" && !tag->closed ? std::optional(*tag)
                                                : std::nullopt;
    }
    const auto* words = std::get_if<XmlText>(&token);
    if (words == nullptr || !is_blank(words->text)) return std::nullopt;
  }
}

// Whether nothing but blanks is left.
bool ends(XmlScanner& scanner) {
  for (;;) {
    const XmlToken token = scanner.next();
    const auto* stop = std::get_if<XmlStop>(&token);
    if (stop != nullptr) return *stop == XmlStop::finished;
    const auto* words = std::get_if<XmlText>(&token);
    if (words == nullptr || !is_blank(words->text)) return false;
  }
}

}  // namespace

bool is_plot(const XmlTag& tag) {
  return tag.name == "g" &&
         std::ranges::any_of(tag.attributes, [](const XmlAttribute& one) {
           return one.name == "id" && one.value.starts_with("gnuplot_plot_");
         });
}

std::optional<InlineSvg> inline_svg(std::string_view svg,
                                    std::string_view prefix,
                                    const PointTitles& titles) {
  XmlScanner scanner(svg);
  InlineSvg drawing;
  const auto root = first_tag(scanner);
  if (!root || std::ranges::any_of(root->attributes, acts) ||
      !read_size(*root, drawing)) {
    return std::nullopt;
  }
  Copier copier(prefix, titles);
  for (;;) {
    const XmlToken token = scanner.next();
    if (const auto* tag = std::get_if<XmlTag>(&token)) {
      if (!copier.open(*tag)) return std::nullopt;
    } else if (const auto* end = std::get_if<XmlEnd>(&token)) {
      if (!copier.is_open()) {
        if (end->name != "svg" || !ends(scanner)) return std::nullopt;
        drawing.content = copier.take();
        return drawing;
      }
      if (!copier.close(end->name)) return std::nullopt;
    } else if (const auto* words = std::get_if<XmlText>(&token)) {
      copier.text(words->text);
    } else {
      return std::nullopt;
    }
  }
}

}  // namespace coxswain::analysis
