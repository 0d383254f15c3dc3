// hitscope VERB …: finds the verb's own program and becomes it, as git does. Verbs that need no tensors never load
// LibTorch this way.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

namespace {

struct Verb {
  std::string_view name;
  std::string_view from;
  std::string_view to;
  std::string_view package{};  ///< Debian package of its program, where it is not that of this one
  bool is_blas_free = false;   ///< OpenCV brings OpenBLAS along, whose threads would spin for work that never comes
};

constexpr std::string_view kModels = "hitscope-models";

constexpr std::array kVerbs{
    Verb{"fetch", "rows with preview URLs", "audio files and a journal", "", true},
    Verb{"render", "audio files", "mel spectrograms (.npy), pictures on request", "", true},
    Verb{"audit", "a table, labels and a split", "leaks that would make scores too good to be true"},
    Verb{"train", "spectrograms and a table", "trained models, scores next to baselines, a report", kModels},
    Verb{"score", "local audio files", "predictions", kModels},
    Verb{"export", "a trained network", "ONNX or TorchScript, for other programs", kModels},
    Verb{"heads", "a name, or none", "what can be trained, and what each head takes", kModels},
    Verb{"doctor", "this machine", "what is missing or slow, and what to do about it", "", true},
};

constexpr const char* kVersion = "hitscope " HITSCOPE_VERSION;
constexpr const char* kExamples = R"(
A first run:
  hitscope fetch songs.csv --out clips
  hitscope render clips --out spectrograms
  hitscope audit songs.csv
  hitscope train songs.csv --spectrograms spectrograms --out run
  hitscope score run new_song.mp3

fetch, render and train can be resumed: the same command continues a run that was stopped.

Exit codes:
  0  all rows fine
  1  some rows failed, or audit or doctor found something
  2  wrong usage or unusable input
  3  stopped before the end
)";

/// The verbs and the examples as JSON, for manual pages and completions. The texts hold nothing that JSON escapes but
/// ends of lines.
std::string description() {
  std::string text = "{\"version\": \"" HITSCOPE_VERSION "\", \"verbs\": [";
  for (const Verb& verb : kVerbs) {
    const auto quoted = [](std::string_view words) { return "\"" + std::string(words) + "\""; };
    text += (&verb == kVerbs.data() ? "" : ", ") + std::string("{\"name\": ") + quoted(verb.name) +
            ", \"from\": " + quoted(verb.from) + ", \"to\": " + quoted(verb.to) +
            ", \"package\": " + quoted(verb.package) + "}";
  }
  text += "], \"footer\": \"";
  for (const char* c = kExamples + 1; *c != '\0'; ++c) text += *c == '\n' ? "\\n" : std::string(1, *c);
  return text + "\"}\n";
}

std::string help() {
  std::string text = std::string(kVersion) +
                     ": from a catalogue of song previews to a popularity model that you can trust\n\n"
                     "usage: hitscope VERB [OPTIONS]        hitscope help VERB\n\n";
  std::size_t name_width = 0;
  std::size_t from_width = 0;
  for (const Verb& verb : kVerbs) {
    name_width = std::max(name_width, verb.name.size());
    from_width = std::max(from_width, verb.from.size());
  }
  for (const Verb& verb : kVerbs) {
    text += "  " + std::string(verb.name) + std::string(name_width - verb.name.size() + 3, ' ');
    text += std::string(verb.from) + std::string(from_width - verb.from.size() + 2, ' ');
    text += "-> " + std::string(verb.to) + '\n';
  }
  return text + kExamples;
}

const Verb* find_verb(std::string_view name) {
  const auto* const found = std::find_if(kVerbs.begin(), kVerbs.end(), [&](const Verb& v) { return v.name == name; });
  return found == kVerbs.end() ? nullptr : found;
}

