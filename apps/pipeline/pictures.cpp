#include "apps/pipeline/pictures.h"

#include <fmt/format.h>

#include <iostream>
#include <mutex>
#include <span>

#include "apps/pipeline/progress.h"
#include "apps/pipeline/spectrogram_store.h"
#include "apps/pipeline/verb.h"
#include "apps/pipeline/workers.h"
#include "dsp/picture.h"
#include "ingest/files.h"

namespace hitscope::apps {

std::filesystem::path picture_path(const std::filesystem::path& pictures, const std::string& id) {
  return pictures / (ingest::safe_file_name(id) + ".png");
}

void draw_pictures(const std::filesystem::path& spectrograms, const std::filesystem::path& pictures, int n_threads) {
  const SpectrogramStore store(spectrograms);
  std::filesystem::create_directories(pictures);
  std::vector<std::string> ids;
  for (const std::string& id : store.ids()) {
    if (!std::filesystem::exists(picture_path(pictures, id))) ids.push_back(id);
  }
  if (!ids.empty()) {
    Progress progress("pictures", "files", ids.size());
    std::mutex mutex;
    for_each_in_threads(ids.size(), n_threads, [&] {
      return [&](std::size_t i) {
        if (stop_flag()) return;
        const auto png = dsp::picture_png(*store.read(ids[i]), store.settings().front_end, ids[i]);
        ingest::write_file(picture_path(pictures, ids[i]), std::as_bytes(std::span(png)));
        const std::lock_guard guard(mutex);
        progress.add(false);
      };
    });
  }
  if (store.ids().empty()) return;
  std::cout << fmt::format("pictures: {} in {}, e.g. {}\n", store.ids().size(), pictures.string(),
                           picture_path(pictures, store.ids().front()).string());
}

}  // namespace hitscope::apps
