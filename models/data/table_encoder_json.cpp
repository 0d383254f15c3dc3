// TableEncoder as JSON: written and read.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "dsp/json.h"
#include "models/data/table_encoder.h"

namespace hitscope::models::data {
namespace {

/// A text as JSON: a string, or its bytes where they are not UTF-8.
nlohmann::ordered_json text_json(const std::string& value) {
  try {
    (void)nlohmann::json(value).dump();
    return value;
  } catch (const nlohmann::json::type_error&) {
    return std::vector<std::uint8_t>(value.begin(), value.end());
  }
}

std::string text_from(const nlohmann::json& j) {
  if (j.is_string()) return j.get<std::string>();
  const auto bytes = j.get<std::vector<std::uint8_t>>();
  return {bytes.begin(), bytes.end()};
}

}  // namespace

std::string TableEncoder::to_json() const {
  nlohmann::ordered_json j{{"imputation", to_string(config_.imputation)},
                           {"scaling", to_string(config_.scaling)},
                           {"select_k", config_.select_k},
                           {"numeric", nlohmann::ordered_json::array()},
                           {"categorical", nlohmann::ordered_json::array()},
                           {"selected", selected_}};
  for (const NumberStatistics& n : numbers_) {
    j["numeric"].push_back({{"name", text_json(n.name)}, {"fill", n.fill}, {"center", n.center}, {"scale", n.scale}});
  }
  for (const Category& c : categories_) {
    auto values = nlohmann::ordered_json::array();
    for (const std::string& value : c.values) values.push_back(text_json(value));
    j["categorical"].push_back({{"name", text_json(c.name)}, {"values", std::move(values)}});
  }
  return j.dump(2) + "\n";
}

TableEncoder TableEncoder::from_json(const std::string& text) try {
  TableEncoder encoder;
  const auto j = dsp::parse_json<nlohmann::json>(text);
  encoder.config_ = {dsp::from_string<Imputation>("imputation", j.at("imputation").get<std::string>()),
                     dsp::from_string<Scaling>("scaling", j.at("scaling").get<std::string>()), j.at("select_k")};
  for (const auto& n : j.at("numeric")) {
    encoder.numbers_.push_back({text_from(n.at("name")), n.at("fill"), n.at("center"), n.at("scale")});
    if (!(encoder.numbers_.back().scale > 0.0)) throw std::invalid_argument("a scale must be greater than 0");
  }
  for (const auto& c : j.at("categorical")) {
    Category category{text_from(c.at("name")), {}};
    for (const auto& value : c.at("values")) category.values.push_back(text_from(value));
    encoder.categories_.push_back(std::move(category));
  }
  std::size_t next = 0;
  for (const std::size_t column : j.at("selected").get<std::vector<std::size_t>>()) {
    if (column < next || column >= encoder.n_before_selection()) {
      throw std::invalid_argument("selected columns must exist and be in increasing order");
    }
    encoder.selected_.push_back(column);
    next = column + 1;
  }
  return encoder;
} catch (const nlohmann::json::exception& e) {
  throw std::runtime_error(std::string("not a table encoder: ") + e.what());
} catch (const std::invalid_argument& e) {
  throw std::runtime_error(std::string("not a table encoder: ") + e.what());
}

}  // namespace hitscope::models::data
