// Reads the predictions of any program from a table. Types are not inferred as for other tables, so no cell loses its
// value.
// Thread safety: plain values and free functions without shared state.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "dsp/fields.h"

namespace hitscope::ingest::tables {

enum class PredictionKind {
  kByContent,      ///< chosen by content, see read_predictions()
  kClasses,        ///< texts or whole numbers that are right or wrong
  kValues,         ///< numbers that are near or far from the truth
  kProbabilities,  ///< of each class, or of 1 where the truth is 0 or 1
};
constexpr auto names_of(PredictionKind) {
  return std::to_array<dsp::Name<PredictionKind>>(
      {{PredictionKind::kByContent, "auto", "chosen by the content; the output says which and why"},
       {PredictionKind::kClasses, "classes", "texts or whole numbers, either equal or not"},
       {PredictionKind::kValues, "values", "numbers, judged by their distance"},
       {PredictionKind::kProbabilities, "probabilities",
        "probabilities of each class, or of class 1 where the true values are 0 and 1"}});
}
using dsp::to_string;

/// The table and its columns; empty names are found by their usual names.
struct PredictionsRequest {
  std::filesystem::path file{};  ///< a table: id, y_true, y_pred[, group]
  std::string id_column{};
  std::string true_column{};
  std::string predicted_column{};
  std::string group_column{};
  std::string head{};  ///< of a run's predictions.csv
  PredictionKind kind = PredictionKind::kByContent;

  /// The flags of id_column and group_column are those of RoleNames.
  template <typename Visit>
  static void describe(Visit&& visit) {
    using C = PredictionsRequest;
    visit(&C::file,
          {.name = "predictions",
           .help = "judge the predictions in this table instead of auditing TABLE: columns id, y_true, y_pred and, "
                   "optionally, group; instead of y_pred a column of probabilities for each class (proba_CLASS); or a "
                   "predictions.csv of a run",
           .value = "FILE"});
    visit(&C::true_column, {.name = "true_column",
                            .help = "column of the true values (default: y_true, target, label, true, actual)",
                            .value = "COLUMN"});
    visit(&C::predicted_column, {.name = "predicted_column",
                                 .help = "column of the predictions (default: y_pred, prediction, predicted, pred)",
                                 .value = "COLUMN"});
    visit(&C::head, {.name = "head", .help = "head of a run's predictions.csv that is judged", .value = "NAME"});
    visit(&C::id_column, {.name = "id_column", .help = "column of the ids", .value = "COLUMN", .flag = "-"});
    visit(&C::group_column, {.name = "group_column", .help = "column of the groups", .value = "COLUMN", .flag = "-"});
    visit(&C::kind, {.name = "kind", .help = "what the predictions are"});
  }
};

struct Predictions {
  std::string name;  ///< name of the file, without its folder
  std::size_t n_rows = 0;
  PredictionKind kind = PredictionKind::kClasses;  ///< never kByContent
  std::string read_as;                   ///< how the cells were read: "3 classes ('low' is not a number; …)"
  std::string intervals_over;            ///< units of the intervals: "812 groups of 'artist'"
  std::vector<std::string> ids;          ///< [n_rows], empty without an id column
  std::vector<std::string> groups;       ///< [n_rows], empty if every row is its own group
  std::vector<std::string> class_names;  ///< kClasses: in the order of numbers or of texts; kProbabilities: 0, 1
  std::vector<int> targets;              ///< [n_rows], kClasses and kProbabilities: true classes
  std::vector<int> answers;              ///< [n_rows], kClasses: predicted classes
  std::vector<double> probabilities;     ///< [n_rows, n_classes], kProbabilities
  std::vector<double> true_values;       ///< [n_rows], kValues: true values
  std::vector<double> predicted_values;  ///< [n_rows], kValues and kProbabilities: predictions
};

/// Reads truth and predictions as numbers if all cells of both are, else as texts. By content, texts are classes;
/// numbers are probabilities if the truth is 0 or 1 and predictions are fractions from 0 to 1, classes if they are
/// whole and the truth has at most 30 different ones (1 and 1.0 are equal), else values. Throws InputError naming file,
/// column and row for a missing column, no rows, a row without a value (an empty cell; NA, NaN, … among numbers, or
/// predicted although no class of the truth), a number that is not finite, a cell that is not of the requested kind, or
/// more than 5,000 classes.
Predictions read_predictions(const PredictionsRequest& request);

std::string with_commas(std::size_t n);  ///< 2000 as "2,000"
/// A number of rows: "1 row", "2,000 rows".
std::string rows_of(std::size_t n);

}  // namespace hitscope::ingest::tables
