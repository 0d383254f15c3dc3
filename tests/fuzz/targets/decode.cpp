// Any bytes through decode() and quarantine().
#include "tests/fuzz/decode_promises.h"
#include "tests/fuzz/ogg_checksums.h"
#include "tests/fuzz/target.h"

FUZZ_TARGET(decode) {
  using namespace hitscope;
  // The last bit, which hardly matters to any format, chooses: the inputs stay plain sound files.
  const int half_rate = size > 0 && (data[size - 1] & 1U) != 0 ? 22050 : 0;
  const auto outcome = tests::decode_and_judge(std::as_bytes(std::span(data, size)), tests::bounded_options(half_rate));
  tests::promise(outcome.broken.empty(), outcome.broken.c_str());
  return 0;
}

#ifdef HITSCOPE_OWN_MUTATOR
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

/// libFuzzer's own mutations, and for OGG the checksums that let them reach the decoders.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned) {
  const std::size_t mutated = LLVMFuzzerMutate(data, size, max_size);
  hitscope::tests::repair_ogg_checksums(std::as_writable_bytes(std::span(data, mutated)));
  return mutated;
}
#endif
