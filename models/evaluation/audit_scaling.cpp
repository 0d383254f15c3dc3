// Columns that have the statistics of all rows: test rows took part in the scaling.
//
// Known are scikit-learn's StandardScaler, MinMaxScaler and RobustScaler. Nature knows mean 0 and deviation 1 to six
// digits as little as median 0 and quartiles that are 1 apart, but it knows shares from 0 to 1.
#include <array>
#include <cmath>

#include "models/data/column_statistics.h"
#include "models/evaluation/audit_checks.h"

namespace hitscope::models::evaluation {
namespace {

/// To what survives the writing of a table.
constexpr double kTolerance = 1e-6;

bool is_near(double x, double y) {
  return std::abs(x - y) <= kTolerance;
}

template <typename Takes>
std::vector<double> finite_values(const std::vector<double>& values, const Takes& takes) {
  std::vector<double> result;
  result.reserve(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (std::isfinite(values[row]) && takes(row)) result.push_back(values[row]);
  }
  return result;
}

/// Mean 0 and deviation 1, with either divisor.
bool is_standardized(std::vector<double>& values) {
  if (values.size() < 2) return false;
  const auto n = static_cast<double>(values.size());
  const double mean = data::mean_of(values);
  if (!is_near(mean, 0.0)) return false;
  const double deviation = std::sqrt(data::variance_of(values, mean));
  return is_near(deviation, 1.0) || is_near(deviation * std::sqrt(n / (n - 1.0)), 1.0);
}

bool is_robust(std::vector<double>& values) {
  return values.size() >= 2 && is_near(data::quantile(values, 0.5), 0.0) &&
         is_near(data::quantile(values, 0.75) - data::quantile(values, 0.25), 1.0);
}

bool is_unit(std::vector<double>& values) {
  if (values.empty()) return false;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return is_near(*least, 0.0) && is_near(*most, 1.0);
}

/// Written with three decimals or fewer, as shares and scores are; what was divided by a range seldom is.
bool is_on_grid(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](double value) { return std::abs(value * 1000.0 - std::round(value * 1000.0)) < 1e-6; });
}

struct Scaler {
  const char* shape;  ///< for the sentence
  bool (*is_scaled)(std::vector<double>&);
  /// Columns of this shape that no single one proves anything for.
  bool needs_company;
};

/// In which rows a column has a scaler's shape.
struct Shape {
  bool all = false;
  bool training = false;
  bool before_test = false;  ///< training and validation rows
};

Shape shape_of(const Rows& rows, const std::vector<double>& column, const Scaler& scaler) {
  if (!is_continuous(column)) return {};
  auto values = finite_values(column, [](std::size_t) { return true; });
  if (!scaler.is_scaled(values) || (scaler.needs_company && is_on_grid(values))) return {};
  auto training =
      finite_values(column, [&](std::size_t row) { return rows.input.split->part(row) == data::Part::kTrain; });
  auto before_test = finite_values(column, [&](std::size_t row) { return rows.fits(row); });
  return {true, scaler.is_scaled(training), scaler.is_scaled(before_test)};
}

void check_scaler(const Rows& rows, const Scaler& scaler, std::vector<Finding>& findings) {
  const auto& numeric = rows.input.table.numeric;
  std::vector<Shape> shapes(numeric.size());
  for_each_index(numeric.size(), [&](std::size_t i) { shapes[i] = shape_of(rows, numeric[i].values, scaler); });
  std::vector<std::string> names;
  std::size_t n_shaped = 0;
  std::size_t n_continuous = 0;
  bool tests_tell = false;
  for (std::size_t i = 0; i < numeric.size(); ++i) {
    n_shaped += shapes[i].all ? 1 : 0;
    n_continuous += is_continuous(numeric[i].values) ? 1 : 0;
    if (!shapes[i].all || shapes[i].training) continue;
    // Extremes are in few rows: other columns may show that the scaler saw more than the training rows.
    if (scaler.needs_company || !shapes[i].before_test) names.push_back(numeric[i].name);
    tests_tell = tests_tell || !shapes[i].before_test;
  }
  if (names.empty() || !tests_tell) return;
  const bool enough = n_shaped >= 3 || (n_shaped >= 2 && n_shaped == n_continuous);
  if (scaler.needs_company && !enough) return;
  const bool sure = !scaler.needs_company || names.size() >= 2;
  findings.push_back(
      {sure ? Severity::kLeak : Severity::kWarning, AuditRule::kScaledOnAllRows, names.size() == 1 ? names[0] : "table",
       some_of(names) + (names.size() == 1 ? " has " : " have ") + scaler.shape +
           " over all rows but not over the training rows: test rows " + (sure ? "took" : "may have taken") +
           " part in the scaling; use the unscaled table, because heads scale by their training rows"});
}

}  // namespace

void check_scaling(const Rows& rows, std::vector<Finding>& findings) {
  if (rows.n_tests == 0) return;
  static constexpr std::array<Scaler, 3> kScalers{{{"mean 0 and standard deviation 1", is_standardized, false},
                                                   {"minimum 0 and maximum 1", is_unit, true},
                                                   {"median 0 and quartiles that are 1 apart", is_robust, true}}};
  for (const Scaler& scaler : kScalers) check_scaler(rows, scaler, findings);
}

}  // namespace hitscope::models::evaluation
