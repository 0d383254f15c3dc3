#include "apps/clips/folder_clips.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "apps/shell/verb.h"
#include "apps/shell/words.h"
#include "apps/shell/workers.h"
#include "ingest/audio_type.h"
#include "ingest/folder.h"

namespace hitscope::apps::clips {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostNames = 20'000'000;
constexpr std::size_t kFirstBytes = 4096;  // which decide of most files
constexpr std::size_t kHeadBytes = 64U << 10U;

/// How files begin that lie beside clips: looking for MPEG frames in all of their head would cost most of the time.
constexpr std::array<std::string_view, 9> kOtherFiles{"\xFF\xD8\xFF",
                                                      "\x89PNG",
                                                      "GIF8",
                                                      "PK\x03\x04",
                                                      "\x1F\x8B",
                                                      "%PDF",
                                                      "SQLite format 3",
                                                      "\x93NUMPY",
                                                      "\x7F"
                                                      "ELF"};

using Identity = std::pair<dev_t, ino_t>;

/// Hidden files, and downloads that have not ended.
bool is_hidden(const std::string& file_name) {
  constexpr std::array<std::string_view, 4> kPartial{".part", ".crdownload", ".download", ".partial"};
  return file_name.starts_with('.') || file_name == "__MACOSX" ||
         std::any_of(kPartial.begin(), kPartial.end(), [&](std::string_view end) { return file_name.ends_with(end); });
}

enum class Content : char { kAudio, kOther, kUnreadable };

bool is_audio(std::span<const std::byte> bytes) {
  return ingest::audio_type_of(bytes) != ingest::AudioType::kUnknown;
}

/// A picture, an archive or plain text.
bool is_another_file(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto is_ascii = [](char c) { return c != '\0' && static_cast<unsigned char>(c) < 0x80; };
  return std::any_of(kOtherFiles.begin(), kOtherFiles.end(), [&](std::string_view s) { return text.starts_with(s); }) ||
         std::all_of(text.begin(), text.end(), is_ascii);
}

/// What a file holds by its first bytes, which are read into `head`.
Content content_of(const fs::path& path, std::vector<std::byte>& head) {
  const ingest::Descriptor file(ingest::open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) return Content::kUnreadable;
  std::size_t n = 0;
  for (const std::size_t wanted : {kFirstBytes, kHeadBytes}) {
    while (n < wanted) {
      const ssize_t more = ::read(file.get(), head.data() + n, wanted - n);
      if (more < 0 && errno == EINTR) continue;
      if (more < 0) return Content::kUnreadable;
      if (more == 0) break;
      n += static_cast<std::size_t>(more);
    }
    const auto bytes = std::span<const std::byte>(head).first(n);
    if (is_audio(bytes)) return Content::kAudio;
    if (n < wanted || is_another_file(bytes)) break;
  }
  return Content::kOther;
}

class Search {
 public:
  explicit Search(const fs::path& folder) : folder_(folder) {}

  FolderClips run() {
    struct stat info {};
    if (::stat(folder_.c_str(), &info) == 0) seen_folders_.emplace(info.st_dev, info.st_ino);
    look_into("");
    while (!links_.empty()) {
      std::vector<fs::path> links = std::exchange(links_, {});
      std::sort(links.begin(), links.end());
      for (const fs::path& link : links) follow(link);
    }
    take_linked_files();
    look_at_unsure();
    std::sort(found_.names.begin(), found_.names.end());
    return std::move(found_);
  }

 private:
  /// Takes the real files in the folder `name` and below; links are kept for later, so that real names come first.
  void look_into(const fs::path& name) {
    std::vector<fs::path> folders{name};
    while (!folders.empty()) {
      const fs::path next = std::move(folders.back());
      folders.pop_back();
      std::error_code error;
      auto entry = fs::directory_iterator(folder_ / next, error);
      for (; !error && entry != fs::directory_iterator(); entry.increment(error)) take(*entry, next, folders);
      if (error) ++found_.passed_over.n_unreadable;
    }
  }

  void take(const fs::directory_entry& entry, const fs::path& parent, std::vector<fs::path>& folders) {
    if (++n_names_ > kMostNames) {
      throw shell::UsageError(folder_.string() + ": holds more than " + std::to_string(kMostNames) +
                              " names, with those that links lead to; name a smaller folder");
    }
    const fs::path file_name = entry.path().filename();
    const fs::path name = parent / file_name;
    std::error_code error;  // what has gone meanwhile is no file
    if (is_hidden(file_name.string())) {
      ++found_.passed_over.n_hidden;
    } else if (entry.is_symlink(error)) {
      links_.push_back(name);
    } else if (entry.is_directory(error)) {
      if (is_new_folder(name)) folders.push_back(name);
    } else if (entry.is_regular_file(error)) {
      take_file(name);
    } else {
      ++found_.passed_over.n_not_audio;
    }
  }

