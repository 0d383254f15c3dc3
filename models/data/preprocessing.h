// Settings of what is done to rows before a head sees them. Statistics are fitted on training rows only.
// Thread safety: a plain value.
#pragma once

#include "dsp/fields.h"
#include "models/data/needs.h"
#include "models/data/resampling.h"
#include "models/data/table_encoder.h"

namespace hitscope::models::data {

struct Preprocessing {
  Imputation imputation = Imputation::kMedian;
  Scaling scaling = Scaling::kStandard;
  int select_k = 0;                           ///< number of encoded columns to keep; 0: all
  Resampling resampling = Resampling::kNone;  ///< SMOTE for heads with table input only
  bool balanced_class_weight = false;

  EncoderConfig encoder() const { return {imputation, scaling, select_k}; }

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = Preprocessing;
    visit(&P::imputation, {.name = "imputation",
                           .help = "how missing numbers are filled in",
                           .needs = needs::kTable,
                           .flag = "--impute"});
    visit(&P::scaling,
          {.name = "scaling", .help = "how numbers are scaled", .needs = needs::kTable, .flag = "--scale"});
    visit(&P::select_k, {.name = "select_k",
                         .help = "number of columns to keep, the best by the ANOVA F-value; 0 keeps all",
                         .value = "K",
                         .rule = dsp::at_least(0),
                         .needs = needs::kTable | needs::kClasses});
    visit(&P::resampling, {.name = "resampling",
                           .help = "add training rows of rare classes until all classes are equally frequent",
                           .needs = needs::kClasses,
                           .flag = "--resample"});
    visit(&P::balanced_class_weight,
          {.name = "balanced_class_weight",
           .help = "give rare classes more weight in the loss, like class_weight=\"balanced\" in "
                   "scikit-learn",
           .needs = needs::kClasses});
  }
};

}  // namespace hitscope::models::data
