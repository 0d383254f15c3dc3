#include "models/data/needs.h"

namespace hitscope::models::data::needs {

std::string words(unsigned needs) {
  if ((needs & kClasses) != 0) return "labels that are classes";
  if ((needs & kValues) != 0) return "labels that are values";
  if ((needs & kWindows) != 0) return "a network that is trained on windows of spectrograms (any but cnn)";
  if ((needs & kSpectrograms) != 0) return "a network with spectrogram input";
  if ((needs & kNetwork) != 0) return "a network";
  if ((needs & kTable) != 0) return "a head with table columns as input";
  if ((needs & kEarlyStopping) != 0) return "a head that stops early (networks, boosted_trees)";
  if ((needs & kItsHead) != 0) return "the head that has this option";
  return "nothing";
}

}  // namespace hitscope::models::data::needs
