#pragma once

#include <functional>
#include <string>

namespace coxswain::storage {

// Calls `take` with one text of a reference corpus after the other, until it
// returns false. A file whose name ends in .jsonl has one JSON object a line
// with the key "text" (blank lines are passed over); any other is plain text,
// of which parts of about 64 KiB that end with a line are texts. Reads no more
// than it gives: corpora are larger than memory. Throws StorageError with file
// and line, also for a file without any text.
void for_each_text(const std::string& path,
                   const std::function<bool(const std::string&)>& take);

}  // namespace coxswain::storage
