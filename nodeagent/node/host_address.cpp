#include "nodeagent/node/host_address.hpp"

#include "common/base/log.hpp"
#include "common/base/private_file.hpp"
#include "nodeagent/node/host_facts.hpp"

#include <boost/asio/ip/address.hpp>
#include <spdlog/spdlog.h>

#include <ifaddrs.h>
#include <memory>
#include <netdb.h>

namespace picket::nodeagent {
namespace {

/// An address outside every host: which way a packet to it would leave tells the host's own main
/// address.
constexpr const char* kFarAway = "192.0.2.1";
constexpr const char* kNoNetwork = "127.0.0.1";

bool is_numeric_address(const std::string& host) {
    boost::system::error_code invalid;
    (void)boost::asio::ip::make_address(host, invalid);
    return !invalid;
}

bool is_good(const std::string& address) {
    return !address.empty() && !is_loopback(address);
}

struct InterfacesCloser {
    void operator()(ifaddrs* list) const { ::freeifaddrs(list); }
};

bool is_address_of(const ifaddrs& interface, const std::string& address) {
    if (interface.ifa_addr == nullptr) return false;
    const auto family = interface.ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) return false;
    const auto size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    char text[NI_MAXHOST] = {};
    const int failed = ::getnameinfo(
        interface.ifa_addr,
        static_cast<socklen_t>(size),
        text,
        sizeof(text),
        nullptr,
        0,
        NI_NUMERICHOST);
    return failed == 0 && address == text;
}

bool host_has(const std::string& address) {
    ifaddrs* found = nullptr;
    if (::getifaddrs(&found) != 0) return false;
    const std::unique_ptr<ifaddrs, InterfacesCloser> list(found);
    for (const auto* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
        if (is_address_of(*entry, address)) return true;
    }
    return false;
}

std::string first_word(const std::string& text) {
    return text.substr(0, text.find('\n'));
}

}  // namespace

bool is_loopback(const std::string& host) {
    return host.starts_with("127.") || host == "::1" || host == "localhost";
}

HostAddress::Network HostAddress::this_host() {
    return {address_towards, host_has};
}

HostAddress::HostAddress(Options options, Network network)
    : options_(std::move(options)), network_(std::move(network)) {
    if (const auto last = first_word(read_file_or_empty(options_.memory)); is_numeric_address(last))
        known_ = last;
}

std::string HostAddress::look() {
    if (!options_.given.empty()) return options_.given;
    if (!known_.empty() && network_.has(known_)) return known_;
    if (auto found = find(); !found.empty()) {
        known_ = std::move(found);
        // Not waited for: a file that the power took is as good as none, and the next look makes
        // it.
        if (auto kept = replace_private_file(options_.memory, known_); !kept)
            logger("node")->error("address not remembered why={}", kept.error().message);
    }
    return known_.empty() ? kNoNetwork : known_;
}

// A name is asked for only where nothing else is known: without a network the answer may take half
// a minute, and the daemons wait for it.
std::string HostAddress::find() const {
    const auto& server = options_.server;
    const bool elsewhere = !server.empty() && !is_loopback(server);
    if (elsewhere && (known_.empty() || is_numeric_address(server))) {
        if (auto address = network_.address_towards(server); is_good(address)) return address;
    }
    auto address = network_.address_towards(kFarAway);
    return is_good(address) ? address : std::string();
}

}  // namespace picket::nodeagent
