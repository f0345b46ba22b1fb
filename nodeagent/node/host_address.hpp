#pragma once
#include <filesystem>
#include <functional>
#include <string>

namespace picket::nodeagent {

[[nodiscard]] bool is_loopback(const std::string& host);

/// This host's address for others: the one given, or the one that it sends from on its way to the
/// server. A host may boot before its network is there, and may come up with another address: the
/// last one known counts, also over a boot, until the host has another one in its place.
class HostAddress {
public:
    struct Options {
        std::string given;   ///< by the user; nothing is looked for then
        std::string server;  ///< name or address; may be empty
        std::filesystem::path memory;
    };
    /// How the host is asked, in tests not this one.
    struct Network {
        std::function<std::string(const std::string& peer)> address_towards;
        std::function<bool(const std::string& address)> has;
    };
    explicit HostAddress(Options options, Network network = this_host());

    /// What it is now.
    std::string look();

private:
    [[nodiscard]] static Network this_host();
    [[nodiscard]] std::string find() const;

    Options options_;
    Network network_;
    std::string known_;
};

}  // namespace picket::nodeagent
