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

void draw_pictures(const std::filesystem::path& spectrograms, const std::filesystem::path& pictures, int n_threads) {
  const SpectrogramStore store(spectrograms);
  std::filesystem::create_directories(pictures);
  const auto path_of = [&](const std::string& id) { return pictures / (ingest::safe_file_name(id) + ".png"); };
  std::vector<std::string> ids;
  for (const std::string& id : store.ids()) {
    if (!std::filesystem::exists(path_of(id))) ids.push_back(id);
  }
  if (!ids.empty()) {
    Progress progress("pictures", "files", ids.size());
    std::mutex mutex;
    for_each_in_threads(ids.size(), n_threads, [&] {
      return [&](std::size_t i) {
        if (stop_flag()) return;
        const auto png = dsp::picture_png(*store.read(ids[i]), store.settings().front_end, ids[i]);
        ingest::write_file(path_of(ids[i]), std::as_bytes(std::span(png)));
        const std::lock_guard guard(mutex);
        progress.add(false);
      };
    });
  }
  if (store.ids().empty()) return;
  std::cout << fmt::format("pictures: {} in {}, e.g. {}\n", store.ids().size(), pictures.string(),
                           path_of(store.ids().front()).string());
}

}  // namespace hitscope::apps
