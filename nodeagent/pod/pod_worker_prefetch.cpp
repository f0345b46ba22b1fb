/// Image first: what the pod's successor needs is brought to the host while the pod still runs.
#include "nodeagent/images/pull_slots.hpp"
#include "nodeagent/pod/image_preparer.hpp"
#include "nodeagent/pod/pod_worker.hpp"

#include <fmt/format.h>

namespace picket::nodeagent {
namespace {

constexpr std::chrono::seconds kPrefetchPace{2};

}  // namespace

void PodWorker::begin_prefetch() {
    auto request = parse_prefetch_request(pod_->annotations);
    if (request == prefetch_request_) return;
    prefetch_request_ = request;
    memory_.prefetch.reset();
    if (!request || grace_) return;
    memory_.prefetch = PrefetchState{request->revision, {"Pulling", {}}};
    tasks_.spawn("images of " + request->revision, prefetch_images(std::move(*request)));
}

bool PodWorker::still_asks_for(const PrefetchRequest& request) const {
    return prefetch_request_ == request && !grace_;
}

Awaitable<> PodWorker::prefetch_images(PrefetchRequest request) {
    const auto wanted = std::make_shared<const Pod>(with_wanted_images(*pod_, request));
    RetryBackOff backoff;
    while (still_asks_for(request)) {
        auto failure = co_await prefetch_once(wanted, request);
        if (!still_asks_for(request)) co_return;
        if (!failure) {
            note_prefetch({"Pulled", {}}, true);
            co_return;
        }
        note_prefetch(std::move(*failure), false);
        backoff.fail(services_.clock.now());
        co_await sleep_for(backoff.delay);
    }
}

/// Why an image is not there, or nothing when all are.
Awaitable<std::optional<StateReason>> PodWorker::prefetch_once(
    std::shared_ptr<const Pod> wanted, PrefetchRequest request) {
    for (std::size_t i = 0; i < request.images.size(); ++i) {
        const auto name = wanted_container_name(i);
        const auto image = request.images[i].image;
        co_await wait_in_the_spread(request.images[i], i);
        if (!still_asks_for(request)) co_return std::nullopt;
        auto prepared = co_await prepare_container_image(
            services_, wanted, name, [this, image, request](std::string text) {
                if (still_asks_for(request)) note_prefetch_progress(image, text);
            });
        if (prepared.phase != ImageState::Phase::Ready) co_return prepared.failure;
        // To start anything at all an older image will do; to stop what runs it will not.
        if (!prepared.stale.empty())
            co_return StateReason{
                "ErrImagePull", prepared.stale + " (the image on the host may be an older one)"};
    }
    co_return std::nullopt;
}

/// Before the first pull only, and not when there is nothing to pull.
Awaitable<> PodWorker::wait_in_the_spread(WantedImage wanted, std::size_t index) {
    if (services_.pulls == nullptr || index > 0) co_return;
    if (wanted.policy == ImagePullPolicy::Never) co_return;
    if (wanted.policy == ImagePullPolicy::IfNotPresent) {
        if (auto present = co_await services_.runtime.inspect_image(wanted.image)) co_return;
    }
    co_await sleep_for(services_.pulls->delay());
}

void PodWorker::note_prefetch(StateReason why, bool done) {
    if (!memory_.prefetch) return;
    memory_.prefetch->why = std::move(why);
    memory_.prefetch->done = done;
    changed_.notify();
}

void PodWorker::note_prefetch_progress(const std::string& image, const std::string& text) {
    const auto now = services_.clock.now();
    if (now - progress_told_ < kPrefetchPace) return;
    progress_told_ = now;
    note_prefetch({"Pulling", fmt::format("Pulling image \"{}\": {}", image, text)}, false);
}

}  // namespace picket::nodeagent
