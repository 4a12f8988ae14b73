#include "jobs/model/families/family.hpp"

#include "jobs/job_error.hpp"

namespace coxswain::jobs {
namespace {
const Family* const kFamilies[] = {&kLlamaFamily};
}  // namespace

const Family& family_of(const storage::GgufFile& file) {
  const std::string& name = file.text("general.architecture");
  std::string known;
  for (const Family* family : kFamilies) {
    if (family->name == name) return *family;
    known += (known.empty() ? "" : ", ") + family->name;
  }
  throw JobError({file.path(), "general.architecture", name, "one of " + known,
                  "take a model of these families"});
}

}  // namespace coxswain::jobs
