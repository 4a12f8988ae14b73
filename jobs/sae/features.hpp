#pragma once

#include "jobs/sae/sparse_autoencoder.hpp"
#include "jobs/task/task.hpp"

namespace coxswain::jobs {

// The task's features as the SAE has them: decoder rows, columns of W_enc, and
// in float64 what makes a code of a row's product with such a column
// (FeatureGate). b_dec is in there, where it is subtracted from what is
// encoded. Of an SAE whose features are not read alone (why_not_alone()) the
// decoder rows are all. Throws JobError for a feature that it has not.
TaskOutput read_features(const FeaturesTask& task,
                         const SparseAutoencoder& sae);

}  // namespace coxswain::jobs
