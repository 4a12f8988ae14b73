#include "analysis/measures/citations.hpp"

#include <cassert>
#include <cstddef>

namespace coxswain::analysis {
namespace {

// A source in a sentence, and in a list.
struct Entry {
  Citation source;
  const char* short_form;
  const char* full;
};

constexpr Entry kEntries[] = {
    {Citation::ayer, "Ayer et al. 1955",
     "Ayer, M. et al. (1955). An empirical distribution function for sampling "
     "with incomplete information. Annals of Mathematical Statistics 26(4), "
     "641-647."},
    {Citation::bell_mccaffrey, "Bell and McCaffrey 2002",
     "Bell, R. M. and McCaffrey, D. F. (2002). Bias reduction in standard "
     "errors for linear regression with multi-stage samples. Survey "
     "Methodology 28(2), 169-181."},
    {Citation::cameron_gelbach_miller, "Cameron, Gelbach and Miller 2008",
     "Cameron, A. C., Gelbach, J. B. and Miller, D. L. (2008). Bootstrap-based "
     "improvements for inference with clustered errors. Review of Economics "
     "and Statistics 90(3), 414-427."},
    {Citation::fieller, "Fieller 1954",
     "Fieller, E. C. (1954). Some problems in interval estimation. Journal of "
     "the Royal Statistical Society B 16(2), 175-185."},
    {Citation::ibragimov_mueller, "Ibragimov and Mueller 2010",
     "Ibragimov, R. and Mueller, U. K. (2010). t-statistic based correlation "
     "and heterogeneity robust inference. Journal of Business and Economic "
     "Statistics 28(4), 453-468."},
    {Citation::phipson_smyth, "Phipson and Smyth 2010",
     "Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never "
     "be "
     "zero: calculating exact p-values when permutations are randomly drawn. "
     "Statistical Applications in Genetics and Molecular Biology 9(1), 39."},
    {Citation::pustejovsky_tipton, "Pustejovsky and Tipton 2018",
     "Pustejovsky, J. E. and Tipton, E. (2018). Small-sample methods for "
     "cluster-robust variance estimation and hypothesis testing in fixed "
     "effects models. Journal of Business and Economic Statistics 36(4), "
     "672-683."},
    {Citation::satterthwaite, "Satterthwaite 1946",
     "Satterthwaite, F. E. (1946). An approximate distribution of estimates of "
     "variance components. Biometrics Bulletin 2(6), 110-114."},
    {Citation::tan, "Tan et al. 2024",
     "Tan, D. et al. (2024). Analyzing the generalization and reliability of "
     "steering vectors. arXiv:2407.12404."},
    {Citation::welch, "Welch 1947",
     "Welch, B. L. (1947). The generalization of 'Student's' problem when "
     "several different population variances are involved. Biometrika "
     "34(1/2), 28-35."},
    {Citation::westfall_young, "Westfall and Young 1993",
     "Westfall, P. H. and Young, S. S. (1993). Resampling-based multiple "
     "testing: examples and methods for p-value adjustment. Wiley."},
};

}  // namespace

std::string Citations::cite(Citation source) {
  cited_.insert(source);
  const Entry& entry = kEntries[static_cast<std::size_t>(source)];
  assert(entry.source == source && "in the order of the enumeration");
  return entry.short_form;
}

std::vector<std::string> Citations::references() const {
  std::vector<std::string> out;
  for (const Citation source : cited_) {
    out.emplace_back(kEntries[static_cast<std::size_t>(source)].full);
  }
  return out;
}

}  // namespace coxswain::analysis
