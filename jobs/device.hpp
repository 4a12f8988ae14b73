#pragma once

#include <string>

namespace coxswain::jobs {

// The heap keeps what is freed. Products of many rows need megabytes for a
// moment, again and again, and the kernel would clear them anew each time.
void keep_freed_memory();

// Threads of every library that computes; also of OpenBLAS, which does not
// listen to libtorch.
void set_threads(int threads);

// What decides the last bits of a result on this machine: device kind,
// libraries, kernel sets, threads. The same text, the same bytes.
std::string numerics_description(int threads);

}  // namespace coxswain::jobs
