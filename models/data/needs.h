// What an option of a fit is of use to: bits of dsp::Field::needs. An option has an effect where every bit is met, by
// one of the heads that are fitted or by the labels. Thread safety: constants and a free function.
#pragma once

#include <string>

namespace hitscope::models::data::needs {

inline constexpr unsigned kNetwork = 1;         ///< a network
inline constexpr unsigned kSpectrograms = 2;    ///< a head with spectrogram input
inline constexpr unsigned kWindows = 4;         ///< a network that is trained on augmented windows of a clip
inline constexpr unsigned kTable = 8;           ///< a head with table columns as input
inline constexpr unsigned kEarlyStopping = 16;  ///< a head that stops early by validation rows
inline constexpr unsigned kClasses = 32;        ///< labels that are classes
inline constexpr unsigned kValues = 64;         ///< labels that are values
inline constexpr unsigned kLabels = kClasses | kValues;

/// "a network with spectrogram input", "labels that are classes": what the bits of `needs` ask for.
std::string words(unsigned needs);

}  // namespace hitscope::models::data::needs
