#include "common/http/detail/tls_transport.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <sys/socket.h>
#include <utility>

namespace picket::http::detail {
namespace {

namespace asio = boost::asio;

struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};

constexpr std::size_t kRecord = 16U << 10U;  // what one TLS record holds
constexpr std::size_t kBatch = 4 * kRecord;  // encrypted bytes collected for one system call

/// TLS straight over the socket: OpenSSL reads it by itself, and what it wants to send is collected
/// and sent with one system call. asio::ssl::stream would hold about 70 kB of buffers per
/// connection; ten thousand idle watchers make that the largest part of the server.
class TlsTransport : public Transport {
public:
    using Transport::Transport;

    IoResult try_read(asio::mutable_buffer buffer) override;

protected:
    IoResult try_write(std::span<const asio::const_buffer> buffers) override;
    error_code try_flush() override;
    [[nodiscard]] bool has_buffered_input() const override {
        return ssl_ && SSL_has_pending(ssl_.get()) == 1;
    }
    void begin_close_write() override;

    /// Before anything else.
    void open(SSL_CTX* context);
    [[nodiscard]] SSL* ssl() { return ssl_.get(); }
    Awaitable<Result<void>> shake_hands();
    [[nodiscard]] Error failed(const error_code& error) const;

private:
    static const BIO_METHOD* bio_method();
    static int bio_read(BIO* bio, char* data, int size);
    static int bio_write(BIO* bio, const char* data, int size);
    static long bio_control(BIO* bio, int command, long number, void* pointer);

    error_code encrypt(const char* data, std::size_t size);
    [[nodiscard]] error_code error_of(int outcome) const;
    Awaitable<error_code> exchange();
    [[nodiscard]] std::string why(const error_code& error) const;
    void answer_plain_http();

    std::unique_ptr<SSL, SslDeleter> ssl_;
    std::string output_;  // encrypted, from `sent_` on not sent yet
    std::size_t sent_ = 0;
};

void TlsTransport::open(SSL_CTX* context) {
    ssl_.reset(SSL_new(context));
    BIO* bio = ssl_ ? BIO_new(bio_method()) : nullptr;
    if (bio == nullptr)
        throw std::runtime_error("cannot make a TLS connection: " + last_tls_error());
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
}

const BIO_METHOD* TlsTransport::bio_method() {
    static const auto* const method = [] {
        auto* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "picket socket");
        BIO_meth_set_read(made, bio_read);
        BIO_meth_set_write(made, bio_write);
        BIO_meth_set_ctrl(made, bio_control);
        return made;
    }();
    return method;
}

int TlsTransport::bio_read(BIO* bio, char* data, int size) {
    auto& self = *static_cast<TlsTransport*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    errno = 0;  // so that an end of stream is not taken for an older error
    const auto bytes =
        ::recv(self.socket_.native_handle(), data, static_cast<std::size_t>(size), 0);
    if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
    return static_cast<int>(bytes);
}

int TlsTransport::bio_write(BIO* bio, const char* data, int size) {
    auto& self = *static_cast<TlsTransport*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    self.output_.append(data, static_cast<std::size_t>(size));
    return size;
}

long TlsTransport::bio_control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

error_code TlsTransport::error_of(int outcome) const {
    switch (SSL_get_error(ssl_.get(), outcome)) {
        case SSL_ERROR_WANT_READ:
            return asio::error::would_block;
        case SSL_ERROR_ZERO_RETURN:
            return asio::error::eof;
        case SSL_ERROR_SYSCALL: {
            const int code = errno;
            if (code != 0) return {code, boost::system::system_category()};
            return asio::ssl::error::stream_truncated;
        }
        default:
            break;
    }
    const auto code = ERR_peek_last_error();
    if (ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return asio::ssl::error::stream_truncated;
    return {static_cast<int>(code), asio::error::get_ssl_category()};
}

IoResult TlsTransport::try_read(asio::mutable_buffer buffer) {
    ERR_clear_error();
    IoResult result;
    const int outcome = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &result.bytes);
    if (outcome != 1) result.error = error_of(outcome);
    return result;
}

error_code TlsTransport::encrypt(const char* data, std::size_t size) {
    ERR_clear_error();
    std::size_t written = 0;
    const int outcome = SSL_write_ex(ssl_.get(), data, size, &written);
    return outcome == 1 ? error_code{} : error_of(outcome);
}

/// Copies from the front of `buffers` into `record`, starting `skip` bytes in.
std::size_t fill_record(
    std::array<char, kRecord>& record,
    std::span<const asio::const_buffer> buffers,
    std::size_t skip) {
    std::size_t filled = 0;
    for (const auto& buffer : buffers) {
        if (skip >= buffer.size()) {
            skip -= buffer.size();
            continue;
        }
        const auto bytes = std::min(record.size() - filled, buffer.size() - skip);
        std::memcpy(record.data() + filled, static_cast<const char*>(buffer.data()) + skip, bytes);
        filled += bytes;
        skip = 0;
        if (filled == record.size()) break;
    }
    return filled;
}

