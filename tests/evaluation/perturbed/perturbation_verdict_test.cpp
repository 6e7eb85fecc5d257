#include "dko/evaluation/perturbed/perturbation_verdict.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace dko;

namespace {

MethodOnTarget judged(double spearman, double p, std::int64_t losses) {
  MethodOnTarget method;
  method.agreement.spearman = spearman;
  method.specificity = Specificity{1, losses, p};
  return method;
}

}  // namespace

TEST_CASE("a method finds a target only where one of a hundred other losses does as well") {
  CHECK(method_verdict(judged(0.37, 0.01, 300)) == "finds it");
  CHECK(method_verdict(judged(0.14, 0.011, 300)) == "does not find it");
  CHECK(method_verdict(judged(0.14, 0.04, 300)) == "does not find it");
  CHECK(method_verdict(judged(-0.37, 0.001, 300)) == "does not find it");
}

TEST_CASE("too few other losses allow no verdict") {
  CHECK(method_verdict(judged(0.9, 1.0 / 99, 99)) == "too few other losses to tell");
  CHECK(method_verdict(judged(0.9, 1.0 / 100, 100)) == "finds it");
}

TEST_CASE("what cannot be judged has no figure in its verdict") {
  MethodOnTarget method = judged(0.9, 0.001, 300);
  method.judgement = Judgement::nothing_to_find;
  CHECK(method_verdict(method) == "nothing to find");
  method.judgement = Judgement::not_visible;
  CHECK(method_verdict(method) == "not visible");
  method.judgement = Judgement::no_prediction;
  CHECK(method_verdict(method) == "no prediction");
}

TEST_CASE("a method without specificity is told apart from one without direction") {
  MethodOnTarget method;
  CHECK(method_verdict(method) == "predicts no direction");
  method.agreement.spearman = 0.2;
  CHECK(method_verdict(method) == "the same for every gene");
}

TEST_CASE("of a target that is not visible the verdict names a baseline only if that finds it") {
  PerturbationEvaluation evaluation;
  evaluation.methods = {"mapping", "direct effects", "co-expression"};
  TargetEvaluation target;
  target.label = "STAT1";
  target.not_visible = "99.5 % of the cells express it";
  target.methods = {judged(0, 1, 300), judged(0, 1, 300), judged(0.143, 0.04, 300)};
  target.methods[0].judgement = target.methods[1].judgement = Judgement::not_visible;
  evaluation.kind = {true, 0};
  CHECK(target_verdict(evaluation, target).find("what switching it on does cannot be predicted") !=
        std::string::npos);
  evaluation.kind = {};
  const std::string none = target_verdict(evaluation, target);
  CHECK(none.find("STAT1: not visible, 99.5 % of the cells express it") == 0);
  CHECK(none.find("Nothing else") != std::string::npos);
  CHECK(none.find("0.143") == std::string::npos);
  target.methods[2] = judged(0.37, 0.017, 60);  // p cannot be lower
  CHECK(target_verdict(evaluation, target).find("Whether anything else finds it cannot be told") !=
        std::string::npos);
  target.methods[2] = judged(0.37, 0.003, 300);
  CHECK(target_verdict(evaluation, target).find("co-expression finds it: Spearman 0.37") !=
        std::string::npos);
}

TEST_CASE("the mapping is compared with a baseline over the targets of which both predict a direction") {
  PerturbationEvaluation evaluation;
  evaluation.methods = {"mapping", "direct effects", "co-expression", "ridge knockouts"};
  const auto add = [&](std::optional<double> mapping, double coexpression, double ridge) {
    TargetEvaluation target;
    target.methods = {judged(0, 1, 300), judged(0, 1, 300), judged(coexpression, 1, 300),
                      judged(ridge, 1, 300)};
    target.methods[0].agreement.spearman = mapping;
    evaluation.targets.push_back(target);
  };
  CHECK(!paired_means(evaluation));
  add(0.3, 0.1, 0.6);
  for (int target = 0; target < 9; ++target) add({}, 0.2, 0.2);
  evaluation.means.resize(4);
  evaluation.means.front().targets = 10;
  const PairedMeans means = *paired_means(evaluation);
  CHECK(means.baseline == 3);
  CHECK(means.targets == 1);
  CHECK(means.mapping == Approx(0.3));
  CHECK(means.other == Approx(0.6));
  const std::string text = perturbation_verdict(evaluation);
  CHECK(text.find("over 1 of 10 targets that can be judged, of which both predict a direction, the mapping "
                  "is not above the best baseline, ridge knockouts: mean Spearman 0.300 against 0.600") !=
        std::string::npos);
  // One that says nothing of most targets is no baseline beside one that says something of all.
  for (TargetEvaluation& target : evaluation.targets) target.methods[0].agreement.spearman = 0.5;
  for (std::size_t target = 1; target < 10; ++target)
    evaluation.targets[target].methods[3].agreement.spearman.reset();
  CHECK(paired_means(evaluation)->baseline == 2);
  for (std::size_t target = 1; target < 10; ++target)
    evaluation.targets[target].methods[3].agreement.spearman = 0.2;
  const std::string all = perturbation_verdict(evaluation);
  CHECK(
      all.find(
          "over 10 targets that can be judged the mapping is above the best baseline, ridge knockouts: mean "
          "Spearman 0.500 against 0.240") != std::string::npos);
}

TEST_CASE("targets that go the other way themselves are told, but not of knockouts") {
  PerturbationEvaluation evaluation;
  for (const double change : {1.5, -0.5, 0.0}) {
    TargetEvaluation target;
    target.label = "T" + std::to_string(evaluation.targets.size());
    target.truth.log2_change = {change};
    evaluation.targets.push_back(target);
  }
  CHECK(direction_note(evaluation).empty());
  evaluation.kind = {true, 0};
  CHECK(direction_note(evaluation) ==
        "of 3 targets the gene itself does not rise in the cells of 2, and these may not be activations: "
        "T1, T2");
  evaluation.kind = {false, 0.2};
  CHECK(direction_note(evaluation) ==
        "of 3 targets the gene itself does not fall in the cells of 2, and these may not be knockdowns: "
        "T0, T2");
}
