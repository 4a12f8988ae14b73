#pragma once

#include <functional>

namespace coxswain::runner {

// The instants between two steps of the commit protocol, in their order. A
// process that dies at any of them must lose nothing that was acknowledged.
enum class FaultPoint {
  journal_opened,   // coordinator: a start of its own, nothing leased
  leased,           // coordinator: a lease is in the journal, not sent
  computed,         // worker: nothing of the result is on the disk
  shard_written,    // worker: bulk is in the file, not synced
  shard_synced,     // worker: the coordinator knows nothing of it
  result_taken,     // coordinator: a result is here, not in the journal
  journal_written,  // coordinator: results are in the journal, not synced
  journal_synced,   // coordinator: nobody heard of it
  computing_over,   // coordinator: nothing sealed
  sealed,           // coordinator: results.h5 is there, exit.json is not
};

// Told when this process passes such an instant, from the thread that does.
// Tests end the process there; the program passes one that does nothing.
using FaultHook = std::function<void(FaultPoint)>;

}  // namespace coxswain::runner
