#include "common/client/kubeconfig.hpp"

#include "common/base/encoding.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <optional>

using namespace picket;
using namespace picket::client;

namespace {

class Folder {
public:
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(directory_.path() / name) << text;
        return path(name);
    }
    [[nodiscard]] std::string path(const std::string& name) const {
        return (directory_.path() / name).string();
    }

private:
    testing::TemporaryDirectory directory_;
};

/// Sets a variable for the time of the test.
class Environment {
public:
    Environment(const char* name, const std::string& value) : name_(name) {
        if (const char* before = std::getenv(name)) before_ = before;
        setenv(name, value.c_str(), 1);
    }
    ~Environment() { before_ ? setenv(name_, before_->c_str(), 1) : unsetenv(name_); }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    const char* name_;
    std::optional<std::string> before_;
};

const std::string kTwoContexts = R"(
apiVersion: v1
kind: Config
current-context: one
clusters:
- name: c1
  cluster: {server: "https://10.0.0.1:6443", certificate-authority: ca.pem, tls-server-name: kube}
- name: c2
  cluster: {server: "https://host.example/prefix/", insecure-skip-tls-verify: true}
users:
- name: u1
  user: {token: secret}
- name: u2
  user: {tokenFile: token, client-certificate-data: Y2VydA==, client-key-data: a2V5}
contexts:
- name: one
  context: {cluster: c1, user: u1}
- name: two
  context: {cluster: c2, user: u2, namespace: work}
)";

}  // namespace

TEST_CASE("Kubeconfig: the current context is used, and files are relative to it", "[kubeconfig]") {
    const Folder folder;
    folder.write("ca.pem", "the CA");
    const auto config = load_kubeconfig(folder.write("config", kTwoContexts), "", "");
    REQUIRE(config.has_value());
    REQUIRE(config->options.http.endpoint.host == "10.0.0.1");
    REQUIRE(config->options.http.endpoint.port == 6443);
    REQUIRE(config->options.http.ca_pem == "the CA");
    REQUIRE(config->options.http.server_name == "kube");
    REQUIRE(config->options.bearer_token == "secret");
    REQUIRE(config->namespace_name == "default");
}

TEST_CASE("Kubeconfig: a context can be asked for by name", "[kubeconfig]") {
    const Folder folder;
    folder.write("token", "from a file\n");
    const auto config = load_kubeconfig(folder.write("config", kTwoContexts), "two", "");
    REQUIRE(config.has_value());
    REQUIRE(config->options.http.endpoint.host == "host.example");
    REQUIRE(config->options.http.endpoint.port == 443);
    REQUIRE(config->options.http.endpoint.path == "/prefix");
    REQUIRE(config->options.http.insecure_skip_verify);
    REQUIRE(config->options.bearer_token == "from a file");
    REQUIRE(config->options.http.client_certificate_pem == "cert");
    REQUIRE(config->options.http.client_key_pem == "key");
    REQUIRE(config->namespace_name == "work");
}

TEST_CASE("Kubeconfig: what format_kubeconfig writes is read back", "[kubeconfig]") {
    const Folder folder;
    const auto path = folder.write(
        "config", format_kubeconfig("https://[::1]:6443", "a\nCA\n", "admin", "t: \"o#k"));
    const auto config = load_kubeconfig(path, "", "");
    REQUIRE(config.has_value());
    REQUIRE(config->path == path);
    REQUIRE(config->options.http.endpoint.host == "::1");
    REQUIRE(config->options.http.ca_pem == "a\nCA\n");
    REQUIRE(config->options.bearer_token == "t: \"o#k");
}

TEST_CASE("Kubeconfig: JSON is read too", "[kubeconfig]") {
    const Folder folder;
    const auto path = folder.write("config", R"({"current-context":"x",
        "clusters":[{"name":"c","cluster":{"server":"http://h:1"}}],
        "contexts":[{"name":"x","context":{"cluster":"c","user":"nobody"}}]})");
    const auto config = load_kubeconfig(path, "", "");
    REQUIRE(config.has_value());
    REQUIRE(config->options.http.endpoint.transport == http::Endpoint::Transport::Tcp);
    REQUIRE(config->options.bearer_token.empty());
}

TEST_CASE(
    "Kubeconfig: the files of $KUBECONFIG are merged, the first answer wins", "[kubeconfig]") {
    const Folder folder;
    const auto first =
        folder.write("first", "current-context: one\nusers: [{name: u1, user: {token: mine}}]\n");
    const auto second = folder.write("second", kTwoContexts);
    folder.write("ca.pem", "the CA");
    const Environment variable("KUBECONFIG", first + ":" + folder.path("missing") + ":" + second);
    const auto config = load_kubeconfig("", "", "");
    REQUIRE(config.has_value());
    REQUIRE(config->options.bearer_token == "mine");
    REQUIRE(config->options.http.endpoint.host == "10.0.0.1");
}

TEST_CASE(
    "Kubeconfig: the fallback is used last, and an error says where it looked", "[kubeconfig]") {
    const Folder folder;
    const Environment home("HOME", folder.path("home"));
    const Environment variable("KUBECONFIG", "");
    const auto fallback = folder.path("admin.kubeconfig");
    const auto missing = load_kubeconfig("", "", fallback);
    REQUIRE_FALSE(missing.has_value());
    REQUIRE(missing.error().message.find(folder.path("home/.kube/config")) != std::string::npos);
    REQUIRE(missing.error().message.find(fallback) != std::string::npos);
    folder.write("admin.kubeconfig", format_kubeconfig("https://h:1", "", "admin", "t"));
    REQUIRE(load_kubeconfig("", "", fallback).has_value());
}

TEST_CASE("Kubeconfig: what cannot be used is named", "[kubeconfig]") {
    struct Row {
        const char* name;
        std::string text;
        const char* complaint;
    };
    const auto row = GENERATE(
        Row{"not YAML", "a: [", "cannot use kubeconfig"},
        Row{"empty", "", "no current-context"},
        Row{"no such context", "current-context: x", "no context \"x\""},
        Row{"no such cluster",
            "current-context: x\ncontexts: [{name: x, context: {cluster: y}}]",
            "no cluster \"y\""},
        Row{"no server",
            "current-context: x\ncontexts: [{name: x, context: {cluster: y}}]\nclusters: [{name: "
            "y, cluster: {a: b}}]",
            "as an address"},
        Row{"bad base64",
            "current-context: x\ncontexts: [{name: x, context: {cluster: y}}]\n"
            "clusters: [{name: y, cluster: {server: 'https://h', certificate-authority-data: "
            "'?'}}]",
            "not base64"});
    CAPTURE(row.name);
    const Folder folder;
    const auto config = load_kubeconfig(folder.write("config", row.text), "", "");
    REQUIRE_FALSE(config.has_value());
    REQUIRE(config.error().message.find(row.complaint) != std::string::npos);
}
