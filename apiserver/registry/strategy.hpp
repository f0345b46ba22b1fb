#pragma once
#include "apiserver/storage/attributes.hpp"
#include "common/api/resource.hpp"
#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket::registry {

/// What a rule may know of the request.
struct RequestContext {
    std::string group_version;  ///< the version the client speaks: "extensions/v1beta1"
    std::string user;
    TimePoint now;
};

enum class Propagation { Background, Foreground, Orphan };

/// The rules of one kind that its schema cannot say. Pure: no I/O, time comes in the context. Every
/// object handed over is in the stored version, passed the schema check and has its defaults. The
/// order of a write is
///
///   decode → schema defaults → default_object → prepare_for_create | prepare_for_update →
///   validate… → encode
///
/// A strategy overrides only what its kind needs. Generic metadata rules (names, labels, uid,
/// generation counter of deletion, immutable metadata, owner references, finalizers) are in
/// object_meta.hpp and are applied for every kind.
class Strategy {
public:
    virtual ~Strategy() = default;

    /// From the client's version to the stored one and back, in place. An error is a conversion
    /// error (400).
    virtual Result<void> decode(Json& object, const RequestContext& context) const;
    virtual void encode(Json& object, std::string_view group_version) const;

    /// Defaults that depend on other fields or on the version (selector from template labels,
    /// imagePullPolicy by tag).
    virtual void default_object(Json& object, const RequestContext& context) const;
    /// Drops what a client may not set (status) and sets what the server owns (generation, phase).
    virtual void prepare_for_create(Json& object, const RequestContext& context) const;
    [[nodiscard]] virtual std::vector<FieldError> validate(
        const Json& object, const RequestContext& context) const;
    /// Puts back what this path may not change (status), counts generations.
    virtual void prepare_for_update(
        Json& object, const Json& old, const RequestContext& context) const;
    [[nodiscard]] virtual std::vector<FieldError> validate_update(
        const Json& object, const Json& old, const RequestContext& context) const;

    /// Kinds with a status subresource only: everything but the status (and what the kind allows)
    /// is put back.
    virtual void prepare_for_status_update(
        Json& object, const Json& old, const RequestContext& context) const;
    [[nodiscard]] virtual std::vector<FieldError> validate_status_update(
        const Json& object, const Json& old, const RequestContext& context) const;

    /// What list and watch may select by, besides metadata.name and metadata.namespace: path and
    /// current value.
    [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> selectable_fields(
        const Json& object) const;
    /// Grace of a delete that names none, or `requested`; 0 removes at once. Only Pods wait for
    /// their agent.
    [[nodiscard]] virtual std::int64_t grace_seconds(
        const Json& object,
        std::optional<std::int64_t> requested,
        const RequestContext& context) const;
    [[nodiscard]] virtual Propagation default_propagation(std::string_view group_version) const;
    /// Texts for `Warning:` headers about this object, beyond the stored-only fields of the schema.
    [[nodiscard]] virtual std::vector<std::string> warnings(
        const Json& object, const RequestContext& context) const;
    /// True if the change from `old` to `object` need not be durable (the renewal of a Lease).
    [[nodiscard]] virtual bool volatile_update(const Json& object, const Json& old) const;
};

/// The strategy of a resource; a default one where the kind has no rules of its own.
[[nodiscard]] const Strategy& strategy_for(const Resource& resource);

/// Labels and selectable fields of an object, for the store.
[[nodiscard]] storage::Attributes attributes_of(const Resource& resource, const Json& object);

}  // namespace picket::registry
