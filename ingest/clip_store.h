// Stores clips on disk under the SHA-256 of their bytes, so that equal bytes are stored once, and the parts of
// unfinished bodies.
//
//   clips/3f/3f9a….mp3    a clip; the extension is by its first bytes
//   parts/KEY.part        the beginning of a body
//   damaged/3f9a….mp3     a clip whose bytes are not what they should be, set aside
//
// A store may come from elsewhere: names that its journal holds are used only if they are those of the scheme above,
// and what lies in it is opened beneath it without following links. A clip appears atomically (by rename). Nothing is
// synced to the disk: kill -9 loses nothing, and after a power failure the FetchJournal says which clips to check.
// Writing throws std::system_error (a full disk, no permission). Thread safety: one thread per ClipStore; two objects
// of one folder may call put() at the same time.
#pragma once

#include <bitset>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/audio_type.h"
#include "ingest/clip_name.h"
#include "ingest/folder.h"
#include "ingest/sha256.h"

namespace hitscope::ingest {

/// A stored clip, whose bytes begin like audio.
struct Clip {
  std::string file;  ///< path relative to the store's folder
  std::size_t n_bytes = 0;
  std::string sha256;      ///< hexadecimal
  std::string media_type;  ///< media type, by the first bytes
};

class ClipStore {
 public:
  static constexpr const char* kClipFolder = ingest::kClipFolder;
  static constexpr const char* kPartFolder = "parts";
  static constexpr const char* kDamagedFolder = "damaged";

  /// Creates the folders. Throws InputError where one of them is a link or a file.
  explicit ClipStore(std::filesystem::path folder);
  /// A store that is only read: nothing is created in it. Throws InputError unless `folder` is a folder.
  static ClipStore reading(const std::filesystem::path& folder) { return ClipStore(Folder(folder)); }

  Clip put(std::span<const std::byte> bytes, AudioType type);

  // The key of a part must identify a body, not only a row, because bytes appended after a kill must belong to the same
  // body.

  /// Appends `bytes` to a part at `offset`, which must be its size; an offset of 0 starts it again.
  void append(const std::string& key, std::size_t offset, std::span<const std::byte> bytes);
  /// Makes a clip of the part followed by `last`, and removes the part.
  Clip finish(const std::string& key, std::size_t offset, std::span<const std::byte> last, AudioType type);
  /// Releases the memory held for a part that will not be continued in this run.
  void leave_part(const std::string& key);
  void drop_part(const std::string& key);
  /// The size of a part, 0 if there is none, and its first `n` bytes.
  std::size_t part_bytes(const std::string& key) const;
  std::string part_head(const std::string& key, std::size_t n) const;
  /// Removes all other parts, and files that a killed process left unfinished.
  void keep_parts(const std::vector<std::string>& keys);

  /// Copies a clip of another store, by hard link if the file system can. Its bytes are read and must be the clip's:
  /// else what is wrong with them is returned and nothing is copied.
  std::optional<std::string> adopt(const ClipStore& other, const Clip& clip);

  /// What is wrong with a stored clip ("is missing", "is not a file", "has 5 bytes instead of 6", "has changed; …"), or
  /// nullopt. Without `read_all` only its size is checked. Throws std::system_error if the file cannot be read.
  std::optional<std::string> problem(const Clip& clip, bool read_all) const;
  /// Moves what lies under a damaged clip's name to damaged/, beside what was moved there before; nothing happens if
  /// there is nothing.
  void set_aside(const Clip& clip);

 private:
  explicit ClipStore(Folder folder) : folder_(folder.path()), beneath_(std::move(folder)) {}

  struct Part {
    std::size_t n_bytes = 0;
    Sha256 hash;
  };

  std::filesystem::path part_name(const std::string& key) const;
  Part& known_part(const std::string& key);
  std::filesystem::path place_for(const Clip& clip);
  void make_room(const Clip& clip);
  Clip described(const std::string& sha256, std::size_t n_bytes, AudioType type) const;

  std::filesystem::path folder_;
  Folder beneath_;
  std::string incoming_;         // temporary name of a clip that is being written
  std::bitset<256> has_folder_;  // which of clips/00 … clips/ff exist
  std::map<std::string, Part> parts_;
};

}  // namespace hitscope::ingest
