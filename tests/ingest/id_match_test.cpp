#include "ingest/tables/id_match.h"

#include <gtest/gtest.h>

namespace hitscope::ingest::tables {
namespace id_match_test {

using Ids = std::vector<std::string>;

TEST(IdMatchTest, FoldersExtensionsAndLeadingZerosDoNotCount) {
  const IdMatches matches = match_ids({"2", "3.mp3", "000/000005", "fma/000/000010.FLAC", "141"},
                                      {"000/000002", "000/000003", "000005", "000/000010", "000/000141"});
  EXPECT_EQ(matches.known("2"), "000/000002");
  EXPECT_EQ(matches.known("3.mp3"), "000/000003");
  EXPECT_EQ(matches.known("000/000005"), "000005");
  EXPECT_EQ(matches.known("fma/000/000010.FLAC"), "000/000010");
  EXPECT_EQ(matches.known("141"), "000/000141");
  EXPECT_EQ(matches.example, "'2' with '000/000002'");
  EXPECT_EQ(matches.n_equal, 0U);
  EXPECT_EQ(matches.n_ambiguous, 0U);
}

TEST(IdMatchTest, EqualIdsComeFirst) {
  const IdMatches matches = match_ids({"2", "02", "2"}, {"02", "2"});
  EXPECT_EQ(matches.n_equal, 2U);
  EXPECT_TRUE(matches.other_names.empty());
  const IdMatches one = match_ids({"2", "02"}, {"2"});
  EXPECT_EQ(one.known("02"), "02") << "2 has its own";
}

TEST(IdMatchTest, WhatCouldBeTwoMatchesNeither) {
  const IdMatches known = match_ids({"7"}, {"a/7", "b/7"});
  EXPECT_EQ(known.known("7"), "7");
  EXPECT_EQ(known.n_ambiguous, 1U);
  const IdMatches wanted = match_ids({"7", "07"}, {"a/007"});
  EXPECT_TRUE(wanted.other_names.empty());
  EXPECT_EQ(wanted.n_ambiguous, 2U);
}

TEST(IdMatchTest, WhereFoldersTellIdsApartTheyAreNeeded) {
  Ids wanted, known;
  for (int i = 1; i < 60; ++i) wanted.push_back(std::to_string(i));
  for (int i = 1; i < 15; ++i) known.push_back("B/" + std::to_string(100 + i).substr(1));
  EXPECT_EQ(match_ids(wanted, known).other_names.size(), 14U);
  known.push_back("A/01");
  const IdMatches matches = match_ids(wanted, known);
  EXPECT_TRUE(matches.other_names.empty()) << "11 is unique, and still row 11 and not the eleventh track of B";
  EXPECT_EQ(matches.n_ambiguous, 14U);
  EXPECT_EQ(match_ids({"a/7", "7"}, {"a/7", "b/7"}).known("7"), "7");
}

TEST(IdMatchTest, BackslashesPartFoldersAndLongTextsAreNoIds) {
  EXPECT_EQ(match_ids({"fma\\000\\000002.mp3"}, {"000/000002"}).known("fma\\000\\000002.mp3"), "000/000002");
  const std::string text(1'000'000, '0');
  EXPECT_TRUE(match_ids({text + "1"}, {"1", "x/" + text + "1"}).other_names.empty());
}

TEST(IdMatchTest, FoldersThatAreBothNamedMustAgree) {
  EXPECT_TRUE(match_ids({"rock/001"}, {"jazz/001"}).other_names.empty());
  EXPECT_EQ(match_ids({"rock/001"}, {"music/rock/1"}).known("rock/001"), "music/rock/1");
  EXPECT_EQ(match_ids({"x/rock/001"}, {"rock/1", "jazz/1"}).known("x/rock/001"), "rock/1");
}

TEST(IdMatchTest, OnlyAudioExtensionsAndWholeNumbersAreSimplified) {
  EXPECT_TRUE(match_ids({"v1.5"}, {"v1.6", "v1"}).other_names.empty());
  EXPECT_TRUE(match_ids({"track_2"}, {"track_02"}).other_names.empty());
  EXPECT_EQ(match_ids({"000"}, {"0"}).known("000"), "0");
  EXPECT_TRUE(match_ids({"", "/", "a/"}, {".mp3", "b/"}).n_equal == 0);
}

TEST(IdMatchTest, ManyEqualNamesInFoldersCostNoMoreThanOthers) {
  Ids wanted, known;
  for (int i = 0; i < 50'000; ++i) {
    wanted.push_back(std::to_string(i) + "/audio.wav");
    known.push_back("data/" + std::to_string(i) + "/audio");
  }
  const IdMatches matches = match_ids(wanted, known);
  EXPECT_EQ(matches.other_names.size(), 50'000U);
  EXPECT_EQ(match_ids({std::string(500, '/')}, {std::string(499, '/') + "a"}).n_equal, 0U);
}

}  // namespace id_match_test
}  // namespace hitscope::ingest::tables
