#pragma once

#include <ATen/core/Tensor.h>

#include "jobs/task/enumerations.hpp"

namespace coxswain::jobs {

// Below this sine of the angle between h and v they have no plane to turn in.
constexpr double kParallelSine = 1e-6;

// What a vector v does, with a multiplier m, to a row h of the residual stream.
// |.| is the L2 norm.
//
// add            h + m v. m is of v, and the dose |m v|.
// project_out    h - m (h.u) u with u = v / |v|. m is the share of h's
//                component along v that is taken: 1 leaves none (directional
//                ablation), 2 mirrors h, negative ones lengthen it. How long v
//                is makes no difference, and so there is no dose; -v does what
//                v does.
// add_keep_norm  (h + m v) |h| / |h + m v|. m is of v, and the dose |m v| as it
//                is before the sum is rescaled; a sum of 0 stays 0.
// rotate         h turned by m degrees towards v in the plane of both, |h|
//                stays; negative ones turn away from v, and h goes beyond v
//                where m is more than the angle between them. How long v is
//                makes no difference, and so there is no dose. Where h and v
//                have no plane - they are parallel or opposed to within
//                kParallelSine, or one of them is 0 - h stays as it is.
//
// What clamp does, it does by more than a vector: clamped() of clamp.hpp.
//
// Multiplier 0 is the identity of each, to the last bit, and so is a vector of
// length 0. All but add computes in float64 and rounds to the stream once.
//
// `rows` [n, d_model] of the stream's kind, `vectors` the same on the same
// device, one for each row; `multipliers` [n] float64 on the processor. -> rows
// that are new. A row's bits depend on its own three inputs alone.
at::Tensor operated(Operation operation, const at::Tensor& rows,
                    const at::Tensor& vectors, const at::Tensor& multipliers);

}  // namespace coxswain::jobs
