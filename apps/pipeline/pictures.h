// Pictures of rendered spectrograms, one PNG per clip.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <string>

#include "dsp/picture.h"

namespace hitscope::apps {

struct PictureSettings {
  std::filesystem::path people;  ///< folder of pictures with axes, colours and a title; empty: none
  std::filesystem::path images;  ///< folder of 8-bit greyscale images of the data alone; empty: none
  dsp::GreyRange range;          ///< of the images
};

/// Forgets the pictures of a clip that is about to be rendered anew.
void remove_pictures(const PictureSettings& settings, const std::string& id);

/// Draws every spectrogram of `spectrograms` that has no picture yet, as ID.png (ids made safe for file names). Prints
/// a line per folder on standard output. n_threads 0: one per core.
void draw_pictures(const std::filesystem::path& spectrograms, const PictureSettings& settings, int n_threads);

}  // namespace hitscope::apps
