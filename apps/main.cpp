// hitscope VERB …: finds the verb's own program and becomes it, as git does. Verbs that need no tensors never load
// LibTorch this way.
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

namespace {

constexpr std::array<std::string_view, 6> kVerbs{"fetch", "render", "audit", "train", "score", "export"};
constexpr const char* kHelp =
    R"(hitscope 0.1.0: from a catalogue of song previews to a popularity model one can believe

usage: hitscope VERB [OPTIONS]        hitscope VERB --help

  fetch    rows with preview URLs            -> audio files + journal
  render   audio files                       -> mel spectrograms (.npy), pictures on request
  audit    a table, labels and a split       -> what would make scores on it too good to be true
  train    spectrograms, columns and labels  -> heads on the same folds, with baselines and a report
  score    local audio files                 -> predictions
  export   a trained network                 -> ONNX, TorchScript, for other programs

A first run:
  hitscope fetch songs.csv --out clips
  hitscope render clips --out spectrograms
  hitscope audit songs.csv
  hitscope train songs.csv --spectrograms spectrograms --out run
  hitscope score run new_song.mp3

fetch, render and train resume: the same command again continues where the last one ended.
Exit codes: 0 all rows fine, 1 some rows failed, 2 wrong usage or unusable input, 3 stopped before the end.
)";

std::filesystem::path program_of(const std::string& verb) {
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  return self.parent_path().parent_path() / "libexec" / "hitscope" / ("hitscope-" + verb);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == "--help" || verb == "-h" || verb == "help") {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (verb == "--version") {
    std::puts("hitscope 0.1.0");
    return 0;
  }
  for (const std::string_view known : kVerbs) {
    if (verb != known) continue;
    const std::string program = program_of(verb).string();
    // OpenCV brings OpenBLAS into render, whose threads would spin for work that never comes.
    if (verb == "fetch" || verb == "render") setenv("OPENBLAS_NUM_THREADS", "1", 0);
    execv(program.c_str(), argv + 1);
    std::fprintf(stderr, "hitscope: cannot start %s: %s\n", program.c_str(), std::strerror(errno));
    return 3;
  }
  if (verb.empty()) {
    std::fputs(kHelp, stderr);
  } else {
    std::fprintf(
        stderr,
        "hitscope: '%s' is not a verb; it must be fetch, render, audit, train, score or export (hitscope --help)\n",
        verb.c_str());
  }
  return 2;
}
