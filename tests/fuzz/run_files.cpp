// Stands in for libFuzzer where only known files are run: the fuzzer's entry over every file of the given folders,
// each with both values of the bit that chooses half_rate. Prints how many; a finding ends it as a sanitizer does.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  int n_files = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
      std::fprintf(stderr, "%s\n", entry.path().c_str());  // the last one named is the one that failed
      for (int round = 0; round < 2; ++round) {
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
        if (!bytes.empty()) bytes.back() = static_cast<char>(bytes.back() ^ 1);
      }
      ++n_files;
    }
  }
  std::printf("%d files, nothing found\n", n_files);
  return n_files > 0 ? 0 : 1;
}
