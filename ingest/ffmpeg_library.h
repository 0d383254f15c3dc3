// FFmpeg's functions, loaded when the first file comes that needs them.
//
// The shared libraries bring some 80 others and 45 ms of start-up, for formats that most runs never meet: they are
// opened by name, with the types (and so the ABI version) of the headers compiled against.
// Thread safety: get() loads under a lock; the functions are FFmpeg's.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}
#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace hitscope::ingest {

#define HITSCOPE_SONAME(library, version) library ".so." AV_STRINGIFY(version)
// NOLINTNEXTLINE(bugprone-macro-parentheses): the argument is a declared name
#define HITSCOPE_LOAD(name) decltype(&::name) name = load<decltype(&::name)>(#name)

class Ffmpeg {
  // Before the functions below: members are initialised in this order.
  void* codec_ = open(HITSCOPE_SONAME("libavcodec", LIBAVCODEC_VERSION_MAJOR));
  void* format_ = open(HITSCOPE_SONAME("libavformat", LIBAVFORMAT_VERSION_MAJOR));

  static void* open(const char* soname) {
    void* library = ::dlopen(soname, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
      throw std::runtime_error(std::string("this format needs FFmpeg's libraries, which cannot be loaded: ") +
                               ::dlerror());
    return library;
  }
  template <typename Function>
  Function load(const char* name) {  // libavutil's functions are found through the two that need it
    void* symbol = ::dlsym(format_, name);
    if (symbol == nullptr) throw std::runtime_error(std::string("FFmpeg's libraries have no function ") + name);
    return reinterpret_cast<Function>(symbol);
  }

 public:
  HITSCOPE_LOAD(av_find_best_stream);
  HITSCOPE_LOAD(av_find_input_format);
  HITSCOPE_LOAD(av_frame_alloc);
  HITSCOPE_LOAD(av_frame_free);
  HITSCOPE_LOAD(av_freep);
  HITSCOPE_LOAD(av_log_set_level);
  HITSCOPE_LOAD(av_malloc);
  HITSCOPE_LOAD(av_max_alloc);
  HITSCOPE_LOAD(av_packet_alloc);
  HITSCOPE_LOAD(av_packet_free);
  HITSCOPE_LOAD(av_packet_unref);
  HITSCOPE_LOAD(av_read_frame);
  HITSCOPE_LOAD(av_strdup);
  HITSCOPE_LOAD(av_strerror);
  HITSCOPE_LOAD(av_version_info);
  HITSCOPE_LOAD(avcodec_alloc_context3);
  HITSCOPE_LOAD(avcodec_find_decoder);
  HITSCOPE_LOAD(avcodec_free_context);
  HITSCOPE_LOAD(avcodec_get_name);
  HITSCOPE_LOAD(avcodec_open2);
  HITSCOPE_LOAD(avcodec_parameters_to_context);
  HITSCOPE_LOAD(avcodec_receive_frame);
  HITSCOPE_LOAD(avcodec_send_packet);
  HITSCOPE_LOAD(avformat_alloc_context);
  HITSCOPE_LOAD(avformat_close_input);
  HITSCOPE_LOAD(avformat_find_stream_info);
  HITSCOPE_LOAD(avformat_open_input);
  HITSCOPE_LOAD(avio_alloc_context);
  HITSCOPE_LOAD(avio_context_free);

  static const Ffmpeg& get() {
    static const Ffmpeg ffmpeg;
    static const bool quiet = (ffmpeg.av_log_set_level(AV_LOG_QUIET), ffmpeg.av_max_alloc(64U << 20U), true);
    (void)quiet;
    return ffmpeg;
  }
};

#undef HITSCOPE_LOAD
#undef HITSCOPE_SONAME

}  // namespace hitscope::ingest
