#pragma once

#include <optional>
#include <string_view>

namespace coxswain::storage {

// What a file is that holds no text of its own, and what can be done about it.
struct FileKind {
  std::string_view name;    // "a gzip file"
  std::string_view remedy;  // "unpack it (gunzip)"
};

// As many first bytes of a file as kind_of() looks at.
constexpr std::size_t kHead = 4096;

// Tells from a file's first bytes, never from its name, that it is something
// else than text that a person wrote: packed, binary, a stand-in for a file
// that was not fetched, a page about a file, or a part of a model. nullopt for
// what may be text.
std::optional<FileKind> kind_of(std::string_view head);

}  // namespace coxswain::storage
