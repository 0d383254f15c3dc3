// No text from outside commands a terminal.
#include "apps/shell/printable.h"

#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <string_view>

namespace hitscope::apps::shell {
namespace printable_test {

TEST(PrintableTest, OrdinaryTextStaysAsItIs) {
  for (const char* text :
       {"", "a", "two\nlines\tand a tab\n", "Beyoncé – Déjà Vu", "東京事変", "😀", "‘quotes’ …", "a b"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(PrintableTest, WhatATerminalObeysIsShown) {
  EXPECT_EQ(printable("\x1b]0;owned\x07"), "\\x1b]0;owned\\x07");
  EXPECT_EQ(printable("over\rwritten"), "over\\x0dwritten");
  EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("\x7f"), "\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m")
      << "C1, the one-byte form of ESC [";
  EXPECT_EQ(printable("\xe2\x80\xae"), "\\xe2\\x80\\xae") << "right-to-left override";
  EXPECT_EQ(printable("\xe2\x81\xa6"), "\\xe2\\x81\\xa6") << "left-to-right isolate";
  EXPECT_EQ(printable("\xe2\x80\xa8"), "\\xe2\\x80\\xa8") << "line separator";
}

TEST(NameTextTest, IsUtf8AndAnotherOneForEveryName) {
  for (const auto& [bytes, text] : {std::pair("plain name.wav", "plain name.wav"),
                                    {"caf\xc3\xa9", "caf\xc3\xa9"},
                                    {"caf\xe9", "caf\\xe9"},
                                    {"caf\\xe9", "caf\\x5cxe9"},
                                    {"caf\\x5cxe9", "caf\\x5cx5cxe9"},
                                    {"a\\b\\x\\xg0\\", "a\\b\\x\\xg0\\"},
                                    {"\\\xe9", "\\\\xe9"},
                                    {"\xc3/\xed\xa0\x80", "\\xc3/\\xed\\xa0\\x80"}}) {
    EXPECT_EQ(name_text(bytes), text);
    EXPECT_EQ(name_bytes(text), bytes);
  }
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string name;
    for (int n = 0; n < 8; ++n)
      name +=
          "\\xe9\xc3\xa9"
          "5c"[random() % 8];
    EXPECT_EQ(name_bytes(name_text(name)), name);
    EXPECT_EQ(printable(name_text(name)), name_text(name)) << "a terminal shows the same";
  }
}

TEST(PrintableTest, BytesThatAreNotUtf8AreShown) {
  EXPECT_EQ(printable("\x9b"), "\\x9b");
  EXPECT_EQ(printable("caf\xe9"), "caf\\xe9");
  EXPECT_EQ(printable("\xc0\x9b"), "\\xc0\\x9b") << "an overlong form of a control character";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(printable("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82") << "cut short";
}

TEST(PrintableTest, ALineStaysALineAndHasAnEnd) {
  EXPECT_EQ(one_line("a\nfailed: forged\tb"), "a\\nfailed: forged\\tb");
  EXPECT_EQ(one_line(std::string(50, 'x'), 10), std::string(10, 'x') + "…");
  EXPECT_EQ(one_line("aaé, and more", 3), "aa…") << "no character is cut in two";
}

TEST(PrintableTest, RandomBytesNeverLeaveACommand) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 20, '\0');
    for (char& c : text) c = static_cast<char>(random());
    constexpr std::array kCommands{"\xc2\x9b", "\xd8\x9c", "\xe2\x80\x8f", "\xe2\x80\xae", "\xe2\x81\xa6", "\x1b"};
    if (round % 2 == 0) text.insert(random() % (text.size() + 1), kCommands.at(random() % kCommands.size()));
    const std::string safe = printable(text);
    for (const char c : safe) {
      const auto byte = static_cast<unsigned char>(c);
      EXPECT_TRUE(byte == '\n' || byte == '\t' || (byte >= 0x20 && byte != 0x7F)) << round;
    }
    // Among UTF-8 the commands are these: C1, and what turns the direction of writing.
    for (std::size_t i = 0; i + 1 < safe.size(); ++i) {
      const std::string_view two = std::string_view(safe).substr(i, 2);
      EXPECT_FALSE(two[0] == '\xc2' && static_cast<unsigned char>(two[1]) < 0xA0) << round;
      EXPECT_FALSE(two == "\xd8\x9c") << round;
      const std::string_view three = std::string_view(safe).substr(i, 3);
      const int last = three.size() < 3 ? 0 : static_cast<unsigned char>(three[2]);
      const bool marks = last == 0x8E || last == 0x8F || (last >= 0xA8 && last <= 0xAE);
      EXPECT_FALSE(three.starts_with("\xe2\x80") && marks) << round;
      EXPECT_FALSE(three.starts_with("\xe2\x81") && last >= 0xA6 && last <= 0xA9) << round;
    }
    EXPECT_EQ(printable(safe), safe) << round;
  }
}

TEST(PrintableOutputTest, GuardsBothStreamsWhileItLives) {
  std::ostringstream out;
  std::ostringstream err;
  std::streambuf* const old_out = std::cout.rdbuf(out.rdbuf());
  std::streambuf* const old_err = std::cerr.rdbuf(err.rdbuf());
  {
    const PrintableOutput guard;
    std::cout << "a\x1b"
              << "b\n"
              << 'c' << '\x07' << "Caf" << '\xc3' << '\xa9' << " \xe2"
              << "\x82\xac\n";
    std::cerr << "\x1b[2J";
    write_result("raw\x1b\n", false);
    write_result("shown\x1b\n", true);
    std::cout << "\xe2\x82";  // never completed
  }
  std::cout << "\x1b";
  std::cout.rdbuf(old_out);
  std::cerr.rdbuf(old_err);
  EXPECT_EQ(out.str(), "a\\x1bb\nc\\x07Café €\nraw\x1b\nshown\\x1b\n\\xe2\\x82\x1b");
  EXPECT_EQ(err.str(), "\\x1b[2J");
}

}  // namespace printable_test
}  // namespace hitscope::apps::shell
