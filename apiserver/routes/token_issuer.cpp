#include "apiserver/routes/token_issuer.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/object_writer.hpp"
#include "apiserver/routes/responses.hpp"
#include "common/base/encoding.hpp"
#include "common/base/json_text.hpp"
#include "common/base/random.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::apiserver {
namespace {

struct StoreTokenJob {
    std::string id;
    TokenRecord record;
    MayReplace may_replace;

    Result<storage::Outcome> operator()(
        const storage::StoredPtr& current, storage::Revision next) const {
        if (current) {
            const auto present = parse_token_record(parse_json(*current->bytes));
            if (!present) return present.error();
            const auto allowed = may_replace(*present);
            if (!allowed) return allowed.error();
        }
        auto object = to_json(record, id);
        object["metadata"]["uid"] = random_secret(16);
        object["metadata"]["resourceVersion"] = std::to_string(next);
        return storage::Outcome(storage::Put{object.dump(), {}, false});
    }
};

/// A token without a user is one for joining nodes: the commonest wish.
void complete_request(Json& token) {
    if (registry::text_at(token, {"metadata", "name"}).empty()) {
        token["metadata"]["name"] = random_token_id();
    }
    if (registry::text_at(token, {"spec", "user"}).empty()) {
        token["spec"]["user"] = "system:join";
        token["spec"]["groups"] = {kJoinGroup};
    }
    token.erase("hash");
    token.erase("status");
}

Result<Json> plan_token(const Call& call, const WriteOptions& options) {
    auto body = object_body_of_call(call);
    if (!body) return body.error();
    complete_request(*body);
    auto draft = draft_object(call.identity(), {std::move(*body), {}}, options, call.context());
    if (!draft) return draft.error();
    return plan_create(*call.resource, std::move(*draft), call.services.random, call.context());
}

/// The join token carries the CA's fingerprint too, so that an agent trusts no other server.
std::string shown_token(const BearerToken& token, const Json& object, const Services& services) {
    const auto& groups = registry::at(object, {"spec", "groups"});
    if (std::find(groups.begin(), groups.end(), kJoinGroup) == groups.end()) return token.text();
    return token.text() + "." + services.ca_fingerprint;
}

}  // namespace

Awaitable<Result<void>> store_token(
    storage::Store& store, std::string id, TokenRecord record, MayReplace may_replace) {
    storage::ObjectKey key{std::string(kTokenResource), "", id};
    StoreTokenJob job{std::move(id), std::move(record), std::move(may_replace)};
    const auto written = co_await store.write(std::move(key), std::move(job));
    if (!written) co_return written.error();
    co_return Ok();
}

Awaitable<Result<http::Response>> create_token(Call call) {
    const auto options = parse_write_options(call.url);
    if (!options) co_return options.error();
    auto object = plan_token(call, *options);
    if (!object) co_return object.error();
    const auto token = make_bearer_token(registry::text_at(*object, {"metadata", "name"}));
    (*object)["hash"] = sha256_hex(token.secret);
    const auto written = co_await write_new_object(
        call.services, *call.resource, std::move(*object), options->dry_run);
    if (!written) co_return written.error();
    auto answer = parse_json(*(*written).object->bytes);
    answer["status"] = {{"token", shown_token(token, answer, call.services)}};
    co_return json_response(201, answer);
}

}  // namespace picket::apiserver