IoResult TlsTransport::try_write(std::span<const asio::const_buffer> buffers) {
    IoResult result;
    result.error = try_flush();
    if (result.error) return result;
    std::array<char, kRecord> record;  // NOLINT: filled before it is read
    while (output_.size() < kBatch) {
        const auto filled = fill_record(record, buffers, result.bytes);
        if (filled == 0) break;
        result.error = encrypt(record.data(), filled);
        if (result.error) return result;
        result.bytes += filled;
    }
    if (const auto error = try_flush(); error && !is_would_block(error)) result.error = error;
    return result;
}

error_code TlsTransport::try_flush() {
    while (sent_ < output_.size()) {
        error_code error;
        sent_ += socket_.write_some(asio::buffer(output_) + sent_, error);
        if (error) return error;
    }
    if (!output_.empty()) std::exchange(output_, {});  // an idle connection keeps no buffer
    sent_ = 0;
    return {};
}

void TlsTransport::begin_close_write() {
    if (!ssl_ || SSL_is_init_finished(ssl_.get()) != 1) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
}

/// The flights of the handshake, one after the other.
Awaitable<error_code> TlsTransport::exchange() {
    for (;;) {
        ERR_clear_error();
        const int outcome = SSL_do_handshake(ssl_.get());
        auto error = outcome == 1 ? error_code{} : error_of(outcome);
        const auto flushed = co_await write({}, std::nullopt);
        if (!is_would_block(error)) co_return error ? error : flushed;
        if (flushed) co_return flushed;
        error = co_await wait(Socket::wait_read);
        if (error) co_return error;
    }
}

std::string TlsTransport::why(const error_code& error) const {
    const auto verification = ssl_ ? SSL_get_verify_result(ssl_.get()) : X509_V_OK;
    if (error.category() == asio::error::get_ssl_category() && verification != X509_V_OK) {
        return fmt::format(
            "the server's certificate is not trusted: {}",
            X509_verify_cert_error_string(verification));
    }
    return error.message();
}

/// Someone typed http:// for https://; a hint is kinder than a cut connection.
void TlsTransport::answer_plain_http() {
    static constexpr std::string_view kHint =
        "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
        "This port speaks HTTPS.\n";
    error_code ignored;  // the connection ends either way
    socket_.write_some(asio::buffer(kHint), ignored);
}

Error TlsTransport::failed(const error_code& error) const {
    const auto reason =
        error == asio::error::timed_out ? Reason::Timeout : Reason::ServiceUnavailable;
    return {reason, fmt::format("TLS handshake failed: {}", why(error))};
}

Awaitable<Result<void>> TlsTransport::shake_hands() {
    const auto error = co_await exchange();
    if (!error) co_return Ok();
    if (ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST)
        answer_plain_http();
    co_return failed(error);
}

void expect_server_name(SSL* ssl, const std::string& name) {
    error_code not_an_address;
    asio::ip::make_address(name, not_an_address);
    if (not_an_address) {
        SSL_set_tlsext_host_name(ssl, name.c_str());
        SSL_set1_host(ssl, name.c_str());
    } else {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
    }
}

/// The server's end. A client that says nothing costs no more than its socket: what a handshake
/// needs is made when its first byte is there.
class TlsServerTransport final : public TlsTransport {
public:
    TlsServerTransport(Socket socket, SSL_CTX* context)
        : TlsTransport(std::move(socket)), context_(context) {}

    Awaitable<Result<void>> handshake() override {
        if (const auto error = co_await wait(Socket::wait_read)) co_return failed(error);
        open(context_);
        SSL_set_accept_state(ssl());
        co_return co_await shake_hands();
    }

private:
    SSL_CTX* context_;
};

class TlsClientTransport final : public TlsTransport {
public:
    TlsClientTransport(Socket socket, const ClientTrust& trust) : TlsTransport(std::move(socket)) {
        open(trust.context());
        SSL_set_connect_state(ssl());
        expect_server_name(ssl(), trust.server_name());
        trust.resume(ssl());
    }

    Awaitable<Result<void>> handshake() override { return shake_hands(); }
};

}  // namespace

std::unique_ptr<Transport> make_tls_server_transport(Socket socket, SSL_CTX* context) {
    return std::make_unique<TlsServerTransport>(std::move(socket), context);
}

std::unique_ptr<Transport> make_tls_client_transport(Socket socket, const ClientTrust& trust) {
    return std::make_unique<TlsClientTransport>(std::move(socket), trust);
}

}  // namespace picket::http::detail
