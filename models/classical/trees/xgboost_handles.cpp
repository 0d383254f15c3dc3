#include "models/classical/trees/xgboost_handles.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "models/classical/trees/library_versions.h"

namespace hitscope::models::classical::trees {

std::vector<dsp::LibraryVersion> library_versions() {
  std::array<int, 3> n{};
  XGBoostVersion(&n[0], &n[1], &n[2]);
  return {{"XGBoost", std::to_string(n[0]) + "." + std::to_string(n[1]) + "." + std::to_string(n[2])}};
}

void check(int status) {
  if (status != 0) throw std::runtime_error(std::string("XGBoost: ") + XGBGetLastError());
}

MatrixHandle make_matrix(const data::Matrix& features) {
  DMatrixHandle handle = nullptr;
  check(XGDMatrixCreateFromMat(features.values.data(), features.n_rows, features.n_columns,
                               std::numeric_limits<float>::quiet_NaN(), &handle));
  return MatrixHandle(handle);
}

BoosterPointer make_booster(std::span<const DMatrixHandle> matrices) {
  BoosterHandle handle = nullptr;
  check(XGBoosterCreate(matrices.data(), matrices.size(), &handle));
  return BoosterPointer(handle);
}

void set_parameter(BoosterHandle booster, const char* name, const std::string& value) {
  check(XGBoosterSetParam(booster, name, value.c_str()));
}

std::string model_json(BoosterHandle booster) {
  bst_ulong n = 0;
  const char* bytes = nullptr;
  check(XGBoosterSaveModelToBuffer(booster, R"({"format":"json"})", &n, &bytes));
  return {bytes, n};
}

std::vector<double> predict_rows(BoosterHandle booster, DMatrixHandle matrix, std::size_t n_rows, int n_classes) {
  const char* config = R"({"type":0,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":true})";
  const bst_ulong* shape = nullptr;
  bst_ulong n_dimensions = 0;
  const float* values = nullptr;
  check(XGBoosterPredictFromDMatrix(booster, matrix, config, &shape, &n_dimensions, &values));
  const std::size_t n_given = n_classes > 2 ? static_cast<std::size_t>(n_classes) : 1;
  if (n_dimensions != 2 || shape[0] != n_rows || shape[1] != n_given) {
    throw std::runtime_error("XGBoost: predictions of another shape than the model's");
  }
  std::vector<double> answers(values, values + n_rows * n_given);
  if (n_classes == 0) return answers;
  if (n_classes == 2) {
    std::vector<double> both;
    for (const double second : answers) both.insert(both.end(), {1.0 - second, second});
    return both;
  }
  // Floats add up to 1 only nearly.
  for (std::size_t row = 0; row < n_rows; ++row) {
    const std::span<double> p(answers.data() + row * n_given, n_given);
    double sum = 0.0;
    for (const double v : p) sum += v;
    for (double& v : p) v /= sum;
  }
  return answers;
}

std::string exact(double value) {
  std::array<char, 64> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

}  // namespace hitscope::models::classical::trees
