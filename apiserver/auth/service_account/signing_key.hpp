#pragma once
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace picket::apiserver {

/// The key that service-account tokens are signed with: EC P-256, so that signing costs little.
/// Tokens are JSON Web Tokens with the algorithm ES256.
class SigningKey {
public:
    /// Reads the key from the file, or makes it (mode 0600). Blocking; for start-up.
    [[nodiscard]] static Result<SigningKey> load_or_make(const std::filesystem::path& path);
    [[nodiscard]] static SigningKey make();

    SigningKey(SigningKey&&) noexcept;
    SigningKey& operator=(SigningKey&&) noexcept;
    ~SigningKey();

    [[nodiscard]] std::string sign(const Json& claims) const;
    /// The claims of a token that this key has signed. Their content is not looked at.
    [[nodiscard]] std::optional<Json> verify(std::string_view token) const;
    /// The public half, as a JSON Web Key.
    [[nodiscard]] const Json& public_jwk() const;

private:
    struct Impl;
    explicit SigningKey(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Whether the text has the three parts of a JSON Web Token.
[[nodiscard]] bool looks_like_jwt(std::string_view token);

}  // namespace picket::apiserver
