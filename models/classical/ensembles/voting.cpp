#include <algorithm>
#include <stdexcept>

#include "models/classical/ensembles/ensemble.h"

namespace hitscope::models::classical::ensembles {
namespace {

class Voting final : public Ensemble {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  bool fit(const LearningRows& rows, const FitContext& context) override {
    make(rows.n_classes > 0);
    return std::all_of(parts_.begin(), parts_.end(), [&](const auto& part) { return part->fit(rows, quiet(context)); });
  }

  std::vector<double> predict(const data::Matrix& features, int n_threads) const override {
    std::vector<double> mean;
    for (const auto& part : parts_) {
      const std::vector<double> answers = part->predict(features, n_threads);
      mean.resize(answers.size(), 0.0);
      for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += answers[i] / static_cast<double>(parts_.size());
    }
    return mean;
  }

  int load(const Learned& learned, std::size_t n_columns) override {
    std::vector<std::unique_ptr<Estimator>> parts;
    int n_classes = -1;
    // A part of values says so; which kind all are of is that of the first.
    for (const bool is_of_classes : {true, false}) {
      try {
        for (std::size_t i = 0; i < learned.parts.size(); ++i) {
          auto part = estimator_named(names(is_of_classes).at(i), is_of_classes);
          const int n = part->load(learned.parts[i], n_columns);
          if ((n > 0) != is_of_classes || (n_classes >= 0 && n != n_classes))
            throw std::runtime_error("the heads that vote have learned different classes");
          n_classes = n;
          parts.push_back(std::move(part));
        }
        parts_ = std::move(parts);
        return n_classes;
      } catch (const std::exception&) {
        if (!is_of_classes) throw;
        parts.clear();
        n_classes = -1;
      }
    }
    return n_classes;
  }
};

}  // namespace

const HeadInfo Voting::kInfo = info_of<Voting>("voting", "mean of the answers of several heads");

const HeadInfo& voting() {
  return Voting::kInfo;
}

}  // namespace hitscope::models::classical::ensembles
