// Finds the audio files of a folder and of the folders in it, and says what it passed over.
//
// Links are followed, but every real folder, and every file that a link leads to, is taken once, so that links that
// lead in circles end. A file whose name ends as audio does is taken unseen, so that a broken one becomes a failed row;
// others are told by their first bytes. Hidden files and folders are left out, and with them the companions that macOS
// writes
// (._x, .AppleDouble, __MACOSX).
// Thread safety: a free function without shared state.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace hitscope::apps::clips {

/// Numbers of names in a folder that are no clips, by reason.
struct PassedOver {
  std::size_t n_not_audio = 0;     ///< files by their bytes, and what is no file
  std::size_t n_hidden = 0;        ///< files and folders
  std::size_t n_unreadable = 0;    ///< files that would have to be read, and folders
  std::size_t n_dead_links = 0;    ///< links that lead nowhere
  std::size_t n_looped_links = 0;  ///< links that lead to themselves
  std::size_t n_second_links = 0;  ///< links to a folder or file that was found already

  /// "3 files passed over: 2 not audio, 1 hidden; 1 link that leads nowhere"; empty if there is nothing to say.
  std::string words() const;
};

struct FolderClips {
  std::vector<std::filesystem::path> names;  ///< relative to the folder, sorted
  PassedOver passed_over;
};

/// The clips of `folder`. Throws UsageError for a folder with more than 20 million names.
FolderClips find_clips(const std::filesystem::path& folder);

}  // namespace hitscope::apps::clips
