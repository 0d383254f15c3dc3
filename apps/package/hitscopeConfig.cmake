# find_package(hitscope): the targets hitscope::dsp (waveforms to spectrograms) and hitscope::ingest (audio files to
# waveforms). The headers are included by their folder: #include "dsp/feature_extractor.h".
include(${CMAKE_CURRENT_LIST_DIR}/dspDependencies.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/ingestDependencies.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/hitscopeTargets.cmake)
