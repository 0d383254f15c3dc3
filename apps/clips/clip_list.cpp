#include "apps/clips/clip_list.h"

#include <fcntl.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <map>
#include <set>
#include <string_view>

#include "apps/clips/fetch_results.h"
#include "apps/clips/folder_clips.h"
#include "apps/shell/printable.h"
#include "apps/shell/progress.h"
#include "apps/shell/verb.h"
#include "ingest/audio_type.h"
#include "ingest/clip_name.h"
#include "ingest/fetch_journal.h"
#include "ingest/folder.h"
#include "ingest/tables/catalogue.h"
#include "ingest/tables/column_roles.h"

namespace hitscope::apps::clips {
namespace {

namespace fs = std::filesystem;

/// Why a file that results.csv names is not read: a store may come from elsewhere. Empty for a clip of the store.
std::string foreign(const ingest::Folder& folder, const std::string& file) {
  if (!ingest::is_clip_name(file)) return "is not the name of a clip in the store";
  const ingest::Descriptor clip(folder.open(file, O_PATH));
  return clip.get() < 0 && (errno == ELOOP || errno == EXDEV) ? "is a link, which is not followed" : "";
}

/// results.csv has a row for every row of the catalogue that was fetched last.
std::vector<ClipSource> from_store(const fs::path& store) {
  const ingest::Folder folder(store);
  std::vector<ClipSource> clips;
  read_fetch_results(store, [&](const FetchResultLine& line) {
    if (line.is_ok()) {
      ClipSource clip{std::string(line.id), store / line.file, std::string(line.file), std::nullopt};
      if (const std::string why = foreign(folder, clip.name); !why.empty()) {
        clip.failure = ingest::Failure{ingest::Stage::kFetch, ingest::FailureKind::kUnreadable,
                                       "id '" + clip.id + "': " + clip.name + " " + why};
      }
      clips.push_back(std::move(clip));
      return;
    }
    ingest::Failure failure = line.failure();
    // A row that the catalogue refused may carry another row's id.
    const bool is_refused = failure.stage == ingest::Stage::kCatalogue;
    std::string id = is_refused ? "row-" + std::string(line.row) : std::string(line.id);
    clips.push_back({std::move(id), {}, std::string(line.url), std::move(failure)});
  });
  if (clips.empty()) throw shell::UsageError(store.string() + ": results.csv of the fetch has no rows");
  return clips;
}

/// The name without its extension. The end of an id with dots, "track.3n3Ppam7vgaVa1iaRUc9Lp", is no extension.
std::string stem(const fs::path& name) {
  constexpr std::size_t kLongest = 6;  // with the dot: ".wave1"
  const std::string extension = name.extension().string();
  const bool is_extension = extension.size() > 1 && extension.size() <= kLongest &&
                            std::isalpha(static_cast<unsigned char>(extension[1])) != 0;
  const bool is_cut = is_extension || ingest::has_audio_extension(extension);
  return is_cut ? (name.parent_path() / name.stem()).string() : name.string();
}

std::vector<ClipSource> from_folder(const fs::path& folder) {
  auto [names, passed_over] = find_clips(folder);
  const std::string words = passed_over.words();
  if (names.empty()) {
    throw shell::UsageError(folder.string() + ": holds no audio file and no fetch journal" +
                            (words.empty() ? "" : " (" + words + ")"));
  }
  if (!words.empty()) shell::write_note("clips: " + words);
  std::map<std::string, int> n_of_stem;  // song.mp3 and song.wav keep their extensions in their ids
  for (const fs::path& name : names) ++n_of_stem[stem(name)];
  std::vector<ClipSource> clips;
  for (const fs::path& name : names) {
    // Ids are unique: a stem if no other file has it as stem or name, else the whole name.
    const bool alone = n_of_stem[stem(name)] == 1 && !std::binary_search(names.begin(), names.end(), stem(name));
    const std::string id = alone ? stem(name) : name.string();
    clips.push_back({shell::name_text(id), folder / name, shell::name_text(name.string()), std::nullopt});
  }
  return clips;
}

std::vector<ClipSource> from_table(const fs::path& csv) {
  auto catalogue = ingest::tables::Catalogue::open(csv, {});
  if (!catalogue) throw shell::UsageError(catalogue.error().detail);
  const std::vector<std::string>& header = catalogue->header();
  const auto column = ingest::tables::find_role(header, ingest::tables::ColumnRole::kFile);
  if (!column) {
    throw shell::UsageError(csv.string() +
                            ": has no column of audio paths; name it path, file, filename or audio_path");
  }
  if (const std::string how = catalogue->description(); !how.empty()) {
    shell::write_note("clips: " + csv.string() + ": " + how);
  }
  std::vector<ClipSource> clips;
  while (auto row = catalogue->next()) {
    if (!row->track) {
      const std::string id = "row-" + std::to_string(row->row);  // its own id may be another row's
      clips.push_back({id, {}, csv.string(), row->track.error()});
      continue;
    }
    const std::string& cell = row->track->cells[*column];
    const std::string id = catalogue->roles().id ? row->id : cell;
    clips.push_back({id, path_named(csv.parent_path(), cell), cell, std::nullopt});
  }
  if (clips.empty()) throw shell::UsageError(csv.string() + ": has a header but no rows");
  return clips;
}

/// Makes ids unique: a file named twice is one row and one failure.
std::vector<ClipSource> without_duplicates(std::vector<ClipSource> clips) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < clips.size(); ++i) {
    if (seen.insert(clips[i].id).second) continue;
    const std::string id = clips[i].id;
    const std::string detail = clips[i].name + ": its id '" + id + "' is already used in an earlier row";
    if (!clips[i].failure) {
      clips[i].failure = ingest::Failure{ingest::Stage::kCatalogue, ingest::FailureKind::kDuplicateId, detail};
    }
    clips[i].id = id + " (row " + std::to_string(i + 1) + ")";
    while (!seen.insert(clips[i].id).second) clips[i].id += '\'';
  }
  return clips;
}

std::vector<ClipSource> list_all(const fs::path& input) {
  std::error_code error;
  if (fs::is_directory(input, error)) {
    return fs::exists(input / ingest::FetchJournal::kFileName) ? from_store(input) : from_folder(input);
  }
  if (!fs::exists(input, error)) throw shell::UsageError(input.string() + ": no such file or folder");
  if (ingest::tables::has_table_extension(input)) return from_table(input);
  return {{shell::name_text(input.stem().string()), input, shell::name_text(input.filename().string()), std::nullopt}};
}

}  // namespace

fs::path path_named(const fs::path& folder, const std::string& name) {
  const fs::path bytes = folder / shell::name_bytes(name);
  std::error_code error;
  return fs::exists(bytes, error) ? bytes : folder / name;
}

std::vector<ClipSource> list_clips(const fs::path& input) {
  return without_duplicates(list_all(path_named({}, input.string())));
}

std::vector<fs::path> places_of(const std::vector<ClipSource>& clips) {
  std::set<fs::path> named;
  std::set<fs::path> folders;
  std::error_code error;  // of a file that is missing, which its row will say
  for (const ClipSource& clip : clips) {
    if (clip.path.empty() || clip.failure) continue;
    const bool is_link = fs::is_symlink(clip.path, error);
    if (is_link) folders.insert(fs::canonical(clip.path, error));
    if (!is_link && named.insert(clip.path.parent_path()).second)
      folders.insert(fs::canonical(fs::absolute(clip.path).parent_path(), error));
  }
  folders.erase("");
  return {folders.begin(), folders.end()};
}

}  // namespace hitscope::apps::clips
