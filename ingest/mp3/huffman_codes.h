// The Huffman codes of ISO/IEC 11172-3, table B.7, as the standard prints them: code words and their lengths. Decoding
// works on tables that huffman.h derives from these; nothing here is fast.
// Thread safety: free functions over constants.
#pragma once

#include <cstdint>

namespace hitscope::ingest::mp3 {

struct HuffmanCode {
  int width;                    ///< values 0 .. width - 1 of x and of y; for quads: 16 combinations of four bits
  const std::uint16_t* words;   ///< [x * width + y], right-aligned; for quads [v * 8 + w * 4 + x * 2 + y]
  const std::uint8_t* lengths;  ///< bits of each word, without sign bits
};

/// Code of big-value table 0..31. Width 0 for table 0 and for tables 4 and 14, which do not exist.
HuffmanCode pair_code(int table);
/// Code of count1 table 0 (A) or 1 (B).
HuffmanCode quad_code(int table);
/// Bits that follow the value 15 in the tables 16..31 ("linbits"); 0 in the others.
int escape_bits(int table);

}  // namespace hitscope::ingest::mp3
