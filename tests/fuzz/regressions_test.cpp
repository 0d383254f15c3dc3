// Every fuzz target over its corpus and past findings, which must end as any other input does.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include "tests/fuzz/target.h"

namespace hitscope::tests {

/// For ctest, which would show the bytes of a target.
void PrintTo(const Target& target, std::ostream* out) {
  *out << target.name;
}

namespace regressions_test {

namespace fs = std::filesystem;

class FuzzRegressions : public testing::TestWithParam<Target> {};

TEST_P(FuzzRegressions, EndAsAnyInputDoes) {
  int n_files = 0;
  for (const char* folder : {"corpus", "regressions"}) {
    const fs::path files = fs::path(FUZZ_FOLDER) / folder / GetParam().name;
    std::error_code error;  // not every target has had findings
    for (const auto& entry : fs::directory_iterator(files, error)) {
      SCOPED_TRACE(entry.path().string());
      std::ifstream file(entry.path(), std::ios::binary);
      std::string bytes((std::istreambuf_iterator<char>(file)), {});
      GetParam().run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
      // The first byte of a file of heads names the head, which costs a second to load: its own is enough.
      const unsigned n_choices = GetParam().name == std::string("heads") || bytes.empty() ? 0 : 8;
      for (unsigned choice = 0; choice < n_choices; ++choice) {  // all that the first byte chooses among
        bytes[0] = static_cast<char>((static_cast<unsigned char>(bytes[0]) & ~7U) | choice);
        GetParam().run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
      }
      ++n_files;
    }
  }
  EXPECT_GT(n_files, 0);
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzRegressions, testing::ValuesIn(targets()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace regressions_test
}  // namespace hitscope::tests
