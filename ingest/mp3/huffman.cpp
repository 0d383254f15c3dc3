#include "ingest/mp3/huffman.h"

#include <algorithm>

#include "ingest/mp3/huffman_codes.h"

namespace hitscope::ingest::mp3 {
namespace {

/// A code word with its sign bits, and what it decodes to.
struct Word {
  std::uint32_t bits = 0;
  unsigned length = 0;
  std::uint32_t entry = 0;
};

std::uint32_t entry_of(int x, int y, unsigned length) {
  return length | static_cast<std::uint32_t>(x + 16) << 8U | static_cast<std::uint32_t>(y + 16) << 16U;
}

/// The word of (x, y) with each combination of signs.
void add_pair(const HuffmanCode& code, bool has_escapes, int x, int y, std::vector<Word>& words) {
  const std::uint32_t bits = code.words[x * code.width + y];
  const unsigned length = code.lengths[x * code.width + y];
  if (has_escapes && (x == 15 || y == 15)) {
    words.push_back({bits, length, entry_of(x, y, length) | kEscape});
    return;
  }
  const unsigned n_signs = (x != 0 ? 1U : 0U) + (y != 0 ? 1U : 0U);
  for (std::uint32_t signs = 0; signs < 1U << n_signs; ++signs) {
    const bool negative_x = x != 0 && (signs >> (n_signs - 1) & 1U) != 0;
    const bool negative_y = y != 0 && (signs & 1U) != 0;
    words.push_back({bits << n_signs | signs, length + n_signs,
                     entry_of(negative_x ? -x : x, negative_y ? -y : y, length + n_signs)});
  }
}

/// Sets the entries of a table of 2^n_bits from `at` on that begin with `word`, `skipped` bits of which are known.
void fill(const Word& word, unsigned skipped, unsigned n_bits, std::size_t at, std::vector<std::uint32_t>& entries) {
  const unsigned length = word.length - skipped;
  const std::uint32_t bits = word.bits & ((1U << length) - 1U);
  const std::uint32_t entry = (word.entry & ~kLengthMask) | length;
  const std::size_t begin = at + (static_cast<std::size_t>(bits) << (n_bits - length));
  std::fill_n(entries.begin() + static_cast<std::ptrdiff_t>(begin), std::size_t{1} << (n_bits - length), entry);
}

}  // namespace

HuffmanTables::HuffmanTables() {
  for (int table = 0; table < 32; ++table) build_pairs(table);
  for (int table = 0; table < 2; ++table) build_quads(table);
}

void HuffmanTables::build_pairs(int table) {
  const auto index = static_cast<std::size_t>(table);
  if (table > 16 && table != 24) {  // shares its code with table 16 or 24
    pairs_[index] = pairs_[table < 24 ? 16 : 24];
    pairs_[index].escape_bits = static_cast<unsigned>(escape_bits(table));
    return;
  }
  const HuffmanCode code = pair_code(table);
  if (code.width == 0) return;
  std::vector<Word> words;
  unsigned longest = 0;
  for (int x = 0; x < code.width; ++x) {
    for (int y = 0; y < code.width; ++y) add_pair(code, escape_bits(table) > 0, x, y, words);
  }
  for (const Word& word : words) longest = std::max(longest, word.length);
  const unsigned primary = std::min(longest, kPrimaryBits);
  std::vector<std::uint32_t>& entries = entries_[index];
  entries.resize(std::size_t{1} << primary);
  std::vector<unsigned> tail(entries.size());  // the most bits that follow a prefix of primary bits
  for (const Word& word : words) {
    if (word.length <= primary) continue;
    unsigned& most = tail[word.bits >> (word.length - primary)];
    most = std::max(most, word.length - primary);
  }
  for (std::size_t prefix = 0; prefix < tail.size(); ++prefix) {
    if (tail[prefix] == 0) continue;
    entries[prefix] = kLink | static_cast<std::uint32_t>(entries.size()) << 8U | tail[prefix];
    entries.resize(entries.size() + (std::size_t{1} << tail[prefix]));
  }
  for (const Word& word : words) {
    if (word.length <= primary) {
      fill(word, 0, primary, 0, entries);
    } else {
      const std::size_t prefix = word.bits >> (word.length - primary);
      fill(word, primary, tail[prefix], entries[prefix] >> 8U & 0xFFFFU, entries);
    }
  }
  pairs_[index] = {entries.data(), primary, static_cast<unsigned>(escape_bits(table))};
}

void HuffmanTables::build_quads(int table) {
  const HuffmanCode code = quad_code(table);
  for (unsigned values = 0; values < 16; ++values) {
    const auto n_signs = static_cast<unsigned>(__builtin_popcount(values));
    const unsigned length = code.lengths[values] + n_signs;
    for (unsigned signs = 0; signs < 1U << n_signs; ++signs) {
      unsigned packed = length << 8U | static_cast<unsigned>(code.lengths[values]) << 12U;
      unsigned signs_left = n_signs;
      for (unsigned i = 0; i < 4; ++i) {
        if ((values & (8U >> i)) == 0) continue;
        --signs_left;
        packed |= ((signs >> signs_left & 1U) != 0 ? 3U : 1U) << (2 * i);
      }
      const unsigned bits = static_cast<unsigned>(code.words[values]) << n_signs | signs;
      auto* begin = quads_[static_cast<std::size_t>(table)].data() + (bits << (kQuadBits - length));
      std::fill_n(begin, std::size_t{1} << (kQuadBits - length), static_cast<std::uint16_t>(packed));
    }
  }
}

const HuffmanTables& huffman_tables() {
  static const HuffmanTables tables;
  return tables;
}

}  // namespace hitscope::ingest::mp3
