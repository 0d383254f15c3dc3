#include "ingest/tables/credits.h"

#include <gtest/gtest.h>

namespace hitscope::ingest::tables {
namespace credits_test {

using Names = std::vector<std::string>;

TEST(CreditsTest, DividesAtSemicolonsAndFeatures) {
  EXPECT_EQ(credited_names("Ingrid Michaelson;ZAYN"), (Names{"Ingrid Michaelson", "ZAYN"}));
  EXPECT_EQ(credited_names(" Drake feat. Rihanna "), (Names{"Drake", "Rihanna"}));
  EXPECT_EQ(credited_names("Drake FT. Rihanna; Future"), (Names{"Drake", "Rihanna", "Future"}));
  EXPECT_EQ(credited_names("a;;b;"), (Names{"a", "b"}));
}

TEST(CreditsTest, KeepsCommasAndAmpersandsInOneName) {
  EXPECT_EQ(credited_names("Earth, Wind & Fire"), Names{"Earth, Wind & Fire"});
  EXPECT_EQ(credited_names("Daft Punk"), Names{"Daft Punk"});
  EXPECT_EQ(credited_names("Little Feat"), Names{"Little Feat"});
}

TEST(CreditsTest, ReadsListsOfPythonAndJson) {
  EXPECT_EQ(credited_names("['Drake', 'Rihanna']"), (Names{"Drake", "Rihanna"}));
  EXPECT_EQ(credited_names(R"(["Guns N' Roses"])"), Names{"Guns N' Roses"});
  EXPECT_EQ(credited_names(R"(['Guns N\' Roses', "b"])"), (Names{"Guns N' Roses", "b"}));
  EXPECT_EQ(credited_names("[]"), Names{});
}

TEST(CreditsTest, TakesWhatIsNoListAsAName) {
  EXPECT_EQ(credited_names("[Intro]"), Names{"[Intro]"});
  EXPECT_EQ(credited_names("['a', 'b"), Names{"['a', 'b"});
  EXPECT_EQ(credited_names("['a' 'b']"), Names{"['a' 'b']"});
  EXPECT_EQ(credited_names("  "), Names{});
}

TEST(CreditsTest, IsEmptyWhereNoCellHasSeveralNames) {
  const auto names_of = [](const Names& cells) { return Credits(cells).names_of(cells); };
  EXPECT_TRUE(names_of({"a", "b"}).empty());
  EXPECT_EQ(names_of({"a", "b;c"}), (std::vector<Names>{{"a"}, {"b", "c"}}));
  EXPECT_TRUE(names_of({}).empty());
}

TEST(CreditsTest, CommasAndAmpersandsPartNamesThatStandAloneElsewhere) {
  const Credits credits({"Ada Vale, Dune Sisters", "dune sisters", "Earth, Wind & Fire", "Brisk & Co", "Simon",
                         "Simon & Garfunkel", "A-ha with Nobody"});
  EXPECT_EQ(credits.names_in("Ada Vale, Dune Sisters"), (Names{"Ada Vale", "Dune Sisters"}));
  EXPECT_EQ(credits.names_in("Simon & Garfunkel"), (Names{"Simon", "Garfunkel"}));
  EXPECT_EQ(credits.names_in("Dune Sisters x Ada Vale"), (Names{"Dune Sisters", "Ada Vale"})) << "of another table";
  EXPECT_EQ(credits.names_in("Earth, Wind & Fire"), Names{"Earth, Wind & Fire"});
  EXPECT_EQ(credits.names_in("Brisk & Co"), Names{"Brisk & Co"});
  EXPECT_EQ(credits.names_in("A-ha with Nobody"), Names{"A-ha with Nobody"});
  EXPECT_EQ(credits.names_in("['Simon', 'Brisk & Co']"), (Names{"Simon", "Brisk & Co"}));
}

TEST(CreditsTest, GuestsAreWrittenInManyWays) {
  for (const char* cell : {"Drake feat. Rihanna", "Drake Featuring Rihanna", "Drake ft Rihanna", "Drake feat Rihanna",
                           "Drake (feat. Rihanna)", "Drake [ft. Rihanna]", "Drake (Featuring Rihanna)"}) {
    EXPECT_EQ(credited_names(cell), (Names{"Drake", "Rihanna"})) << cell;
  }
  EXPECT_EQ(credited_names("Sunn O)))"), Names{"Sunn O))"}) << "what a bracket without its fellow costs";
  EXPECT_EQ(credited_names("Salt-N-Pepa (US)"), Names{"Salt-N-Pepa (US)"});
}

TEST(CreditsTest, ListsOfObjectsAreOfTheirNames) {
  EXPECT_EQ(credited_names(R"([{"id":"x","name":"Drake"},{"type":"artist","name":"Rihanna"}])"),
            (Names{"Drake", "Rihanna"}));
  EXPECT_EQ(credited_names(R"([{"id":"x"}])"), Names{R"([{"id":"x"}])"});
  EXPECT_EQ(credited_names("[{broken"), Names{"[{broken"});
}

TEST(CreditsTest, ALongCellIsOneName) {
  std::string cell;
  for (int i = 0; i < 1'000'000; ++i) cell += "a;";
  EXPECT_EQ(credited_names(cell).size(), 1U);
  EXPECT_EQ(Credits({cell}).names_in(cell).size(), 1U);
}

}  // namespace credits_test
}  // namespace hitscope::ingest::tables
