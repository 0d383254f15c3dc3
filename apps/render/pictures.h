// Draws rendered spectrograms, one PNG per clip.
// Thread safety: free functions without shared state.
#pragma once

#include <filesystem>
#include <string>

#include "apps/shell/command.h"
#include "dsp/fields.h"
#include "dsp/picture.h"

namespace hitscope::apps::render {

struct PictureSettings {
  std::filesystem::path people;  ///< folder of pictures with axes, colours and a title; empty: none
  std::filesystem::path images;  ///< folder of 8-bit greyscale images of the data alone; empty: none
  dsp::GreyRange range;          ///< values of black and white in `images`

  template <typename Visit>
  static void describe(Visit&& visit) {
    using P = PictureSettings;
    visit(&P::people, {.name = "png",
                       .help = "draw every spectrogram, with axes and colours, into this folder",
                       .value = "FOLDER",
                       .is_output = true});
    visit(&P::images, {.name = "image",
                       .help = "write every spectrogram as an 8-bit grey image, without axes, into this folder",
                       .value = "FOLDER",
                       .is_output = true});
  }
};

/// The option --image-range LOW HIGH. `range` must outlive the parsing.
shell::Option image_range_option(dsp::GreyRange& range);

/// Draws every spectrogram of the folder `spectrograms` as ID.png (ids made safe for file names), unless the folder
/// already has the picture of the same clip, front end and range (recorded in its .pictures.csv). Pictures of clips
/// without a spectrogram are removed. Prints a line per folder on standard output. n_threads 0 means one per core. Ends
/// early when stopped. Throws UsageError for a folder that cannot be made.
void draw_pictures(const std::filesystem::path& spectrograms, const PictureSettings& settings, int n_threads);

}  // namespace hitscope::apps::render
