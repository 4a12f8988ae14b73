#pragma once

#include <cstdint>
#include <memory>
#include <new>

namespace coxswain::jobs::COXSWAIN_KERNEL_SET {

// Numbers in whole cache lines; what is there is kept from call to call.
template <class T>
class ScratchOf {
 public:
  T* of(std::int64_t n) {
    if (n > size_) {
      numbers_.reset(new (kLine) T[static_cast<std::size_t>(n)]);
      size_ = n;
    }
    return numbers_.get();
  }

 private:
  static constexpr std::align_val_t kLine{64};
  // Gives the memory back as it was taken, aligned.
  struct Free {
    void operator()(T* numbers) const { operator delete[](numbers, kLine); }
  };
  std::unique_ptr<T[], Free> numbers_;
  std::int64_t size_ = 0;
};
using Scratch = ScratchOf<float>;

}  // namespace coxswain::jobs::COXSWAIN_KERNEL_SET
