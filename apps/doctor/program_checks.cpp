#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "apps/doctor/checks.h"
#include "dsp/json.h"
#include "ingest/library_versions.h"

namespace hitscope::apps::doctor {
namespace {

namespace fs = std::filesystem;

/// What a program printed on its standard output and error.
struct Answer {
  bool is_fine = false;
  std::string text;
};

/// Runs `program` with --describe.
Answer ask(const fs::path& program) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  std::string name = program.string();
  std::string flag = "--describe";
  const std::array<char*, 3> words{name.data(), flag.data(), nullptr};
  pid_t child = 0;
  const int error = ::posix_spawn(&child, name.c_str(), &actions, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  Answer answer;
  constexpr std::size_t kMostBytes = 1U << 20U;
  std::array<char, 4096> piece{};
  while (error == 0 && answer.text.size() < kMostBytes) {
    const ssize_t n = ::read(ends[0], piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    answer.text.append(piece.data(), static_cast<std::size_t>(n));
  }
  ::close(ends[0]);
  int status = 0;
  answer.is_fine = error == 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
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

/// `hitscope train`, score and export, which share their libraries.
std::vector<Check> model_checks(const fs::path& folder) {
  const fs::path train = folder / "hitscope-train";
  std::error_code error;
  if (!fs::exists(train, error)) {
    return {{State::kMissing, "models", "train, score and export are not installed",
             "install the package hitscope-models, if you want to train or score"}};
  }
  const Answer answer = ask(train);
  const std::string torch = version_in(answer.text, "LibTorch");
  if (!answer.is_fine || torch.empty()) {
    return {{State::kMissing, "models", "train cannot be started: " + answer.text.substr(0, answer.text.find('\n')),
             "install the libraries that it names"}};
  }
  const std::string blas = version_in(answer.text, "BLAS");
  Check speed{State::kOk, "BLAS", blas};
  const char* const install = "sudo apt install libopenblas0-openmp";
  if (blas == "not OpenBLAS") {
    speed = {State::kSlow, "BLAS", "neither OpenBLAS nor MKL: training is 2 to 30 times slower", install};
  } else if (blas.find("OpenMP") == std::string::npos && blas.find("MKL") == std::string::npos) {
    speed = {State::kSlow, "BLAS", blas + ": used on one core, as it would fight with LibTorch over the others",
             install};
  }
  return {{State::kOk, "models",
           "train, score, export: LibTorch " + torch + ", XGBoost " + version_in(answer.text, "XGBoost")},
          speed};
}

Check ffmpeg_check() {
  try {
    return {State::kOk, "FFmpeg", ingest::ffmpeg_version() + ": reads M4A, AAC, WMA and other formats"};
  } catch (const std::runtime_error& error) {
    return {State::kMissing, "FFmpeg", error.what(),
            "sudo apt install libavformat59 libavcodec59; WAV, FLAC, OGG, AIFF and MP3 are read without it"};
  }
}

Check certificate_check() {
  const std::string path = ingest::certificates();
  std::error_code error;
  if (!path.empty() && fs::exists(path, error)) return {State::kOk, "certificates", path};
  return {State::kMissing, "certificates", path.empty() ? "libcurl knows none" : "there is no " + path,
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
