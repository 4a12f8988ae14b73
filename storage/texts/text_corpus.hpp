#pragma once

#include <functional>
#include <string>

namespace coxswain::storage {

// Calls `take` with one text of a reference corpus after the other, until it
// returns false. What a file holds is told by its content: one JSON object a
// line with the key "text" (blank lines are passed over), or one array of such
// objects or of texts; all else is plain text, of which parts of about 64 KiB
// that end with a line are texts. A name that says JSON (.json, .jsonl,
// .ndjson) promises it: what then is none is refused. Reads no more than it
// gives: corpora are larger than memory. Throws StorageError with file and
// line, also for tables, for what is no text (see text_file.hpp), and for a
// file without any.
void for_each_text(const std::string& path,
                   const std::function<bool(const std::string&)>& take);

}  // namespace coxswain::storage
