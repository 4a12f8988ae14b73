#pragma once

namespace coxswain::jobs {

// Which coefficients a decomposition may have.
enum class Signs { both, positive };

}  // namespace coxswain::jobs
