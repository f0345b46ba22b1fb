#include "nodeagent/pod/image_preparer.hpp"

#include "common/base/log.hpp"
#include "nodeagent/images/image_ledger.hpp"
#include "nodeagent/images/pull_slots.hpp"
#include "nodeagent/pod/registry_credentials.hpp"
#include "nodeagent/runtime/image_name.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <set>

namespace picket::nodeagent {
namespace {

/// How often a running pull is an event.
constexpr std::chrono::seconds kProgressEvents{10};

ImageState ready(ImageInfo image) {
    ImageState state;
    state.phase = ImageState::Phase::Ready;
    state.image = std::move(image);
    return state;
}

ImageState failed(std::string reason, std::string message) {
    ImageState state;
    state.phase = ImageState::Phase::Failed;
    state.failure = {std::move(reason), std::move(message)};
    return state;
}

/// One preparation; holds the pod alive while it runs.
class Preparation {
public:
    Preparation(PodServices& services, std::shared_ptr<const Pod> pod, const Container& container)
        : services_(services), pod_(std::move(pod)), container_(container) {}

    Awaitable<ImageState> run(std::function<void(std::string)> progress) {
        if (!parse_image_name(container_.image)) co_return invalid_name();
        auto present = co_await services_.runtime.inspect_image(container_.image);
        if (!present && present.error().reason != Reason::NotFound) {
            co_return failed("ImageInspectError", present.error().message);
        }
        if (container_.pull_policy == ImagePullPolicy::Never)
            co_return never_pull(std::move(present));
        if (present && container_.pull_policy == ImagePullPolicy::IfNotPresent) {
            tell(
                "Pulled",
                fmt::format("Container image \"{}\" already present on machine", container_.image));
            co_return ready(std::move(*present));
        }
        co_return co_await pull(std::move(progress), std::move(present));
    }

private:
    ImageState invalid_name() {
        const auto message = fmt::format(
            "Failed to apply default image tag \"{}\": couldn't parse image name: invalid "
            "reference format",
            container_.image);
        warn("InspectFailed", message);
        return failed("InvalidImageName", message);
    }

    ImageState never_pull(Result<ImageInfo> present) {
        if (present) return ready(std::move(*present));
        const auto message = fmt::format(
            "Container image \"{}\" is not present with pull policy of Never", container_.image);
        warn("ErrImageNeverPull", message);
        return failed("ErrImageNeverPull", message);
    }

    Awaitable<ImageState> pull(
        std::function<void(std::string)> progress, Result<ImageInfo> present) {
        tell("Pulling", fmt::format("Pulling image \"{}\"", container_.image));
        const auto began = services_.clock.now();
        told_ = began;
        const auto before = co_await known_images();
        auto pulled = co_await pull_with_any(
            co_await credentials(), [this, progress = std::move(progress)](std::string text) {
                tell_progress(text);
                if (progress) progress(std::move(text));
            });
        if (!pulled) co_return pull_failed(pulled.error(), std::move(present));
        const auto took = std::chrono::duration<double>(services_.clock.now() - began).count();
        tell(
            "Pulled",
            fmt::format("Successfully pulled image \"{}\" in {:.3f}s", container_.image, took));
        auto image = co_await services_.runtime.inspect_image(container_.image);
        if (!image) co_return failed("ImageInspectError", image.error().message);
        record(before, image->id);
        co_return ready(std::move(*image));
    }

    /// Nothing where the engine does not tell: then nobody knows whose the image is.
    Awaitable<std::optional<std::set<std::string>>> known_images() {
        if (services_.pulled_images == nullptr) co_return std::nullopt;
        auto ids = co_await services_.runtime.image_ids();
        if (!ids) co_return std::nullopt;
        co_return std::move(*ids);
    }

    /// An image that was on the host before the pull belongs to whoever brought it.
    void record(const std::optional<std::set<std::string>>& before, const std::string& id) {
        if (services_.pulled_images == nullptr || !before) return;
        auto& ledger = *services_.pulled_images;
        if (before->contains(id) && !ledger.holds(id)) return;
        if (auto added = ledger.add(id, container_.image, services_.clock.now()); !added) {
            logger("images")->error(
                "pulled image not recorded image={} why={}",
                container_.image,
                added.error().message);
        }
    }

    Awaitable<std::vector<RegistryCredential>> credentials() {
        if (pod_->spec.image_pull_secrets.empty()) co_return std::vector<RegistryCredential>();
        auto objects = co_await services_.objects.fetch(pod_);
        std::vector<ObjectData> secrets;
        for (const auto& name : pod_->spec.image_pull_secrets) {
            const auto* secret = objects ? objects->find(true, name) : nullptr;
            if (secret != nullptr) {
                secrets.push_back(*secret);
            } else {
                warn(
                    "FailedToRetrieveImagePullSecret",
                    fmt::format(
                        "Unable to retrieve the image pull secret {}; the pull goes on without it",
                        name));
            }
        }
        co_return credentials_for(container_.image, secrets);
    }

    /// Each credential that fits in turn; the last error counts.
    Awaitable<Result<void>> pull_with_any(
        std::vector<RegistryCredential> credentials, std::function<void(std::string)> progress) {
        if (credentials.empty()) credentials.emplace_back();
        std::optional<PullSlots::Slot> slot;
        if (services_.pulls != nullptr) {
            if (services_.pulls->full()) progress("waiting for other pulls of this host");
            slot.emplace(co_await services_.pulls->take());
        }
        Result<void> pulled = Ok();
        for (const auto& credential : credentials) {
            pulled = co_await services_.runtime.pull(container_.image, credential, progress);
            if (pulled) break;
        }
        co_return pulled;
    }

    /// A host must come up without its registry: what is there is used, and said. (Kubernetes would
    /// not start it.)
    ImageState pull_failed(const Error& error, Result<ImageInfo> present) {
        if (present) {
            warn(
                "Failed",
                fmt::format(
                    "Failed to pull image \"{}\", using the one on the host: {}",
                    container_.image,
                    error.message));
            auto state = ready(std::move(*present));
            state.stale = error.message;
            return state;
        }
        warn(
            "Failed",
            fmt::format("Failed to pull image \"{}\": {}", container_.image, error.message));
        warn("Failed", "Error: ErrImagePull");
        return failed("ErrImagePull", error.message);
    }

    /// A long pull is told of now and then.
    void tell_progress(const std::string& text) {
        const auto now = services_.clock.now();
        if (now - told_ < kProgressEvents) return;
        told_ = now;
        tell("Pulling", fmt::format("Pulling image \"{}\": {}", container_.image, text));
    }

    void tell(std::string reason, std::string message) {
        services_.events.normal(*pod_, container_.name, std::move(reason), std::move(message));
    }
    void warn(std::string reason, std::string message) {
        services_.events.warning(*pod_, container_.name, std::move(reason), std::move(message));
    }

    PodServices& services_;
    std::shared_ptr<const Pod> pod_;
    const Container& container_;
    TimePoint told_{};  ///< when the last event about the pull was made
};

}  // namespace

Awaitable<ImageState> prepare_container_image(
    PodServices& services,
    std::shared_ptr<const Pod> pod,
    std::string container,
    std::function<void(std::string)> progress) {
    const auto* spec = pod->find_container(container);
    if (spec == nullptr)
        co_return failed("InvalidImageName", "container " + container + " is not in the pod");
    Preparation preparation(services, pod, *spec);
    co_return co_await preparation.run(std::move(progress));
}

}  // namespace picket::nodeagent
