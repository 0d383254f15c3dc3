#include "dsp/settings.h"

namespace hitscope::dsp {
namespace {

template <typename Number>
std::string number_text(Number value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

struct Text {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return number_text(value); }
  std::string operator()(double value) const { return number_text(value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const std::vector<std::string>& value) const {
    std::string text;
    for (const std::string& item : value) text += (text.empty() ? "" : ",") + item;
    return text;
  }
};

}  // namespace

std::string text_of(const SettingValue& value) {
  return std::visit(Text(), value);
}

}  // namespace hitscope::dsp
