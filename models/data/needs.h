// What an option needs to have an effect: bits of dsp::Field::needs, each of which must be met by one of the fitted
// heads or by the labels.
// Thread safety: constants and a free function without shared state.
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
inline constexpr unsigned kItsHead = 128;       ///< a head that lists the option among its own (HeadInfo::options)
inline constexpr unsigned kLabels = kClasses | kValues;

/// The bits of `needs` in words: "a network with spectrogram input", "labels that are classes".
std::string words(unsigned needs);

}  // namespace hitscope::models::data::needs
