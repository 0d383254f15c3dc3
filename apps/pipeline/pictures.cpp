#include "apps/pipeline/pictures.h"

#include <fmt/format.h>

#include <functional>
#include <iostream>
#include <mutex>
#include <span>

#include "apps/pipeline/progress.h"
#include "apps/pipeline/spectrogram_store.h"
#include "apps/pipeline/verb.h"
#include "apps/pipeline/workers.h"
#include "ingest/files.h"

namespace hitscope::apps {
namespace {

using Encode = std::function<std::vector<std::uint8_t>(const dsp::Spectrogram&, const std::string& id)>;

std::filesystem::path picture_path(const std::filesystem::path& folder, const std::string& id) {
  return folder / (ingest::safe_file_name(id) + ".png");
}

void draw(const SpectrogramStore& store, const std::filesystem::path& folder, const char* noun, int n_threads,
          const Encode& encode) {
  std::filesystem::create_directories(folder);
  std::vector<std::string> ids;
  for (const std::string& id : store.ids()) {
    if (!std::filesystem::exists(picture_path(folder, id))) ids.push_back(id);
  }
  if (!ids.empty()) {
    Progress progress(noun, "files", ids.size());
    std::mutex mutex;
    for_each_in_threads(ids.size(), n_threads, [&] {
      return [&](std::size_t i) {
        if (stop_flag()) return;
        const std::vector<std::uint8_t> png = encode(*store.read(ids[i]), ids[i]);
        ingest::write_file(picture_path(folder, ids[i]), std::as_bytes(std::span(png)));
        const std::lock_guard guard(mutex);
        progress.add(false);
      };
    });
  }
  if (store.ids().empty()) return;
  std::cout << fmt::format("{}: {} in {}, e.g. {}\n", noun, store.ids().size(), folder.string(),
                           picture_path(folder, store.ids().front()).string());
}

}  // namespace

void remove_pictures(const PictureSettings& settings, const std::string& id) {
  for (const auto& folder : {settings.people, settings.images}) {
    if (!folder.empty()) std::filesystem::remove(picture_path(folder, id));
  }
}

void draw_pictures(const std::filesystem::path& spectrograms, const PictureSettings& settings, int n_threads) {
  if (settings.people.empty() && settings.images.empty()) return;
  const SpectrogramStore store(spectrograms);
  if (!settings.people.empty()) {
    draw(store, settings.people, "pictures", n_threads, [&](const auto& spectrogram, const std::string& id) {
      return dsp::picture_png(spectrogram, store.settings().front_end, id);
    });
  }
  if (!settings.images.empty()) {
    draw(store, settings.images, "images", n_threads,
         [&](const auto& spectrogram, const std::string&) { return dsp::image_png(spectrogram, settings.range); });
  }
}

}  // namespace hitscope::apps
