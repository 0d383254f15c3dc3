// The links of a chained OGG file: whole streams, one behind the other, as radio recorders and `cat a.ogg b.ogg` make.
// Thread safety: free functions without shared state.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace hitscope::ingest {

/// The links of `bytes`, one or more, without a gap: each begins where streams begin again after pages of others. At
/// most 4,096; the last holds the rest.
std::vector<std::span<const std::byte>> ogg_links(std::span<const std::byte> bytes);

/// Whether the first packet of `ogg` is that of FLAC.
bool holds_flac(std::span<const std::byte> ogg);

/// Whether a page of the last 64 KiB (the longest page) is marked as the end of its stream.
bool ogg_has_end(std::span<const std::byte> ogg);

}  // namespace hitscope::ingest
