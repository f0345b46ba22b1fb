#include "apiserver/auth/server_identity.hpp"

#include "common/base/private_file.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <set>
#include <unistd.h>

namespace picket::apiserver {
namespace {

/// By these names programs in pods know the API; agents make them mean its address.
constexpr const char* kServiceNames[] = {
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local"};
constexpr auto kRenewBefore = std::chrono::hours(24 * 30);

Result<std::optional<tls::KeyPair>> load_pair(
    const std::filesystem::path& directory, const std::string& stem) {
    const auto certificate = read_file(directory / (stem + ".crt"));
    if (!certificate) return certificate.error();
    const auto key = read_file(directory / (stem + ".key"));
    if (!key) return key.error();
    if (!*certificate || !*key) return std::optional<tls::KeyPair>();
    return std::optional(tls::KeyPair{**certificate, **key});
}

Result<void> save_pair(
    const std::filesystem::path& directory, const std::string& stem, const tls::KeyPair& pair) {
    // The key first: a certificate without its key would be taken for a whole pair by nobody.
    auto key = write_private_file(directory / (stem + ".key"), pair.key_pem);
    if (!key) return key;
    return write_private_file(directory / (stem + ".crt"), pair.certificate_pem);
}

Result<tls::KeyPair> load_or_make_ca(const std::filesystem::path& directory, TimePoint now) {
    auto present = load_pair(directory, "ca");
    if (!present) return present.error();
    if (*present) return std::move(**present);
    auto made = tls::make_ca("picket-ca", now);
    auto saved = save_pair(directory, "ca", made);
    if (!saved) return saved.error();
    return made;
}

bool serves(const tls::KeyPair& pair, const std::vector<std::string>& names, TimePoint now) {
    const auto facts = tls::inspect_certificate(pair.certificate_pem);
    return facts && certificate_serves(*facts, names, now);
}

// A leaf of an older CA would be refused by everybody who trusts the present one.
bool issued_with(const tls::KeyPair& pair, const tls::KeyPair& ca) {
    return pair.certificate_pem.find(ca.certificate_pem) != std::string::npos;
}

Result<tls::KeyPair> load_or_make_server(
    const std::filesystem::path& directory,
    const tls::KeyPair& ca,
    const std::vector<std::string>& names,
    TimePoint now) {
    auto present = load_pair(directory, "server");
    if (!present) return present.error();
    if (*present && issued_with(**present, ca) && serves(**present, names, now)) {
        return std::move(**present);
    }
    auto made = tls::make_server_certificate(ca, "picket-apiserver", names, now);
    if (!made) return made.error();
    if (!issued_with(*made, ca)) made->certificate_pem += ca.certificate_pem;
    auto saved = save_pair(directory, "server", *made);
    if (!saved) return saved.error();
    return std::move(*made);
}

std::optional<std::string> address_text(const sockaddr& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* source = nullptr;
    if (address.sa_family == AF_INET) {
        source = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
    } else if (address.sa_family == AF_INET6) {
        const auto& inet6 = reinterpret_cast<const sockaddr_in6&>(address);
        // A link-local address needs a zone, which a certificate cannot name.
        if (IN6_IS_ADDR_LINKLOCAL(&inet6.sin6_addr)) return std::nullopt;
        source = &inet6.sin6_addr;
    }
    if (source == nullptr) return std::nullopt;
    inet_ntop(address.sa_family, source, text.data(), text.size());
    return std::string(text.data());
}

void add_local_addresses(std::set<std::string>& names) {
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) return;
    for (const auto* entry = first; entry != nullptr; entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0) continue;
        if (auto text = address_text(*entry->ifa_addr)) names.insert(std::move(*text));
    }
    freeifaddrs(first);
}

std::string host_of(std::string_view listen) {
    const auto host = listen.substr(0, listen.rfind(':'));
    if (host.starts_with('[') && host.ends_with(']')) {
        return std::string(host.substr(1, host.size() - 2));
    }
    return std::string(host);
}

bool is_wildcard(std::string_view host) {
    return host.empty() || host == "0.0.0.0" || host == "::";
}

}  // namespace

Result<ServerIdentity> load_or_make_identity(
    const std::filesystem::path& directory, const std::vector<std::string>& names, TimePoint now) {
    auto ca = load_or_make_ca(directory, now);
    if (!ca) return ca.error();
    auto server = load_or_make_server(directory, *ca, names, now);
    if (!server) return server.error();
    auto fingerprint = tls::fingerprint(ca->certificate_pem);
    if (!fingerprint) return fingerprint.error();
    return ServerIdentity{ca->certificate_pem, std::move(*fingerprint), std::move(*server)};
}

std::vector<std::string> certificate_names(
    std::string_view listen, const std::vector<std::string>& further) {
    std::set<std::string> names = {"localhost", "127.0.0.1", "::1"};
    names.insert(std::begin(kServiceNames), std::end(kServiceNames));
    std::array<char, 256> host{};
    if (gethostname(host.data(), host.size() - 1) == 0 && host[0] != '\0') {
        names.insert(host.data());
    }
    add_local_addresses(names);
    if (auto listened = host_of(listen); !is_wildcard(listened)) names.insert(std::move(listened));
    names.insert(further.begin(), further.end());
    return {names.begin(), names.end()};
}

bool certificate_serves(
    const tls::CertificateFacts& facts, const std::vector<std::string>& names, TimePoint now) {
    if (facts.not_after - now < kRenewBefore) return false;
    return std::ranges::all_of(names, [&](const std::string& name) {
        return std::ranges::find(facts.names, name) != facts.names.end();
    });
}

}  // namespace picket::apiserver
