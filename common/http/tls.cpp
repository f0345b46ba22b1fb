#include "common/http/tls.hpp"

#include "common/http/detail/pem.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace picket::tls {
namespace {

using GeneralNames = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

constexpr std::chrono::days kCaLifetime{3650};
constexpr std::chrono::days kServerLifetime{365};
/// Hosts whose clock is a little behind must accept a new certificate too.
constexpr std::chrono::hours kClockSkew{1};

/// For calls that fail only if the process is out of memory or OpenSSL is broken.
void must(bool succeeded, const char* act) {
    if (!succeeded) throw std::runtime_error(std::string("cannot ") + act);
}

PrivateKey make_key() {
    PrivateKey key(EVP_EC_gen("P-256"));
    must(key != nullptr, "make a P-256 key");
    return key;
}

void set_random_serial(X509* certificate) {
    const std::unique_ptr<BIGNUM, Freed<BN_free>> number(BN_new());
    must(
        BN_rand(number.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1,
        "make a serial number");
    must(
        BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr,
        "set the serial number");
}

void set_validity(X509* certificate, TimePoint now, std::chrono::days lifetime) {
    const auto seconds = [](TimePoint time) { return std::chrono::system_clock::to_time_t(time); };
    must(
        ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(now - kClockSkew)) != nullptr,
        "set the validity");
    must(
        ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(now + lifetime)) != nullptr,
        "set the validity");
}

void set_common_name(X509* certificate, std::string_view name) {
    const auto* text = reinterpret_cast<const unsigned char*>(name.data());
    must(
        X509_NAME_add_entry_by_txt(
            X509_get_subject_name(certificate),
            "CN",
            MBSTRING_UTF8,
            text,
            static_cast<int>(name.size()),
            -1,
            0) == 1,
        "set the common name");
}

void add_extension(X509* certificate, X509* issuer, int id, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_nconf_nid(nullptr, &context, id, value));
    must(
        extension && X509_add_ext(certificate, extension.get(), -1) == 1,
        "add a certificate extension");
}

/// Everything but the issuer, the extensions and the signature.
Certificate begin_certificate(
    EVP_PKEY* key, std::string_view common_name, TimePoint now, std::chrono::days lifetime) {
    Certificate certificate(X509_new());
    must(certificate != nullptr, "make a certificate");
    X509_set_version(certificate.get(), X509_VERSION_3);
    set_random_serial(certificate.get());
    set_validity(certificate.get(), now, lifetime);
    set_common_name(certificate.get(), common_name);
    must(X509_set_pubkey(certificate.get(), key) == 1, "set the public key");
    return certificate;
}

void sign(X509* certificate, EVP_PKEY* key) {
    must(X509_sign(certificate, key, EVP_sha256()) > 0, "sign a certificate");
}

/// An address becomes an iPAddress entry, anything else a dNSName.
void add_name(GENERAL_NAMES* names, const std::string& name) {
    boost::system::error_code not_an_address;
    boost::asio::ip::make_address(name, not_an_address);
    GENERAL_NAME* entry = a2i_GENERAL_NAME(
        nullptr, nullptr, nullptr, not_an_address ? GEN_DNS : GEN_IPADD, name.c_str(), 0);
    must(entry != nullptr && sk_GENERAL_NAME_push(names, entry) > 0, "add a name to a certificate");
}

void add_alternative_names(X509* certificate, const std::vector<std::string>& names) {
    const GeneralNames list(sk_GENERAL_NAME_new_null());
    for (const auto& name : names) add_name(list.get(), name);
    must(
        X509_add1_ext_i2d(certificate, NID_subject_alt_name, list.get(), 0, 0) == 1,
        "add the certificate's names");
}

std::string ip_text(const ASN1_OCTET_STRING* address) {
    const auto* data = ASN1_STRING_get0_data(address);
    if (ASN1_STRING_length(address) == 4) {
        boost::asio::ip::address_v4::bytes_type bytes;
        std::copy_n(data, bytes.size(), bytes.begin());
        return boost::asio::ip::make_address_v4(bytes).to_string();
    }
    if (ASN1_STRING_length(address) != 16) return {};
    boost::asio::ip::address_v6::bytes_type bytes;
    std::copy_n(data, bytes.size(), bytes.begin());
    return boost::asio::ip::make_address_v6(bytes).to_string();
}

std::string name_text(const GENERAL_NAME* name) {
    if (name->type == GEN_IPADD) return ip_text(name->d.iPAddress);
    if (name->type != GEN_DNS) return {};
    const auto* data = ASN1_STRING_get0_data(name->d.dNSName);
    return {
        reinterpret_cast<const char*>(data),
        static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))};
}

std::vector<std::string> alternative_names(const X509* certificate) {
    const GeneralNames list(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    std::vector<std::string> names;
    for (int i = 0; list && i < sk_GENERAL_NAME_num(list.get()); ++i) {
        if (auto text = name_text(sk_GENERAL_NAME_value(list.get(), i)); !text.empty())
            names.push_back(std::move(text));
    }
    return names;
}

Result<TimePoint> end_of_validity(const X509* certificate) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1) {
        return Error{Reason::BadRequest, "cannot read the end of a certificate's validity"};
    }
    return TimePoint{std::chrono::seconds{timegm(&parts)}};
}

}  // namespace

KeyPair make_ca(std::string_view common_name, TimePoint now) {
    const auto key = make_key();
    const auto certificate = begin_certificate(key.get(), common_name, now, kCaLifetime);
    auto* ca = certificate.get();
    X509_set_issuer_name(ca, X509_get_subject_name(ca));
    add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(ca, ca, NID_key_usage, "critical,digitalSignature,keyCertSign,cRLSign");
    add_extension(ca, ca, NID_subject_key_identifier, "hash");
    sign(ca, key.get());
    return {certificate_to_pem(ca), private_key_to_pem(key.get())};
}

Result<KeyPair> make_server_certificate(
    const KeyPair& ca,
    std::string_view common_name,
    const std::vector<std::string>& names,
    TimePoint now) {
    const auto issuers = read_certificates(ca.certificate_pem);
    if (!issuers) return issuers.error();
    const auto issuer_key = read_private_key(ca.key_pem);
    if (!issuer_key) return issuer_key.error();
    auto* issuer = issuers->front().get();
    const auto key = make_key();
    const auto certificate = begin_certificate(key.get(), common_name, now, kServerLifetime);
    auto* leaf = certificate.get();
    X509_set_issuer_name(leaf, X509_get_subject_name(issuer));
    add_extension(leaf, issuer, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(leaf, issuer, NID_key_usage, "critical,digitalSignature");
    add_extension(leaf, issuer, NID_ext_key_usage, "serverAuth");
    add_extension(leaf, issuer, NID_authority_key_identifier, "keyid");
    add_alternative_names(leaf, names);
    sign(leaf, issuer_key->get());
    return KeyPair{certificate_to_pem(leaf), private_key_to_pem(key.get())};
}

Result<CertificateFacts> inspect_certificate(std::string_view certificate_pem) {
    const auto certificates = read_certificates(certificate_pem);
    if (!certificates) return certificates.error();
    const auto* certificate = certificates->front().get();
    const auto not_after = end_of_validity(certificate);
    if (!not_after) return not_after.error();
    return CertificateFacts{alternative_names(certificate), *not_after};
}

Result<std::string> fingerprint(std::string_view certificate_pem) {
    const auto certificates = read_certificates(certificate_pem);
    if (!certificates) return certificates.error();
    return fingerprint_of(certificates->front().get());
}

}  // namespace picket::tls
