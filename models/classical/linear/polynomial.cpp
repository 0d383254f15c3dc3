#include "models/classical/linear/polynomial.h"

#include <numeric>
#include <stdexcept>

#include "models/classical/linear/linear_estimator.h"
#include "models/classical/linear/losses.h"

namespace hitscope::models::classical::linear {
namespace {

constexpr std::size_t kMostTerms = 5000;

struct PolynomialParameters {
  int degree = 2;
  bool interaction_only = false;
  double alpha = 0.0;

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = PolynomialParameters;
    visit(&P::degree,
          {.name = "degree", .help = "highest degree of a product of columns", .rule = dsp::between(1, 10)});
    visit(&P::interaction_only, {.name = "interaction_only", .help = "only products of different columns"});
    visit(&P::alpha,
          {.name = "alpha", .help = "strength of an l2 penalty; 0: least squares", .rule = dsp::at_least(0)});
  }
};

/// The columns of each product, of degree 1 first, as in scikit-learn's PolynomialFeatures.
using Terms = std::vector<std::vector<std::size_t>>;

Terms terms_of(std::size_t n_columns, const PolynomialParameters& p) {
  Terms terms;
  Terms last{{}};
  for (int degree = 1; degree <= p.degree; ++degree) {
    Terms next;
    for (const std::vector<std::size_t>& term : last) {
      const std::size_t first = term.empty() ? 0 : term.back() + (p.interaction_only ? 1 : 0);
      for (std::size_t c = first; c < n_columns; ++c) {
        next.push_back(term);
        next.back().push_back(c);
        if (terms.size() + next.size() > kMostTerms) {
          throw std::invalid_argument("degree " + std::to_string(p.degree) + " of " + std::to_string(n_columns) +
                                      " columns makes more than " + std::to_string(kMostTerms) +
                                      " products; use a lower degree or fewer columns");
        }
      }
    }
    terms.insert(terms.end(), next.begin(), next.end());
    last = std::move(next);
  }
  return terms;
}

class Polynomial final : public LinearEstimator {
 public:
  static const HeadInfo kInfo;
  static constexpr TableHeadTraits kTraits{};

  Polynomial() : LinearEstimator(Link::kIdentity) {}
  std::vector<dsp::Setting> parameters() override { return dsp::settings_of(parameters_); }

  bool fit(const LearningRows& rows, const FitContext& context) override {
    terms_ = terms_of(rows.n_columns(), parameters_);
    const data::Matrix products = prepared(rows.features);
    const LearningRows wide{products, rows.targets, rows.values, rows.weights, 0};
    Penalty penalty;
    penalty.l2 = parameters_.alpha;
    const LinearOutput output =
        Newton(products, rows.weights, SquaredLoss{rows.values}, penalty, context.n_threads).solve({});
    model_ = {};
    model_.add(output.weight, output.bias);
    model_.mean = column_means(wide, context.n_threads);
    return !context.is_stopped();
  }
  std::vector<double> predict(const data::Matrix& features, int n_threads) const override {
    return model_.outputs(prepared(features), n_threads);
  }
  /// Products are of several columns.
  std::optional<Contributions> explain(const data::Matrix&, int) const override { return std::nullopt; }
  int load(const Learned& learned, std::size_t n_columns) override {
    terms_ = terms_of(n_columns, parameters_);
    return LinearEstimator::load(learned, terms_.size());
  }

 private:
  data::Matrix prepared(const data::Matrix& features) const {
    data::Matrix products{features.n_rows, terms_.size(), std::vector<float>(features.n_rows * terms_.size())};
    float* out = products.values.data();
    for (std::size_t row = 0; row < features.n_rows; ++row) {
      const float* x = features.values.data() + row * features.n_columns;
      for (const std::vector<std::size_t>& term : terms_) {
        double product = 1.0;
        for (const std::size_t c : term) product *= static_cast<double>(x[c]);
        *out++ = static_cast<float>(product);
      }
    }
    return products;
  }

  PolynomialParameters parameters_;
  Terms terms_;
};

}  // namespace

const HeadInfo Polynomial::kInfo{.name = "polynomial",
                                 .summary = "least squares on products of columns up to a degree",
                                 .meets = data::needs::kTable | data::needs::kValues,
                                 .is_usual = false,
                                 .make = table_head<Polynomial>,
                                 .options = preprocessing_options};

const HeadInfo& polynomial() {
  return Polynomial::kInfo;
}

}  // namespace hitscope::models::classical::linear
