// Vectors rebuilt from atoms that were not chosen for them, or not freely: what
// a decomposition is held against.

#include <ATen/ATen.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "jobs/decomposition/least_squares.hpp"
#include "jobs/decomposition/matching_pursuit.hpp"
#include "jobs/decomposition/method.hpp"
#include "jobs/decomposition/ordered_sums.hpp"
#include "jobs/decomposition/rotation.hpp"
#include "jobs/decomposition/support.hpp"
#include "jobs/decomposition/vector_scale.hpp"
#include "jobs/steering/controls.hpp"
#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

using Begun = std::function<MethodCodes()>;
using Features = std::vector<std::int64_t>;

// As matching pursuit itself ends.
double tolerance_of(const MethodInput& input) {
  return input.vectors.scalar_type() == at::kDouble ? 1e-10 : 1e-5;
}

std::int64_t count_of(const MethodInput& input) {
  return static_cast<std::int64_t>(input.parameter);
}

at::Tensor vectors_of(const MethodInput& input) {
  assert(std::ssize(input.draws) == input.vectors.size(0));
  return input.vectors.to(at::kDouble);
}

// All atoms in an order drawn by the key, without rows of zeros: the first K of
// it are a draw of K, so that draws of one key are nested.
Features drawn_order(const Dictionary& atoms, const storage::Key& key) {
  const at::Tensor order =
      normal_tensor(key, atoms.d_sae())
          .argsort(/*stable=*/true, /*dim=*/0, /*descending=*/true)
          .contiguous();
  const auto* first = order.data_ptr<std::int64_t>();
  return {first, first + order.numel()};
}

// The first `most` of an order whose rows are not all zero.
Features first_usable(const Dictionary& atoms, const Features& order,
                      std::int64_t most) {
  Features usable;
  for (std::size_t i = 0; i < order.size() && std::ssize(usable) < most;) {
    const std::size_t n = std::min(
        order.size() - i, static_cast<std::size_t>(most - std::ssize(usable)));
    const Features some(order.begin() + static_cast<std::ptrdiff_t>(i),
                        order.begin() + static_cast<std::ptrdiff_t>(i + n));
    const at::Tensor zero = atoms.atoms(some).eq(0).all(1).contiguous();
    for (std::size_t j = 0; j < n; ++j) {
      if (!zero.data_ptr<bool>()[j]) usable.push_back(some[j]);
    }
    i += n;
  }
  return usable;
}

Begun random_support(const MethodContext& context, const MethodInput& input) {
  return [&context, &input] {
    const at::Tensor v = vectors_of(input);
    std::vector<Features> support;
    for (const MethodDraw& draw : input.draws) {
      support.push_back(first_usable(context.atoms,
                                     drawn_order(context.atoms, draw.key),
                                     count_of(input)));
      std::ranges::sort(support.back());
    }
    return MethodCodes{least_squares(context.atoms, v, support), {}, {}, {}};
  };
}

// Least squares of v on as many atoms of an order as it takes to leave no more
// of it than `enough`, or on all that there are dimensions for.
at::Tensor fitted_until(const Dictionary& atoms, const Features& order,
                        const at::Tensor& v, double enough) {
  at::Tensor codes = at::zeros({atoms.d_sae()}, at::kDouble);
  Support support(v.size(0));
  Features taken;
  at::Tensor rest = v;
  // Twice as many a pass over the dictionary as the time before.
  std::size_t fetched = 64;
  for (std::size_t i = 0; i < order.size(); i += fetched, fetched *= 2) {
    const Features some(order.begin() + static_cast<std::ptrdiff_t>(i),
                        order.begin() + static_cast<std::ptrdiff_t>(std::min(
                                            order.size(), i + fetched)));
    const at::Tensor rows = atoms.atoms(some);
    for (std::size_t j = 0; j < some.size(); ++j) {
      if (ordered_norm(rest) <= enough || support.size() >= v.size(0)) break;
      const auto row = static_cast<std::int64_t>(j);
      if (rows[row].eq(0).all().item<bool>() ||
          !support.append(rows.narrow(0, row, 1))[0]) {
        continue;
      }
      taken.push_back(some[j]);
      rest = support.fit(rest, 0).rest;
    }
    if (ordered_norm(rest) <= enough || support.size() >= v.size(0)) break;
  }
  if (!taken.empty()) {
    codes.index_copy_(0, at::tensor(taken, at::kLong), support.fit(v, 0).w);
  }
  return codes;
}

