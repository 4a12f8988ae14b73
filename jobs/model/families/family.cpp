#include "jobs/model/families/family.hpp"

#include "jobs/task/job_error.hpp"

namespace coxswain::jobs {
namespace {

const Family* const kFamilies[] = {
    &kGemmaFamily,   &kGemma2Family,  &kGemma3Family,
    &kGpt2Family,    &kGptNeoxFamily, &kLlamaFamily,
    &kMistralFamily, &kQwen2Family,   &kQwen3Family,
};

const Family& find(std::string Family::*name, const std::string& wanted,
                   const std::string& where, const char* key) {
  std::string known;
  for (const Family* family : kFamilies) {
    if ((family->*name).empty()) continue;
    if (family->*name == wanted) return *family;
    known += (known.empty() ? "" : ", ") + family->*name;
  }
  throw JobError({where, key, wanted, "one of " + known,
                  "take a model of these families"});
}

}  // namespace

const Family& family_of_model_type(const std::string& model_type,
                                   const std::string& where) {
  return find(&Family::model_type, model_type, where, "model_type");
}

const Family& family_of_gguf(const std::string& name,
                             const std::string& where) {
  return find(&Family::gguf_name, name, where, "general.architecture");
}

}  // namespace coxswain::jobs
