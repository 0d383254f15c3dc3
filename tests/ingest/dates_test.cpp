#include "ingest/tables/dates.h"

#include <gtest/gtest.h>

namespace hitscope::ingest::tables {
namespace dates_test {

// Days by Python: (datetime.date(y, m, d) - datetime.date(1970, 1, 1)).days
constexpr double kMay12Of1999 = 10723.0;
constexpr double kApril26Of2024 = 19839.0;

TEST(DatesTest, ReadsEveryFormat) {
  for (const auto& [text, format] : {std::pair{"2024-04-26", "%Y-%m-%d"},
                                     {"2024-4-26", "%Y-%m-%d"},
                                     {"2024/04/26", "%Y/%m/%d"},
                                     {"4/26/2024", "%m/%d/%Y"},
                                     {"04/26/2024", "%m/%d/%Y"},
                                     {"26/4/2024", "%d/%m/%Y"},
                                     {"26.04.2024", "%d.%m.%Y"},
                                     {"26-04-2024", "%d-%m-%Y"},
                                     {"20240426", "%Y%m%d"},
                                     {"April 26, 2024", "%B %d, %Y"},
                                     {"Apr 26, 2024", "%B %d, %Y"},
                                     {"apr. 26, 2024", "%B %d, %Y"},
                                     {"26 Apr 2024", "%d %b %Y"},
                                     {"26 APRIL 2024", "%d %b %Y"},
                                     {"4/26/24", "%m/%d/%y"},
                                     {"2024-04-26", "iso"}}) {
    EXPECT_EQ(parse_date(text, format), kApril26Of2024) << text << " " << format;
  }
  EXPECT_EQ(parse_date("5/12/99", "%m/%d/%y"), kMay12Of1999);
  EXPECT_EQ(parse_date("Sept 1, 2020", "%B %d, %Y"), 18506.0);
}

TEST(DatesTest, ReadsIsoOfEveryPrecision) {
  EXPECT_EQ(parse_date("1999-05-12", "iso"), kMay12Of1999);
  EXPECT_EQ(parse_date("1999-05", "iso"), kMay12Of1999 - 11);
  EXPECT_EQ(parse_date("1999", "iso"), 10592.0);
  EXPECT_EQ(parse_date("1970-01-01", "iso"), 0.0);
  EXPECT_EQ(parse_date("1969-12-31", "iso"), -1.0);
  EXPECT_EQ(parse_date("0001-01-01", "iso"), -719162.0);
  for (const char* text : {"", "99", "1999-", "1999-5", "1999-5-12", "1999-05-1", "19990512", "1999-05-12x", "1999 ",
                           "1999T10:00", "0000", "0000-00-00", "-999-05-12"}) {
    EXPECT_EQ(parse_date(text, "iso"), std::nullopt) << text;
  }
}

TEST(DatesTest, KnowsTheCalendar) {
  EXPECT_TRUE(parse_date("2024-02-29", "iso"));
  EXPECT_TRUE(parse_date("2000-02-29", "iso"));
  for (const char* text :
       {"2023-02-29", "1900-02-29", "2023-04-31", "2023-13-01", "2023-00-10", "2023-01-00", "2023-01-32"}) {
    EXPECT_EQ(parse_date(text, "iso"), std::nullopt) << text;
    EXPECT_EQ(parse_date(text, "%Y-%m-%d"), std::nullopt) << text;
  }
  EXPECT_EQ(parse_date("26/4/2024", "%m/%d/%Y"), std::nullopt);
}

TEST(DatesTest, ReadsTimesAndZones) {
  for (const auto& [text, hours] : {std::pair{"1999-05-12T10:00:00Z", 10.0},
                                    {"1999-05-12 10:00", 10.0},
                                    {"1999-05-12T10:00:00.5", 10.0 + 0.5 / 3600},
                                    {"1999-05-12T10:00:00+02:00", 8.0},
                                    {"1999-05-12T00:30:00+0200", -1.5},
                                    {"1999-05-12T23:00-05", 28.0},
                                    {"1999-05-12 12:00 AM", 0.0},
                                    {"1999-05-12 12:30pm", 12.5},
                                    {"1999-05-12 1:00 PM UTC", 13.0}}) {
    const auto got = parse_date(text, "iso");
    ASSERT_TRUE(got) << text;
    EXPECT_NEAR(*got, kMay12Of1999 + hours / 24, 1e-9) << text;
  }
  EXPECT_NEAR(*parse_date("4/26/2024 18:00", "%m/%d/%Y"), kApril26Of2024 + 0.75, 1e-9);
  for (const char* text :
       {"1999-05-12T", "1999-05-12 ", "1999-05-12T24:00", "1999-05-12T10", "1999-05-12T10:60", "1999-05-12T10:00:61",
        "1999-05-12T10:00:00.", "1999-05-12T10:00+", "1999-05-12T10:00+25:00", "1999-05-12T10:00+02:0",
        "1999-05-12 13:00 PM", "1999-05-12 0:00 AM", "1999-05-12T10:00ZZ", "1999-05T10:00"}) {
    EXPECT_EQ(parse_date(text, "iso"), std::nullopt) << text;
  }
}

TEST(DatesTest, RefusesWhatIsNotOfTheFormat) {
  for (const auto& [text, format] : {std::pair{"4/26/20245", "%m/%d/%Y"},
                                     {"4/26/24", "%m/%d/%Y"},
                                     {"4-26-2024", "%m/%d/%Y"},
                                     {"2024042", "%Y%m%d"},
                                     {"202404265", "%Y%m%d"},
                                     {"2024 426", "%Y%m%d"},
                                     {"Avril 26, 2024", "%B %d, %Y"},
                                     {"Apri 26, 2024", "%B %d, %Y"},
                                     {"Ap 26, 2024", "%B %d, %Y"},
                                     {"April 26 2024", "%B %d, %Y"},
                                     {"", "%Y-%m-%d"},
                                     {"-1/1/2024", "%m/%d/%Y"},
                                     {"1999", ""}}) {
    EXPECT_EQ(parse_date(text, format), std::nullopt) << text << " " << format;
  }
}

TEST(DatesTest, KnowsFormatsThatMakeADate) {
  for (const char* good : {"iso", "%Y-%m-%d", "%d %b %Y", "%Y%m%d", "%m.%d.%y"}) EXPECT_TRUE(is_date_format(good));
  for (const char* bad : {"", "ISO", "%Y", "%Y-%m", "%Y-%m-%d %H", "%Y-%m-%m", "%Y-%m-%b-%d", "%Y-%m-%", "Y-m-d"}) {
    EXPECT_FALSE(is_date_format(bad)) << bad;
  }
}

TEST(DatesTest, WritesDays) {
  EXPECT_EQ(date_text(kMay12Of1999 + 0.99), "1999-05-12");
  EXPECT_EQ(date_text(-0.5), "1969-12-31");
  EXPECT_EQ(date_text(-719162), "0001-01-01");
}

}  // namespace dates_test
}  // namespace hitscope::ingest::tables
