#include "apps/spectrograms/npy.h"

#include <fmt/format.h>

#include <cstdio>
#include <stdexcept>

namespace hitscope::apps::spectrograms {
namespace {

constexpr std::string_view kMagic("\x93NUMPY\x01\x00\x76\x00", 10);  // version 1.0, 118 bytes of dictionary

std::string_view descr(SampleType type) {
  return type == SampleType::kFloat16 ? "<f2" : "<f4";
}

}  // namespace

std::string npy_header(const NpyShape& shape) {
  std::string header(kMagic);
  header += fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}, {}), }}", descr(shape.sample_type),
                        shape.n_rows, shape.n_bins, shape.n_frames);
  if (header.size() >= kNpyHeaderBytes) throw std::logic_error("npy header too long");
  header.resize(kNpyHeaderBytes - 1, ' ');
  return header + '\n';
}

std::optional<NpyShape> parse_npy_header(std::string_view bytes) {
  if (bytes.size() < kNpyHeaderBytes || !bytes.starts_with(kMagic)) return std::nullopt;
  const std::string text(bytes.substr(kMagic.size(), kNpyHeaderBytes - kMagic.size()));
  char type = 0;
  NpyShape shape;
  const int found = std::sscanf(text.c_str(), "{'descr': '<f%c', 'fortran_order': False, 'shape': (%zu, %d, %d), }",
                                &type, &shape.n_rows, &shape.n_bins, &shape.n_frames);
  if (found != 4 || shape.n_bins < 1 || shape.n_frames < 1) return std::nullopt;
  shape.sample_type = type == '2' ? SampleType::kFloat16 : SampleType::kFloat32;
  return npy_header(shape) == bytes.substr(0, kNpyHeaderBytes) ? std::optional(shape) : std::nullopt;
}

}  // namespace hitscope::apps::spectrograms
