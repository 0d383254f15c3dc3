#include "tests/support/rank_processes.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace hitscope::tests {

int free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool found = fd >= 0 && bind(fd, generic, size) == 0 && getsockname(fd, generic, &size) == 0;
  if (fd >= 0) close(fd);
  if (!found) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

namespace {

pid_t spawned(std::vector<std::string> words, const std::string& log) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, words.front().c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("cannot start " + words.front());
  return pid;
}

}  // namespace

RankProcesses::RankProcesses(std::string role, int size, std::vector<std::string> words, int n_started)
    : role_(std::move(role)), size_(size), words_(std::move(words)), n_started_(n_started < 0 ? size : n_started) {
  std::string name = (std::filesystem::temp_directory_path() / "ranks_XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
  start();
}

RankProcesses::~RankProcesses() {
  end();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string RankProcesses::log(int rank) const {
  return folder_ + "/" + std::to_string(rank);
}

void RankProcesses::start() {
  const std::string port = std::to_string(free_port());
  for (int rank = 0; rank < n_started_; ++rank) {
    std::vector<std::string> words{RANK_WORKER, role_, std::to_string(rank), std::to_string(size_), port};
    words.insert(words.end(), words_.begin(), words_.end());
    pids_.push_back(spawned(words, log(rank)));
  }
}

void RankProcesses::end() {
  for (const pid_t pid : pids_) {
    if (pid == 0) continue;
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  pids_.clear();
}

std::vector<RankEnd> RankProcesses::wait(std::chrono::seconds limit, int not_awaited) {
  for (int attempt = 0;; ++attempt) {
    std::vector<RankEnd> ends = wait_once(limit, not_awaited);
    const bool taken = ends.front().said.find("cannot listen") != std::string::npos;
    if (!taken || attempt == 4) return ends;
    end();
    start();
  }
}

std::vector<RankEnd> RankProcesses::wait_once(std::chrono::seconds limit, int not_awaited) {
  const auto until = std::chrono::steady_clock::now() + limit;
  std::vector<RankEnd> ends(pids_.size());
  const auto some_run = [&] {
    for (int rank = 0; rank < n_started_; ++rank) {
      if (pids_[static_cast<std::size_t>(rank)] != 0 && rank != not_awaited) return true;
    }
    return false;
  };
  while (some_run() && std::chrono::steady_clock::now() < until) {
    for (std::size_t rank = 0; rank < pids_.size(); ++rank) {
      int status = 0;
      if (pids_[rank] == 0 || waitpid(pids_[rank], &status, WNOHANG) == 0) continue;
      pids_[rank] = 0;
      ends[rank].in_time = true;
      if (WIFEXITED(status)) ends[rank].exit_code = WEXITSTATUS(status);
      if (WIFSIGNALED(status)) ends[rank].signal = WTERMSIG(status);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  for (std::size_t rank = 0; rank < pids_.size(); ++rank) {
    std::ostringstream text;
    text << std::ifstream(log(static_cast<int>(rank))).rdbuf();
    ends[rank].said = text.str();
  }
  return ends;
}

}  // namespace hitscope::tests
