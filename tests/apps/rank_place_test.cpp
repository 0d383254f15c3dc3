// What launchers leave in the environment, and the place among ranks that it makes.
#include "apps/train/rank_place.h"

#include <gtest/gtest.h>

#include <map>
#include <ostream>

#include "apps/shell/verb.h"

namespace hitscope::apps::train {
namespace rank_place_test {

using Variables = std::map<std::string, std::string>;

shell::Environment table(const Variables& variables) {
  return [&variables](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

struct Case {
  std::string name;
  Variables variables;
  /// "RANK/SIZE/LOCAL_RANK ADDRESS PORT", "alone", or what the error must hold after "error: ".
  std::string wanted;

  friend std::ostream& operator<<(std::ostream& out, const Case& it) { return out << it.name; }
};

std::string place_of(const Variables& variables) try {
  const auto place = rank_place(table(variables));
  if (!place) return "alone";
  return std::to_string(place->rank) + "/" + std::to_string(place->size) + "/" + std::to_string(place->local_rank) +
         " " + place->master_address + " " + std::to_string(place->master_port);
} catch (const shell::UsageError& error) {
  return std::string("error: ") + error.what();
}

class RankPlaceTest : public testing::TestWithParam<Case> {};

TEST_P(RankPlaceTest, IsWhatTheLauncherSays) {
  const std::string given = place_of(GetParam().variables);
  if (GetParam().wanted.starts_with("error: ")) {
    EXPECT_NE(given.find(GetParam().wanted), std::string::npos) << given;
  } else {
    EXPECT_EQ(given, GetParam().wanted);
  }
}

Variables with(Variables variables, const Variables& more) {
  for (const auto& [name, value] : more) variables[name] = value;
  return variables;
}

const Variables kMaster{{"MASTER_ADDR", "node1"}, {"MASTER_PORT", "29500"}};
const Variables kTorchrun = with(kMaster, {{"RANK", "3"}, {"WORLD_SIZE", "4"}, {"LOCAL_RANK", "1"}});
const Variables kAllocation{{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "8"}, {"SLURM_LOCALID", "0"}};
const Variables kSrun{
    {"SLURM_PROCID", "5"}, {"SLURM_NTASKS", "8"}, {"SLURM_STEP_NUM_TASKS", "8"}, {"SLURM_LOCALID", "2"}};
const Variables kMpirun{
    {"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}, {"OMPI_COMM_WORLD_LOCAL_RANK", "1"}};

INSTANTIATE_TEST_SUITE_P(
    Launches, RankPlaceTest,
    testing::Values(
        Case{"Nothing", {}, "alone"}, Case{"Torchrun", kTorchrun, "3/4/1 node1 29500"},
        Case{"TorchrunThatListensItself", with(kTorchrun, {{"TORCHELASTIC_USE_AGENT_STORE", "True"}}),
             "3/4/1 node1 19500"},
        Case{"TorchrunThatDoesNot", with(kTorchrun, {{"TORCHELASTIC_USE_AGENT_STORE", "False"}}), "3/4/1 node1 29500"},
        Case{"OneProcess", with(kTorchrun, {{"RANK", "0"}, {"WORLD_SIZE", "1"}}), "alone"},
        Case{"OneProcessOfTorchrunInSlurm", with(with(kTorchrun, kSrun), {{"RANK", "0"}, {"WORLD_SIZE", "1"}}),
             "alone"},
        Case{"NoLocalRank", with(kTorchrun, {{"LOCAL_RANK", ""}}), "3/4/0 node1 29500"},
        Case{"TorchrunBeforeSlurm", with(kTorchrun, kSrun), "3/4/1 node1 29500"},
        Case{"SlurmAllocation", kAllocation, "alone"}, Case{"Srun", with(kMaster, kSrun), "5/8/2 node1 29500"},
        Case{"SrunWithoutMaster", kSrun, "alone"},
        Case{"SrunWithAWorldSizeOfTheScript", with(with(kMaster, kSrun), {{"WORLD_SIZE", "8"}}), "5/8/2 node1 29500"},
        Case{"InteractiveStepOfOneTask", with(with(kMaster, kAllocation), {{"SLURM_STEP_NUM_TASKS", "1"}}), "alone"},
        Case{"OldSlurm", with(with(kMaster, kAllocation), {{"SLURM_PROCID", "7"}}), "7/8/0 node1 29500"},
        Case{"Mpirun", with(kMaster, kMpirun), "1/2/1 node1 29500"}, Case{"MpirunWithoutMaster", kMpirun, "alone"},
        Case{"RankOfSomethingElse", {{"RANK", "general"}}, "alone"}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Mistakes, RankPlaceTest,
    testing::Values(
        Case{"RankIsNoNumber", with(kTorchrun, {{"RANK", "two"}}), "error: RANK is 'two'; it must be a whole number"},
        Case{"SizeIsNoNumber", with(kTorchrun, {{"WORLD_SIZE", "4x"}}), "error: WORLD_SIZE is '4x'"},
        Case{"RankIsTooLarge", with(kTorchrun, {{"RANK", "4"}}),
             "error: RANK is 4; it must be 0..3, as WORLD_SIZE is 4"},
        Case{"RankIsNegative", with(kTorchrun, {{"RANK", "-1"}}), "error: RANK is -1"},
        Case{"NoProcesses", with(kTorchrun, {{"WORLD_SIZE", "0"}}), "error: WORLD_SIZE is 0; it must be 1 or more"},
        Case{"LocalRankIsNoNumber", with(kTorchrun, {{"LOCAL_RANK", "gpu0"}}), "error: LOCAL_RANK is 'gpu0'"},
        Case{"LocalRankIsTooLarge", with(kTorchrun, {{"LOCAL_RANK", "4"}}), "error: LOCAL_RANK is 4"},
        Case{"PortIsNone", with(kTorchrun, {{"MASTER_PORT", "0"}}), "error: MASTER_PORT is 0; it must be 1..65535"},
        Case{"PortIsTooLarge", with(kTorchrun, {{"MASTER_PORT", "65536"}}), "error: MASTER_PORT is 65536"},
        Case{"PortIsNoNumber", with(kTorchrun, {{"MASTER_PORT", "http"}}), "error: MASTER_PORT is 'http'"},
        Case{"NoPort", with(kTorchrun, {{"MASTER_PORT", ""}}),
             "error: RANK is 3 and WORLD_SIZE is 4, but MASTER_PORT is not set"},
        Case{"NoAddress", with(kTorchrun, {{"MASTER_ADDR", ""}}),
             "error: RANK is 3 and WORLD_SIZE is 4, but MASTER_ADDR is not set"},
        Case{"NoMaster",
             {{"RANK", "0"}, {"WORLD_SIZE", "2"}},
             "error: RANK is 0 and WORLD_SIZE is 2, but MASTER_ADDR is not set"},
        Case{"NoRank", with(kTorchrun, {{"RANK", ""}}), "error: WORLD_SIZE is 4, but RANK is not set; it must be 0..3"},
        Case{"NoSize", with(kTorchrun, {{"WORLD_SIZE", ""}}), "error: RANK is 3, but WORLD_SIZE is not set"},
        Case{"SrunWithHalfOfTheMaster", with(kSrun, {{"MASTER_ADDR", "node1"}}),
             "error: SLURM_PROCID is 5 and SLURM_STEP_NUM_TASKS is 8, but MASTER_PORT is not set"},
        Case{"SrunRankTooLarge", with(with(kMaster, kSrun), {{"SLURM_PROCID", "8"}}), "error: SLURM_PROCID is 8"},
        Case{"MpirunRankIsNoNumber", with(with(kMaster, kMpirun), {{"OMPI_COMM_WORLD_RANK", "x"}}),
             "error: OMPI_COMM_WORLD_RANK is 'x'"}),
    [](const auto& test) { return test.param.name; });

TEST(RankPlacePortTest, BesideTorchrunIsNeverTorchruns) {
  for (int port = 1; port <= 65535; ++port) {
    const std::string text = std::to_string(port);
    const Variables variables = with(kTorchrun, {{"MASTER_PORT", text}, {"TORCHELASTIC_USE_AGENT_STORE", "True"}});
    const auto place = rank_place(table(variables));
    ASSERT_TRUE(place);
    ASSERT_NE(place->master_port, port);
    ASSERT_GE(place->master_port, 10000);
    ASSERT_LT(place->master_port, 30000);
  }
}

}  // namespace rank_place_test
}  // namespace hitscope::apps::train
