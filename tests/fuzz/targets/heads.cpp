// The run folder that somebody hands over: each file of every head, changed and sealed as an attacker would, and
// bundle.json. Bytes: head, file, what is done (replace the file, or write into it from a place on), the text.
#include <unistd.h>

#include <filesystem>
#include <iterator>

#include "apps/runs/run_folder.h"
#include "ingest/files.h"
#include "models/classical/trees/trees_rows.h"
#include "tests/fuzz/target.h"
#include "tests/support/network_examples.h"

namespace hitscope::tests {
namespace head_files {

struct Known {
  const models::HeadInfo* info;
  models::HeadFiles files;
};

const Examples& examples() {
  static const Examples made;
  return made;
}

/// Every head that classes can be learned by, fitted for an epoch.
const std::vector<Known>& known_heads() {
  static const std::vector<Known> all = [] {
    models::heads::prepare_runtime(1);
    std::vector<Known> fitted;
    for (const models::HeadInfo* info : models::heads::all()) {
      fitted.push_back({info, fit(std::string(info->name), examples(), quick(1)).head->save()});
    }
    return fitted;
  }();
  return all;
}

/// `text` instead of `bytes`, or written into it from a place that its first two bytes give.
std::string changed(std::string bytes, bool is_replaced, std::string_view text) {
  if (is_replaced || text.size() < 2) return std::string(text);
  const std::size_t place =
      (static_cast<unsigned char>(text[0]) * 256U + static_cast<unsigned char>(text[1])) % (bytes.size() + 1);
  text.remove_prefix(2);
  return bytes.replace(place, std::min(text.size(), bytes.size() - place), text);
}

void load(const Known& known, std::size_t which, bool is_replaced, std::string_view text) {
  models::HeadFiles files = known.files;
  auto& [name, bytes] = *std::next(files.begin(), static_cast<std::ptrdiff_t>(which % files.size()));
  const bool is_sealed = name.ends_with(".trees");
  bytes = changed(is_sealed ? std::string(models::classical::trees::unsealed(bytes)) : bytes, is_replaced, text);
  if (is_sealed) bytes = models::classical::trees::sealed(bytes);
  const auto head = known.info->make();
  head->load(files);
  const std::vector<std::size_t> rows{0, 5, 13};
  const auto predicted = models::predictions_of(*head, examples().data, rows);
  if (const auto* p = std::get_if<models::data::Probabilities>(&predicted)) {
    promise(p->n_rows == rows.size() && p->values.size() == rows.size() * static_cast<std::size_t>(p->n_classes),
            "a probability for every row and class");
  }
}

void read_bundle(std::string_view text) {
  const auto folder = std::filesystem::temp_directory_path() / ("hitscope-fuzz-run-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  ingest::write_file(folder / apps::runs::kBundleFile, text);
  const apps::runs::Bundle bundle = apps::runs::read_bundle(folder);
  for (const apps::runs::BundleHead& head : bundle.heads) (void)apps::runs::read_files(folder, head);
}

}  // namespace head_files
}  // namespace hitscope::tests

FUZZ_TARGET(heads) {
  using namespace hitscope::tests;
  if (size < 3) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 3, size - 3);
  try {
    if (data[0] == 255) {
      head_files::read_bundle(text);
    } else {
      head_files::load(head_files::known_heads()[data[0] % head_files::known_heads().size()], data[1],
                       (data[2] & 1U) != 0, text);
    }
  } catch (const std::exception&) {
  }
  return 0;
}
