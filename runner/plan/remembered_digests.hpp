#pragma once

#include <memory>
#include <set>
#include <string>

#include "runner/plan/digest_source.hpp"

namespace coxswain::runner {

// Digests kept in `cache`, the folder of what is remembered of this machine
// (empty: there is none), in digests.json. Not thread-safe.

// Genuine. A file that is not known as it is now is read whole, and remembered;
// where that can't be written, it is read again the next time.
std::unique_ptr<DigestSource> remembered_digests(const std::string& cache);

// Reads no file whole and writes nothing: what is remembered, and stand-ins.
std::unique_ptr<DigestSource> digests_at_hand(const std::string& cache);

// The same, to be compared with a run's: data are read whole, as long as they
// are no larger than what planning reads anyway. What stands in for a model's,
// an SAE's or a large file's digest is put into `unread`, which outlives it.
std::unique_ptr<DigestSource> digests_to_compare(const std::string& cache,
                                                 std::set<std::string>& unread);

}  // namespace coxswain::runner
