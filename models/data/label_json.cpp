// A LabelScheme as text: JSON for the bundle, and a sentence for messages.
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "dsp/json.h"
#include "models/data/labels.h"
#include "models/data/quantile.h"

namespace hitscope::models::data {
namespace {

LabelKind kind_named(const std::string& name) {
  if (name == "top-percent") return LabelKind::kTopPercent;  // as older bundles spell them
  if (name == "mapping") return LabelKind::kMapping;
  return dsp::from_string<LabelKind>("kind", name);
}

void expect(bool holds, const char* rule) {
  if (!holds) throw std::runtime_error(rule);
}

bool rises(const std::vector<double>& edges) {
  return std::all_of(edges.begin(), edges.end(), [](double edge) { return std::isfinite(edge); }) &&
         std::adjacent_find(edges.begin(), edges.end(), std::greater_equal<>()) == edges.end();
}

/// Checks what label() assumes of a scheme that was read.
void check_scheme(LabelKind kind, std::size_t n_classes, const std::vector<double>& edges,
                  const std::vector<double>& percentiles,
                  const std::map<std::string, std::vector<double>>& group_edges) {
  expect(rises(edges), "the edges must be in increasing order");
  switch (kind) {
    case LabelKind::kPercentile:
      expect(!edges.empty() && percentiles.size() == edges.size() && rises(percentiles),
             "every value needs its percentile");
      [[fallthrough]];
    case LabelKind::kRegression:
      expect(n_classes == 0, "a regression has no classes");
      return;
    case LabelKind::kPopularityClasses:
      expect(n_classes == 101, "popularity has 101 classes");
      return;
    case LabelKind::kCategories:
      expect(edges.empty() || edges.size() == n_classes, "every category needs its number");
      [[fallthrough]];
    case LabelKind::kMapping:
      expect(n_classes >= 2 && n_classes <= 101, "there must be 2 to 101 classes");
      return;
    default:
      expect(!edges.empty() && edges.size() + 1 == n_classes, "every two classes need an edge between them");
  }
  for (const auto& [group, own] : group_edges) {
    expect(own.size() == edges.size() && rises(own),
           "every group needs as many edges as all rows have, in increasing order");
  }
}

std::string list_text(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : ", ") + short_number_text(value);
  return text;
}

constexpr std::size_t kMostNamed = 10;

std::string names_text(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kMostNamed ? text + ", …" : text;
}

std::string group_text(const std::string& column, const std::map<std::string, std::vector<double>>& group_edges) {
  std::string text = "edges by " + column + ": ";
  std::size_t n = 0;
  for (const auto& [group, edges] : group_edges) {
    if (++n > kMostNamed) return text + "…; ";
    text += group + ": " + list_text(edges) + "; ";
  }
  return text;
}

}  // namespace

std::string LabelScheme::to_json() const {
  const nlohmann::json json{
      {"kind", to_string(config_.kind)},
      {"config",
       {{"edges", config_.edges},
        {"n_classes", config_.n_classes},
        {"percent", config_.percent},
        {"group_column", config_.group_column},
        {"mapping", config_.mapping},
        {"mapping_file", config_.mapping_file}}},
      {"class_names", class_names_},
      {"edges", edges_},
      {"percentiles", percentiles_},
      {"group_edges", group_edges_},
  };
  return json.dump(2);
}

LabelScheme LabelScheme::from_json(const std::string& text) {
  try {
    const auto json = dsp::parse_json<nlohmann::json>(text);
    LabelScheme scheme;
    const auto& config = json.at("config");
    scheme.config_ = {kind_named(json.at("kind")), config.at("edges"),   config.at("n_classes"),   config.at("percent"),
                      config.at("group_column"),   config.at("mapping"), config.at("mapping_file")};
    scheme.config_.validate();
    scheme.class_names_ = json.at("class_names").get<std::vector<std::string>>();
    scheme.edges_ = json.at("edges").get<std::vector<double>>();
    scheme.percentiles_ = json.at("percentiles").get<std::vector<double>>();
    scheme.group_edges_ = json.at("group_edges").get<std::map<std::string, std::vector<double>>>();
    check_scheme(scheme.config_.kind, scheme.class_names_.size(), scheme.edges_, scheme.percentiles_,
                 scheme.group_edges_);
    return scheme;
  } catch (const std::exception& e) {
    throw std::runtime_error(std::string("not a label scheme: ") + e.what());
  }
}

std::string LabelScheme::description() const {
  switch (config_.kind) {
    case LabelKind::kTopPercent:
      return "high is >= " + short_number_text(edges_[0]);
    case LabelKind::kMedian:
      return "high is > " + short_number_text(edges_[0]);
    case LabelKind::kMapping:
      return std::to_string(config_.mapping.size()) + " texts to " + std::to_string(n_classes()) +
             " classes: " + names_text(class_names_);
    case LabelKind::kCategories:
      return "categories " + names_text(class_names_);
    case LabelKind::kPopularityClasses:
      return "the value rounded to a whole number, 0 to 100";
    case LabelKind::kRegression:
      return "the number itself";
    case LabelKind::kPercentile:
      return "the percentile among the training rows' values, " + short_number_text(edges_.front()) + " to " +
             short_number_text(edges_.back());
    default:
      break;
  }
  if (group_edges_.empty()) return "edges " + list_text(edges_);
  return group_text(config_.group_column, group_edges_) + "other rows: " + list_text(edges_);
}

}  // namespace hitscope::models::data
