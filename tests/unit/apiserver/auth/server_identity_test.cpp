#include "apiserver/auth/server_identity.hpp"

#include "common/base/private_file.hpp"
#include "tests/support/result_text.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sys/stat.h>

using namespace picket;
using namespace picket::apiserver;
using picket::testing::TemporaryDirectory;

namespace {

const TimePoint kNow = *parse_time("2026-01-02T03:04:05Z");

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

}  // namespace

TEST_CASE("Server identity: is made once and kept", "[server_identity]") {
    const TemporaryDirectory directory;
    const auto first = load_or_make_identity(directory.path(), {"localhost", "127.0.0.1"}, kNow);
    REQUIRE(first);
    const auto second = load_or_make_identity(directory.path(), {"localhost"}, kNow);
    REQUIRE(second);
    CHECK(second->ca_fingerprint == first->ca_fingerprint);
    CHECK(second->server.certificate_pem == first->server.certificate_pem);
    CHECK(mode_of(directory.path() / "ca.key") == 0600);
    CHECK(mode_of(directory.path() / "server.key") == 0600);
}

TEST_CASE(
    "Server identity: a new name or a near end renews the certificate, not the CA",
    "[server_identity]") {
    const TemporaryDirectory directory;
    const auto first = load_or_make_identity(directory.path(), {"localhost"}, kNow);
    REQUIRE(first);
    const auto renamed = load_or_make_identity(directory.path(), {"localhost", "10.0.0.1"}, kNow);
    REQUIRE(renamed);
    CHECK(renamed->server.certificate_pem != first->server.certificate_pem);
    CHECK(renamed->ca_fingerprint == first->ca_fingerprint);
    const auto facts = tls::inspect_certificate(renamed->server.certificate_pem);
    REQUIRE(facts);
    const auto late = facts->not_after - std::chrono::hours(1);
    const auto renewed = load_or_make_identity(directory.path(), {"localhost", "10.0.0.1"}, late);
    REQUIRE(renewed);
    CHECK(renewed->server.certificate_pem != renamed->server.certificate_pem);
}

TEST_CASE(
    "Certificate names: this machine, the listen address and what was asked for",
    "[server_identity]") {
    const auto names = certificate_names("[fd00::1]:6443", {"picket.example"});
    for (const auto* name : {"localhost", "127.0.0.1", "::1", "fd00::1", "picket.example"}) {
        CAPTURE(name);
        CHECK(std::ranges::count(names, name) == 1);
    }
    const auto wildcard = certificate_names("0.0.0.0:6443", {});
    CHECK(std::ranges::count(wildcard, "0.0.0.0") == 0);
}
