// The clips on disk: every one under the SHA-256 of its bytes, so that equal bytes are stored once, and the parts of
// those that have not come whole.
//
//   clips/3f/3f9a….mp3    a clip; the extension is by its first bytes
//   parts/ID.part         the beginning of a body, by the id of its row
//
// A clip appears all at once (rename). Nothing is synced: kill -9 takes nothing away, and after a power failure the
// journal tells which clips to look at again (FetchJournal). Thread safety: one thread per store; finding problems may
// run in others. Writing throws std::system_error (a full disk, no permission).
#pragma once

#include <bitset>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ingest/audio_type.h"
#include "ingest/sha256.h"

namespace hitscope::ingest {

/// Bytes on disk that begin as audio does.
struct Clip {
  std::string file;  ///< relative to the store's folder
  std::size_t n_bytes = 0;
  std::string sha256;      ///< hexadecimal
  std::string media_type;  ///< by the first bytes
};

class ClipStore {
 public:
  static constexpr const char* kClipFolder = "clips";
  static constexpr const char* kPartFolder = "parts";

  /// Creates the folders and removes what a killed process left half written.
  explicit ClipStore(std::filesystem::path folder);

  Clip put(std::span<const std::byte> bytes, AudioType type);

  /// Takes the bytes of a part from `offset` on, which must be its size; 0 begins it anew.
  void append(const std::string& id, std::size_t offset, std::span<const std::byte> bytes);
  /// The part with `last` at its end becomes a clip.
  Clip finish(const std::string& id, std::size_t offset, std::span<const std::byte> last, AudioType type);
  void drop_part(const std::string& id);
  /// Bytes of a part, 0 where there is none, and its first ones.
  std::size_t part_bytes(const std::string& id) const;
  std::string part_head(const std::string& id, std::size_t n) const;
  /// Removes the parts of all rows but these.
  void keep_parts_of(const std::vector<std::string>& ids);

  /// Takes a clip over from another store, by hard link where the file system can. Its bytes are not looked at.
  void adopt(const std::filesystem::path& other, const Clip& clip);

  /// Why a clip is not what it was ("is missing", "has 5 bytes instead of 6", "has other bytes: …"), or nullopt.
  /// Without `read_all` only size is looked at.
  std::optional<std::string> problem(const Clip& clip, bool read_all) const;
  void remove(const Clip& clip);

 private:
  struct Part {
    int descriptor = -1;
    std::size_t n_bytes = 0;
    Sha256 hash;
  };

  std::filesystem::path part_path(const std::string& id) const;
  Part& open_part(const std::string& id);
  void close_part(const std::string& id);
  std::filesystem::path place_for(const Clip& clip);
  Clip described(const std::string& sha256, std::size_t n_bytes, AudioType type) const;

  std::filesystem::path folder_;
  std::bitset<256> has_folder_;  // clips/00 … clips/ff that are there
  std::map<std::string, Part> parts_;
};

}  // namespace hitscope::ingest
