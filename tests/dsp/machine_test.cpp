#include "dsp/machine.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace hitscope::dsp {
namespace machine_test {

namespace fs = std::filesystem;

class Groups {
 public:
  Groups() : root_(fs::temp_directory_path() / ("hitscope-cgroups-" + std::to_string(getpid()))) {}
  ~Groups() { fs::remove_all(root_); }
  Groups(const Groups&) = delete;
  Groups& operator=(const Groups&) = delete;

  void put(const std::string& file, const std::string& text) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  const fs::path& root() const { return root_; }

 private:
  fs::path root_;
};

TEST(UsableCoresTest, ReadsTheLeastQuotaOfAGroupAndThoseAboveIt) {
  const Groups groups;
  groups.put("a/b/cpu.max", "300000 100000\n");
  groups.put("a/cpu.max", "50000 100000\n");
  groups.put("cpu.max", "max 100000\n");
  EXPECT_DOUBLE_EQ(cgroup_cores("0::/a/b\n", groups.root()), 0.5);
  groups.put("a/cpu.max", "max 100000\n");
  EXPECT_DOUBLE_EQ(cgroup_cores("0::/a/b\n", groups.root()), 3.0);
  EXPECT_DOUBLE_EQ(cgroup_cores("0::/\n", groups.root()), 0.0);
  EXPECT_DOUBLE_EQ(cgroup_cores("0::/../..\n", groups.root()), 0.0);
  EXPECT_DOUBLE_EQ(cgroup_cores("", groups.root()), 0.0);
  EXPECT_DOUBLE_EQ(cgroup_cores("nonsense\n1:\n::\n", groups.root()), 0.0);
}

TEST(UsableCoresTest, ReadsTheFirstVersionToo) {
  const Groups groups;
  groups.put("cpu,cpuacct/job/cpu.cfs_quota_us", "150000\n");
  groups.put("cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  groups.put("cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  groups.put("cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  const std::string membership = "12:memory:/job\n4:cpu,cpuacct:/job\n1:cpuset:/job\n0::/\n";
  EXPECT_DOUBLE_EQ(cgroup_cores(membership, groups.root()), 1.5);
}

TEST(UsableMemoryTest, ReadsTheLeastLimitOfAGroupAndThoseAboveIt) {
  const Groups groups;
  groups.put("a/b/memory.max", "max\n");
  groups.put("a/memory.max", "1073741824\n");
  EXPECT_DOUBLE_EQ(cgroup_memory("0::/a/b\n", groups.root()), 1073741824.0);
  EXPECT_DOUBLE_EQ(cgroup_memory("0::/\n", groups.root()), 0.0);
  groups.put("memory/job/memory.limit_in_bytes", "536870912\n");
  groups.put("memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_DOUBLE_EQ(cgroup_memory("12:memory:/job\n0::/\n", groups.root()), 536870912.0);
  EXPECT_DOUBLE_EQ(cgroup_memory("12:memory:/\n", groups.root()), 0.0) << "what the first version writes for no limit";
}

TEST(UsableMemoryTest, IsSomeOfTheMachine) {
  EXPECT_GT(usable_memory(), 64ULL << 20U);
}

TEST(UsableCoresTest, IsNoMoreThanTheAffinityAllows) {
  const pid_t child = fork();
  if (child == 0) {  // the first call of a process counts
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    int first = 0;
    while (!CPU_ISSET(first, &set)) ++first;
    CPU_ZERO(&set);
    CPU_SET(first, &set);
    sched_setaffinity(0, sizeof set, &set);
    _exit(usable_cores() == 1 ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace machine_test
}  // namespace hitscope::dsp
