// What makes two rows the same song or the same recording.
#include "ingest/tables/cleaning.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace hitscope::ingest::tables {
namespace song_key_test {

TEST(SongKeyTest, DropsCaseAccentsAndPunctuation) {
  EXPECT_EQ(song_key("Beyoncé", "Halo"), "beyonce - halo");
  EXPECT_EQ(song_key("BEYONCE\u0301", "  HALO!  "), "beyonce - halo") << "accents by themselves";
  EXPECT_EQ(song_key("Guns N' Roses", "Don’t  Cry"), "guns n roses - dont cry");
  EXPECT_EQ(song_key("AC/DC", "T.N.T."), "ac dc - tnt");
  EXPECT_EQ(song_key("Jay-Z", "R & B"), song_key("JAY Z", "R&B"));
  EXPECT_EQ(song_key("Straße", "ﬁne"), "strasse - fine");
  EXPECT_EQ(song_key("ＡＢＣ", "Ｈｅｌｌｏ（Live）"), "abc - hello") << "full width";
  EXPECT_EQ(song_key("Ed Sheeran", "÷"), "ed sheeran - ÷") << "symbols are no punctuation";
  EXPECT_EQ(song_key("a", "x\u200By\u00A0z\tw"), "a - xy z w");
}

TEST(SongKeyTest, TakesTheFirstOfSeveralArtists) {
  EXPECT_EQ(song_key("Drake;Rihanna", "Work"), "drake - work");
  EXPECT_EQ(song_key("Drake, Rihanna", "Work"), "drake - work");
  EXPECT_EQ(song_key("['Drake', 'Rihanna']", "Work"), "drake - work");
  EXPECT_EQ(song_key(" ; ,Drake", "Work"), "drake - work") << "the first that has a name";
}

TEST(SongKeyTest, DropsBracketsAndTailsOfTitlesUnlessNothingIsLeft) {
  EXPECT_EQ(song_key("a", "Song (feat. B) [Remix]"), "a - song");
  EXPECT_EQ(song_key("a", "Song - 2011 Remaster"), "a - song");
  EXPECT_EQ(song_key("a", "Song – Live"), "a - song") << "an en dash";
  EXPECT_EQ(song_key("a", "Song - Live - 2011"), "a - song");
  EXPECT_EQ(song_key("a", "Well-Known"), "a - well known") << "no blanks, no tail";
  EXPECT_EQ(song_key("a", "(I Can't Get No) Satisfaction"), "a - satisfaction");
  EXPECT_EQ(song_key("a", "(Intro)"), "a - intro");
  EXPECT_EQ(song_key("a", "[x] - y"), "a - x y");
  EXPECT_EQ(song_key("a", " - y"), "a - y");
  EXPECT_EQ(song_key("a", "Song (a (b) c) d"), "a - song d") << "nested";
  EXPECT_EQ(song_key("a", "Song (open"), "a - song open") << "a bracket that never closes holds nothing";
  EXPECT_EQ(song_key("a", "Song) (x"), "a - song x");
  EXPECT_EQ(song_key("a", "One (two [three) four"), "a - one four");
  EXPECT_EQ(song_key("a", "[One {two} 【three】]four"), "a - four");
  EXPECT_EQ(song_key("a (b)", "c"), "a b - c") << "artists keep their brackets";
}

TEST(SongKeyTest, KeepsOtherScripts) {
  EXPECT_EQ(song_key("방탄소년단", "봄날").empty(), false);
  EXPECT_NE(song_key("방탄소년단", "봄날"), song_key("방탄소년단", "봄"));
  EXPECT_EQ(song_key("КИНО", "Группа Крови"), "кино - группа крови");
  EXPECT_EQ(song_key("ΜΊΚΗΣ", "Ζορμπάς"), song_key("μικης", "ζορμπας")) << "final sigma and tonos";
  EXPECT_EQ(song_key("宇多田ヒカル", "花束を君に"), "宇多田ヒカル - 花束を君に");
  EXPECT_NE(song_key("x", "\u304B"), song_key("x", "\u304C")) << "ka is not ga";
  EXPECT_NE(song_key("x", "\u0926\u093F\u0932"), song_key("x", "\u0926\u0932")) << "vowels of Devanagari are marks";
  EXPECT_EQ(song_key("x", "حبيبي"), "x - حبيبي");
}

TEST(SongKeyTest, IsEmptyWhereEitherHasNothingLeft) {
  EXPECT_EQ(song_key("", "x"), "");
  EXPECT_EQ(song_key("x", ""), "");
  EXPECT_EQ(song_key("x", "..."), "");
  EXPECT_EQ(song_key("!!!", "x"), "");
  EXPECT_EQ(song_key(";,", "x"), "");
  EXPECT_EQ(song_key("x", "()"), "");
  EXPECT_EQ(song_key("x", "\u0301"), "") << "an accent alone";
}

TEST(SongKeyTest, TakesBytesThatAreNoUtf8) {
  EXPECT_EQ(song_key("Beyonc\xE9", "HALO"), "beyonc\xE9 - halo");
  EXPECT_NE(song_key("\xE9", "x"), song_key("\xE8", "x"));
  EXPECT_EQ(song_key("\xC3", "A (b) \xFF"), "\xC3 - a \xFF");
  EXPECT_EQ(song_key(std::string_view("a\0b", 3), "x"), "a b - x");
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 12, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const std::string key = song_key(bytes, bytes);
    EXPECT_EQ(song_key(bytes, bytes), key);
  }
}

TEST(SongKeyTest, GrowsForTextsThatDecomposeIntoManyTimesTheirLength) {
  std::string title;
  for (int i = 0; i < 1000; ++i) title += "\uFDFA\u1F82\uAC01";
  EXPECT_GT(song_key("a", title).size(), 1000U);
  EXPECT_EQ(song_key("a", std::string(100'000, '(')), "");
  EXPECT_EQ(song_key("a", std::string(1'000'000, '(') + "x" + std::string(1'000'000, ']')), "a - x") << "at once";
  EXPECT_EQ(song_key("a", std::string(100'000, '(') + "x" + std::string(100'000, ')')), "a - x");
}

TEST(IsrcKeyTest, TakesTwelveLettersAndDigitsInAnySpelling) {
  EXPECT_EQ(isrc_key("USRC17607839"), "USRC17607839");
  EXPECT_EQ(isrc_key(" us-rc1-76-07839 "), "USRC17607839");
  EXPECT_EQ(isrc_key(""), "");
  EXPECT_EQ(isrc_key("USRC1760783"), "");
  EXPECT_EQ(isrc_key("USRC176078390"), "");
  EXPECT_EQ(isrc_key("USRC1760783é"), "");
  EXPECT_EQ(isrc_key("USRC17607.839"), "");
}

}  // namespace song_key_test
}  // namespace hitscope::ingest::tables
