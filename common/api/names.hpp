#pragma once
/// The syntax of names and labels. Each check answers what is wrong with the text; nothing when it
/// is right.
#include <string>
#include <string_view>
#include <vector>

namespace picket {

using NameProblems = std::vector<std::string>;

/// "node-exporter": up to 63 lower-case letters, digits and dashes, a letter or digit at both ends.
[[nodiscard]] NameProblems check_dns_label(std::string_view text);
/// "10.0.0.1", "node.example.com": DNS labels joined by dots, up to 253 characters.
[[nodiscard]] NameProblems check_dns_subdomain(std::string_view text);
/// The key of a label, annotation, taint or finalizer: "app", "example.com/app".
[[nodiscard]] NameProblems check_qualified_name(std::string_view text);
/// The value of a label: empty, or up to 63 letters, digits, '-', '_' and '.', a letter or digit at
/// both ends.
[[nodiscard]] NameProblems check_label_value(std::string_view text);
/// The name of a container port: up to 15 lower-case letters, digits and single dashes, at least
/// one letter.
[[nodiscard]] NameProblems check_port_name(std::string_view text);
/// "system:node": anything that can stand between two slashes.
[[nodiscard]] NameProblems check_path_segment(std::string_view text);
/// The key of a ConfigMap or Secret: up to 253 letters, digits, '-', '_' and '.', and not "." or
/// "..".
[[nodiscard]] NameProblems check_data_key(std::string_view text);

}  // namespace picket
