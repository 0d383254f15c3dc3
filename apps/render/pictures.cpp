#include "apps/render/pictures.h"

#include <fmt/format.h>

#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <span>
#include <vector>

#include "apps/shell/progress.h"
#include "apps/shell/verb.h"
#include "apps/shell/workers.h"
#include "apps/spectrograms/spectrogram_store.h"
#include "ingest/files.h"
#include "ingest/tables/csv.h"

namespace hitscope::apps::render {
namespace {

using Encode = std::function<std::vector<std::uint8_t>(const dsp::Spectrogram&, const std::string& id)>;
using MadeFrom = std::map<std::string, std::string>;  // by id: clip, front end and range of a picture

constexpr const char* kListFile = ".pictures.csv";

std::filesystem::path picture_path(const std::filesystem::path& folder, const std::string& id) {
  return folder / (ingest::safe_file_name(id) + ".png");
}

/// One folder of pictures of one kind.
class Gallery {
 public:
  Gallery(const spectrograms::SpectrogramStore& store, std::filesystem::path folder, std::string settings)
      : store_(store), folder_(std::move(folder)), settings_(std::move(settings)) {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (!std::filesystem::is_directory(folder_))
      throw shell::UsageError(folder_.string() + ": the folder cannot be created");
    auto list = ingest::tables::CsvReader::open_beneath(folder_, kListFile);
    while (list) {
      const auto row = list->next();
      if (!row || !*row) break;
      if ((*row)->cells.size() == 2) there_.emplace((*row)->cells[0], (*row)->cells[1]);
    }
    std::erase_if(there_,
                  [&](const auto& picture) { return !std::filesystem::exists(picture_path(folder_, picture.first)); });
  }

  void draw(const char* noun, int n_threads, const Encode& encode) {
    MadeFrom wanted;
    std::vector<std::string> ids;
    for (const std::string& id : store_.ids()) {
      const std::string from = store_.fingerprint(id) + " " + settings_;
      wanted.emplace(id, from);
      const auto found = there_.find(id);
      if (found == there_.end() || found->second != from) ids.push_back(id);
    }
    for (const auto& [id, from] : there_) {
      if (!wanted.contains(id)) std::filesystem::remove(picture_path(folder_, id));
    }
    std::erase_if(there_, [&](const auto& picture) { return wanted[picture.first] != picture.second; });
    write_list();  // before drawing over pictures that it describes
    if (!ids.empty()) {
      shell::Progress progress(noun, "files", ids.size());
      shell::for_each_in_threads(ids.size(), n_threads, [&] {
        return [&](std::size_t i) {
          if (shell::stop_flag()) return;
          const std::vector<std::uint8_t> png = encode(*store_.read(ids[i]), ids[i]);
          ingest::write_file(picture_path(folder_, ids[i]), std::as_bytes(std::span(png)));
          const std::lock_guard guard(mutex_);
          there_[ids[i]] = wanted.at(ids[i]);
          progress.add(false);
        };
      });
      write_list();
    }
    if (there_.empty()) return;
    std::cout << fmt::format("{}: {} of {} in {}, e.g. {}\n", noun, there_.size(), wanted.size(), folder_.string(),
                             picture_path(folder_, there_.begin()->first).string());
  }

 private:
  void write_list() const {
    std::string lines = ingest::tables::csv_line({"id", "made_from"});
    for (const auto& [id, from] : there_) lines += ingest::tables::csv_line({id, from});
    ingest::write_file(folder_ / kListFile, lines);
  }

  const spectrograms::SpectrogramStore& store_;
  std::filesystem::path folder_;
  std::string settings_;
  MadeFrom there_;
  std::mutex mutex_;
};

}  // namespace

shell::Option image_range_option(dsp::GreyRange& range) {
  return {
      .field = "image_range",
      .flags = "--image-range",
      .help = "decibels that are black (LOW) and white (HIGH) in grey images",
      .value = "LOW HIGH",
      .default_text = dsp::text_of(dsp::setting_value(range.low)) + " " + dsp::text_of(dsp::setting_value(range.high)),
      .n_words = 2,
      .read = [&range](const auto& words) {
        const dsp::Field field{.name = "image_range"};
        range = {shell::value_from<double>(field, words.at(0)), shell::value_from<double>(field, words.at(1))};
      }};
}

void draw_pictures(const std::filesystem::path& spectrograms, const PictureSettings& settings, int n_threads) {
  if (settings.people.empty() && settings.images.empty()) return;
  const spectrograms::SpectrogramStore store(spectrograms);
  const std::string hash = front_end_hash(store.settings());
  if (!settings.people.empty()) {
    Gallery(store, settings.people, hash).draw("pictures", n_threads, [&](const auto& spectrogram, const auto& id) {
      return dsp::picture_png(spectrogram, store.settings().front_end, id);
    });
  }
  if (!settings.images.empty()) {
    const std::string range = fmt::format("{} {} {}", hash, settings.range.low, settings.range.high);
    Gallery(store, settings.images, range).draw("images", n_threads, [&](const auto& spectrogram, const auto&) {
      return dsp::image_png(spectrogram, settings.range);
    });
  }
}

}  // namespace hitscope::apps::render
