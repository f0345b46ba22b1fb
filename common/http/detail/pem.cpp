#include "common/http/detail/pem.hpp"

#include "common/base/encoding.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <stdexcept>

namespace picket::tls {
namespace {

using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;

Bio reader(std::string_view text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string contents(const Bio& bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

/// PEM readers ask on the terminal for a passphrase unless told otherwise; a daemon must not.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*rwflag*/, void* /*user*/) {
    return -1;
}

/// The reader ends with "no start line" after the last certificate; anything else is damage.
bool ended_normally() {
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

}  // namespace

Result<std::vector<Certificate>> read_certificates(std::string_view pem) {
    const auto bio = reader(pem);
    std::vector<Certificate> certificates;
    while (auto* certificate = PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)) {
        certificates.emplace_back(certificate);
    }
    if (!ended_normally())
        return Error{Reason::BadRequest, "cannot read a PEM certificate: it is damaged"};
    if (certificates.empty())
        return Error{Reason::BadRequest, "cannot read a PEM certificate: there is none"};
    return certificates;
}

Result<PrivateKey> read_private_key(std::string_view pem) {
    PrivateKey key(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    if (!key)
        return Error{
            Reason::BadRequest, "cannot read a PEM private key: there is none, or it is encrypted"};
    return key;
}

std::string certificate_to_pem(X509* certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_X509(bio.get(), certificate) != 1)
        throw std::runtime_error("cannot write a certificate as PEM");
    return contents(bio);
}

std::string private_key_to_pem(EVP_PKEY* key) {
    const Bio bio(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
        throw std::runtime_error("cannot write a private key as PEM");
    }
    return contents(bio);
}

std::string fingerprint_of(const X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) {
        throw std::runtime_error("cannot hash a certificate");
    }
    return hex_encode({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace picket::tls
