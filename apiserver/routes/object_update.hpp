#pragma once
/// How an update is made and answered, whatever it comes from: a PUT's body, a patch, an apply.
#include "apiserver/routes/call.hpp"
#include "apiserver/routes/object_view.hpp"
#include "apiserver/routes/object_writer.hpp"

#include <memory>

namespace picket::apiserver {

/// A job without its source.
[[nodiscard]] std::shared_ptr<UpdateJob> make_update_job(
    const Call& call, const WriteOptions& options, registry::FieldWriter writer);

/// Runs it and answers 200.
Awaitable<Result<http::Response>> answer_update(
    Services& services, ObjectView view, std::shared_ptr<UpdateJob> job);

}  // namespace picket::apiserver
