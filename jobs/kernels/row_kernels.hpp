#pragma once

#include "jobs/kernels/vector.hpp"

// Kernels that take rows one by one.
namespace coxswain::jobs::COXSWAIN_KERNEL_SET {

// What a row is multiplied with to have a root mean square of 1.
template <class T>
float rms_scale(const T* x, float epsilon, std::int64_t d) {
  Floats squares{};
  by_lanes(d, [&](std::int64_t i, const auto& part) {
    const Floats value = part.load(x + i);
    squares += value * value;
  });
  return 1.0F / std::sqrt(sum(squares) / static_cast<float>(d) + epsilon);
}

template <class T>
void rms_norm(const float* x, const float* gain, float epsilon, std::int64_t n,
              std::int64_t d, T* out) {
  for (std::int64_t row = 0; row < n; ++row, x += d, out += d) {
    const float scale = rms_scale(x, epsilon, d);
    by_lanes(d, [&](std::int64_t i, const auto& part) {
      part.store(part.load(x + i) * scale * part.load(gain + i), out + i);
    });
  }
}

template <class T>
void add(const T* part, const float* gain, float epsilon, std::int64_t n,
         std::int64_t d, float* residual) {
  for (std::int64_t row = 0; row < n; ++row, part += d, residual += d) {
    const float scale = gain == nullptr ? 1 : rms_scale(part, epsilon, d);
    by_lanes(d, [&](std::int64_t i, const auto& lanes) {
      Floats value = lanes.load(part + i);
      if (gain != nullptr) value = value * scale * lanes.load(gain + i);
      lanes.store(lanes.load(residual + i) + value, residual + i);
    });
  }
}

// GELU's tanh form is x sigmoid(2 u): no tanh is needed.
inline Floats activated(Floats x, GatedActivation activation) {
  constexpr float kSqrt2OverPi = 0.797884561F;
  const Floats inner = activation == GatedActivation::silu
                           ? x
                           : 2.0F * kSqrt2OverPi * (x + 0.044715F * x * x * x);
  return x / (1.0F + exponential(-inner));
}

template <class T>
void gate(const T* x, GatedActivation activation, std::int64_t n,
          std::int64_t d, T* out) {
  for (std::int64_t row = 0; row < n; ++row, x += 2 * d, out += d) {
    by_lanes(d, [&](std::int64_t i, const auto& part) {
      part.store(activated(part.load(x + i), activation) * part.load(x + d + i),
                 out + i);
    });
  }
}

template <class T>
void activate(const float* x, GatedActivation activation, std::int64_t n,
              std::int64_t d, T* out) {
  for (std::int64_t row = 0; row < n; ++row, x += d, out += d) {
    by_lanes(d, [&](std::int64_t i, const auto& part) {
      part.store(activated(part.load(x + i), activation), out + i);
    });
  }
}

inline void cap(float* x, float most, std::int64_t n, std::int64_t d) {
  for (std::int64_t row = 0; row < n; ++row, x += d) {
    by_lanes(d, [&](std::int64_t i, const auto& part) {
      part.store(hyperbolic_tangent(part.load(x + i) / most) * most, x + i);
    });
  }
}

// Some numbers at a time are summed in float, and those sums in double: a
// vocabulary is long.
inline void log_sum_exp(const float* x, std::int64_t n, std::int64_t d,
                        float* out) {
  constexpr std::int64_t kSome = 64 * kLanes;
  for (std::int64_t row = 0; row < n; ++row, x += d) {
    Floats most = all(-HUGE_VALF);
    by_lanes(d, [&](std::int64_t i, const auto& part) {
      const Floats value = part.or_lowest(part.load(x + i));
      most = where(most > value, most, value);
    });
    const float top = largest(most);
    double total = 0;
    for (std::int64_t first = 0; first < d; first += kSome) {
      Floats some{};
      by_lanes(d - first < kSome ? d - first : kSome, [&](std::int64_t i,
                                                          const auto& part) {
        some += exponential(part.or_lowest(part.load(x + first + i)) - top);
      });
      total += static_cast<double>(sum(some));
    }
    out[row] = static_cast<float>(static_cast<double>(top) + std::log(total));
  }
}

// One head: normed, its first coordinates turned (halves against each other),
// scaled.
template <class T>
void turn(const HeadSplit<T>& split, const T* head, const float* gain,
          std::int64_t row, float scale, float* out) {
  const std::int64_t half = split.rotary_dims / 2;
  const float* cosine = split.cosine + row * half;
  const float* sine = split.sine + row * half;
  const float norm =
      gain == nullptr ? 1 : rms_scale(head, split.epsilon, split.d_head);
  const auto value = [&](const auto& part, std::int64_t i) {
    const Floats x = part.load(head + i);
    return gain == nullptr ? x : x * norm * part.load(gain + i);
  };
  by_lanes(half, [&](std::int64_t i, const auto& part) {
    const Floats first = value(part, i), second = value(part, half + i);
    const Floats c = part.load(cosine + i), s = part.load(sine + i);
    part.store((first * c - second * s) * scale, out + i);
    part.store((second * c + first * s) * scale, out + half + i);
  });
  by_lanes(split.d_head - 2 * half, [&](std::int64_t i, const auto& part) {
    part.store(value(part, 2 * half + i) * scale, out + 2 * half + i);
  });
}

template <class T>
void split_heads(const HeadSplit<T>& split, std::int64_t begin,
                 std::int64_t end) {
  const std::int64_t d = split.d_head, heads = split.heads;
  const std::int64_t kv = split.kv_heads;
  for (std::int64_t row = begin; row < end; ++row) {
    const T* all = split.all + row * (heads + 2 * kv) * d;
    for (std::int64_t head = 0; head < heads; ++head, all += d) {
      turn(split, all, split.query_gain, row, split.scale,
           split.queries + (row * heads + head) * d);
    }
    for (std::int64_t head = 0; head < kv; ++head, all += d) {
      turn(split, all, split.key_gain, row, 1.0F,
           split.keys + (row * kv + head) * d);
    }
    by_lanes(kv * d, [&](std::int64_t i, const auto& part) {
      part.store(part.load(all + i), split.values + row * kv * d + i);
    });
  }
}

}  // namespace coxswain::jobs::COXSWAIN_KERNEL_SET
