#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <new>
#include <string_view>

#include "ingest/decoders.h"
#include "ingest/ffmpeg_library.h"
#include "ingest/mono_output.h"
#include "ingest/ogg_links.h"

namespace hitscope::ingest {
namespace {

struct Source {
  std::span<const std::byte> bytes;
  std::int64_t position = 0;

  static int read(void* self, std::uint8_t* out, int size) {
    auto* source = static_cast<Source*>(self);
    const auto left = static_cast<std::int64_t>(source->bytes.size()) - source->position;
    if (left <= 0 || size <= 0) return AVERROR_EOF;
    const auto n = static_cast<int>(std::min<std::int64_t>(size, left));
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
    // Behind the end as in a file: a chunk that was cut is skipped so.
    if (offset < -base || offset > std::numeric_limits<std::int64_t>::max() - base) return AVERROR(EINVAL);
    return source->position = base + offset;
  }
};

/// The decoders that a file may choose from, by FFmpeg's names: those of the field's audio, written in FFmpeg itself.
constexpr std::array kCodecs{
    "aac",          "aac_latm",      "ac3",       "adpcm_4xm",     "adpcm_adx",     "adpcm_ct",      "adpcm_g722",
    "adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms",  "adpcm_sbpro_2", "adpcm_sbpro_3", "adpcm_sbpro_4", "adpcm_swf",
    "adpcm_yamaha", "alac",          "amrnb",     "amrwb",         "ape",           "dca",           "eac3",
    "flac",         "g726",          "g726le",    "gsm",           "gsm_ms",        "mlp",           "mp1",
    "mp1float",     "mp2",           "mp2float",  "mp3",           "mp3float",      "opus",          "pcm_alaw",
    "pcm_f32be",    "pcm_f32le",     "pcm_f64be", "pcm_f64le",     "pcm_mulaw",     "pcm_s16be",     "pcm_s16le",
    "pcm_s24be",    "pcm_s24le",     "pcm_s32be", "pcm_s32le",     "pcm_s64be",     "pcm_s64le",     "pcm_s8",
    "pcm_u16be",    "pcm_u16le",     "pcm_u24be", "pcm_u24le",     "pcm_u32be",     "pcm_u32le",     "pcm_u8",
    "qdm2",         "qdmc",          "speex",     "tak",           "truehd",        "tta",           "vorbis",
    "wavpack",      "wmalossless",   "wmapro",    "wmav1",         "wmav2",         "8svx_exp",      "8svx_fib"};

/// The names with commas, as FFmpeg takes its lists.
template <typename Names, typename NameOf>
std::string listed(const Names& names, const NameOf& name_of) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ",") + std::string(name_of(name));
  return list;
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
    static const std::string codecs = listed(kCodecs, [](const char* name) { return name; });
    static const std::string formats = listed(audio_formats(), [](const AudioFormat& row) { return row.demuxer; });
    format->codec_whitelist = ff.av_strdup(codecs.c_str());
    format->format_whitelist = ff.av_strdup(formats.c_str());
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
    const AVInputFormat* demuxer = ff.av_find_input_format(find_format(type)->demuxer);
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
    codec_name = ff.avcodec_get_name(parameters->codec_id);
    const AVCodec* decoder = ff.avcodec_find_decoder(parameters->codec_id);
    const auto is_decoder = [&](const char* name) { return std::string_view(name) == decoder->name; };
    if (decoder == nullptr || std::none_of(kCodecs.begin(), kCodecs.end(), is_decoder)) {
      return AVERROR_DECODER_NOT_FOUND;
    }
    codec = ff.avcodec_alloc_context3(decoder);
    if (codec == nullptr) throw std::bad_alloc();
    if (const int code = ff.avcodec_parameters_to_context(codec, parameters); code < 0) return code;
    codec->thread_count = 1;  // the callers parallelise over files
    codec->pkt_timebase = format->streams[index]->time_base;
    return ff.avcodec_open2(codec, decoder, nullptr);
  }

  /// "Matroska with atrac3: Decoder not found".
  std::string words(AudioType type, int code) const {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    ff.av_strerror(code, text.data(), text.size());
    if (code == AVERROR_STREAM_NOT_FOUND) return std::string(find_format(type)->name) + ": it has no stream of sound";
    const std::string codec_words = codec_name.empty() ? "" : " with " + codec_name;
    return std::string(find_format(type)->name) + codec_words + ": " + text.data();
  }

  const Ffmpeg& ff = Ffmpeg::get();
  Source source;
  AVIOContext* io = nullptr;
  AVFormatContext* format = nullptr;
  AVCodecContext* codec = nullptr;
  AVPacket* packet = nullptr;
  AVFrame* frame = nullptr;
  int index = -1;
  std::string codec_name{};  ///< of the stream that is decoded; empty before it is known
};

/// Where the channels of a frame become one, and how.
struct Mono {
  std::vector<float>& samples;
  Downmix downmix;
};

/// Appends the channels of `frame` as one; they lie one behind the other or, `planar`, apart; `gain` makes full scale
/// 1, and `zero` is the value of silence.
template <typename Sample>
void append_planes(const AVFrame& frame, bool planar, double gain, Sample zero, Mono& mono) {
  const int n_channels = frame.ch_layout.nb_channels;
  const int n_mixed = mono.downmix == Downmix::kFirst ? 1 : n_channels;
  const auto sample = [&](int c, int i) {
    const auto* data = reinterpret_cast<const Sample*>(frame.extended_data[planar ? c : 0]);
    return static_cast<float>(static_cast<double>(data[planar ? i : i * n_channels + c]) - static_cast<double>(zero));
  };
  const float mean = static_cast<float>(gain) / static_cast<float>(n_mixed);
  for (int i = 0; i < frame.nb_samples; ++i) {
    float sum = 0.0F;
    for (int c = 0; c < n_mixed; ++c) sum += sample(c, i);
    mono.samples.push_back(sum * mean);
  }
}

