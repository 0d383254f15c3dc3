// Pictures of rendered spectrograms, one PNG per clip.
#pragma once

#include <filesystem>
#include <string>

namespace hitscope::apps {

/// FOLDER/ID.png, the id made safe for a file name.
std::filesystem::path picture_path(const std::filesystem::path& pictures, const std::string& id);

/// Draws every spectrogram of `spectrograms` that has no picture in `pictures` yet, as ID.png (ids made safe for file
/// names). Prints one line on standard output. n_threads 0: one per core.
void draw_pictures(const std::filesystem::path& spectrograms, const std::filesystem::path& pictures, int n_threads);

}  // namespace hitscope::apps
