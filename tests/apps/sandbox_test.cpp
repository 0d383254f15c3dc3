// What a confined process can reach: each case runs in a process of its own, which a failure ends with the number of
// its line.
#include "apps/shell/sandbox.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

namespace hitscope::apps::shell {
namespace sandbox_test {

namespace fs = std::filesystem;

#define REQUIRE(condition) \
  if (!(condition)) ::_exit(__LINE__ & 0x7F ? __LINE__ & 0x7F : 1)

bool can_open(const fs::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

class SandboxTest : public testing::Test {
 protected:
  void SetUp() override {
    if (landlock_version() == 0) GTEST_SKIP() << "this kernel has no Landlock";
    root_ = fs::path(testing::TempDir()) / ("sandbox_" + std::to_string(::getpid()));
    fs::create_directories(root_ / "in");
    fs::create_directories(root_ / "out");
    for (const char* file : {"in/a", "out/b", "secret"}) std::ofstream(root_ / file) << "text";
    fs::create_symlink(root_ / "secret", root_ / "in" / "link");
  }
  void TearDown() override { fs::remove_all(root_); }

  /// The exit code of a process that is confined by `access` and then runs `acts`.
  static int confined(const Access& access, const std::function<void()>& acts) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      confine(access);
      acts();
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  Access access() const { return {.reads = {root_ / "in"}, .writes = {root_ / "out"}}; }

  fs::path root_;
};

TEST_F(SandboxTest, InputsAreReadAndNotWritten) {
  EXPECT_EQ(confined(access(),
                     [&] {
                       REQUIRE(can_open(root_ / "in" / "a", O_RDONLY));
                       REQUIRE(!can_open(root_ / "in" / "a", O_WRONLY));
                       REQUIRE(!can_open(root_ / "in" / "new", O_WRONLY | O_CREAT));
                       REQUIRE(::unlink((root_ / "in" / "a").c_str()) != 0);
                       REQUIRE(landlock_version() < 3 || ::truncate((root_ / "in" / "a").c_str(), 0) != 0);
                     }),
            0);
}

TEST_F(SandboxTest, OutputsAreReadWrittenRenamedAndRemoved) {
  EXPECT_EQ(confined(access(),
                     [&] {
                       const fs::path out = root_ / "out";
                       REQUIRE(can_open(out / "b", O_RDWR | O_TRUNC));
                       REQUIRE(::mkdir((out / "deep").c_str(), 0755) == 0);
                       REQUIRE(can_open(out / "deep" / "new", O_WRONLY | O_CREAT | O_EXCL));
                       REQUIRE(::rename((out / "deep" / "new").c_str(), (out / "moved").c_str()) == 0);
                       REQUIRE(::link((out / "moved").c_str(), (out / "deep" / "linked").c_str()) == 0);
                       REQUIRE(::unlink((out / "moved").c_str()) == 0);
                       REQUIRE(::symlink("/", (out / "link").c_str()) != 0);
                     }),
            0);
}

TEST_F(SandboxTest, NothingElseIsReadOrWritten) {
  EXPECT_EQ(confined(access(),
                     [&] {
                       REQUIRE(!can_open(root_ / "secret", O_RDONLY));
                       REQUIRE(!can_open(root_ / "in" / "link", O_RDONLY));
                       REQUIRE(!can_open(root_ / "in" / ".." / "secret", O_RDONLY));
                       REQUIRE(!can_open(root_ / "new", O_WRONLY | O_CREAT));
                       REQUIRE(!can_open("/etc/shadow", O_RDONLY));
                       REQUIRE(!can_open(fs::path(::getenv("HOME") != nullptr ? ::getenv("HOME") : "/root"), O_RDONLY));
                       REQUIRE(::rename((root_ / "out" / "b").c_str(), (root_ / "b").c_str()) != 0);
                       REQUIRE(can_open("/proc/self/status", O_RDONLY));
                       REQUIRE(can_open("/dev/null", O_WRONLY));
                     }),
            0);
}

TEST_F(SandboxTest, NoProgramIsStarted) {
  EXPECT_EQ(confined(access(),
                     [] {
                       char* const arguments[] = {const_cast<char*>("true"), nullptr};
                       ::execv("/bin/true", arguments);
                       REQUIRE(errno == EACCES);
                     }),
            0);
}

TEST_F(SandboxTest, TcpIsForTheNetworkOnly) {
  if (landlock_version() < 4) GTEST_SKIP() << "Landlock 4 is needed";
  const auto connects = [] {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(9);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    return errno;
  };
  EXPECT_EQ(confined(access(), [&] { REQUIRE(connects() == EACCES); }), 0);
  Access with_network = access();
  with_network.network = true;
  EXPECT_EQ(confined(with_network, [&] { REQUIRE(connects() == ECONNREFUSED); }), 0);
}

TEST_F(SandboxTest, AnOutputThatIsNotThereMayBeMade) {
  Access access;
  access.writes = {root_ / "out" / "deep" / "run"};
  EXPECT_EQ(confined(access,
                     [&] {
                       std::error_code error;
                       fs::create_directories(root_ / "out" / "deep" / "run", error);
                       REQUIRE(!error);
                       REQUIRE(can_open(root_ / "out" / "deep" / "run" / "file", O_WRONLY | O_CREAT));
                       REQUIRE(can_open(root_ / "out" / "beside", O_WRONLY | O_CREAT));
                       confine(access);  // again, now that it is there
                       REQUIRE(can_open(root_ / "out" / "deep" / "run" / "other", O_WRONLY | O_CREAT));
                       REQUIRE(!can_open(root_ / "out" / "beside2", O_WRONLY | O_CREAT));
                     }),
            0);
}

TEST_F(SandboxTest, AnyFileIsReadUntilTheInputsAreKnown) {
  Access any = access();
  any.reads_anything = true;
  EXPECT_EQ(confined(any,
                     [&] {
                       REQUIRE(can_open(root_ / "secret", O_RDONLY));
                       REQUIRE(!can_open(root_ / "secret", O_WRONLY));
                       confine(access());
                       REQUIRE(can_open(root_ / "in" / "a", O_RDONLY));
                       REQUIRE(!can_open(root_ / "secret", O_RDONLY));
                     }),
            0);
}

}  // namespace sandbox_test
}  // namespace hitscope::apps::shell
