#include "common/http/client.hpp"
#include "common/http/message.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <charconv>

namespace picket::http {
namespace {

namespace urls = boost::urls;

std::string decode(urls::pct_string_view text, bool form) {
    urls::encoding_opts options;
    options.space_as_plus = form;
    return text.decode(options);
}

Error bad_endpoint(std::string_view url, std::string_view why) {
    return {Reason::BadRequest, fmt::format("cannot use \"{}\" as an address: {}", url, why)};
}

/// "/prefix/" and "/" carry no more meaning than "/prefix" and "".
std::string without_trailing_slash(std::string path) {
    while (path.ends_with('/')) path.pop_back();
    return path;
}

Result<std::uint16_t> port_of(
    const urls::url_view& url, std::string_view text, std::uint16_t standard) {
    const std::string_view digits(url.port().data(), url.port().size());
    if (digits.empty()) return standard;
    std::uint16_t port = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (problem != std::errc{} || port == 0)
        return bad_endpoint(text, "the port is not a number from 1 to 65535");
    return port;
}

Result<Endpoint> parse_web_endpoint(const urls::url_view& url, std::string_view text) {
    const bool secure = url.scheme() == "https";
    const auto port = port_of(url, text, secure ? 443 : 80);
    if (!port) return port.error();
    Endpoint endpoint;
    endpoint.transport = secure ? Endpoint::Transport::Tls : Endpoint::Transport::Tcp;
    endpoint.host = url.host_address();
    endpoint.port = *port;
    endpoint.path = without_trailing_slash(std::string(url.encoded_path()));
    if (endpoint.host.empty()) return bad_endpoint(text, "it names no host");
    return endpoint;
}

}  // namespace

Result<Url> parse_target(std::string_view target) {
    const auto parsed = urls::parse_origin_form(urls::string_view(target.data(), target.size()));
    if (!parsed)
        return Error{Reason::BadRequest, fmt::format("cannot parse request target \"{}\"", target)};
    Url url;
    url.path = decode(parsed->encoded_path(), false);
    if (url.path.find('\0') != std::string::npos) {
        return Error{
            Reason::BadRequest, "cannot use a request target with a zero byte in its path"};
    }
    for (const auto& parameter : parsed->encoded_params()) {
        if (parameter.key.empty() && !parameter.has_value) continue;  // "a=1&&b=2"
        url.query.emplace_back(decode(parameter.key, true), decode(parameter.value, true));
    }
    return url;
}

std::string url_encode(std::string_view text) {
    return urls::encode(urls::string_view(text.data(), text.size()), urls::unreserved_chars);
}

Result<Endpoint> parse_endpoint(std::string_view url) {
    static constexpr std::string_view kUnix = "unix://";
    if (url.starts_with(kUnix)) {
        const auto path = url.substr(kUnix.size());
        if (!path.starts_with('/'))
            return bad_endpoint(url, "a Unix socket needs an absolute path");
        return Endpoint{Endpoint::Transport::Unix, "localhost", 0, std::string(path)};
    }
    const auto parsed = urls::parse_uri(urls::string_view(url.data(), url.size()));
    if (!parsed) return bad_endpoint(url, "it is not a URL");
    if (parsed->scheme() != "https" && parsed->scheme() != "http") {
        return bad_endpoint(url, "it does not begin with https://, http:// or unix://");
    }
    return parse_web_endpoint(*parsed, url);
}

}  // namespace picket::http
