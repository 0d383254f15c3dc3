// Reads the variables that launchers (Slurm, Open MPI, Kubernetes, torchrun) set in the environment.
// Thread safety: free functions without shared state; they read the environment.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace hitscope::apps::shell {

/// Returns a variable's text or nullptr, like std::getenv; tests pass their own.
using Environment = std::function<const char*(const char* name)>;
/// The environment of this process.
Environment process_environment();

/// The whole number that `text` is; nullopt for other text.
std::optional<int> whole_number(std::string_view text);
/// The text of the variable `name`; nullopt if it is not set or empty.
std::optional<std::string> environment_text(const Environment& environment, const char* name);
/// The number in the variable `name`; nullopt if it is not set or empty. Throws UsageError naming variable and value if
/// it is not a whole number.
std::optional<int> environment_number(const Environment& environment, const char* name);

/// The first variable that names a proxy for libcurl, such as "https_proxy"; nullopt where none does, or where no_proxy
/// is "*".
std::optional<std::string> proxy_variable(const Environment& environment);

}  // namespace hitscope::apps::shell
