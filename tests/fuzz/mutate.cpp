// Stands in for libFuzzer where a target needs LibTorch, whose headers clang cannot read as C++20: changes the inputs
// of the corpus at random, without looking at what the target reaches. mutate TARGET SECONDS SEED FOLDER...
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/target.h"

namespace {

using namespace hitscope::tests;

std::vector<std::string> files_of(char** folders, int n) {
  std::vector<std::string> files;
  for (int i = 0; i < n; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(folders[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      files.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  return files;
}

class Mutator {
 public:
  Mutator(std::vector<std::string> inputs, std::uint64_t seed) : inputs_(std::move(inputs)), random_(seed) {}

  std::string next() {
    std::string text = inputs_[random_() % inputs_.size()];
    for (std::uint64_t n = 1 + random_() % 8; n > 0; --n) change(text);
    return text;
  }

 private:
  void change(std::string& text) {
    static const std::vector<std::string> words{std::string(4, '\0'),
                                                std::string(4, '\xff'),
                                                "\xff\xff\xff\x7f",
                                                std::string("\0\0\xc0\x7f", 4),
                                                "-1",
                                                "1e999",
                                                "null",
                                                "[]",
                                                "{}",
                                                "\""};
    const std::size_t place = random_() % (text.size() + 1);
    const std::string& word = words[random_() % words.size()];
    switch (random_() % 6) {
      case 0:
        text.insert(place, word);
        return;
      case 1:
        text.replace(place, std::min(word.size(), text.size() - place), word);
        return;
      case 2:
        text.erase(place, random_() % 16);
        return;
      case 3:
        text.insert(place, text.substr(random_() % (text.size() + 1), random_() % 64));
        return;
      case 4: {
        const std::string& other = inputs_[random_() % inputs_.size()];
        text = text.substr(0, place) + other.substr(std::min(other.size(), place));
        return;
      }
      default:
        if (!text.empty()) text[place % text.size()] = static_cast<char>(random_());
    }
  }

  std::vector<std::string> inputs_;
  std::mt19937_64 random_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  const auto target =
      std::find_if(targets().begin(), targets().end(), [&](const Target& t) { return t.name == std::string(argv[1]); });
  if (target == targets().end()) return 2;
  Mutator mutator(files_of(argv + 4, argc - 4), std::stoull(argv[3]));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(std::stol(argv[2]));
  const std::string kept = std::filesystem::temp_directory_path() / ("mutated-" + std::string(argv[1]));
  std::size_t n = 0;
  for (; std::chrono::steady_clock::now() < until; ++n) {
    const std::string input = mutator.next();
    std::ofstream(kept, std::ios::binary) << input;  // the last one is the finding, where there is one
    target->run(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  }
  std::printf("%s: %zu inputs in %s s, nothing found\n", argv[1], n, argv[2]);
  std::filesystem::remove(kept);
  return 0;
}
