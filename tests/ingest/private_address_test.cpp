#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <stdexcept>
#include <string>

#include "ingest/address.h"

namespace hitscope::ingest {
namespace private_address_test {

bool is_private(const char* text) {
  std::array<std::byte, 16> address{};
  if (::inet_pton(AF_INET, text, address.data()) == 1) {
    return is_private_address(AF_INET, std::span(address).first(4));
  }
  if (::inet_pton(AF_INET6, text, address.data()) == 1) return is_private_address(AF_INET6, address);
  throw std::invalid_argument(std::string("no address: ") + text);
}

TEST(PrivateAddressTest, KnowsTheSpecialRangesOfVersionFour) {
  for (const char* address :
       {"0.0.0.0",      "0.1.2.3",         "10.0.0.0",    "10.255.255.255",  "100.64.0.1", "100.127.255.255",
        "127.0.0.1",    "127.255.255.255", "169.254.0.1", "169.254.169.254", "172.16.0.0", "172.31.255.255",
        "192.0.0.1",    "192.0.2.1",       "192.168.0.0", "192.168.255.255", "198.18.0.1", "198.19.255.255",
        "198.51.100.7", "203.0.113.9",     "224.0.0.1",   "239.255.255.255", "240.0.0.1",  "255.255.255.255"}) {
    EXPECT_TRUE(is_private(address)) << address;
  }
}

TEST(PrivateAddressTest, LetsPublicAddressesOfVersionFourPass) {
  for (const char* address :
       {"1.1.1.1",         "8.8.8.8",      "9.255.255.255",   "11.0.0.0",    "100.63.255.255",  "100.128.0.0",
        "126.255.255.255", "128.0.0.0",    "169.253.255.255", "169.255.0.0", "172.15.255.255",  "172.32.0.0",
        "192.0.1.0",       "192.0.3.0",    "192.167.255.255", "192.169.0.0", "198.17.255.255",  "198.20.0.0",
        "198.51.99.255",   "198.51.101.0", "203.0.112.255",   "203.0.114.0", "223.255.255.255", "151.101.1.1"}) {
    EXPECT_FALSE(is_private(address)) << address;
  }
}

TEST(PrivateAddressTest, KnowsTheSpecialRangesOfVersionSix) {
  for (const char* address : {"::", "::1", "fc00::1", "fd12:3456::1", "fe80::1", "febf::1", "fec0::1", "ff02::1",
                              "ff0e::1", "100::1", "64:ff9b:1::1", "4000::1", "1fff::1"}) {
    EXPECT_TRUE(is_private(address)) << address;
  }
}

TEST(PrivateAddressTest, LooksInsideMappedAndTranslatedAddresses) {
  for (const char* address : {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:192.168.1.1", "::ffff:169.254.169.254",
                              "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "::127.0.0.1", "::10.0.0.1"}) {
    EXPECT_TRUE(is_private(address)) << address;
  }
  EXPECT_FALSE(is_private("::ffff:8.8.8.8"));
  EXPECT_FALSE(is_private("64:ff9b::8.8.8.8"));
}

TEST(PrivateAddressTest, LetsPublicAddressesOfVersionSixPass) {
  for (const char* address : {"2001:4860:4860::8888", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e", "2003:0:1::1",
                              "3000::1", "2400:cb00::1"}) {
    EXPECT_FALSE(is_private(address)) << address;
  }
}

TEST(PrivateAddressTest, LooksInsideSixToFourAddresses) {
  for (const char* address : {"2002:7f00:1::1", "2002:a00:1::1", "2002:c0a8:101::1", "2002:a9fe:a9fe::1"}) {
    EXPECT_TRUE(is_private(address)) << address << " leads to a private address of version four";
  }
}

TEST(PrivateAddressTest, KnowsTheDocumentationRangeOfVersionSix) {
  EXPECT_TRUE(is_private("2001:db8::1")) << "as 192.0.2.1 is in version four";
  EXPECT_TRUE(is_private("3fff::1"));
  EXPECT_TRUE(is_private("3fff:fff::1"));
  EXPECT_FALSE(is_private("3fff:1000::1")) << "3fff::/20 ends before it";
}

TEST(PrivateAddressTest, TakesWhatItDoesNotKnowAsPrivate) {
  const std::array<std::byte, 16> address{std::byte{8}, std::byte{8}, std::byte{8}, std::byte{8}};
  EXPECT_FALSE(is_private_address(AF_INET, std::span(address).first(4)));
  EXPECT_TRUE(is_private_address(AF_INET, std::span(address).first(3)));
  EXPECT_TRUE(is_private_address(AF_INET, {}));
  EXPECT_TRUE(is_private_address(AF_INET6, std::span(address).first(4)));
  EXPECT_TRUE(is_private_address(AF_UNIX, std::span(address).first(4)));
  EXPECT_TRUE(is_private_address(AF_UNSPEC, {}));
}

bool contains(const char* range, const char* text) {
  const AddressRange parsed = AddressRange::from_text({.name = "deny"}, range);
  std::array<std::byte, 16> address{};
  if (::inet_pton(AF_INET, text, address.data()) == 1) return parsed.contains(AF_INET, std::span(address).first(4));
  if (::inet_pton(AF_INET6, text, address.data()) == 1) return parsed.contains(AF_INET6, address);
  throw std::invalid_argument(std::string("no address: ") + text);
}

TEST(AddressRangeTest, HoldsTheAddressesThatShareItsBits) {
  const struct {
    const char* range;
    const char* address;
    bool inside;
  } kCases[] = {{"8.8.8.0/24", "8.8.8.0", true},
                {"8.8.8.0/24", "8.8.8.255", true},
                {"8.8.8.0/24", "8.8.9.0", false},
                {"8.8.8.8", "8.8.8.8", true},
                {"8.8.8.8", "8.8.8.9", false},
                {"8.8.8.8/31", "8.8.8.9", true},
                {"8.8.8.8/31", "8.8.8.10", false},
                {"8.8.8.8/30", "8.8.8.11", true},
                {"0.0.0.0/0", "200.1.2.3", true},
                {"0.0.0.0/0", "2606::1", false},
                {"2001:4860::/32", "2001:4860::1", true},
                {"2001:4860::/32", "2001:4861::1", false},
                {"2001:4860::/31", "2001:4861::1", true},
                {"2001:4860::1", "2001:4860::1", true},
                {"::/0", "2606::1", true},
                {"::/0", "8.8.8.8", false}};
  for (const auto& [range, address, inside] : kCases) EXPECT_EQ(contains(range, address), inside) << range << address;
}

TEST(AddressRangeTest, LooksInsideAddressesThatCarryAnother) {
  for (const char* address : {"::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"}) {
    EXPECT_TRUE(contains("8.8.8.0/24", address)) << address;
    EXPECT_FALSE(contains("8.8.4.0/24", address)) << address;
  }
  EXPECT_TRUE(contains("::ffff:8.8.8.0/120", "8.8.8.8"));
  EXPECT_FALSE(contains("::ffff:8.8.8.0/120", "8.8.9.8"));
}

TEST(AddressRangeTest, RefusesOtherText) {
  for (const std::string text : {"", "/", "8.8.8.8/", "8.8.8.8/33", "8.8.8.8/-1", "8.8.8.8/8x", "8.8.8", "::/129", "a",
                                 "8.8.8.8 ", "example.com", "8.8.8.8/8/8", "::ffff:0:0/90", "::ffff:8.8.8.8/80"}) {
    EXPECT_THROW(AddressRange::from_text({.name = "deny"}, text), dsp::FieldError) << text;
  }
}

TEST(AddressRangeTest, IsWrittenAsItIsRead) {
  for (const char* text : {"8.8.8.0/24", "2001:4860::/32", "1.2.3.4/32"}) {
    EXPECT_EQ(AddressRange::from_text({.name = "deny"}, text).text(), text);
  }
}

}  // namespace private_address_test
}  // namespace hitscope::ingest
