#include "apiserver/auth/service_account/signing_key.hpp"

#include "common/base/encoding.hpp"
#include "common/base/freed.hpp"
#include "common/base/private_file.hpp"

#include <nlohmann/json.hpp>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace picket::apiserver {
namespace {

constexpr std::size_t kCoordinateBytes = 32;
constexpr std::size_t kKeyIdLength = 16;

using PkeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using SignaturePtr = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free>>;

void must_sign(bool good, const char* act) {
    if (!good) throw std::runtime_error(std::string("OpenSSL cannot ") + act);
}

const unsigned char* as_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// JSON Web Tokens leave the padding out.
std::string url_encode(std::string_view bytes) {
    auto text = base64url_encode(bytes);
    text.erase(text.find_last_not_of('=') + 1);
    return text;
}

std::optional<std::string> url_decode(std::string_view text) {
    std::string standard(text);
    if (standard.find_first_of("+/=") != std::string::npos) return std::nullopt;
    std::ranges::replace(standard, '-', '+');
    std::ranges::replace(standard, '_', '/');
    while (standard.size() % 4 != 0) standard += '=';
    return base64_decode(standard);
}

std::string padded_number(const BIGNUM* number) {
    std::vector<unsigned char> bytes(kCoordinateBytes);
    must_sign(
        BN_bn2binpad(number, bytes.data(), kCoordinateBytes) == kCoordinateBytes, "write a number");
    return {bytes.begin(), bytes.end()};
}

/// OpenSSL speaks DER, a token holds the two numbers side by side.
std::string flat_signature(std::string_view der) {
    const auto* at = as_bytes(der);
    const SignaturePtr parsed(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    must_sign(parsed != nullptr, "read its own signature");
    return padded_number(ECDSA_SIG_get0_r(parsed.get())) +
           padded_number(ECDSA_SIG_get0_s(parsed.get()));
}

std::optional<std::string> der_signature(std::string_view flat) {
    if (flat.size() != 2 * kCoordinateBytes) return std::nullopt;
    const SignaturePtr signature(ECDSA_SIG_new());
    const auto* bytes = as_bytes(flat);
    ECDSA_SIG_set0(
        signature.get(),
        BN_bin2bn(bytes, kCoordinateBytes, nullptr),
        BN_bin2bn(bytes + kCoordinateBytes, kCoordinateBytes, nullptr));
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(signature.get(), &der);
    if (length <= 0) return std::nullopt;
    std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
    OPENSSL_free(der);
    return text;
}

std::string coordinate(EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    must_sign(EVP_PKEY_get_bn_param(key, name, &number) == 1, "read a key");
    const NumberPtr owned(number);
    return url_encode(padded_number(number));
}

/// The key's id is its thumbprint (RFC 7638), cut short.
Json jwk_of(EVP_PKEY* key) {
    Json jwk = {
        {"crv", "P-256"},
        {"kty", "EC"},
        {"x", coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X)},
        {"y", coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y)}};
    jwk["kid"] = url_encode(sha256(jwk.dump())).substr(0, kKeyIdLength);
    jwk["alg"] = "ES256";
    jwk["use"] = "sig";
    return jwk;
}

PkeyPtr parse_pem(const std::string& pem) {
    const BioPtr source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return PkeyPtr(PEM_read_bio_PrivateKey(source.get(), nullptr, nullptr, nullptr));
}

std::string format_pem(EVP_PKEY* key) {
    const BioPtr target(BIO_new(BIO_s_mem()));
    must_sign(
        PEM_write_bio_PrivateKey(target.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
        "write a key");
    char* data = nullptr;
    const long length = BIO_get_mem_data(target.get(), &data);
    return {data, static_cast<std::size_t>(length)};
}

struct TokenParts {
    std::string_view signed_text;  // header and payload
    std::string_view header;
    std::string_view payload;
    std::string_view signature;
};

std::optional<TokenParts> split_token(std::string_view token) {
    const auto first = token.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = token.find('.', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    if (token.find('.', second + 1) != std::string_view::npos) return std::nullopt;
    return TokenParts{
        token.substr(0, second),
        token.substr(0, first),
        token.substr(first + 1, second - first - 1),
        token.substr(second + 1)};
}

std::optional<Json> decode_part(std::string_view part) {
    const auto text = url_decode(part);
    if (!text) return std::nullopt;
    auto object = Json::parse(*text, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    return object;
}

}  // namespace

struct SigningKey::Impl {
    PkeyPtr key;
    Json jwk;
    std::string header;  // encoded once: it is the same for every token

    explicit Impl(PkeyPtr made) : key(std::move(made)), jwk(jwk_of(key.get())) {
        header = url_encode(Json{{"alg", "ES256"}, {"kid", jwk["kid"]}, {"typ", "JWT"}}.dump());
    }

    [[nodiscard]] std::string signature_of(std::string_view text) const {
        const DigestPtr context(EVP_MD_CTX_new());
        must_sign(
            EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1,
            "begin a signature");
        std::size_t length = 0;
        must_sign(
            EVP_DigestSign(context.get(), nullptr, &length, as_bytes(text), text.size()) == 1,
            "measure a signature");
        std::vector<unsigned char> der(length);
        must_sign(
            EVP_DigestSign(context.get(), der.data(), &length, as_bytes(text), text.size()) == 1,
            "sign");
        return flat_signature({reinterpret_cast<const char*>(der.data()), length});
    }

    [[nodiscard]] bool has_signed(std::string_view text, std::string_view flat) const {
        const auto der = der_signature(flat);
        const DigestPtr context(EVP_MD_CTX_new());
        return der &&
               EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) ==
                   1 &&
               EVP_DigestVerify(
                   context.get(), as_bytes(*der), der->size(), as_bytes(text), text.size()) == 1;
    }
};

SigningKey::SigningKey(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

Result<SigningKey> SigningKey::load_or_make(const std::filesystem::path& path) {
    const auto present = read_file(path);
    if (!present) return present.error();
    if (*present) {
        auto key = parse_pem(**present);
        if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC) {
            return Error{
                Reason::InternalError, "cannot read the key in " + path.string() + ": no EC key"};
        }
        return SigningKey(std::make_unique<Impl>(std::move(key)));
    }
    auto made = make();
    const auto saved = write_private_file(path, format_pem(made.impl_->key.get()));
    if (!saved) return saved.error();
    return made;
}

SigningKey SigningKey::make() {
    PkeyPtr key(EVP_EC_gen("P-256"));
    must_sign(key != nullptr, "make a key");
    return SigningKey(std::make_unique<Impl>(std::move(key)));
}

std::string SigningKey::sign(const Json& claims) const {
    auto text = impl_->header + "." + url_encode(claims.dump());
    text += "." + url_encode(impl_->signature_of(text));
    return text;
}

std::optional<Json> SigningKey::verify(std::string_view token) const {
    const auto parts = split_token(token);
    if (!parts) return std::nullopt;
    // The algorithm is ours to name, never the token's.
    const auto header = decode_part(parts->header);
    if (!header || header->value("alg", Json()) != "ES256") return std::nullopt;
    const auto signature = url_decode(parts->signature);
    if (!signature || !impl_->has_signed(parts->signed_text, *signature)) return std::nullopt;
    return decode_part(parts->payload);
}

const Json& SigningKey::public_jwk() const {
    return impl_->jwk;
}

bool looks_like_jwt(std::string_view token) {
    return token.starts_with("ey") && split_token(token).has_value();
}

}  // namespace picket::apiserver
