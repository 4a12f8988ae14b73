#include "storage/results/rows/behaviour_row.hpp"

namespace coxswain::storage {

const TableSchema& BehaviourRow::schema() {
  using R = BehaviourRow;
  static const TableSchema schema{
      "tables/behaviours",
      "one row a behaviour",
      sizeof(R),
      {column(&R::id, "id", "1", "number of the behaviour in this file"),
       column(&R::name, "name", "1", "its name in the sweep file"),
       column(&R::digest, "digest", "1", "SHA-256 of the data file"),
       column(&R::prompt_template, "prompt_template", "1", "prompt template"),
       column(&R::lines, "lines", "1", "pairs in the data file"),
       column(&R::left_out, "left_out", "1", "pairs that could not be used"),
       column(&R::train, "train", "1", "pairs the vector is made of"),
       column(&R::test, "test", "1", "items steered"),
       column(&R::letters, "letters", "1",
              "1: the answers are the letters (A) and (B)"),
       column(&R::answer_first, "answer_first", "1",
              "of the two answers that all items draw on, the one whose "
              "matching_answer is 1; empty if there are more",
              Since{7}),
       column(&R::answer_second, "answer_second", "1",
              "the one whose matching_answer is -1", Since{7}),
       column(&R::split_by_cluster, "split_by_cluster", "1",
              "1: no cluster is in training and in test", Since{7}),
       column(&R::train_clusters, "train_clusters", "1",
              "clusters that training pairs are of, or -1", Since{7, -1}),
       column(&R::test_clusters, "test_clusters", "1",
              "clusters that test items are of, or -1", Since{7, -1}),
       column(&R::whole_answers, "whole_answers", "1",
              "1: whole answers are scored: logit_match and logit_other are "
              "log-probabilities summed over their tokens, log_sum_exp is 0",
              Since{8})}};
  return schema;
}

}  // namespace coxswain::storage
