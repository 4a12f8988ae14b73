#include "runner/plan/result_rows.hpp"

#include "jobs/model/templates/chat_template.hpp"
#include "runner/sweep/sweep_text.hpp"
#include "storage/files/utf8.hpp"

namespace coxswain::runner {
namespace {

// Whole characters of a text that may be longer than its column.
storage::Text<32> cut_to_column(const std::string& text) {
  const std::string beginning = text.substr(0, 32);
  return {beginning.substr(0, storage::first_bad_byte(beginning))};
}

}  // namespace

storage::ModelRow model_row(std::int32_t id, const PlannedModel& model) {
  const jobs::Architecture& a = model.header.architecture;
  storage::ModelRow row;
  row.id = id;
  row.name = {model.entry.id};
  row.digest = {model.source.digest};
  row.tokenizer_digest = {model.header.tokenizer_digest};
  row.format = {model.header.format};
  row.family = {a.family};
  row.dtype = {model.header.dtype};
  row.n_layers = static_cast<std::int32_t>(a.n_layers);
  row.d_model = static_cast<std::int32_t>(a.d_model);
  row.n_heads = static_cast<std::int32_t>(a.n_heads);
  row.d_head = static_cast<std::int32_t>(a.d_head);
  row.d_vocab = static_cast<std::int32_t>(a.d_vocab);
  return row;
}

storage::SaeRow sae_row(std::int32_t id, const PlannedSae& sae) {
  const SaeEntry& entry = sae.entry;
  const jobs::SaeHeader& header = sae.header;
  storage::SaeRow row;
  row.id = id;
  row.name = {entry.id};
  row.digest = {sae.source.digest};
  row.format = {header.format};
  row.architecture = {jobs::name_of(header.architecture)};
  row.model = sae.model.column();
  row.layer = entry.layer;
  row.d_in = static_cast<std::int32_t>(header.d_in);
  row.d_sae = static_cast<std::int32_t>(header.d_sae);
  row.b_dec_input = header.b_dec_input ? 1 : 0;
  row.normalisation = {jobs::name_of(header.normalisation)};
  row.decoder_norms = {
      kDecoderNorms[static_cast<std::size_t>(entry.options.decoder_norms)]};
  row.k = static_cast<std::int32_t>(header.k);
  row.input_scale = header.input_scale;
  row.any_fit = entry.any_fit ? 1 : 0;
  return row;
}

storage::BehaviourRow behaviour_row(std::int32_t id, const DataEntry& data,
                                    const jobs::Behaviour& behaviour,
                                    const std::string& digest) {
  storage::BehaviourRow row;
  row.id = id;
  row.name = {data.behaviour};
  row.digest = {digest};
  row.prompt_template = {jobs::known_template(data.prompt.chat_template).name};
  row.lines = behaviour.lines;
  row.left_out = static_cast<std::int32_t>(behaviour.left_out.size());
  row.train = static_cast<std::int32_t>(behaviour.train.size());
  row.test = static_cast<std::int32_t>(behaviour.test.size());
  row.letters = behaviour.letters ? 1 : 0;
  row.whole_answers = behaviour.scored == jobs::Scored::answer ? 1 : 0;
  if (behaviour.answers) {
    row.answer_first = cut_to_column(behaviour.answers->first);
    row.answer_second = cut_to_column(behaviour.answers->second);
  }
  row.split_by_cluster = behaviour.shared_clusters == 0 ? 1 : 0;
  row.train_clusters = behaviour.train_clusters;
  row.test_clusters = behaviour.test_clusters;
  return row;
}

storage::ItemRow item_row(std::int32_t behaviour, std::int32_t number,
                          const jobs::BehaviourItem& item, Split split) {
  storage::ItemRow row;
  row.behaviour = behaviour;
  row.item = number;
  row.line = item.line;
  row.split = static_cast<std::uint8_t>(split);
  row.option_order = item.option_order;
  row.matching_letter = {item.matching_letter};
  row.cluster = item.cluster;
  row.matching_answer = item.matching_answer;
  row.tokens = static_cast<std::int32_t>(item.tokens.shared.size());
  row.read_position = row.tokens;
  row.steer_from = item.tokens.steer_from;
  row.token_match = item.tokens.token_match;
  row.token_other = item.tokens.token_other;
  return row;
}

}  // namespace coxswain::runner
