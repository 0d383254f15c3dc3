// A store that somebody hands over: the journal is the input, beside it lie clips, links and a victim outside. It is
// merged and verified; nothing outside the two stores may change. First byte: bit 0: as the copy of a lost journal.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <streambuf>

#include "apps/clips/fetch_results.h"
#include "apps/fetch/store_care.h"
#include "apps/fetch/store_merge.h"
#include "apps/fetch/store_rebuild.h"
#include "apps/shell/progress.h"
#include "ingest/files.h"
#include "tests/fuzz/target.h"

namespace hitscope::tests {
namespace stores {

namespace fs = std::filesystem;

/// While it lives, nothing is printed.
class Silence {
 public:
  Silence() : before_(std::cout.rdbuf(nullptr)) { apps::shell::set_quiet(true); }
  ~Silence() { std::cout.rdbuf(before_); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  std::streambuf* before_;
};

/// In main memory where there is a file system of it.
fs::path fresh_folder() {
  const fs::path base = fs::is_directory("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
  fs::path folder = base / ("hitscope-fuzz-" + std::to_string(::getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder / "theirs" / "clips" / "ba");
  return folder;
}

void write(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

/// Runs what ends with an exception for a store that cannot be used.
template <typename Act>
void attempt(const Act& act) {
  try {
    act();
  } catch (const std::exception&) {
  }
}

}  // namespace stores
}  // namespace hitscope::tests

FUZZ_TARGET(stores) {
  using namespace hitscope;
  using namespace hitscope::tests;
  const Choice choice(data, size);
  const stores::Silence silence;
  const auto folder = stores::fresh_folder();
  const auto theirs = folder / "theirs";
  const bool is_copy = (choice.first & 1U) != 0;
  stores::write(folder / "victim", "outside");
  // The SHA-256 of "abc", under its right name and a link to the victim under another that journals may give.
  stores::write(theirs / "clips/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.mp3", "abc");
  std::filesystem::create_symlink(
      folder / "victim", theirs / "clips/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ae.mp3");
  std::filesystem::create_symlink(folder, theirs / "x");
  stores::write(theirs / (is_copy ? ingest::FetchJournal::kCopyName : ingest::FetchJournal::kFileName), choice.text);
  if (is_copy) {
    stores::attempt([&] { apps::fetch::rebuild_store(theirs); });
  } else {
    stores::attempt([&] { apps::fetch::merge_stores(folder / "ours", {theirs}); });
  }
  stores::attempt([&] { apps::fetch::verify_store(theirs); });
  promise(ingest::read_text(folder / "victim") == "outside", "a file outside the stores stays as it is");
  std::size_t n_entries = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) n_entries += entry.exists() ? 1 : 0;
  promise(n_entries <= 3, "nothing is made outside the stores");
  std::filesystem::remove_all(folder);
  return 0;
}
