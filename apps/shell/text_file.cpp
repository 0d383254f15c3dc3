#include "apps/shell/text_file.h"

#include <fstream>
#include <iterator>

#include "apps/shell/verb.h"

namespace hitscope::apps::shell {

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  if (!file || std::filesystem::is_directory(path, error)) {
    throw UsageError(path.string() + ": is missing or cannot be read");
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace hitscope::apps::shell
