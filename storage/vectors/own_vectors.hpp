#pragma once

#include <span>
#include <string>
#include <vector>

#include "storage/vectors/own_vector.hpp"

namespace coxswain::storage {

// Reads the headers of a safetensors file (a tensor a layer, or what `coxswain
// export` writes), a GGUF control vector, numpy's npz or what torch.save writes
// (a mapping or a tensor alone; no pickle is executed), told apart by their
// first bytes. A vector is a tensor of floating-point numbers [d] or [1, d];
// others are left out with a note. Throws StorageError naming file, tensor,
// what was found and expected for a file with no vector, one tensor of two
// layers, two of one name and layer, or names of another place than
// resid_post.
OwnVectors open_own_vectors(const std::string& path);

// The numbers of some of its vectors, each [width]. Throws StorageError for a
// file that is another one by now, and for numbers that are not finite.
std::vector<std::vector<float>> read_own_vectors(
    const OwnVectors& of, std::span<const OwnVector> vectors);

// How long a vector is, in float64.
double length_of(std::span<const float> vector);

// Whether a file is of vectors, by its first bytes, or something else that has
// readers of its own: a model in GGUF is none.
bool is_vector_file(const std::string& path);

}  // namespace coxswain::storage
