#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coxswain::storage {

// A vector in a file of the user's own, that can be added to the residual
// stream behind one block.
struct OwnVector {
  std::string tensor;  // as the file calls it; empty: a tensor alone
  // The tensor's name less its layer, which the layers of one vector share. Of
  // a control vector the file's title. May be empty.
  std::string name;
  // The block, from 0, whose resid_post it is added to; -1: the file does not
  // say.
  std::int32_t layer = -1;
  std::int64_t width = 0;  // numbers
};

// What a file says of the model that its vectors are of; each may be empty.
struct VectorModel {
  std::string name;
  std::string digest;  // SHA-256, as results.h5 has it
  std::string family;  // as llama.cpp calls it in a control vector
};

// The kinds of files that are read.
enum class VectorFormat : std::uint8_t { safetensors, gguf, npz, torch };
const char* name_of(VectorFormat format);  // "a GGUF control vector"

// What a file of vectors holds. No numbers are read yet.
struct OwnVectors {
  std::string file;
  VectorFormat format = VectorFormat::safetensors;
  VectorModel model;
  std::string hook;                // where they belong, if the file says so
  std::vector<OwnVector> vectors;  // by name, then layer; at least one
  std::vector<std::string> notes;  // what was left out, and why
};

}  // namespace coxswain::storage