/// False for a sample format that is not known here.
bool append_frame(const AVFrame& frame, Mono mono) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  switch (format) {
    case AV_SAMPLE_FMT_U8:
    case AV_SAMPLE_FMT_U8P:
      append_planes<std::uint8_t>(frame, format == AV_SAMPLE_FMT_U8P, 0x1p-7, 128, mono);
      return true;
    case AV_SAMPLE_FMT_S16:
    case AV_SAMPLE_FMT_S16P:
      append_planes<std::int16_t>(frame, format == AV_SAMPLE_FMT_S16P, 0x1p-15, 0, mono);
      return true;
    case AV_SAMPLE_FMT_S32:
    case AV_SAMPLE_FMT_S32P:
      append_planes<std::int32_t>(frame, format == AV_SAMPLE_FMT_S32P, 0x1p-31, 0, mono);
      return true;
    case AV_SAMPLE_FMT_S64:
    case AV_SAMPLE_FMT_S64P:
      append_planes<std::int64_t>(frame, format == AV_SAMPLE_FMT_S64P, 0x1p-63, 0, mono);
      return true;
    case AV_SAMPLE_FMT_FLT:
    case AV_SAMPLE_FMT_FLTP:
      append_planes<float>(frame, format == AV_SAMPLE_FMT_FLTP, 1.0, 0.0F, mono);
      return true;
    case AV_SAMPLE_FMT_DBL:
    case AV_SAMPLE_FMT_DBLP:
      append_planes<double>(frame, format == AV_SAMPLE_FMT_DBLP, 1.0, 0.0, mono);
      return true;
    default:
      return false;
  }
}

/// Takes what the decoder has ready; a reason to stop, or an empty string.
std::string drain(Stream& s, const std::string& name, const DecodeOptions& options, StreamedSound& sound,
                  MonoOutput& out) {
  std::vector<float> mono;
  while (s.ff.avcodec_receive_frame(s.codec, s.frame) >= 0) {
    const int n_channels = s.frame->ch_layout.nb_channels;
    if (sound.sample_rate == 0) {  // the decoder knows better than the container: HE-AAC doubles the rate
      sound.sample_rate = s.frame->sample_rate;
      sound.n_channels = n_channels;
      sound.cut = refused_by_header(sound.sample_rate, n_channels, name, options).has_value();
      if (sound.cut) return "";  // said below
      out.begin(sound.sample_rate);
    }
    if (s.frame->sample_rate != sound.sample_rate) return "its sample rate changes within the file";
    if (n_channels != sound.n_channels) return "its number of channels changes within the file";
    mono.clear();
    if (!append_frame(*s.frame, {mono, options.downmix})) return "its sample format is unknown";
    out.take(mono);
    sound.cut = out.is_full();
    if (sound.cut) return "";
  }
  return "";
}

/// The length that the container states, where it is one that counts its frames. Others estimate it, or count it in
/// units that are larger than the sound of a frame.
std::optional<std::int64_t> promised_samples(const Stream& s, AudioType type, int rate) {
  constexpr std::array kCounting{AudioType::kM4a, AudioType::kApe, AudioType::kTta, AudioType::kWavPack};
  const AVStream* stream = s.format->streams[s.index];
  const bool is_counted = std::find(kCounting.begin(), kCounting.end(), type) != kCounting.end();
  if (!is_counted || stream->duration <= 0 || stream->time_base.den <= 0) return std::nullopt;
  const double seconds = static_cast<double>(stream->duration) * stream->time_base.num / stream->time_base.den;
  return seconds < 1e6 ? std::optional(static_cast<std::int64_t>(seconds * rate)) : std::nullopt;
}

}  // namespace

Decoded decode_ffmpeg(std::span<const std::byte> bytes, const std::string& name, AudioType type,
                      const DecodeOptions& options, SampleSink& sink) {
  const auto failed = [&](const std::string& why) {
    return tl::make_unexpected(decode_failure(FailureKind::kUndecodable, name, why));
  };
  try {
    Ffmpeg::get();
  } catch (const std::runtime_error& e) {
    return tl::make_unexpected(decode_failure(FailureKind::kNoDecoder, name, e.what()));
  }
  Stream s(bytes);
  if (const int code = s.open(type); code < 0) return failed(s.words(type, code));
  StreamedSound sound;
  MonoOutput out(bytes, options, sink);
  std::string stop;
  bool end = false;
  while (!end && stop.empty() && !sound.cut) {
    end = s.ff.av_read_frame(s.format, s.packet) < 0;
    if (end || s.packet->stream_index == s.index) {
      s.ff.avcodec_send_packet(s.codec, end ? nullptr : s.packet);  // a bad packet is a gap: the length will tell
      stop = drain(s, name, options, sound, out);
    }
    s.ff.av_packet_unref(s.packet);
  }
  if (!stop.empty()) return failed(stop);
  if (sound.sample_rate == 0) return failed(s.words(type, AVERROR_INVALIDDATA));
  if (auto refusal = refused_by_header(sound.sample_rate, sound.n_channels, name, options)) {
    return tl::make_unexpected(std::move(*refusal));
  }
  sound.n_samples = out.n_samples();
  sound.promised_samples = promised_samples(s, type, sound.sample_rate);
  sound.cut_off = type == AudioType::kOgg && !ogg_has_end(bytes);
  return sound;
}

}  // namespace hitscope::ingest
