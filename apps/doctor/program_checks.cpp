#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "apps/doctor/checks.h"
#include "dsp/json.h"
#include "ingest/library_versions.h"

namespace hitscope::apps::doctor {
namespace {

namespace fs = std::filesystem;

/// How a program ended, and what it printed.
struct Answer {
  bool is_fine = false;
  std::string out;
  std::string problem;  ///< why it is not fine
};

/// Everything that comes out of both pipes until they are closed; false after 20 s.
bool read_both(std::array<int, 2> pipes, std::array<std::string*, 2> texts) {
  constexpr int kMostMs = 20'000;
  constexpr std::size_t kMostBytes = 1U << 20U;
  std::array<pollfd, 2> waiting{pollfd{pipes[0], POLLIN, 0}, pollfd{pipes[1], POLLIN, 0}};
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    const int n_ready = ::poll(waiting.data(), waiting.size(), kMostMs);
    if (n_ready < 0 && errno == EINTR) continue;
    if (n_ready <= 0) return false;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting.at(i).fd < 0 || waiting.at(i).revents == 0) continue;
      std::array<char, 4096> piece{};
      const ssize_t n = ::read(waiting.at(i).fd, piece.data(), piece.size());
      if (n > 0 && texts.at(i)->size() < kMostBytes) texts.at(i)->append(piece.data(), static_cast<std::size_t>(n));
      if (n == 0 || (n < 0 && errno != EINTR)) waiting.at(i).fd = -1;
    }
  }
  return true;
}

/// Runs `program` with --describe.
Answer ask(const fs::path& program) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  std::string name = program.string();
  std::string flag = "--describe";
  const std::array<char*, 3> words{name.data(), flag.data(), nullptr};
  pid_t child = 0;
  const int error = ::posix_spawn(&child, name.c_str(), &actions, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(out[1]);
  ::close(err[1]);
  Answer answer;
  if (error != 0) {
    answer.problem = std::strerror(error);
  } else {
    if (!read_both({out[0], err[0]}, {&answer.out, &answer.problem})) ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    answer.is_fine = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    answer.problem.resize(std::min(answer.problem.find('\n'), answer.problem.size()));
    if (WIFSIGNALED(status)) answer.problem = std::string("it ended by ") + ::strsignal(WTERMSIG(status));
  }
  ::close(out[0]);
  ::close(err[0]);
  return answer;
}

/// The version of a library in what a program says of itself.
std::string version_in(const std::string& description, const std::string& library) {
  try {
    const auto json = dsp::parse_json<nlohmann::json>(description);
    return json.at("libraries").at(library).get<std::string>();
  } catch (const std::exception&) {
    return {};
  }
}

Check blas_check(const std::string& blas) {
  const char* const install = "sudo apt install libopenblas0-openmp";
  if (blas == "not OpenBLAS") {
    return {State::kSlow, "BLAS", "neither OpenBLAS nor MKL: training is 2 to 30 times slower", install};
  }
  if (blas.find("own threads") != std::string::npos) {  // Debian prefers this build where both are installed
    return {State::kSlow, "BLAS", blas + ": used on one core, as it would fight with LibTorch over the others",
            std::string(install) + " && sudo apt remove libopenblas0-pthread"};
  }
  if (blas.find("no threads") != std::string::npos) {
    return {State::kSlow, "BLAS", blas + ": uses one core",
            std::string(install) + " && sudo apt remove libopenblas0-serial"};
  }
  return {State::kOk, "BLAS", blas};
}

/// train, score and export; export needs libraries of its own.
std::vector<Check> model_checks(const fs::path& folder) {
  std::error_code error;
  for (const char* verb : {"train", "score", "export"}) {
    if (fs::exists(folder / ("hitscope-" + std::string(verb)), error)) continue;
    return {{State::kNote, "models", std::string(verb) + " is not installed",
             "install the package hitscope-models, if you want to train or score"}};
  }
  const Answer train = ask(folder / "hitscope-train");
  const Answer exporting = ask(folder / "hitscope-export");
  for (const auto& [verb, answer] : {std::pair{"train", &train}, {"export", &exporting}}) {
    if (answer->is_fine) continue;
    return {{State::kFails, "models", std::string(verb) + " cannot be started: " + answer->problem,
             "if it names a library, install that; else install hitscope-models again"}};
  }
  const auto version = [&](const char* library) { return version_in(train.out, library); };
  return {{State::kOk, "models",
           "train, score, export: LibTorch " + version("LibTorch") + ", XGBoost " + version("XGBoost")},
          blas_check(version("BLAS"))};
}

Check ffmpeg_check() {
  try {
    return {State::kOk, "FFmpeg", ingest::ffmpeg_version() + ": reads M4A, AAC, WMA and other formats"};
  } catch (const std::runtime_error& error) {
    return {State::kFails, "FFmpeg", error.what(),
            "install FFmpeg's libraries (in Debian: sudo apt install ffmpeg); WAV, FLAC, OGG, AIFF and MP3 are read "
            "without"};
  }
}

Check certificate_check() {
  const std::string path = ingest::certificates();
  std::error_code error;
  if (!path.empty() && fs::exists(path, error)) return {State::kOk, "certificates", path};
  return {State::kFails, "certificates", path.empty() ? "libcurl knows none" : "there is no " + path,
          "sudo apt install ca-certificates; fetch needs them for https"};
}

}  // namespace

std::vector<Check> program_checks() {
  const fs::path folder = fs::read_symlink("/proc/self/exe").parent_path();
  std::vector<Check> checks = model_checks(folder);
  checks.push_back(ffmpeg_check());
  checks.push_back(certificate_check());
  return checks;
}

}  // namespace hitscope::apps::doctor