// As near to v as matching pursuit of K atoms comes. Least squares leave what
// is orthogonal to what they rebuild, so that equal rests are equal cosines.
Begun random_cosine(const MethodContext& context, const MethodInput& input) {
  return [&context, &input] {
    const at::Tensor v = vectors_of(input);
    const at::Tensor scale = vector_scale(v);
    const at::Tensor near = context.atoms.combine(
        matching_pursuit(context.atoms, v, count_of(input), tolerance_of(input))
            .codes);
    std::vector<at::Tensor> codes;
    for (std::int64_t i = 0; i < v.size(0); ++i) {
      const at::Tensor scaled = (v[i] / scale[i]).contiguous();
      const double enough =
          ordered_norm((scaled - near[i] / scale[i]).contiguous());
      codes.push_back(fitted_until(
          context.atoms,
          drawn_order(context.atoms,
                      input.draws[static_cast<std::size_t>(i)].key),
          scaled, enough));
    }
    return MethodCodes{at::stack(codes).mul_(scale), {}, {}, {}};
  };
}

// Matching pursuit, again and again without the atoms of all earlier ones: the
// first pursuit is that of `omp:K` itself, and round 0 the one behind it.
Begun disjoint(const MethodContext& context, const MethodInput& input) {
  return [&context, &input] {
    const at::Tensor v = vectors_of(input);
    std::int32_t last = 0;
    for (const MethodDraw& draw : input.draws) {
      last = std::max(last, draw.draw);
    }
    std::vector<Features> banned(input.draws.size());
    at::Tensor chosen =
        at::zeros({v.size(0), context.atoms.d_sae()}, at::kDouble);
    for (std::int32_t round = -1; round <= last; ++round) {
      const Pursuit pursuit = matching_pursuit(
          context.atoms, v, count_of(input), tolerance_of(input), banned);
      for (std::size_t i = 0; i < banned.size(); ++i) {
        const auto& order = pursuit.order[i];
        banned[i].insert(banned[i].end(), order.begin(), order.end());
        if (input.draws[i].draw != round) continue;
        chosen[static_cast<std::int64_t>(i)].copy_(
            pursuit.codes[static_cast<std::int64_t>(i)]);
      }
    }
    return MethodCodes{chosen, {}, {}, {}};
  };
}

// Matching pursuit with all atoms turned at random, together: what a dictionary
// of such a shape does that knows nothing of the model. Of v turned instead,
// which is the same; what is rebuilt is turned back.
Begun rotated(const MethodContext& context, const MethodInput& input) {
  return [&context, &input] {
    at::Tensor v = vectors_of(input).clone();
    MethodCodes made;
    for (std::int64_t i = 0; i < v.size(0); ++i) {
      const storage::Key& key = input.draws[static_cast<std::size_t>(i)].key;
      made.turned.push_back(key);
      v.narrow(0, i, 1).copy_(Rotation(key, v.size(1)).turn(v.narrow(0, i, 1)));
    }
    made.codes =
        matching_pursuit(context.atoms, v, count_of(input), tolerance_of(input))
            .codes;
    return made;
  };
}

Begun on_support(const MethodContext& context, const MethodInput& input) {
  return [&context, &input] {
    std::vector<Features> support;
    for (const MethodDraw& draw : input.draws) {
      support.push_back(draw.features);
      for (const std::int64_t feature : draw.features) {
        if (feature >= 0 && feature < context.atoms.d_sae()) continue;
        throw JobError(
            {"", "support", "feature " + std::to_string(feature),
             "one of the SAE's " + std::to_string(context.atoms.d_sae()), ""});
      }
    }
    return MethodCodes{
        least_squares(context.atoms, vectors_of(input), support), {}, {}, {}};
  };
}

MethodTraits several(const char* name, const char* description,
                     const char* asked_by) {
  MethodTraits traits;
  traits.name = name;
  traits.description = description;
  traits.rows = CodeRows::unit;
  traits.smallest = 1;
  traits.largest = 4096;
  traits.usual = 32;
  traits.whole = true;
  traits.asked_by = asked_by;
  return traits;
}

}  // namespace

const DecompositionMethod kRandomSupport{
    several("random-support", "least squares on K decoder rows drawn at random",
            "[verdict] random_supports"),
    random_support};
const DecompositionMethod kRandomCosine{
    several("random-cosine",
            "least squares on as many drawn decoder rows as come as near as "
            "omp:K",
            "[verdict] cosine_supports"),
    random_cosine};
const DecompositionMethod kDisjoint{
    several("disjoint",
            "omp:K without the atoms of omp:K itself and of earlier draws",
            "[verdict] disjoint"),
    disjoint};
const DecompositionMethod kRotated{
    several("rotated",
            "omp:K with all decoder rows turned together at random; features "
            "are of those",
            "[verdict] rotated"),
    rotated};
const DecompositionMethod kNamedSupport{
    several("support", "least squares on features that the sweep names",
            "[[support]]"),
    on_support};

}  // namespace coxswain::jobs
