// FFmpeg's shared libraries bring some 80 others and 45 ms of start-up, for a format that most runs never meet: they
// are opened by name when the first M4A comes, with the types (and so the ABI version) of the headers compiled against.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}
#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "ingest/decoders.h"

namespace hitscope::ingest {
namespace {

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
      throw std::runtime_error(std::string("M4A and AAC need FFmpeg's libraries, which cannot be loaded: ") +
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
  HITSCOPE_LOAD(avcodec_alloc_context3);
  HITSCOPE_LOAD(avcodec_find_decoder);
  HITSCOPE_LOAD(avcodec_free_context);
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

struct Source {
  std::span<const std::byte> bytes;
  std::int64_t position = 0;

  static int read(void* self, std::uint8_t* out, int size) {
    auto* source = static_cast<Source*>(self);
    const auto left = static_cast<std::int64_t>(source->bytes.size()) - source->position;
    const auto n = static_cast<int>(std::min<std::int64_t>(size, left));
    if (n <= 0) return AVERROR_EOF;
    std::memcpy(out, source->bytes.data() + source->position, static_cast<std::size_t>(n));
    source->position += n;
    return n;
  }
  static std::int64_t seek(void* self, std::int64_t offset, int whence) {
    auto* source = static_cast<Source*>(self);
    const auto size = static_cast<std::int64_t>(source->bytes.size());
    whence &= ~AVSEEK_FORCE;
    if (whence == AVSEEK_SIZE) return size;
    const std::int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? source->position : size;
    if (offset < -base || offset > size - base) return AVERROR(EINVAL);
    return source->position = base + offset;
  }
};

/// FFmpeg's demuxer for files of this type; nullptr for types that are decoded otherwise.
const char* demuxer_of(AudioType type) {
  switch (type) {
    case AudioType::kM4a:
      return "mov";
    case AudioType::kOgg:
      return "ogg";
    case AudioType::kAac:
      return "aac";
    default:
      return nullptr;
  }
}

/// One file open in FFmpeg, and whatever was allocated for it.
struct Stream {
  explicit Stream(std::span<const std::byte> bytes) : source{bytes} {
    constexpr int kBufferBytes = 32768;
    auto* buffer = static_cast<unsigned char*>(ff.av_malloc(kBufferBytes));
    io = ff.avio_alloc_context(buffer, kBufferBytes, 0, &source, Source::read, nullptr, Source::seek);
    format = ff.avformat_alloc_context();
    packet = ff.av_packet_alloc();
    frame = ff.av_frame_alloc();
    if (io == nullptr || format == nullptr || packet == nullptr || frame == nullptr) throw std::bad_alloc();
    format->pb = io;
    format->max_streams = 8;
    format->probesize = 1 << 20;
    // A file may hold streams of any kind; FFmpeg would open a decoder for each to learn of it.
    format->codec_whitelist = ff.av_strdup("aac,alac,flac");
    format->format_whitelist = ff.av_strdup("mov,aac,ogg");
    format->protocol_whitelist = ff.av_strdup("");
  }
  ~Stream() {
    ff.av_frame_free(&frame);
    ff.av_packet_free(&packet);
    ff.avcodec_free_context(&codec);
    ff.avformat_close_input(&format);
    ff.av_freep(&io->buffer);  // not the one it began with, if FFmpeg has grown it
    ff.avio_context_free(&io);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Opens the first audio stream; 0 or FFmpeg's negative error code.
  int open(AudioType type) {
    // The demuxer is named, not guessed: a file that says M4A is never taken for a playlist that opens others.
    const char* name = demuxer_of(type);
    const AVInputFormat* demuxer = name == nullptr ? nullptr : ff.av_find_input_format(name);
    if (demuxer == nullptr) return AVERROR_DEMUXER_NOT_FOUND;
    if (const int code = ff.avformat_open_input(&format, nullptr, demuxer, nullptr); code < 0) return code;
    for (unsigned i = 0; i < format->nb_streams; ++i) {
      AVStream* stream = format->streams[i];
      if (stream->codecpar->codec_type != AVMEDIA_TYPE_AUDIO) stream->discard = AVDISCARD_ALL;
    }
    if (const int code = ff.avformat_find_stream_info(format, nullptr); code < 0) return code;
    index = ff.av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
    if (index < 0) return index;
    const AVCodecParameters* parameters = format->streams[index]->codecpar;
    const AVCodecID id = parameters->codec_id;
    if (id != AV_CODEC_ID_AAC && id != AV_CODEC_ID_ALAC && id != AV_CODEC_ID_FLAC) return AVERROR_DECODER_NOT_FOUND;
    const AVCodec* decoder = ff.avcodec_find_decoder(id);
    codec = decoder == nullptr ? nullptr : ff.avcodec_alloc_context3(decoder);
    if (codec == nullptr) return AVERROR_DECODER_NOT_FOUND;
    if (const int code = ff.avcodec_parameters_to_context(codec, parameters); code < 0) return code;
    codec->thread_count = 1;  // the callers parallelise over files
    codec->pkt_timebase = format->streams[index]->time_base;
    return ff.avcodec_open2(codec, decoder, nullptr);
  }

  std::string words(int code) const {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    ff.av_strerror(code, text.data(), text.size());
    return text.data();
  }

  const Ffmpeg& ff = Ffmpeg::get();
  Source source;
  AVIOContext* io = nullptr;
  AVFormatContext* format = nullptr;
  AVCodecContext* codec = nullptr;
  AVPacket* packet = nullptr;
  AVFrame* frame = nullptr;
  int index = -1;
};

template <typename Sample>
void append_planes(const AVFrame& frame, int n_channels, bool planar, float gain, std::vector<float>& mono) {
  const auto sample = [&](int c, int i) {
    const auto* data = reinterpret_cast<const Sample*>(frame.extended_data[planar ? c : 0]);
    return static_cast<float>(data[planar ? i : i * n_channels + c]);
  };
  const float mean = gain / static_cast<float>(n_channels);
  for (int i = 0; i < frame.nb_samples; ++i) {
    float sum = 0.0F;
    for (int c = 0; c < n_channels; ++c) sum += sample(c, i);
    mono.push_back(sum * mean);
  }
}

/// False for a sample format that AAC, ALAC and FLAC do not have.
bool append_frame(const AVFrame& frame, std::vector<float>& mono) {
  const int n = frame.ch_layout.nb_channels;
  switch (frame.format) {
    case AV_SAMPLE_FMT_FLT:
    case AV_SAMPLE_FMT_FLTP:
      append_planes<float>(frame, n, frame.format == AV_SAMPLE_FMT_FLTP, 1.0F, mono);
      return true;
    case AV_SAMPLE_FMT_S16:
    case AV_SAMPLE_FMT_S16P:
      append_planes<std::int16_t>(frame, n, frame.format == AV_SAMPLE_FMT_S16P, 0x1p-15F, mono);
      return true;
    case AV_SAMPLE_FMT_S32:
    case AV_SAMPLE_FMT_S32P:
      append_planes<std::int32_t>(frame, n, frame.format == AV_SAMPLE_FMT_S32P, 0x1p-31F, mono);
      return true;
    default:
      return false;
  }
}

/// Takes what the decoder has ready; a reason to stop, or an empty string.
std::string drain(Stream& s, const std::string& name, const DecodeOptions& options, Recording& recording) {
  while (s.ff.avcodec_receive_frame(s.codec, s.frame) >= 0) {
    const int n_channels = s.frame->ch_layout.nb_channels;
    dsp::Waveform& wave = recording.waveform;
    if (wave.sample_rate == 0) {  // the decoder knows better than the container: HE-AAC doubles the rate
      wave.sample_rate = s.frame->sample_rate;
      recording.n_channels = n_channels;
    }
    if (s.frame->sample_rate != wave.sample_rate) return "its sample rate changes within the file";
    if (n_channels != recording.n_channels) return "its number of channels changes within the file";
    if (refused_by_header(wave.sample_rate, n_channels, name, options)) return "";  // said below
    if (!append_frame(*s.frame, wave.samples)) return "its sample format is unknown";
    recording.cut = wave.samples.size() >= most_samples(options, wave.sample_rate);
    if (recording.cut) return "";
  }
  return "";
}

}  // namespace

tl::expected<Recording, Failure> decode_ffmpeg(std::span<const std::byte> bytes, const std::string& name,
                                               AudioType type, const DecodeOptions& options) {
  const auto failed = [&](const std::string& why) {
    return tl::make_unexpected(decode_failure(FailureKind::kUndecodable, name, why));
  };
  try {
    Ffmpeg::get();
  } catch (const std::runtime_error& e) {
    return tl::make_unexpected(decode_failure(FailureKind::kNoDecoder, name, e.what()));
  }
  Stream s(bytes);
  if (const int code = s.open(type); code < 0) return failed("FFmpeg: " + s.words(code));
  Recording recording;
  std::string stop;
  bool end = false;
  while (!end && stop.empty() && !recording.cut) {
    end = s.ff.av_read_frame(s.format, s.packet) < 0;
    if (end || s.packet->stream_index == s.index) {
      s.ff.avcodec_send_packet(s.codec, end ? nullptr : s.packet);  // a bad packet is a gap: the length will tell
      stop = drain(s, name, options, recording);
    }
    s.ff.av_packet_unref(s.packet);
  }
  if (!stop.empty()) return failed(stop);
  if (recording.waveform.sample_rate == 0) return failed("FFmpeg finds no audio in it");
  const int rate = recording.waveform.sample_rate;
  if (auto refusal = refused_by_header(rate, recording.n_channels, name, options)) {
    return tl::make_unexpected(std::move(*refusal));
  }
  if (recording.cut) recording.waveform.samples.resize(most_samples(options, rate));
  const AVStream* stream = s.format->streams[s.index];
  if (type == AudioType::kM4a && stream->duration > 0 && stream->time_base.den > 0) {
    const double seconds = static_cast<double>(stream->duration) * stream->time_base.num / stream->time_base.den;
    if (seconds < 1e6) recording.promised_samples = static_cast<std::int64_t>(seconds * rate);
  }
  return recording;
}

}  // namespace hitscope::ingest
