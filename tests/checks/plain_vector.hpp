#pragma once

// For clang-tidy before libtorch's headers: clang wants the elements of a
// constexpr vector whole where ATen/core/ivalue_inl.h has only declared them.
// std::vector is not constexpr once this has been included. Libstdc++ 12 alone
// can do this, and what comes of it can be read, but not linked.
#include <memory>
#include <string>

#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR
#define __fill_a1 fill_bits_that_are_not_constexpr
#include <vector>
#undef __fill_a1
#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR constexpr
