#include "apiserver/storage/attributes_codec.hpp"

namespace picket::storage {
namespace {

/// Little-endian base 128: seven bits a byte, the high bit says that more follow.
void put_number(std::string& out, std::uint32_t value) {
    for (; value >= 0x80U; value >>= 7U) out += static_cast<char>(value | 0x80U);
    out += static_cast<char>(value);
}

void put_text(std::string& out, std::string_view text) {
    put_number(out, static_cast<std::uint32_t>(text.size()));
    out += text;
}

/// Reads front to back. After a read past the end `ok()` is false and everything reads as empty.
class Reader {
public:
    explicit Reader(std::string_view encoded) : rest_(encoded) {}

    std::uint32_t number() {
        std::uint32_t value = 0;
        for (unsigned shift = 0; shift < 32 && !rest_.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            value |= (byte & 0x7FU) << shift;
            if (byte < 0x80U) return value;
        }
        return fail();
    }

    std::string text() {
        const auto size = number();
        if (size > rest_.size()) {
            fail();
            return {};
        }
        std::string value(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return value;
    }

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool at_end() const { return ok_ && rest_.empty(); }

private:
    std::uint32_t fail() {
        ok_ = false;
        rest_ = {};
        return 0;
    }

    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace

std::string encode_attributes(const Attributes& attributes, std::uint32_t version) {
    std::string out;
    put_number(out, version);
    put_number(out, static_cast<std::uint32_t>(attributes.labels.size()));
    for (const auto& [key, value] : attributes.labels) {
        put_text(out, key);
        put_text(out, value);
    }
    put_number(out, static_cast<std::uint32_t>(attributes.fields.size()));
    for (const auto& [path, value] : attributes.fields) {
        put_text(out, path);
        put_text(out, value);
    }
    return out;
}

std::optional<Attributes> decode_attributes(std::string_view encoded, std::uint32_t version) {
    Reader reader(encoded);
    if (reader.number() != version) return std::nullopt;
    Attributes attributes;
    for (auto left = reader.number(); left > 0 && reader.ok(); --left) {
        auto key = reader.text();
        attributes.labels.emplace_hint(attributes.labels.end(), std::move(key), reader.text());
    }
    for (auto left = reader.number(); left > 0 && reader.ok(); --left) {
        auto path = reader.text();
        attributes.fields.emplace_back(std::move(path), reader.text());
    }
    if (!reader.at_end()) return std::nullopt;
    attributes.fields.shrink_to_fit();
    return attributes;
}

}  // namespace picket::storage
