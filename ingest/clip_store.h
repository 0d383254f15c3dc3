// The clips on disk: every one under the SHA-256 of its bytes, so that equal bytes are stored once, and the parts of
// those that have not come whole.
//
//   clips/3f/3f9a….mp3    a clip; the extension is by its first bytes
//   parts/KEY.part        the beginning of a body
//
// A clip appears all at once (rename). Nothing is synced: kill -9 takes nothing away, and after a power failure the
// journal tells which clips to look at again (FetchJournal). Writing throws std::system_error (a full disk, no
// permission). Thread safety: one thread per ClipStore, but two of one folder may put() at the same time.
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

  /// Creates the folders.
  explicit ClipStore(std::filesystem::path folder);

  Clip put(std::span<const std::byte> bytes, AudioType type);

  // A part's key must tell bodies apart, not only rows: what is appended after a kill must be of the same body.

  /// Takes the bytes of a part from `offset` on, which must be its size; 0 begins it anew.
  void append(const std::string& key, std::size_t offset, std::span<const std::byte> bytes);
  /// The part with `last` at its end becomes a clip.
  Clip finish(const std::string& key, std::size_t offset, std::span<const std::byte> last, AudioType type);
  /// Forgets what it holds in memory of a part that will not go on in this run.
  void leave_part(const std::string& key);
  void drop_part(const std::string& key);
  /// Bytes of a part, 0 where there is none, and its first ones.
  std::size_t part_bytes(const std::string& key) const;
  std::string part_head(const std::string& key, std::size_t n) const;
  /// Removes all other parts, and what a killed process left half written.
  void keep_parts(const std::vector<std::string>& keys);

  /// Takes a clip over from another store, by hard link where the file system can. Its bytes are not looked at.
  void adopt(const std::filesystem::path& other, const Clip& clip);

  /// Why a clip is not what it was ("is missing", "has 5 bytes instead of 6", "has other bytes: …"), or nullopt.
  /// Without `read_all` only its size is looked at. Throws std::system_error where that cannot be found out.
  std::optional<std::string> problem(const Clip& clip, bool read_all) const;
  void remove(const Clip& clip);

 private:
  struct Part {
    std::size_t n_bytes = 0;
    Sha256 hash;
  };

  std::filesystem::path part_path(const std::string& key) const;
  Part& known_part(const std::string& key);
  std::filesystem::path place_for(const Clip& clip);
  Clip described(const std::string& sha256, std::size_t n_bytes, AudioType type) const;

  std::filesystem::path folder_;
  std::string incoming_;         // name of a clip on its way
  std::bitset<256> has_folder_;  // clips/00 … clips/ff that are there
  std::map<std::string, Part> parts_;
};

}  // namespace hitscope::ingest