/// The names of the verbs: "fetch, render, … or export".
std::string verb_names() {
  std::string names;
  for (const Verb& verb : kVerbs) {
    names += (names.empty() ? "" : &verb == &kVerbs.back() ? " or " : ", ") + std::string(verb.name);
  }
  return names;
}

std::filesystem::path program_of(const Verb& verb) {
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  return self.parent_path().parent_path() / "libexec" / "hitscope" / ("hitscope-" + std::string(verb.name));
}

/// Below these limits libraries cannot be loaded, or OpenBLAS waits forever for threads that cannot be made.
bool has_room(const Verb& verb) {
  const double needed = verb.package.empty() ? 0.4e9 : 1.5e9;
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return true;
  if (static_cast<double>(limit.rlim_cur) >= needed) return true;
  std::fprintf(stderr, "hitscope: only %.1f GB may be mapped (ulimit -v); %s needs %.1f GB\n",
               static_cast<double>(limit.rlim_cur) / 1e9, std::string(verb.name).c_str(), needed / 1e9);
  return false;
}

int become(const Verb& verb, char** argv) {
  if (!has_room(verb)) return 3;
  const std::filesystem::path program = program_of(verb);
  if (verb.is_blas_free) setenv("OPENBLAS_NUM_THREADS", "1", 0);
  // How often a thread of OpenMP looks for work before it sleeps: long enough where every thread has a core, and thirty
  // times less than by default, for where it does not.
  if (getenv("OMP_WAIT_POLICY") == nullptr) setenv("GOMP_SPINCOUNT", "10000", 0);
  execv(program.c_str(), argv);
  const bool is_missing = errno == ENOENT && !verb.package.empty();
  const std::string advice = is_missing        ? "; it is in the package " + std::string(verb.package)
                             : errno == ENOENT ? "; libexec/hitscope must stay beside the folder of this program"
                                               : "";
  std::fprintf(stderr, "hitscope: cannot start %s: %s%s\n", program.c_str(), std::strerror(errno), advice.c_str());
  return 3;
}

/// Prints the version, and below it the libraries of render and of train, where these can be started.
int print_version() {
  std::puts(kVersion);
  for (const std::string_view name : {"render", "train"}) {
    std::string path = program_of(*find_verb(name)).string();
    for (std::size_t at = path.find('\''); at != std::string::npos; at = path.find('\'', at + 4)) {
      path.replace(at, 1, "'\\''");
    }
    FILE* const program = popen(("exec '" + path + "' --version 2>/dev/null").c_str(), "re");
    if (program == nullptr) continue;
    std::array<char, 1024> line{};
    for (int n = 0; std::fgets(line.data(), line.size(), program) != nullptr; ++n) {
      if (n > 0) std::printf("%s: %s", std::string(name).c_str(), line.data());  // the first is kVersion again
    }
    pclose(program);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string name = argc > 1 ? argv[1] : "";
  const bool wants_help = name == "--help" || name == "-h" || name == "help";
  if (wants_help && argc > 3) {
    std::fprintf(stderr, "hitscope: %s takes one verb, not '%s' too\n", name.c_str(), argv[3]);
    return 2;
  }
  if (wants_help && argc < 3) {
    std::fputs(help().c_str(), stdout);
    return 0;
  }
  if (name == "--version") return print_version();
  if (name == "--describe") {
    std::fputs(description().c_str(), stdout);
    return 0;
  }
  std::string help_flag = "--help";
  std::array<char*, 3> help_words{argv[0], help_flag.data(), nullptr};
  if (wants_help) name = argv[2];
  const Verb* const verb = find_verb(name);
  if (verb != nullptr) return become(*verb, wants_help ? help_words.data() : argv + 1);
  if (name.empty()) {
    std::fputs(help().c_str(), stderr);
  } else {
    std::fprintf(stderr, "hitscope: '%s' is not a verb; it must be %s (hitscope --help)\n", name.c_str(),
                 verb_names().c_str());
  }
  return 2;
}