  bool is_new_folder(const fs::path& name) {
    struct stat info {};
    return ::stat((folder_ / name).c_str(), &info) == 0 && seen_folders_.emplace(info.st_dev, info.st_ino).second;
  }

  void take_file(const fs::path& name) {
    (ingest::has_audio_extension(name.filename().string()) ? found_.names : unsure_).push_back(name);
  }

  void follow(const fs::path& link) {
    struct stat info {};
    PassedOver& passed_over = found_.passed_over;
    if (::stat((folder_ / link).c_str(), &info) != 0) {
      const bool is_dead = errno == ENOENT || errno == ENOTDIR;
      ++(is_dead ? passed_over.n_dead_links : errno == ELOOP ? passed_over.n_looped_links : passed_over.n_unreadable);
    } else if (S_ISREG(info.st_mode)) {
      linked_files_.emplace_back(link, Identity(info.st_dev, info.st_ino));
    } else if (!S_ISDIR(info.st_mode)) {
      ++passed_over.n_not_audio;
    } else if (seen_folders_.emplace(info.st_dev, info.st_ino).second) {
      look_into(link);
    } else {
      ++passed_over.n_second_links;
    }
  }

  /// Files that links lead to, unless they were found themselves.
  void take_linked_files() {
    if (linked_files_.empty()) return;
    std::set<Identity> seen;
    for (const std::vector<fs::path>* names : {&found_.names, &unsure_}) {
      for (const fs::path& name : *names) {
        struct stat info {};
        if (::stat((folder_ / name).c_str(), &info) == 0) seen.emplace(info.st_dev, info.st_ino);
      }
    }
    std::sort(linked_files_.begin(), linked_files_.end());
    for (const auto& [link, identity] : linked_files_) {
      const bool is_new = seen.insert(identity).second;
      if (is_new) take_file(link);
      if (!is_new) ++found_.passed_over.n_second_links;
    }
  }

  void look_at_unsure() {
    std::vector<Content> contents(unsure_.size());
    shell::for_each_in_threads(unsure_.size(), 0, [&] {
      return [&, head = std::vector<std::byte>(kHeadBytes)](std::size_t i) mutable {
        contents[i] = content_of(folder_ / unsure_[i], head);
      };
    });
    for (std::size_t i = 0; i < unsure_.size(); ++i) {
      if (contents[i] == Content::kAudio) found_.names.push_back(std::move(unsure_[i]));
      found_.passed_over.n_not_audio += contents[i] == Content::kOther ? 1 : 0;
      found_.passed_over.n_unreadable += contents[i] == Content::kUnreadable ? 1 : 0;
    }
  }

  const fs::path& folder_;
  FolderClips found_;
  std::size_t n_names_ = 0;
  std::set<Identity> seen_folders_;
  std::vector<fs::path> links_;  // that have not been followed
  std::vector<std::pair<fs::path, Identity>> linked_files_;
  std::vector<fs::path> unsure_;  // files without an extension of audio
};

/// "2 links that lead nowhere".
std::string links_text(std::size_t n, const std::string& where) {
  return shell::count_of(n, "link") + (n == 1 ? " that leads " : " that lead ") + where;
}

}  // namespace

std::string PassedOver::words() const {
  std::string files;
  for (const auto& [n, why] : std::array<std::pair<std::size_t, const char*>, 3>{
           {{n_not_audio, "not audio"}, {n_hidden, "hidden"}, {n_unreadable, "not readable"}}}) {
    if (n > 0) files += (files.empty() ? "" : ", ") + std::to_string(n) + " " + why;
  }
  std::string text;
  if (!files.empty()) text = shell::count_of(n_not_audio + n_hidden + n_unreadable, "file") + " passed over: " + files;
  for (const auto& [n, where] :
       std::array<std::pair<std::size_t, const char*>, 3>{{{n_dead_links, "nowhere"},
                                                           {n_looped_links, "in a circle"},
                                                           {n_second_links, "to what is there already"}}}) {
    if (n > 0) text += (text.empty() ? "" : "; ") + links_text(n, where);
  }
  return text;
}

FolderClips find_clips(const fs::path& folder) {
  return Search(folder).run();
}

}  // namespace hitscope::apps::clips
