// RAII handles and the functions of XGBoost's C API that boosted trees use. Internal to models/classical.
//
// Every function throws std::runtime_error with XGBoost's own message if XGBoost fails.
// Thread safety: one thread at a time per booster or matrix; different ones are independent.
#pragma once

#include <xgboost/c_api.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/data/table_encoder.h"

namespace hitscope::models::classical::trees {

struct FreeMatrix {
  void operator()(void* handle) const { XGDMatrixFree(handle); }
};
struct FreeBooster {
  void operator()(void* handle) const { XGBoosterFree(handle); }
};
using MatrixHandle = std::unique_ptr<void, FreeMatrix>;
using BoosterPointer = std::unique_ptr<void, FreeBooster>;

/// Throws std::runtime_error unless `status`, which a function of XGBoost returned, is 0.
void check(int status);

/// XGBoost's copy of `features` [n_rows, n_columns]; NaN is missing.
MatrixHandle make_matrix(const data::Matrix& features);

/// A booster for fitting or evaluating on these matrices.
BoosterPointer make_booster(std::span<const DMatrixHandle> matrices);

void set_parameter(BoosterHandle booster, const char* name, const std::string& value);

/// The model in XGBoost's JSON format.
std::string model_json(BoosterHandle booster);

/// Predictions [n_rows, max(n_classes, 1)]: probabilities that sum to 1 in each row, or numbers if n_classes is 0. (For
/// two classes XGBoost itself returns the second one's probability only.)
std::vector<double> predict_rows(BoosterHandle booster, DMatrixHandle matrix, std::size_t n_rows, int n_classes);

/// The shortest text that reads back as `value`.
std::string exact(double value);

}  // namespace hitscope::models::classical::trees
